// Rollouts, AnalysisRuns, pods, events, resource trees and logs, as a cluster tells them. Beyond
// "no crash": what is shown is short and does no harm, what becomes part of an address is a name,
// and nothing that an old status says is taken for the new version.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/text/harmless.hpp"
#include "plugins/argocd-sync/evidence/show.hpp"
#include "plugins/argocd-sync/rollout/least_duration.hpp"
#include "plugins/argocd-sync/rollout/policy.hpp"

using namespace stagegate;
using namespace stagegate::argocd;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

bool is_fit_for_address(std::string_view name) {
  return name.find_first_of("/?&#% ") == std::string_view::npos && name != "..";
}

void show(const text::Json& object, const LogLines& log) {
  Gathering gathering;
  gathering.tree(object);
  gathering.pods(object);
  gathering.events(object);
  const Evidence evidence = gathering.evidence();
  const std::string shown = words(evidence, log, time::Instant());
  demand(std::ranges::count(shown, '\n') <= 40 && shown.size() < 100'000);
  demand(text::harmless_lines(shown) == shown);
  demand(text::parse_json(json(evidence, log).dump()).has_value());
  if (!evidence.log) return;
  demand(is_fit_for_address(evidence.log->pod) && is_fit_for_address(evidence.log->name_space) &&
         is_fit_for_address(evidence.log->container));
}

void judge(const text::Json& object) {
  const auto rollout = read_rollout(object);
  if (!rollout) return;
  const RolloutView view{.rollout = *rollout};
  const Standing standing = standing_of(view);
  demand(rollout->observed || standing.kind == Standing::Kind::outdated);
  demand(standing.kind != Standing::Kind::done || rollout->is_stable());
  const Ruling ruling = rule({view}, OnPause::succeed);
  demand(ruling.kind != Ruling::Kind::succeed || rollout->in_pause);
  demand(text::harmless(ruling.words) == ruling.words);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const LogLines log = size % 2 == 0 ? log_lines_of_text(bytes) : log_lines_of_api(bytes);
  show({}, log);
  const auto object = text::parse_json(bytes);
  if (!object) return 0;
  show(*object, log);
  judge(*object);
  if (const auto run = read_analysis_run(*object)) {
    demand(text::harmless(against(*run)) == against(*run));
    (void)progress(*run);
  }
  const auto least = least_duration(*object, [&](const std::string&, bool) { return &*object; });
  demand(least.length <= std::chrono::years(10) && least.notes.size() <= 20);
  return 0;
}
