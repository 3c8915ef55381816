// The way that the settings ask for.
#pragma once

#include "plugins/argocd-sync/options.hpp"
#include "plugins/argocd-sync/way/way.hpp"

namespace stagegate::argocd {

// Logs in if that is how it goes: once, whatever is made of it later, and until `deadline`, which
// is on the uptime of the clock.
Result<MakeWay> open_way(const Options& options, time::Clock& clock, milliseconds deadline,
                         int interrupt_fd);

}  // namespace stagegate::argocd
