#include "plugins/argocd-sync/rollout/rollout.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/text/duration.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/members.hpp"
#include "plugins/argocd-sync/windows/go_duration.hpp"

namespace stagegate::argocd {

using text::cat;
using text::Json;

namespace {

constexpr std::string_view kWorkloadGeneration = "rollout.argoproj.io/workload-generation";
constexpr std::size_t kMostPauses = 20;
constexpr std::int64_t kLongestPause = 10LL * 366 * 86'400;  // seconds

// The status names the generation that it speaks of. Argo CD takes a status without a number for
// one of very old controllers; for us it is one that nobody has written yet.
bool is_observed(const Json& json) {
  const auto wanted = whole_number(member(json, {"metadata", "generation"}));
  const auto seen = whole_number(member(json, {"status", "observedGeneration"}));
  if (!wanted || wanted != seen) return false;
  if (member(json, {"spec", "workloadRef"}).object() == nullptr) return true;
  const auto of_workload =
      whole_number(member(json, {"metadata", "annotations", kWorkloadGeneration}));
  return of_workload &&
         of_workload == whole_number(member(json, {"status", "workloadObservedGeneration"}));
}

std::string step_words(const Json& step) {
  if (step.object() == nullptr || step.object()->empty()) return "nothing";
  if (const Json* pause = step.find("pause")) {
    const auto length = pause_length_of(member(*pause, {"duration"}));
    return length ? cat("pause of ", text::show_duration(*length)) : "pause without end";
  }
  if (const Json* weight = step.find("setWeight")) {
    return cat("setWeight ", whole_number(*weight).value_or(0));
  }
  return harmless_words(step.object()->front().first);
}

std::optional<std::int64_t> weight_of(const Json& json, const Rollout& rollout) {
  if (rollout.strategy != Rollout::Strategy::canary || rollout.is_stable()) return std::nullopt;
  const Json& measured = member(json, {"status", "canary", "weights", "canary", "weight"});
  if (const auto weight = whole_number(measured)) return weight;
  if (rollout.steps == 0) return std::nullopt;
  if (rollout.aborted) return 0;
  if (rollout.step == rollout.steps) return 100;
  const Json::Array& steps = array_of(member(json, {"spec", "strategy", "canary", "steps"}));
  for (std::size_t at = rollout.step + 1; at-- > 0;) {
    if (const Json* weight = steps[at].find("setWeight")) return whole_number(*weight);
  }
  return 0;
}

void read_steps(const Json& json, Rollout& rollout) {
  const Json::Array& steps = array_of(member(json, {"spec", "strategy", "canary", "steps"}));
  rollout.steps = steps.size();
  const auto index = whole_number(member(json, {"status", "currentStepIndex"})).value_or(0);
  rollout.step = static_cast<std::size_t>(
      std::clamp<std::int64_t>(index, 0, static_cast<std::int64_t>(steps.size())));
  if (rollout.step == rollout.steps) return;
  const Json& step = steps[rollout.step];
  rollout.step_words = step_words(step);
  const Json* pause = step.find("pause");
  rollout.in_pause = pause != nullptr;
  if (pause != nullptr) rollout.pause_length = pause_length_of(member(*pause, {"duration"}));
}

// autoPromotionSeconds counts only where promotion is automatic, as it is when nothing is said.
void read_blue_green(const Json& blue_green, Rollout& rollout) {
  rollout.in_pause = true;
  const Json* automatic = blue_green.find("autoPromotionEnabled");
  if (automatic != nullptr && !automatic->is_null() && !is_true(*automatic)) return;
  rollout.pause_length =
      pause_length_of(member(blue_green, {"autoPromotionSeconds"})).value_or(time::seconds(0));
}

void read_strategy(const Json& json, Rollout& rollout) {
  const Json& strategy = member(json, {"spec", "strategy"});
  if (member(strategy, {"blueGreen"}).object() != nullptr) {
    rollout.strategy = Rollout::Strategy::blue_green;
    read_blue_green(member(strategy, {"blueGreen"}), rollout);
  } else if (member(strategy, {"canary"}).object() != nullptr) {
    rollout.strategy = Rollout::Strategy::canary;
    read_steps(json, rollout);
  }
}

void read_pauses(const Json& status, Rollout& rollout) {
  for (const Json& one : array_of(member(status, {"pauseConditions"}))) {
    if (rollout.pauses.size() == kMostPauses) break;
    rollout.pauses.push_back({words_at(one, {"reason"}), instant_of(member(one, {"startTime"}))});
  }
  rollout.unpausing = is_true(member(status, {"controllerPause"})) && rollout.pauses.empty();
}

void read_analyses(const Json& status, Rollout& rollout) {
  using Place = AnalysisPointer::Place;
  const auto note = [&](Place place, MemberPath path) {
    const Json& one = member(status, path);
    if (one.text("name").empty()) return;
    rollout.analyses.push_back(
        {place, words_at(one, {"name"}), words_at(one, {"status"}), words_at(one, {"message"})});
  };
  note(Place::step, {"canary", "currentStepAnalysisRunStatus"});
  note(Place::background, {"canary", "currentBackgroundAnalysisRunStatus"});
  note(Place::pre_promotion, {"blueGreen", "prePromotionAnalysisRunStatus"});
  note(Place::post_promotion, {"blueGreen", "postPromotionAnalysisRunStatus"});
}

void read_status(const Json& status, Rollout& rollout) {
  rollout.phase = words_at(status, {"phase"});
  rollout.message = words_at(status, {"message"});
  rollout.aborted = is_true(member(status, {"abort"}));
  rollout.stable = words_at(status, {"stableRS"});
  rollout.current = words_at(status, {"currentPodHash"});
  rollout.updated_pods = whole_number(member(status, {"updatedReplicas"})).value_or(0);
  read_pauses(status, rollout);
  read_analyses(status, rollout);
}

}  // namespace

std::optional<time::seconds> pause_length_of(const Json& json) {
  auto seconds = whole_number(json);
  if (!seconds && json.string() != nullptr) {
    const auto length = parse_go_duration(*json.string());
    if (length) seconds = std::chrono::duration_cast<time::seconds>(*length).count();
  }
  if (!seconds || *seconds < 0) return std::nullopt;
  return time::seconds(std::min(*seconds, kLongestPause));
}

std::string_view word(AnalysisPointer::Place place) {
  switch (place) {
    case AnalysisPointer::Place::step:
      return "analysis";
    case AnalysisPointer::Place::background:
      return "background analysis";
    case AnalysisPointer::Place::pre_promotion:
      return "analysis before promotion";
    case AnalysisPointer::Place::post_promotion:
      return "analysis after promotion";
  }
  return "analysis";
}

Result<Rollout> read_rollout(const Json& json) {
  const std::string kind = string_at(json, {"kind"});
  if (!kind.empty() && kind != "Rollout") {
    return unknown(cat("no Rollout came, but a ", text::quoted(kind)));
  }
  Rollout rollout;
  rollout.name = words_at(json, {"metadata", "name"});
  if (rollout.name.empty()) return unknown("no Rollout came: it has no name");
  rollout.name_space = words_at(json, {"metadata", "namespace"});
  const Json& workload = member(json, {"spec", "workloadRef"});
  if (workload.object() != nullptr) {
    rollout.workload = cat(words_at(workload, {"kind"}), " ", words_at(workload, {"name"}));
  }
  rollout.observed = is_observed(json);
  rollout.paused_by_hand = is_true(member(json, {"spec", "paused"}));
  rollout.wanted_pods = whole_number(member(json, {"spec", "replicas"})).value_or(1);
  read_status(member(json, {"status"}), rollout);
  read_strategy(json, rollout);
  rollout.weight = weight_of(json, rollout);
  return rollout;
}

}  // namespace stagegate::argocd
