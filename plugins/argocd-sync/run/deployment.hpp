// One Application, from reading it for the first time to knowing what has come of it.
#pragma once

#include <string>

#include "plugins/argocd-sync/run/ending.hpp"
#include "plugins/argocd-sync/run/tools.hpp"

namespace stagegate::argocd {

// Sets `tag` there and syncs, if the run does, and watches. Does not come back before it is over.
Ending deploy(const Tools& tools, const std::string& app, const std::string& tag);

}  // namespace stagegate::argocd
