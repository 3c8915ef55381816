// What is wrong with one sync window, whatever the others do.
#pragma once

#include <vector>

#include "common/calendar/calendar.hpp"
#include "common/time/spans.hpp"
#include "plugins/argocd-sync/windows/lint.hpp"
#include "plugins/argocd-sync/windows/window.hpp"

namespace stagegate::argocd {

std::vector<LintFinding> lint_window(const Window& window, const std::vector<Target>& applications,
                                     const market_hours::Calendar& calendar,
                                     const time::Span& range);

}  // namespace stagegate::argocd
