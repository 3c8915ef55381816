// All Applications of a run, at once or one after the other.
#pragma once

#include <vector>

#include "common/step/step.hpp"
#include "plugins/argocd-sync/run/ending.hpp"
#include "plugins/argocd-sync/run/tools.hpp"

namespace stagegate::argocd {

// One ending for each of options.apps, in their order. Shows what it waits for meanwhile.
std::vector<Ending> deploy_all(Tools tools, const step::Run& run);

}  // namespace stagegate::argocd
