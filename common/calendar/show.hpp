// A calendar on paper: what people compare with the exchange's own page, and what programs read.
#pragma once

#include <string>
#include <vector>

#include "common/calendar/calendar.hpp"
#include "common/result/result.hpp"
#include "common/text/json.hpp"

namespace stagegate::market_hours {

// Every day of first..last.
Result<std::vector<Day>> days_between(const Calendar& calendar, time::Date first, time::Date last);

// The weekdays on which something is not as usual: that is what exchanges publish.
Result<std::string> show_text(const Calendar& calendar, time::Date first, time::Date last);
// Every day: date,weekday,kind,name,published,open_utc,close_utc, with a column pair for each
// further session.
Result<std::string> show_csv(const Calendar& calendar, time::Date first, time::Date last);
Result<text::Json> show_json(const Calendar& calendar, time::Date first, time::Date last);
text::Json to_json(const Day& day);

// iCalendar (RFC 5545): one event for each block, and an all-day one for each holiday, early close
// and closure. `made` is the time stamp that the format wants.
Result<std::string> show_ics(const Calendar& calendar, time::Date first, time::Date last,
                             time::Instant made);

// "09:30-11:30, 12:30-15:00" in the calendar's zone; a day of another date is named.
std::string show_hours(const Day& day, const time::Zone& zone);
// "Fri"
std::string_view weekday_name(time::Date date);

}  // namespace stagegate::market_hours
