// The rule at the end of a TZif file that holds for all time after its last transition, in the
// notation of POSIX's TZ variable with the extensions of RFC 9636: "EST5EDT,M3.2.0,M11.1.0".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/result/result.hpp"
#include "common/time/instant.hpp"

namespace stagegate::time {

struct LocalType {
  seconds offset{0};  // east of Greenwich
  bool daylight_saving = false;
  std::string abbrev;
};

// The day of the year on which the clocks change, and the wall clock time at which they do.
struct YearlyChange {
  enum class Day : std::uint8_t {
    julian,         // J1 .. J365: February 29 is never counted
    zero_based,     // 0 .. 365: February 29 is counted
    month_weekday,  // M3.2.0: the second Sunday of March; week 5 is the last one
  };
  Day day = Day::month_weekday;
  int number = 0;  // for the first two
  unsigned month = 1;
  unsigned week = 1;
  unsigned weekday = 0;
  seconds time{7200};  // -167 h to 167 h

  date::local_seconds in(date::year year) const;
};

class PosixRule {
 public:
  static Result<PosixRule> parse(std::string_view text);

  struct Change {
    Instant at;
    const LocalType* before;
    const LocalType* after;
  };
  struct Period {
    const LocalType* type;
    Instant since;  // the last change; the beginning of time when the zone has none
  };
  Period at(Instant instant) const;
  // The two changes of a year, in order of time; null when the zone has no daylight saving time.
  std::optional<std::array<Change, 2>> changes(date::year year) const;

 private:
  LocalType standard_;
  std::optional<LocalType> daylight_;
  YearlyChange start_;
  YearlyChange end_;
};

}  // namespace stagegate::time
