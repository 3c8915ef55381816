// The windows of an AppProject as it is written down, before it is in a cluster.
#pragma once

#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "plugins/argocd-sync/windows/window.hpp"

namespace stagegate::argocd {

// One YAML document. Fails (usage) with line and column for what is no YAML, and (unknown) for what
// is no AppProject.
Result<std::vector<Window>> manifest_windows(std::string_view yaml);

}  // namespace stagegate::argocd
