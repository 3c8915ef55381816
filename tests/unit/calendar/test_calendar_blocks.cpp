#include <random>

#include "tests/unit/calendar/calendar_of.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;
using Shown = std::vector<std::string>;

namespace {

// Whether some session of the days around the instant holds it: day() alone, without blocks().
bool in_session(const Calendar& calendar, time::Instant instant) {
  const Date today = date::floor<date::days>(calendar.zone().to_local(instant));
  for (int step = -1; step <= 1; ++step) {
    const auto day = calendar.day(today + date::days{step});
    REQUIRE(day);
    for (const Session& session : day->sessions) {
      if (session.open <= instant && instant < session.close) return true;
    }
  }
  return false;
}

constexpr const char* kNightMarket = R"(
version: 1
id: night
time_zone: America/Chicago
sessions: [{ at: ["-1d 17:00-17:00"] }]
early_closes: [{ name: Short, fixed: 11-27, close: "12:00" }]
holidays: [{ name: Thanksgiving, nth: { month: 11, weekday: thu, n: 4 } }]
)";

}  // namespace

TEST_CASE("blocks agree with the days, minute by minute, in any week") {
  const std::string id = GENERATE(as<std::string>{}, "xnys", "xtks", "xasx", "xlon", "night");
  const Calendar calendar = id == "night" ? calendar_of(kNightMarket) : builtin_of(id);
  std::mt19937 random(20261124);
  std::uniform_int_distribution<int> any_day(0, 9000);
  for (int week = 0; week < 12; ++week) {
    // Every third week is one in which New York or London changes its clocks.
    const Date monday =
        week % 3 == 0 ? date_of(week % 2 == 0 ? "2027-03-11" : "2027-10-28") + date::days{week}
                      : date_of("2015-02-02") + date::days{any_day(random)};
    const time::Instant begin{monday.time_since_epoch()};
    const auto end = begin + date::days{7};
    const auto blocks = blocks_of(calendar, begin, end);
    for (auto minute = begin; minute < end; minute += std::chrono::minutes{1}) {
      bool blocked = false;
      for (const Block& block : blocks)
        blocked = blocked || (block.begin <= minute && minute < block.end);
      INFO(id << " " << time::rfc3339(minute));
      REQUIRE(blocked == in_session(calendar, minute));
    }
  }
}

TEST_CASE("a range finds the blocks that overlap it, and no others") {
  const Calendar xnys = builtin_of("xnys");
  const Shown day{"2026-11-24T14:30:00Z..2026-11-24T21:00:00Z session: core session"};
  CHECK(shown_blocks(xnys, "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z") == day);
  CHECK(shown_blocks(xnys, "2026-11-24T20:59:59Z", "2026-11-24T21:00:00Z") == day);
  CHECK(shown_blocks(xnys, "2026-11-24T14:29:59Z", "2026-11-24T14:30:01Z") == day);
  CHECK(shown_blocks(xnys, "2026-11-24T14:29:59Z", "2026-11-24T14:30:00Z").empty());
  CHECK(shown_blocks(xnys, "2026-11-24T21:00:00Z", "2026-11-25T14:30:00Z").empty());
  CHECK(shown_blocks(xnys, "2026-11-24T15:00:00Z", "2026-11-24T15:00:00Z").empty());
}

TEST_CASE("a session may begin the evening before") {
  const Calendar night = calendar_of(kNightMarket);
  const auto sunday = day_of(night, "2026-11-22");
  CHECK(sunday.kind == Day::Kind::day_off);
  const auto monday = day_of(night, "2026-11-23");
  CHECK(time::rfc3339(monday.sessions.at(0).open) == "2026-11-22T23:00:00Z");
  CHECK(time::rfc3339(monday.sessions.at(0).close) == "2026-11-23T23:00:00Z");
  CHECK(blocked_at(night, "2026-11-22T23:00:00Z"));
  CHECK_FALSE(blocked_at(night, "2026-11-22T22:59:59Z"));
  CHECK(time::rfc3339(day_of(night, "2026-11-27").sessions.at(0).close) == "2026-11-27T18:00:00Z");
}

TEST_CASE("pads surround every session, over a lunch break and over midnight too") {
  Adjustments pads;
  pads.pad_before = std::chrono::minutes{15};
  pads.pad_after = std::chrono::minutes{10};
  const Calendar tokyo = builtin_of("xtks", pads);
  CHECK(shown_blocks(tokyo, "2026-11-23T15:00:00Z", "2026-11-24T15:00:00Z") ==
        Shown{"2026-11-23T23:45:00Z..2026-11-24T00:00:00Z pad before: before the core session",
              "2026-11-24T00:00:00Z..2026-11-24T02:30:00Z session: core session",
              "2026-11-24T02:30:00Z..2026-11-24T02:40:00Z pad after: after the core session",
              "2026-11-24T03:15:00Z..2026-11-24T03:30:00Z pad before: before the core session",
              "2026-11-24T03:30:00Z..2026-11-24T06:30:00Z session: core session",
              "2026-11-24T06:30:00Z..2026-11-24T06:40:00Z pad after: after the core session"});

  pads.pad_after = std::chrono::hours{10};  // to 02:00 of the next day in New York
  const Calendar xnys = builtin_of("xnys", pads);
  CHECK(blocked_at(xnys, "2026-11-28T03:59:59Z"));  // a Saturday, after Friday's close at 13:00
  CHECK_FALSE(blocked_at(xnys, "2026-11-28T04:00:00Z"));
  CHECK(blocked_at(xnys, "2026-11-25T06:59:59Z"));
  CHECK_FALSE(blocked_at(xnys, "2026-11-25T07:00:00Z"));
}

TEST_CASE("a lunch break is open or blocked, as the calendar says") {
  CHECK_FALSE(blocked_at(builtin_of("xtks"), "2026-11-24T03:00:00Z"));
  Adjustments lunch;
  lunch.lunch_break = LunchBreak::block;
  CHECK(shown_blocks(builtin_of("xtks", lunch), "2026-11-24T02:30:00Z", "2026-11-24T03:30:00Z") ==
        Shown{"2026-11-24T02:30:00Z..2026-11-24T03:30:00Z lunch break: lunch break"});
}

TEST_CASE("holidays and the rest of short days are blocked where the operator wants it") {
  Adjustments block;
  block.on_holiday = OnHoliday::block;
  const Calendar xnys = builtin_of("xnys", block);
  CHECK(shown_blocks(xnys, "2026-11-26T00:00:00Z", "2026-11-28T00:00:00Z") ==
        Shown{"2026-11-26T14:30:00Z..2026-11-26T21:00:00Z holiday: Thanksgiving Day",
              "2026-11-27T14:30:00Z..2026-11-27T18:00:00Z session: core session",
              "2026-11-27T18:00:00Z..2026-11-27T21:00:00Z holiday: Day after Thanksgiving"});
  CHECK_FALSE(blocked_at(builtin_of("xnys"), "2026-11-26T15:00:00Z"));
}

TEST_CASE("only the core session blocks unless others are asked for") {
  constexpr const char* kNamed = R"(
version: 1
id: named
time_zone: America/New_York
sessions:
  - { at: ["09:30-16:00"] }
  - { at: ["04:00-09:30"], name: pre }
  - { at: ["16:00-20:00"], name: after }
early_closes: [{ name: Short, fixed: 11-27, close: "13:00" }]
)";
  const Calendar core = calendar_of(kNamed);
  CHECK_FALSE(blocked_at(core, "2026-11-24T13:00:00Z"));
  const Calendar all = calendar_of(std::string(kNamed) + "block_sessions: [pre, core, after]\n");
  CHECK(blocked_at(all, "2026-11-24T09:00:00Z"));
  CHECK(blocked_at(all, "2026-11-25T00:59:59Z"));
  CHECK_FALSE(blocked_at(all, "2026-11-25T01:00:00Z"));
  // After an early close the late session begins at once: that blocks longest.
  CHECK(shown_blocks(all, "2026-11-27T12:00:00Z", "2026-11-28T02:00:00Z") ==
        Shown{"2026-11-27T09:00:00Z..2026-11-27T14:30:00Z session: pre session",
              "2026-11-27T14:30:00Z..2026-11-27T18:00:00Z session: core session",
              "2026-11-27T18:00:00Z..2026-11-28T01:00:00Z session: after session"});
}

TEST_CASE("an early close before the lunch break ends the day at noon") {
  const Day eve = day_of(builtin_of("xhkg"), "2026-12-24");
  REQUIRE(eve.sessions.size() == 1);
  CHECK(time::rfc3339(eve.sessions[0].close) == "2026-12-24T04:00:00Z");
}

TEST_CASE("hours that the clocks skip or repeat block as long as they can be read to mean") {
  const Calendar sunday = calendar_of(R"(
version: 1
id: sunday
time_zone: America/New_York
weekdays: [sun]
sessions: [{ at: ["01:30-02:30"] }]
)");
  // 01:30-02:30 EST: 02:30 does not exist on March 14, the clocks go from 01:59:59 to 03:00.
  CHECK(shown_blocks(sunday, "2027-03-14T00:00:00Z", "2027-03-15T00:00:00Z") ==
        Shown{"2027-03-14T06:30:00Z..2027-03-14T07:00:00Z session: core session"});
  // 01:30 comes twice on November 7: from the first one.
  CHECK(shown_blocks(sunday, "2027-11-07T00:00:00Z", "2027-11-08T00:00:00Z") ==
        Shown{"2027-11-07T05:30:00Z..2027-11-07T07:30:00Z session: core session"});
}

TEST_CASE("outside of its valid range a calendar knows nothing, and says what to mend") {
  const Calendar xnys = builtin_of("xnys");
  const auto unknown_day = [&](const char* date) {
    const auto day = xnys.day(date_of(date));
    REQUIRE_FALSE(day);
    CHECK(day.error().kind == Failure::Kind::unknown);
    CHECK_THAT(day.error().message, ContainsSubstring("xnys"));
    CHECK_THAT(day.error().message, ContainsSubstring("valid."));
  };
  unknown_day("1989-12-31");
  unknown_day("2041-01-01");
  CHECK(xnys.day(date_of("1990-01-01")));
  CHECK(xnys.day(date_of("2040-12-31")));
  const auto beyond =
      xnys.blocks(instant_of("2040-12-31T12:00:00Z"), instant_of("2041-01-02T12:00:00Z"));
  REQUIRE_FALSE(beyond);
  CHECK(beyond.error().kind == Failure::Kind::unknown);
  CHECK(xnys.blocks(instant_of("2040-12-31T12:00:00Z"), instant_of("2041-01-01T04:59:59Z")));
}

TEST_CASE("past what is published a calendar answers by rule and says so, or not at all") {
  const Calendar xnys = builtin_of("xnys");
  CHECK(day_of(xnys, "2028-12-29").published);
  CHECK_FALSE(day_of(xnys, "2029-01-02").published);
  Adjustments strict;
  strict.beyond = Beyond::block;
  const Calendar published = builtin_of("xnys", strict);
  CHECK(published.horizon() == date_of("2028-12-31"));
  const auto day = published.day(date_of("2029-01-02"));
  REQUIRE_FALSE(day);
  CHECK(day.error().kind == Failure::Kind::unknown);
  CHECK_THAT(day.error().message, ContainsSubstring("horizon.official_through"));
}

TEST_CASE("a market that opens the evening before is unknown on the last evening of its range") {
  const Calendar night = calendar_of(kNightMarket);
  CHECK(night.blocks(instant_of("2040-12-31T22:00:00Z"), instant_of("2040-12-31T22:59:59Z")));
  CHECK_FALSE(night.blocks(instant_of("2040-12-31T23:30:00Z"), instant_of("2040-12-31T23:40:00Z")));
}
