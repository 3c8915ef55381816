// A Rollout of Argo Rollouts, as far as it says how a new version gets on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/json.hpp"
#include "common/time/instant.hpp"

namespace stagegate::argocd {

struct PauseCondition {
  std::string reason;  // in Argo's words: "CanaryPauseStep"
  std::optional<time::Instant> since;
};

// An AnalysisRun that the Rollout points at.
struct AnalysisPointer {
  enum class Place : std::uint8_t { step, background, pre_promotion, post_promotion };
  Place place = Place::step;
  std::string name;
  std::string phase;
  std::string message;
};

struct Rollout {
  enum class Strategy : std::uint8_t { unknown, canary, blue_green };

  std::string name;
  std::string name_space;
  Strategy strategy = Strategy::unknown;
  std::string workload;    // that its pods are described in: "Deployment query-api"; empty: itself
  bool observed = false;   // the status speaks of this specification, and of this workload
  bool unpausing = false;  // somebody has resumed it, the controller has not seen that yet
  std::string phase;       // in Argo's words: Healthy, Degraded, Progressing, Paused
  std::string message;
  bool paused_by_hand = false;
  bool aborted = false;

  std::size_t step = 0;  // how many steps are behind it
  std::size_t steps = 0;
  std::string step_words;              // the current one: "pause 10m", "analysis"
  bool in_pause = false;               // the current step is a pause, or blue-green waits
  std::optional<std::int64_t> weight;  // of the new version, in percent; empty: it has no meaning
  // Of the pause that it is in, or that blue-green makes; empty: without end.
  std::optional<time::seconds> pause_length;
  std::vector<PauseCondition> pauses;

  std::string stable;   // hash of the pods that serve
  std::string current;  // hash of the pods that are wanted
  std::int64_t wanted_pods = 1;
  std::int64_t updated_pods = 0;
  std::vector<AnalysisPointer> analyses;

  // The new version is what serves; the old one is no more than leftovers.
  bool is_stable() const { return !current.empty() && stable == current; }
};

// Fails (unknown) for what is no Rollout.
Result<Rollout> read_rollout(const text::Json& json);

// A pause's duration: "10m", "1h30m", 600 or "600" seconds; empty: none, or none that Argo takes.
std::optional<time::seconds> pause_length_of(const text::Json& json);

std::string_view word(AnalysisPointer::Place place);

}  // namespace stagegate::argocd
