// Freezes, overrides, and which of them wins.
#include "tests/unit/calendar/calendar_of.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;
using Shown = std::vector<std::string>;

namespace {
// Not well-formed or empty: no list.
std::optional<text::YamlNode> list(const std::string& yaml) {
  auto parsed = text::parse_yaml(yaml);
  if (!parsed || parsed->kind == text::YamlNode::Kind::null) return std::nullopt;
  return *std::move(parsed);
}

Calendar with(const std::string& freezes, const std::string& overrides = "") {
  Adjustments adjustments;
  adjustments.freezes = list(freezes);
  adjustments.overrides = list(overrides);
  return builtin_of("xnys", adjustments);
}
}  // namespace

TEST_CASE("a freeze of plain dates holds to the end of its last day") {
  const Calendar calendar = with("[{ name: earnings, from: 2027-01-23, to: 2027-01-24 }]");
  CHECK(shown_blocks(calendar, "2027-01-23T00:00:00Z", "2027-01-25T14:00:00Z") ==
        Shown{"2027-01-23T05:00:00Z..2027-01-25T05:00:00Z freeze: earnings"});
}

TEST_CASE("a freeze with times ends before its last instant") {
  const Calendar calendar =
      with("[{ name: f, from: 2027-01-23T10:00, to: 2027-01-23T11:00, break_glass: false }]");
  const auto blocks =
      blocks_of(calendar, instant_of("2027-01-23T00:00:00Z"), instant_of("2027-01-24T00:00:00Z"));
  REQUIRE(blocks.size() == 1);
  CHECK(show(blocks[0]) == "2027-01-23T15:00:00Z..2027-01-23T16:00:00Z freeze: f");
  CHECK_FALSE(blocks[0].break_glass);
}

TEST_CASE("a weekly freeze may reach over midnight and keeps to the wall clock") {
  const Calendar calendar =
      with(R"([{ name: night, weekly: [sat], from_time: "22:00", to_time: "06:00" }])");
  CHECK(shown_blocks(calendar, "2026-11-28T12:00:00Z", "2026-11-29T20:00:00Z") ==
        Shown{"2026-11-29T03:00:00Z..2026-11-29T11:00:00Z freeze: night"});
  // From inside of it, after midnight, on a day that is not named.
  CHECK(blocked_at(calendar, "2026-11-29T10:59:59Z"));
  CHECK_FALSE(blocked_at(calendar, "2026-11-29T11:00:00Z"));
  // The night in which the clocks go forward is an hour shorter, the other one longer.
  CHECK(shown_blocks(calendar, "2027-03-13T22:00:00Z", "2027-03-14T20:00:00Z") ==
        Shown{"2027-03-14T03:00:00Z..2027-03-14T10:00:00Z freeze: night"});
  CHECK(shown_blocks(calendar, "2027-11-06T22:00:00Z", "2027-11-07T20:00:00Z") ==
        Shown{"2027-11-07T02:00:00Z..2027-11-07T11:00:00Z freeze: night"});
}

TEST_CASE(
    "a weekly freeze that begins in the gap begins after it, and one that ends in the repeated "
    "hour ends with it") {
  const Calendar gap =
      with(R"([{ name: f, weekly: [sun], from_time: "02:30", to_time: "04:00" }])");
  CHECK(shown_blocks(gap, "2027-03-14T00:00:00Z", "2027-03-15T00:00:00Z") ==
        Shown{"2027-03-14T07:00:00Z..2027-03-14T08:00:00Z freeze: f"});
  const Calendar twice =
      with(R"([{ name: f, weekly: [sun], from_time: "00:30", to_time: "01:30" }])");
  CHECK(shown_blocks(twice, "2027-11-07T00:00:00Z", "2027-11-08T00:00:00Z") ==
        Shown{"2027-11-07T04:30:00Z..2027-11-07T06:30:00Z freeze: f"});
}

TEST_CASE("a weekly freeze without times is the whole day, and dates limit it") {
  const Calendar calendar =
      with("[{ name: quiet, weekly: [sat, sun], from: 2026-12-01, to: 2026-12-07 }]");
  CHECK(shown_blocks(calendar, "2026-11-28T00:00:00Z", "2026-11-30T12:00:00Z").empty());
  CHECK(shown_blocks(calendar, "2026-12-05T00:00:00Z", "2026-12-07T12:00:00Z") ==
        Shown{"2026-12-05T05:00:00Z..2026-12-06T05:00:00Z freeze: quiet",
              "2026-12-06T05:00:00Z..2026-12-07T05:00:00Z freeze: quiet"});
}

TEST_CASE("a freeze adds to what the calendar blocks") {
  const Calendar calendar = with("[{ name: week, from: 2026-11-23, to: 2026-11-29 }]");
  CHECK(shown_blocks(calendar, "2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z") ==
        Shown{"2026-11-23T05:00:00Z..2026-11-30T05:00:00Z freeze: week",
              "2026-11-24T14:30:00Z..2026-11-24T21:00:00Z session: core session"});
  CHECK(blocked_at(calendar, "2026-11-26T15:00:00Z"));  // Thanksgiving
}

TEST_CASE("an override that closes a day takes its session away") {
  const Calendar calendar =
      with("", "[{ date: 2027-03-12, state: closed, note: day of mourning }]");
  const Day day = day_of(calendar, "2027-03-12");
  CHECK(day.kind == Day::Kind::closure);
  CHECK(day.name == "day of mourning");
  CHECK(day.sessions.empty());
  CHECK_FALSE(blocked_at(calendar, "2027-03-12T15:00:00Z"));
}

TEST_CASE("an override that closes a day wins over a freeze, for exactly that day") {
  const std::string freeze = "[{ name: week, from: 2027-03-08, to: 2027-03-14 }]";
  const Calendar calendar = with(freeze, "[{ date: 2027-03-12, state: closed }]");
  CHECK(blocked_at(calendar, "2027-03-12T04:59:59Z"));
  CHECK_FALSE(blocked_at(calendar, "2027-03-12T05:00:00Z"));
  CHECK_FALSE(blocked_at(calendar, "2027-03-12T15:00:00Z"));
  CHECK_FALSE(blocked_at(calendar, "2027-03-13T04:59:59Z"));
  CHECK(blocked_at(calendar, "2027-03-13T05:00:00Z"));
}

TEST_CASE("nothing wins over a freeze without break-glass") {
  const Calendar calendar =
      with("[{ name: week, from: 2027-03-08, to: 2027-03-14, break_glass: false }]",
           "[{ date: 2027-03-12, state: closed }]");
  CHECK(blocked_at(calendar, "2027-03-12T15:00:00Z"));
}

TEST_CASE("an override of hours leaves freezes alone") {
  const Calendar calendar = with("[{ name: week, from: 2027-03-08, to: 2027-03-14 }]",
                                 R"([{ date: 2027-03-12, close: "13:00" }])");
  CHECK(blocked_at(calendar, "2027-03-12T20:00:00Z"));
  CHECK(time::rfc3339(day_of(calendar, "2027-03-12").sessions.at(0).close) ==
        "2027-03-12T18:00:00Z");
}

TEST_CASE("an override changes hours both ways, and opens a day that is closed by rule") {
  const Calendar calendar = with("", R"(
- { date: 2026-11-24, open: "08:00", close: "17:00", note: long day }
- { date: 2026-11-25, open: "10:00" }
- { date: 2026-11-26, state: open }
- { date: 2026-11-28, state: open, close: "12:00" }
)");
  const auto hours = [&](const char* date) {
    const Day day = day_of(calendar, date);
    REQUIRE(day.sessions.size() == 1);
    return time::rfc3339(day.sessions[0].open) + ".." + time::rfc3339(day.sessions[0].close);
  };
  CHECK(day_of(calendar, "2026-11-24").kind == Day::Kind::changed_hours);
  CHECK(hours("2026-11-24") == "2026-11-24T13:00:00Z..2026-11-24T22:00:00Z");
  CHECK(hours("2026-11-25") == "2026-11-25T15:00:00Z..2026-11-25T21:00:00Z");
  CHECK(hours("2026-11-26") == "2026-11-26T14:30:00Z..2026-11-26T21:00:00Z");
  CHECK(hours("2026-11-28") == "2026-11-28T14:30:00Z..2026-11-28T17:00:00Z");
}

TEST_CASE("a setting's override wins over the file's for the same day") {
  const Calendar calendar =
      with("", "[{ date: 2026-11-24, state: closed, note: from the setting }]");
  CHECK(day_of(calendar, "2026-11-24").name == "from the setting");
  // And with on_holiday: block, a day that an override closes stays open to promotions.
  Adjustments block;
  block.on_holiday = OnHoliday::block;
  block.overrides = list("[{ date: 2026-11-26, state: closed }]");
  CHECK_FALSE(blocked_at(builtin_of("xnys", block), "2026-11-26T15:00:00Z"));
}

TEST_CASE("a setting that is malformed makes the calendar unknown and is named") {
  Adjustments bad;
  bad.freezes = list("[{ name: f, from: 2027-01-25 }]");
  const auto calendar = load_calendar("xnys", bad);
  REQUIRE_FALSE(calendar);
  CHECK(calendar.error().kind == Failure::Kind::unknown);
  CHECK_THAT(calendar.error().message, ContainsSubstring("setting freezes:1:2"));
  bad.freezes = list("{ name: f }");
  CHECK_FALSE(load_calendar("xnys", bad));
  Adjustments night;
  night.block_sessions = {"night"};
  CHECK_FALSE(load_calendar("xnys", night));
}
