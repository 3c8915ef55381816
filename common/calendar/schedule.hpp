// What a calendar file says, read and checked.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/calendar/calendar.hpp"
#include "common/calendar/rule.hpp"
#include "common/text/yaml.hpp"
#include "common/time/instant.hpp"
#include "common/time/zone.hpp"

namespace stagegate::market_hours {

using time::Local;
using time::seconds;

// Hours on the wall clock, counted from the midnight that begins the day: "-1d 17:00" is negative.
struct Hours {
  seconds open;
  seconds close;
  std::string name = "core";
};

struct HoursTable {
  std::optional<Date> from;  // both inclusive
  std::optional<Date> until;
  std::vector<Hours> hours;

  bool holds_on(Date date) const { return (!from || date >= *from) && (!until || date <= *until); }
};

struct EarlyClose {
  Rule rule;
  seconds close;
  text::Position at{};  // where the file says so, for what is checked when all of it is known
};

// Days on which nothing may change, whatever the market does.
struct Freeze {
  struct Once {
    Local from;
    Local to;  // exclusive
  };
  struct Weekly {
    Weekdays days{};
    seconds from;
    seconds to;  // past 24 h when it ends on the next day
    std::optional<Date> first;
    std::optional<Date> last;
  };
  std::string name;
  bool break_glass = true;
  std::variant<Once, Weekly> when;
};

// What somebody says about one day; wins over all else.
struct Override {
  Date date;
  bool closed = false;
  std::optional<seconds> open;
  std::optional<seconds> close;
  std::string note;
  text::Position at{};
};

struct Schedule {
  std::string id;
  std::string title;
  std::string source;
  const time::Zone* zone = nullptr;
  Date valid_from;
  Date valid_until;
  Date official_through;
  Beyond beyond = Beyond::rule;

  Weekdays weekdays = kMondayToFriday;
  std::vector<HoursTable> hours;
  std::vector<std::string> block_sessions{"core"};
  LunchBreak lunch_break = LunchBreak::open;
  OnHoliday on_holiday = OnHoliday::allow;
  seconds pad_before{0};
  seconds pad_after{0};

  std::vector<Rule> holidays;
  std::vector<Rule> closures;
  std::vector<EarlyClose> early_closes;
  std::vector<Freeze> freezes;
  std::vector<Override> overrides;
};

}  // namespace stagegate::market_hours
