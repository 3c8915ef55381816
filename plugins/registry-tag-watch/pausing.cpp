#include "plugins/registry-tag-watch/pausing.hpp"

#include <algorithm>

#include "common/text/duration.hpp"

namespace stagegate::tag_watch {

bool pause_showing(time::Clock& clock, step::Progress& progress, milliseconds until,
                   const std::string& state,
                   const std::function<std::string(milliseconds now)>& countdown) {
  while (clock.uptime() < until) {
    const milliseconds now = clock.uptime();
    progress.show(state, countdown(now), now);
    const milliseconds left = std::min(until - now, progress.next(now));
    if (!time::pause(clock, std::max(left, milliseconds(1)))) return false;
  }
  return true;
}

std::string spoken(milliseconds length) {
  return text::spoken_duration(std::chrono::duration_cast<std::chrono::seconds>(length));
}

}  // namespace stagegate::tag_watch
