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

// Lets those go on that wait for somebody.
Result<> resume_all(Way& way, const Application& app, const Ruling& ruling);

}  // namespace stagegate::argocd
