// On which dates of a year a holiday or an early close falls, before anything moves it: pure date
// arithmetic, one primitive for each way in which exchanges write their rules.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/time/instant.hpp"

namespace stagegate::market_hours {

using time::Date;

// What a calendar may speak of. The Gregorian rules hold longer; what anybody can know does not.
inline constexpr int kFirstYear = 1900;
inline constexpr int kLastYear = 2199;

// Indexed by date::weekday::c_encoding(): Sunday is 0.
using Weekdays = std::array<bool, 7>;
inline constexpr Weekdays kEveryDay{true, true, true, true, true, true, true};
inline constexpr Weekdays kMondayToFriday{false, true, true, true, true, true, false};

inline bool contains(const Weekdays& days, Date date) {
  return days[date::weekday{date}.c_encoding()];
}

struct Fixed {  // fixed: [12-25, 12-26]; February 29 falls in leap years only
  std::vector<date::month_day> days;
};
struct Nth {  // nth: { month: 11, weekday: thu, n: 4, plus_days: 1 }; n: -1 is the last one
  date::month month;
  date::weekday weekday;
  int n = 1;
  int plus_days = 0;
};
struct Easter {  // easter: -2 is Good Friday (Gregorian Easter)
  int days = 0;
};
struct Equinox {  // Japan's: the day that the usual astronomical approximation gives
  date::month month;
  double base = 0;
};
struct OnOrBefore {  // on_or_before: { date: 05-24, weekday: mon } is Victoria Day
  date::month_day day;
  date::weekday weekday;
};
struct LastSessionOnOrBefore {  // of early closes: needs to know the holidays first
  date::month_day day;
};
struct Sandwiched {};  // Japan: a day between two holidays is one too
struct Dates {         // what no rule gives: lunar festivals, days of mourning
  std::vector<Date> days;
};
using Primitive =
    std::variant<Fixed, Nth, Easter, Equinox, OnOrBefore, LastSessionOnOrBefore, Sandwiched, Dates>;

// Where a holiday goes that falls on a weekend.
enum class Observe : std::uint8_t {
  none,
  sunday_to_monday,
  nearest,  // Saturday to Friday, Sunday to Monday
  weekend_to_monday,
  weekend_to_friday,
  sunday_to_next_free_day,   // the next day that is no holiday (Japan)
  weekend_to_next_free_day,  // the next Monday to Friday that is no holiday (Christmas and Boxing
                             // Day)
};

struct Rule {
  std::string name;
  Primitive when;
  Observe observe = Observe::none;
  std::optional<int> from;  // years, both inclusive
  std::optional<int> to;
  std::vector<int> except;
  Weekdays only = kEveryDay;  // of the date before it is moved

  bool holds_in(int year) const;
};

// Western Easter Sunday.
Date easter_sunday(int year);

// The dates of a year in which the rule holds. Empty for rules that depend on other days:
// sandwiched and last_session_on_or_before.
std::vector<Date> nominal_dates(const Rule& rule, int year);

}  // namespace stagegate::market_hours
