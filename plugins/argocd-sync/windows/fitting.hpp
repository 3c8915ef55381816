// The sync windows that fit a calendar: what to write into an AppProject.
#pragma once

#include <string>
#include <vector>

#include "common/calendar/calendar.hpp"
#include "common/result/result.hpp"
#include "plugins/argocd-sync/windows/window.hpp"

namespace stagegate::argocd {

// Deny windows for the hours that the calendar blocks on usual days of the week that begins with
// `now`, or of the first one after it that has such a day. Cron knows no holidays and no early
// closes: on those days the windows block more than the calendar.
Result<std::vector<Window>> fitting_windows(const market_hours::Calendar& calendar,
                                            const std::vector<std::string>& applications,
                                            time::Instant now);

// `syncWindows:` and its list, for `spec` of an AppProject.
std::string to_yaml(const std::vector<Window>& windows);

}  // namespace stagegate::argocd
