// Where two calendars differ, day by day.
#pragma once

#include <string>
#include <vector>

#include "common/calendar/calendar.hpp"
#include "common/result/result.hpp"
#include "common/text/json.hpp"

namespace stagegate::market_hours {

struct DayDifference {
  Day left;
  Day right;
};

// The days of first..last on which the two have other sessions. Names alone make no difference.
Result<std::vector<DayDifference>> diff(const Calendar& left, const Calendar& right,
                                        time::Date first, time::Date last);

std::string show_text(const std::vector<DayDifference>& differences, const Calendar& left,
                      const Calendar& right);
text::Json to_json(const std::vector<DayDifference>& differences, const Calendar& left,
                   const Calendar& right);

}  // namespace stagegate::market_hours
