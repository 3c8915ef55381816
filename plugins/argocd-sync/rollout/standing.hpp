// What the state of a Rollout means for somebody who waits for its new version.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/argocd-sync/rollout/analysis.hpp"
#include "plugins/argocd-sync/rollout/rollout.hpp"

namespace stagegate::argocd {

// A Rollout and those of its AnalysisRuns that could be read.
struct RolloutView {
  Rollout rollout;
  std::vector<AnalysisRun> runs = {};

  std::string text() const;  // "Rollout stonks-beta/query-api"
};

struct Standing {
  enum class Kind : std::uint8_t {
    done,             // the new version is what serves
    going,            // it gets on, or will in a moment
    outdated,         // the status does not speak of this specification yet
    timed_pause,      // it goes on by itself, at `until` when that is known
    step_pause,       // until somebody lets it go on
    promotion_pause,  // blue-green: the new version is up and waits to be promoted
    held,             // paused by hand, or why we do not know: not ours to let go on
    inconclusive,     // an analysis could not tell whether the new version is good
    aborted,          // the old version serves again
    failed,           // no waiting mends it
  };
  Kind kind = Kind::going;
  std::optional<time::Instant> until = {};
  std::string words = {};
};

std::string_view word(Standing::Kind kind);
// The words of an abort name the metric that failed, and its values when the run is there.
Standing standing_of(const RolloutView& view);

// "step 3/6 (analysis), weight 40 %, analysis success-rate Running (2/5)"
std::string progress(const RolloutView& view);

}  // namespace stagegate::argocd
