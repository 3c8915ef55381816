#include "plugins/argocd-sync/run/evidence.hpp"

#include <algorithm>

#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/members.hpp"
#include "plugins/argocd-sync/evidence/show.hpp"

namespace stagegate::argocd {
namespace {

using text::Json;

constexpr milliseconds kForEvidence{10'000};
constexpr std::size_t kLookedInto = 3;

bool helps(const Ending& ending) {
  const bool bad = ending.kind == Ending::Kind::failed || ending.kind == Ending::Kind::timeout;
  return bad && ending.app;
}

std::vector<std::string> names_of(const Application& app) {
  std::vector<std::string> names;
  for (const ResourceName& workload : app.workloads) names.push_back(workload.name);
  return names;
}

// The namespace may have pods of other Applications.
Json pods_of(const Json& list, const std::vector<std::string>& workloads) {
  Json items{Json::Array{}};
  const Json* there = list.find("items");
  if (there == nullptr || there->array() == nullptr) return {};
  for (const Json& pod : *there->array()) {
    const std::string name = string_at(pod, {"metadata", "name"});
    const bool ours = std::ranges::any_of(workloads, [&](const std::string& workload) {
      return name == workload || name.starts_with(text::cat(workload, "-"));
    });
    if (ours) items.push(pod);
  }
  return Json().set("items", std::move(items));
}

Evidence gather(Way& way, const Application& app) {
  Gathering gathering;
  gathering.resources(app.troubled);
  const auto names = names_of(app);
  const auto symptoms = way.symptoms(app);
  gathering.tree(symptoms.tree);
  gathering.pods(pods_of(symptoms.pods, names));
  gathering.events(symptoms.events, symptoms.pods.is_null() ? std::vector<std::string>() : names);
  Evidence first = gathering.evidence();
  if (!symptoms.pods.is_null()) return first;
  // The tree says little of a pod: not even which container it is about.
  for (std::size_t at = 0; at < std::min(first.pods.size(), kLookedInto); ++at) {
    const PodTrouble& pod = first.pods[at];
    gathering.events(way.events_of(app, pod));
    const auto manifest = way.object(app, {"", "Pod", pod.name_space, pod.name});
    if (manifest && *manifest) gathering.pods(**manifest);
  }
  return gathering.evidence();
}

}  // namespace

void add_evidence(const Tools& tools, Ending& ending) {
  if (!helps(ending)) return;
  const auto way = tools.make_way(tools.interrupt_fd);
  if (!way) return;
  (*way)->set_deadline(tools.clock.uptime() + kForEvidence);
  const Evidence evidence = gather(**way, *ending.app);
  LogLines log;
  if (evidence.log) {
    auto read = (*way)->log_of(*ending.app, *evidence.log);
    if (read) {
      log = *std::move(read);
    } else {
      log.error = read.error().message;
    }
  }
  ending.evidence = words(evidence, log, tools.clock.now());
  if (!evidence.empty()) ending.evidence_json = json(evidence, log);
}

}  // namespace stagegate::argocd
