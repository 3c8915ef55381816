// Whether the sync windows let a sync of ours through now.
#pragma once

#include <optional>
#include <string>

#include "common/time/clock.hpp"
#include "plugins/argocd-sync/way/way.hpp"
#include "plugins/argocd-sync/windows/window.hpp"

namespace stagegate::argocd {

// What windows are held against.
Target target_of(const Application& app);

struct WindowSight {
  std::string blocked;  // why not, and until when; empty: they do
  std::string warning;  // something to say although they do
};

// `expected`: how long the sync may take. Fails where nobody can say it.
Result<WindowSight> see_windows(Way& way, const Application& app, time::Instant now,
                                std::chrono::seconds expected);

}  // namespace stagegate::argocd
