// What happens on one day: which kind of day it is, and the hours it has.
#pragma once

#include <vector>

#include "common/calendar/schedule.hpp"
#include "common/calendar/year.hpp"

namespace stagegate::market_hours {

const Override* override_on(const Schedule& schedule, Date date);

// `table` is that of the date's year.
Day evaluate_day(const Schedule& schedule, const YearTable& table, Date date);

// The sessions that the day would have if it were a usual one; none on a day off.
std::vector<Session> usual_sessions(const Schedule& schedule, Date date);

}  // namespace stagegate::market_hours
