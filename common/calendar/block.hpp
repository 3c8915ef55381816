// From days and freezes to the times in which promotions are blocked.
#pragma once

#include <vector>

#include "common/calendar/schedule.hpp"

namespace stagegate::market_hours {

// The blocks that one day brings: sessions, pads, lunch breaks, and the usual hours of a holiday.
std::vector<Block> blocks_of_day(const Schedule& schedule, const Day& day);

// The freezes that overlap [from, to), less the days that an override closes.
std::vector<Block> freezes_between(const Schedule& schedule, time::Instant from, time::Instant to);

// How far the blocks of a day may reach out of it, before its midnight and after the next one.
struct Reach {
  seconds before{0};
  seconds after{0};
};
Reach reach(const Schedule& schedule);

}  // namespace stagegate::market_hours
