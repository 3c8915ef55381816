#include "plugins/argocd-sync/rollout/standing.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::argocd {

using text::cat;
using Kind = Standing::Kind;
using Strategy = Rollout::Strategy;

namespace {

constexpr std::string_view kStepPause = "CanaryPauseStep";
constexpr std::string_view kPromotionPause = "BlueGreenPause";
constexpr std::string_view kInconclusive = "Inconclusive";  // ...AnalysisRun, ...Experiment
constexpr std::string_view kAborted = "RolloutAborted";

const AnalysisRun* run_of(const RolloutView& view, const std::string& name) {
  const auto found = std::ranges::find(view.runs, name, &AnalysisRun::name);
  return found == view.runs.end() ? nullptr : &*found;
}

// Only the strategy that knows such pauses is paused for this reason.
const PauseCondition* pause_for(const Rollout& rollout, std::string_view reason,
                                Rollout::Strategy strategy) {
  if (rollout.strategy != strategy) return nullptr;
  const auto found = std::ranges::find(rollout.pauses, reason, &PauseCondition::reason);
  return found == rollout.pauses.end() ? nullptr : &*found;
}

bool is_inconclusive(const Rollout& rollout) {
  return rollout.message.starts_with(kInconclusive) ||
         std::ranges::any_of(rollout.pauses, [](const PauseCondition& pause) {
           return pause.reason.starts_with(kInconclusive);
         });
}

// What the AnalysisRuns say against the new version.
std::string accusation(const RolloutView& view) {
  std::vector<std::string> words;
  for (const AnalysisPointer& pointer : view.rollout.analyses) {
    const AnalysisRun* run = run_of(view, pointer.name);
    std::string said = run == nullptr ? std::string() : against(*run);
    if (!said.empty()) words.push_back(std::move(said));
  }
  return text::join(words, "; ");
}

std::string with_accusation(const RolloutView& view, std::string words) {
  const std::string said = accusation(view);
  return said.empty() ? std::move(words) : cat(words, "; ", said);
}

std::string aborted_words(const RolloutView& view) {
  const std::string& message = view.rollout.message;
  return with_accusation(
      view, cat("it was aborted and the old version serves", message.empty() ? "" : ": ", message));
}

Standing pause_of(const Rollout& rollout, const PauseCondition& pause, Kind without_end,
                  std::string_view words) {
  if (!rollout.pause_length) return {.kind = without_end, .words = std::string(words)};
  Standing standing{.kind = Kind::timed_pause};
  if (pause.since) standing.until = *pause.since + *rollout.pause_length;
  standing.words =
      cat(words, standing.until ? cat(", until ", time::rfc3339(*standing.until)) : "");
  return standing;
}

// What nobody has to wait for any more.
std::optional<Standing> ending(const RolloutView& view) {
  const Rollout& rollout = view.rollout;
  if (rollout.aborted || rollout.message.starts_with(kAborted)) {
    return Standing{.kind = Kind::aborted, .words = aborted_words(view)};
  }
  if (rollout.phase == "Degraded") {
    return Standing{
        .kind = Kind::failed,
        .words = with_accusation(
            view, cat("it is Degraded", rollout.message.empty() ? "" : ": ", rollout.message))};
  }
  if (!rollout.unpausing && is_inconclusive(rollout)) {
    return Standing{.kind = Kind::inconclusive,
                    .words = with_accusation(
                        view, "an analysis could not tell whether the new version is good")};
  }
  return std::nullopt;
}

std::optional<Standing> pausing(const Rollout& rollout) {
  if (rollout.unpausing && !rollout.paused_by_hand) {
    return Standing{.kind = Kind::going, .words = "it was resumed and is about to go on"};
  }
  if (rollout.paused_by_hand) return Standing{.kind = Kind::held, .words = "it is paused by hand"};
  if (const auto* pause = pause_for(rollout, kStepPause, Strategy::canary); pause != nullptr) {
    // The next step has begun: the condition is about to go.
    if (!rollout.in_pause) return Standing{.kind = Kind::going, .words = "its pause is over"};
    return pause_of(rollout, *pause, Kind::step_pause, "it is paused at a step");
  }
  if (const auto* pause = pause_for(rollout, kPromotionPause, Strategy::blue_green);
      pause != nullptr) {
    return pause_of(rollout, *pause, Kind::promotion_pause,
                    "the new version is up and waits to be promoted");
  }
  if (rollout.phase != "Paused" && rollout.pauses.empty()) return std::nullopt;
  return Standing{.kind = Kind::held, .words = cat("it is paused: ", rollout.message)};
}

std::string steps_words(const Rollout& rollout) {
  if (rollout.step == rollout.steps) return cat("all ", rollout.steps, " steps done");
  return cat("step ", rollout.step + 1, "/", rollout.steps, " (", rollout.step_words, ")");
}

std::string analysis_words(const RolloutView& view, const AnalysisPointer& pointer) {
  const AnalysisRun* run = run_of(view, pointer.name);
  if (run == nullptr) return cat(word(pointer.place), " ", pointer.name, " ", pointer.phase);
  return cat(word(pointer.place), " ", progress(*run));
}

}  // namespace

std::string RolloutView::text() const {
  return cat("Rollout ", rollout.name_space, rollout.name_space.empty() ? "" : "/", rollout.name);
}

std::string_view word(Kind kind) {
  switch (kind) {
    case Kind::done:
      return "done";
    case Kind::going:
      return "going";
    case Kind::outdated:
      return "outdated";
    case Kind::timed_pause:
      return "timed pause";
    case Kind::step_pause:
      return "step pause";
    case Kind::promotion_pause:
      return "promotion pause";
    case Kind::held:
      return "held";
    case Kind::inconclusive:
      return "inconclusive";
    case Kind::aborted:
      return "aborted";
    case Kind::failed:
      return "failed";
  }
  return "failed";
}

Standing standing_of(const RolloutView& view) {
  const Rollout& rollout = view.rollout;
  if (!rollout.observed) {
    return {.kind = Kind::outdated, .words = "its controller has not seen the new version yet"};
  }
  if (auto found = ending(view)) return *found;
  if (auto found = pausing(rollout)) return *found;
  // Right after the apply it can be Healthy with the old pods.
  if (rollout.phase == "Healthy" && rollout.is_stable()) {
    return {.kind = Kind::done, .words = "the new version serves"};
  }
  return {.kind = Kind::going, .words = progress(view)};
}

std::string progress(const RolloutView& view) {
  const Rollout& rollout = view.rollout;
  std::vector<std::string> words;
  if (rollout.steps > 0) {
    words.push_back(steps_words(rollout));
  } else {
    words.push_back(
        cat(rollout.updated_pods, "/", rollout.wanted_pods, " pods are of the new version"));
  }
  if (rollout.weight) words.push_back(cat("weight ", *rollout.weight, " %"));
  for (const AnalysisPointer& pointer : rollout.analyses) {
    if (pointer.phase == "Successful") continue;
    words.push_back(analysis_words(view, pointer));
  }
  if (!rollout.message.empty()) words.push_back(rollout.message);
  return text::join(words, ", ");
}

}  // namespace stagegate::argocd
