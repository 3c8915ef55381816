#include <cstdlib>

#include "common/crypto/encoding.hpp"
#include "common/crypto/random.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/report.hpp"
#include "plugins/argocd-sync/run/fleet.hpp"
#include "plugins/argocd-sync/verbs/verbs.hpp"
#include "plugins/argocd-sync/way/open.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// A step that runs again in the same pipeline is the same run; the tag tells two steps of one name
// apart.
std::string run_id(const Options& options) {
  if (!options.run_id.empty()) return options.run_id;
  const std::string repo = variable("CI_REPO");
  const std::string number = variable("CI_PIPELINE_NUMBER");
  if (repo.empty() || number.empty()) return crypto::hex(crypto::random_bytes(16));
  return cat(repo, "#", number, ".", variable("CI_WORKFLOW_NAME"), ".", variable("CI_STEP_NAME"),
             ":", options.tag.text);
}

step::Outcome go(const Options& options, const step::Run& run, bool syncs) {
  if (auto good = check_options(options, run.verb); !good) return step::outcome_of(good.error());
  const milliseconds deadline = run.clock.uptime() + options.timeout;
  auto make_way = open_way(options, run.clock, deadline, run.interrupt_fd);
  if (!make_way) return step::outcome_of(make_way.error());
  const std::string id = syncs ? run_id(options) : std::string();
  const Tools tools{options,  syncs, id, run.clock, run.interrupt_fd, *std::move(make_way),
                    deadline, {}};
  return report(options, id, deploy_all(tools, run));
}

}  // namespace

step::Outcome sync(const Options& options, const step::Run& run) {
  return go(options, run, true);
}

step::Outcome wait(const Options& options, const step::Run& run) {
  return go(options, run, false);
}

}  // namespace stagegate::argocd
