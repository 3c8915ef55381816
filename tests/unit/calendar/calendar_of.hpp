// Calendars for tests, from YAML in the test itself.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/calendar/calendar.hpp"
#include "common/calendar/lint.hpp"
#include "common/calendar/schedule.hpp"
#include "tests/catch.hpp"

namespace stagegate::market_hours {

inline Calendar calendar_of(std::string_view yaml) {
  Faults faults;
  Schedule schedule = read_schedule(yaml, faults);
  INFO(show_errors(faults.take(), "test.yaml"));
  REQUIRE(faults.usable());
  return Calendar(std::make_shared<const Schedule>(std::move(schedule)));
}

inline Calendar builtin_of(const std::string& id, const Adjustments& adjustments = {}) {
  auto calendar = load_calendar(id, adjustments);
  if (!calendar) FAIL(calendar.error().message);
  return *calendar;
}

inline time::Date date_of(std::string_view text) {
  return *time::parse_date(text);
}
inline time::Instant instant_of(std::string_view text) {
  return *time::parse_instant(text);
}

inline Day day_of(const Calendar& calendar, std::string_view date) {
  auto day = calendar.day(date_of(date));
  if (!day) FAIL(day.error().message);
  return *day;
}

inline std::vector<Block> blocks_of(const Calendar& calendar, time::Instant from,
                                    time::Instant to) {
  auto blocks = calendar.blocks(from, to);
  if (!blocks) FAIL(blocks.error().message);
  return *blocks;
}

inline bool blocked_at(const Calendar& calendar, time::Instant instant) {
  return !blocks_of(calendar, instant, instant + time::seconds{1}).empty();
}
inline bool blocked_at(const Calendar& calendar, std::string_view instant) {
  return blocked_at(calendar, instant_of(instant));
}

// "2026-11-27T14:30:00Z..2026-11-27T18:00:00Z session core session"
inline std::string show(const Block& block) {
  return time::rfc3339(block.begin) + ".." + time::rfc3339(block.end) + " " +
         std::string(to_text(block.cause)) + ": " + block.name;
}
inline std::vector<std::string> shown_blocks(const Calendar& calendar, std::string_view from,
                                             std::string_view to) {
  std::vector<std::string> shown;
  for (const Block& block : blocks_of(calendar, instant_of(from), instant_of(to)))
    shown.push_back(show(block));
  return shown;
}

}  // namespace stagegate::market_hours
