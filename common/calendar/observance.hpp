// Where holidays go that fall on a weekend, and the days that become holidays because of others.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/calendar/rule.hpp"

namespace stagegate::market_hours {

// Moves that look at the weekday alone.
Date observed(Date date, Observe observe);

// All holidays of the years first..last, by date; a moved one is called "... (observed)".
std::map<Date, std::string> holidays_between(const std::vector<Rule>& rules, int first, int last);

}  // namespace stagegate::market_hours
