// Points in time and dates. A point is a whole second: every rule of the project begins and ends on
// one, and a clock read is cut down to its second, so "before 16:00:00" stays true until the very
// end of 15:59:59.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <date/date.h>

#include "common/result/result.hpp"

namespace stagegate::time {

using std::chrono::seconds;
using Instant = date::sys_seconds;  // in UTC
using Local = date::local_seconds;  // what a wall clock shows in some zone
using Date = date::local_days;      // a day in some zone

// "2026-11-27T18:00:00Z"
std::string rfc3339(Instant instant);
// "2026-11-27"
std::string iso_date(Date day);

// RFC 3339 with an offset or Z ("2026-11-27T13:00:00-05:00"; a blank instead of the T, no seconds,
// a fraction and a leap second are accepted; the fraction is cut, :60 is read as :59).
Result<Instant> parse_instant(std::string_view text);
// "2026-11-27" exactly; a date that does not exist is refused.
Result<Date> parse_date(std::string_view text);
// "2026-11-27T13:00" or "2026-11-27 13:00:30", without an offset.
Result<Local> parse_local(std::string_view text);
// "09:30", "9:30", "16:00:00", "24:00" (the end of the day).
Result<seconds> parse_time_of_day(std::string_view text);
// "09:30", with seconds only where there are some.
std::string show_time_of_day(seconds since_midnight);

}  // namespace stagegate::time
