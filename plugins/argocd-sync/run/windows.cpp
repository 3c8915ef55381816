#include "plugins/argocd-sync/run/windows.hpp"

#include "common/text/text.hpp"
#include "plugins/argocd-sync/windows/verdict.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;

Result<WindowVerdict> by_project(Way& way, const Application& app, time::Instant now,
                                 std::chrono::seconds expected, WindowSight& sight) {
  const auto project = way.project(app.project);
  if (!project) return forward(project.error());
  const auto windows = project_windows(*project);
  if (!windows) return forward(windows.error());
  const auto mine = matching(*windows, target_of(app));
  auto verdict = judge_windows(mine, now);
  if (!verdict) return verdict;
  const auto meanwhile = blocked_meanwhile(mine, now, expected);
  sight.warning = text::join(verdict->warnings, "; ");
  if (verdict->allowed && meanwhile && !meanwhile->empty()) {
    sight.warning += cat(sight.warning.empty() ? "" : "; ", *meanwhile);
  }
  return verdict;
}

}  // namespace

Target target_of(const Application& app) {
  return {app.name, std::string(app.destination.text("namespace")),
          std::string(app.destination.text("server")), std::string(app.destination.text("name"))};
}

// Argo CD's own answer counts where it gives one; the project's windows say until when.
Result<WindowSight> see_windows(Way& way, const Application& app, time::Instant now,
                                std::chrono::seconds expected) {
  WindowSight sight;
  const auto said = way.windowed(app);
  if (!said) return forward(said.error());
  const auto verdict = by_project(way, app, now, expected, sight);
  if (said->has_value()) {
    if (!**said) return sight;
    sight.blocked = "Argo CD lets no sync through now";
    if (verdict && !verdict->allowed) sight.blocked += cat(": ", verdict->words);
    return sight;
  }
  if (!verdict) return forward(verdict.error());
  if (!verdict->allowed) sight.blocked = verdict->words;
  return sight;
}

}  // namespace stagegate::argocd
