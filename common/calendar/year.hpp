// The holidays, closures and early closes of one year.
#pragma once

#include <map>
#include <string>

#include "common/calendar/schedule.hpp"

namespace stagegate::market_hours {

struct ShortDay {
  seconds close;
  std::string name;
};

struct YearTable {
  // These also hold days of the years before and after, as far as they reach over New Year.
  std::map<Date, std::string> holidays;
  std::map<Date, std::string> closures;
  std::map<Date, ShortDay> early_closes;
};

YearTable evaluate_year(const Schedule& schedule, int year);

}  // namespace stagegate::market_hours
