// What people need to see when an Application did not get where it should.
#pragma once

#include "plugins/argocd-sync/run/ending.hpp"
#include "plugins/argocd-sync/run/tools.hpp"

namespace stagegate::argocd {

// Asks for it, for some seconds, where it helps: not after a success, and not when somebody waits
// for the end of the step. What may not be read is left out.
void add_evidence(const Tools& tools, Ending& ending);

}  // namespace stagegate::argocd
