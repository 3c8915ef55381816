#include "plugins/audit-writer/watch/watch.hpp"

#include <cstdio>

#include "common/audit/settings.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

void print_pending(const audit::Draft& draft) {
  // On stderr, beside the log's lines: stdout holds one result, at the end.
  const std::string line = audit::pending_line(draft) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

Result<Watching> watching_of(const Options& options) {
  const WatchOptions& given = options.watching;
  auto cluster = kube::cluster(given.cluster);
  if (!cluster) return forward(cluster.error());
  Watching watching;
  watching.projects = given.projects;
  if (watching.projects.empty()) watching.projects.push_back(cluster->name_space);
  if (watching.projects.front().empty()) {
    return usage("projects: outside of a pod there is no default: name the Kargo projects");
  }
  watching.cluster = *std::move(cluster);
  watching.image = given.image;
  watching.kargo_url = given.kargo_url;
  while (watching.kargo_url.ends_with('/')) watching.kargo_url.pop_back();
  watching.patience = given.patience;
  watching.longest_silence = given.give_up;
  watching.once = given.once;
  watching.writer = this_writer();
  watching.unstored = print_pending;
  return watching;
}

}  // namespace

step::Outcome watch(const Options& options, const step::Run& run) {
  auto watching = watching_of(options);
  if (!watching) return step::outcome_of(watching.error());
  watching->watchdog = [&]() -> std::shared_ptr<void> {
    return give_up_on_silence(options, run, kGrace,
                              "Start watch again: it finds what is not in the log by then");
  };
  auto log = [&] {
    const auto watchdog = watching->watchdog();
    return audit::open_log(options.log);
  }();
  if (!log) return step::outcome_of(log.error());
  const auto watched = watch(*watching, Journal(*std::move(log)), run.interrupt_fd);
  if (!watched) return step::outcome_of(watched.error());
  return {.text = cat(watched->recorded, " recorded, ", watched->known, " in the log already",
                      watched->refused == 0 ? "" : cat(", ", watched->refused, " not fit for it")),
          .json = text::Json()
                      .set("recorded", watched->recorded)
                      .set("known", watched->known)
                      .set("refused", watched->refused)};
}

}  // namespace stagegate::audit_writer
