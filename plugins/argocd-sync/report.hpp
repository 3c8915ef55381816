// What a run has come to, for people and for programs.
#pragma once

#include <vector>

#include "common/step/outcome.hpp"
#include "plugins/argocd-sync/options.hpp"
#include "plugins/argocd-sync/run/ending.hpp"

namespace stagegate::argocd {

step::Outcome report(const Options& options, const std::string& run,
                     const std::vector<Ending>& endings);

}  // namespace stagegate::argocd
