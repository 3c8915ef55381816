// The Rollouts of an Application, read where its health alone does not say enough.
#pragma once

#include <string>
#include <vector>

#include "plugins/argocd-sync/rollout/policy.hpp"
#include "plugins/argocd-sync/way/way.hpp"

namespace stagegate::argocd {

// With those of their AnalysisRuns that can be read.
Result<std::vector<RolloutView>> rollouts_of(Way& way, const Application& app);

// "query-api: step 3/6 (analysis), weight 40 %": for the progress.
std::string progress_of(const std::vector<RolloutView>& views);

// Those that no waiting mends, in words; empty: there is none.
std::string broken_ones(const std::vector<RolloutView>& views);

// What to say when the Rollouts take longer than the timeout, as far as can be seen; empty:
// nothing.
std::string too_slow_for(milliseconds timeout, Way& way, const Application& app);

// Lets those go on that wait for somebody.
Result<> resume_all(Way& way, const Application& app, const Ruling& ruling);

}  // namespace stagegate::argocd
