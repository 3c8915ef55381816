// Pauses between two looks, in which the progress is shown in time.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "common/step/progress.hpp"
#include "common/time/clock.hpp"

namespace stagegate::tag_watch {

using std::chrono::milliseconds;

// Until that moment on the clock's uptime. False when a signal asks to end.
bool pause_showing(time::Clock& clock, step::Progress& progress, milliseconds until,
                   const std::string& state,
                   const std::function<std::string(milliseconds now)>& countdown);

// "2 min 5 s"
std::string spoken(milliseconds length);

}  // namespace stagegate::tag_watch
