// Calendar files: what is wrong with them, said at its place; inheritance.
#include <filesystem>
#include <fstream>

#include "tests/data.hpp"
#include "tests/unit/calendar/calendar_of.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

const std::string kHead =
    "version: 1\n"
    "id: test\n"
    "time_zone: America/New_York\n"
    "sessions: [{ at: [\"09:30-16:00\"] }]\n";

struct Bad {
  std::string yaml;
  int line;
  std::string says;
};

// Each from line 5 on, below kHead.
const std::vector<Bad> kBadParts{
    {"holyday: []", 5, "did you mean holidays"},
    {"weekdays: [mon, tuesday]", 5, "no weekday"},
    {"lunch_break: closed", 5, "open, block"},
    {"on_holiday: deny", 5, "allow, block"},
    {"pad: 15m", 5, "must be a map"},
    {"pad: { before_open: soon }", 5, "no length of time"},
    {"pad: { before_open: 8d }", 5, "no length of time"},
    {"pad: { before: 15m }", 5, "unknown key"},
    {"block_sessions: [core, dinner]", 1, "\"dinner\""},
    {"block_sessions: [pre]", 1, "no pre session"},
    {"valid: { from: 2030-01-01, until: 2029-12-31 }", 5, "ends before it begins"},
    {"valid: { official_through: 2041-01-01 }", 5, "after the end"},
    {"valid: { from: 1789-07-14 }", 5, "1900"},
    {"valid: { from: 2027-02-29 }", 5, "no date"},
    {"horizon: { beyond: guess }", 5, "block, rule"},
    {"horizon: { official_through: 2041-06-01 }", 5, "valid range ends"},
    {"holidays: {}", 5, "must be a list"},
    {"holidays: [Christmas]", 5, "must be a map"},
    {"holidays:\n  - { fixed: 12-25 }", 6, "needs name"},
    {"holidays:\n  - { name: x }", 6, "exactly one of"},
    {"holidays:\n  - { name: x, fixed: 12-25, easter: 1 }", 6, "it has fixed, easter"},
    {"holidays:\n  - { name: x, fixed: 12-32 }", 6, "no day of the year"},
    {"holidays:\n  - { name: x, fixed: [] }", 6, "no day"},
    {"holidays:\n  - { name: x, fixed: 12-25, observe: monday }", 6, "sunday_to_monday"},
    {"holidays:\n  - { name: x, fixed: 12-25, from: 2030, to: 2020 }", 6, "never hold"},
    {"holidays:\n  - { name: x, fixed: 12-25, from: 2030-01-01 }", 6, "whole number"},
    {"holidays:\n  - { name: x, fixed: 12-25, except: [twenty] }", 6, "whole number"},
    {"holidays:\n  - { name: x, nth: { month: 13, weekday: mon, n: 1 } }", 6, "1 to 12"},
    {"holidays:\n  - { name: x, nth: { month: 1, weekday: mon, n: 0 } }", 6, "0th"},
    {"holidays:\n  - { name: x, nth: { month: 1, weekday: mon, n: 6 } }", 6, "-5 to 5"},
    {"holidays:\n  - { name: x, nth: { month: 1, n: 1 } }", 6, "needs weekday"},
    {"holidays:\n  - { name: x, easter: sunday }", 6, "whole number"},
    {"holidays:\n  - { name: x, equinox: { season: winter, base: 20.8 } }", 6, "spring, autumn"},
    {"holidays:\n  - { name: x, equinox: { season: spring, base: 208 } }", 6, "base"},
    {"holidays:\n  - { name: x, on_or_before: { date: 05-24 } }", 6, "needs weekday"},
    {"holidays:\n  - { name: x, sandwiched: false }", 6, "only be true"},
    {"holidays:\n  - { name: x, dates: [] }", 6, "no date"},
    {"holidays:\n  - { name: x, last_session_on_or_before: 12-24 }", 6, "exactly one of"},
    {"early_closes:\n  - { name: x, fixed: 12-24 }", 6, "needs close"},
    {"early_closes:\n  - { name: x, fixed: 12-24, close: 12:30 }", 6, "in quotes"},
    {"early_closes:\n  - { name: x, fixed: 12-24, close: \"noon\" }", 6, "no time of day"},
    {"early_closes:\n  - { name: x, fixed: 12-24, close: \"13:00\", observe: "
     "sunday_to_next_free_day }",
     6, "free day"},
    {"early_closes:\n  - { name: x, fixed: 12-24, close: \"01:00\" }", 6,
     "before the core session"},
    {"overrides:\n  - { date: 2027-03-12, close: \"01:00\" }", 6, "leaves no session"},
    {"overrides:\n  - { date: 2027-03-12, open: \"16:00\" }", 6, "leaves no session"},
    {"closures:\n  - { name: x, fixed: 12-24 }", 6, "exactly one of"},
    {"closures:\n  - { name: x, dates: [2027-13-01] }", 6, "no date"},
    {"freezes:\n  - { name: x, from: 2027-01-25 }", 6, "needs to"},
    {"freezes:\n  - { name: x, from: 2027-01-25, to: 2027-01-24 }", 6, "ends before it begins"},
    {"freezes:\n  - { name: x, from: 2027-01-25, to: 2027-01-25T25:00 }", 6, "no date and time"},
    {"freezes:\n  - { name: x, from: 2027-01-25, to: 2027-01-26, from_time: \"10:00\" }", 6,
     "goes with weekly"},
    {"freezes:\n  - { name: x, weekly: [fri], from_time: 16:00 }", 6, "in quotes"},
    {"freezes:\n  - { name: x, weekly: [fri], from_time: \"16:00\", to_time: \"16:00\" }", 6,
     "the same"},
    {"freezes:\n  - { name: x, weekly: [] }", 6, "no weekday"},
    {"freezes:\n  - { name: x, from: 2027-01-25, to: 2027-01-26, break_glass: no }", 6,
     "true, false"},
    {"overrides:\n  - { date: 2027-03-12 }", 6, "needs a state"},
    {"overrides:\n  - { date: 2027-03-12, state: shut }", 6, "open, closed"},
    {"overrides:\n  - { date: 2027-03-12, state: closed, close: \"13:00\" }", 6, "closed day"},
    {"overrides:\n  - { date: 2027-03-12, open: \"13:00\", close: \"12:00\" }", 6, "not after"},
    {"overrides:\n  - { date: 2027-03-12, state: open }\n  - { date: 2027-03-12, state: closed }",
     7, "second override"},
};

const std::vector<Bad> kBadFiles{
    {"", 1, "must be a map"},
    {"version: 2\nid: x\ntime_zone: UTC\nsessions: [{ at: [\"09:00-10:00\"] }]\n", 1, "1 to 1"},
    {"version: 1\nid: x\ntime_zone: UTC\n", 1, "needs sessions"},
    {"version: 1\nid: X Y\ntime_zone: UTC\nsessions: [{ at: [\"09:00-10:00\"] }]\n", 2, "id"},
    {"version: 1\nid: x\ntime_zone: Mars/Base\nsessions: [{ at: [\"09:00-10:00\"] }]\n", 3,
     "unknown time zone"},
    {"version: 1\nid: x\nsessions: [{ at: [\"09:00-10:00\"] }]\n", 1, "needs time_zone"},
    {"version: 1\nid: x\ntime_zone: UTC\nsessions:\n  - at: [09:00-10:00]\n", 5, "in quotes"},
    {"version: 1\nid: x\ntime_zone: UTC\nsessions:\n  - at: [\"10:00-09:00\"]\n", 5,
     "ends before it begins"},
    {"version: 1\nid: x\ntime_zone: UTC\nsessions:\n  - at: [\"9 to 5\"]\n", 5, "no session"},
    {"version: 1\nid: x\ntime_zone: UTC\nsessions:\n  - at: [\"-1d 09:00-+1d 09:00\"]\n", 5,
     "longer than a day"},
    {"version: 1\nid: x\ntime_zone: UTC\nsessions:\n  - at: [\"09:00-12:00\", \"11:00-13:00\"]\n",
     5, "in order"},
    {"version: 1\nid: x\ntime_zone: UTC\nsessions:\n  - { from: 2030-01-01, at: [\"09:00-12:00\"] "
     "}\n",
     1, "no core session is given for 1990-01-01"},
    {"version: 1\nid: x\ntime_zone: UTC\nsessions:\n  - { until: 2030-01-01, at: [\"09:00-12:00\"] "
     "}\n",
     1, "no core session is given for 2030-01-02"},
    {"version: 1\nid: x\ntime_zone: UTC\nsessions:\n  - { at: [\"09:00-12:00\"] }\n  - { at: "
     "[\"13:00-14:00\"] }\n",
     1, "two session tables"},
    {"version: 1\nid: x\nbase: xnyz\n", 3, "did you mean xnys"},
    {"version: 1\nid: x\nbase: xnys\ntime_zone: Europe/London\n", 4, "differs"},
    {"version: 1\nid: x\nbase: xnys\nvalid: { until: 2050-01-01 }\n", 4, "2040-12-31"},
    {"version: 1\nid: x\nbase: xnys\nvalid: { from: 1980-01-01 }\n", 4, "1990-01-01"},
    {"version: 1\nid: [x\n", 3, ""},
};

void check_fault(const Bad& bad) {
  INFO(bad.yaml);
  const auto faults = lint(bad.yaml);
  REQUIRE_FALSE(faults.empty());
  CHECK(faults.front().at.line == bad.line);
  CHECK(faults.front().weight == Fault::Weight::error);
  CHECK_THAT(faults.front().message, ContainsSubstring(bad.says));
}

}  // namespace

TEST_CASE("the file below which the faulty parts stand has no fault itself") {
  CHECK(lint(kHead).empty());
}

TEST_CASE("every fault of a part is found at its line") {
  for (Bad bad : kBadParts) {
    bad.yaml = kHead + bad.yaml + "\n";
    check_fault(bad);
  }
}

TEST_CASE("every fault of a file as a whole is found at its line") {
  for (const Bad& bad : kBadFiles) check_fault(bad);
}

TEST_CASE("all faults of a file are reported at once, in its order") {
  const auto faults = lint(kHead + "lunch: open\nholidays:\n  - { name: x }\npad: 5\n");
  REQUIRE(faults.size() == 3);
  CHECK(faults[0].at == text::Position{5, 1});
  CHECK(faults[1].at.line == 7);
  CHECK(faults[2].at == text::Position{8, 6});
  CHECK(show(faults[0], "us.yaml").starts_with("us.yaml:5:1: error: unknown key \"lunch\""));
}

TEST_CASE("what is odd but clear is a warning, and the file can be used") {
  const auto odd = kHead +
                   "freezes:\n  - { name: x, weekly: [fri], from_time: \"16:00\", to_time: "
                   "\"23:59\" }\noverrides: [{ date: 2050-01-03, state: closed }]\n";
  const auto faults = lint(odd);
  REQUIRE(faults.size() == 2);
  for (const Fault& fault : faults) CHECK(fault.weight == Fault::Weight::warning);
  calendar_of(odd);
}

TEST_CASE("every built-in calendar is without a fault") {
  const auto calendars = builtin_calendars();
  CHECK(calendars.size() == 11);
  for (const auto& [id, title] : calendars) {
    INFO(id);
    const auto calendar = builtin_of(id);
    CHECK(calendar.id() == id);
    CHECK(calendar.title() == title);
    CHECK_FALSE(title.empty());
    CHECK(calendar.horizon() >= date_of("2040-12-31"));
    CHECK(calendar.valid_from() <= date_of("2015-01-01"));
  }
}

TEST_CASE("an unknown calendar is unknown, and the nearest is offered") {
  const auto calendar = load_calendar("xnsy");
  REQUIRE_FALSE(calendar);
  CHECK(calendar.error().kind == Failure::Kind::unknown);
  CHECK_THAT(calendar.error().message, ContainsSubstring("xnys"));
}

TEST_CASE("a calendar inherits from its base and adjusts it") {
  const Calendar own = calendar_of(R"(
version: 1
id: us-paper-live
title: US equities, plus our own freezes
base: xnys
pad: { before_open: 15m, after_close: 10m }
holidays: [{ name: Company day, fixed: 05-15 }]
freezes: [{ name: earnings week, from: 2027-01-25, to: 2027-01-29 }]
overrides: [{ date: 2026-12-31, close: "13:00", note: half day }]
horizon: { official_through: 2028-06-30, beyond: block }
)");
  CHECK(own.id() == "us-paper-live");
  CHECK(own.zone().name() == "America/New_York");
  CHECK(own.horizon() == date_of("2028-06-30"));
  CHECK(day_of(own, "2026-11-26").name == "Thanksgiving Day");
  CHECK(day_of(own, "2028-05-15").name == "Company day");
  CHECK(blocked_at(own, "2026-11-24T14:15:00Z"));
  CHECK_FALSE(blocked_at(own, "2026-11-24T14:14:59Z"));
  CHECK(blocked_at(own, "2027-01-30T04:59:59Z"));
  CHECK_FALSE(blocked_at(own, "2026-12-31T18:10:00Z"));
}

TEST_CASE("hours of a file replace those of its base, lists add to them") {
  const Calendar own = calendar_of(
      "version: 1\nid: own\nbase: xnys\nsessions: [{ at: [\"08:00-17:00\"] }]\nweekdays: [mon]\n");
  CHECK(time::rfc3339(day_of(own, "2026-11-23").sessions.at(0).open) == "2026-11-23T13:00:00Z");
  CHECK(day_of(own, "2026-11-24").kind == Day::Kind::day_off);
  CHECK(day_of(own, "2026-09-07").name == "Labor Day");
}

TEST_CASE("a file of one's own is found by its path, and its faults carry it") {
  const auto path = std::filesystem::temp_directory_path() / "stagegate_test_calendar.yaml";
  std::ofstream(path) << kHead;
  const auto good = load_calendar(path.string());
  REQUIRE(good);
  CHECK(good->source() == path.string());
  std::ofstream(path) << kHead << "lunch_break: closed\n";
  const auto bad = load_calendar(path.string());
  REQUIRE_FALSE(bad);
  CHECK(bad.error().kind == Failure::Kind::unknown);
  CHECK_THAT(bad.error().message, ContainsSubstring(path.string() + ":5:14: "));
  std::filesystem::remove(path);
  const auto missing = load_calendar(path.string());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == Failure::Kind::unknown);
}

TEST_CASE("the calendars that the format was designed with can be read") {
  const std::string name = GENERATE(as<std::string>{}, "example-us-paper-live", "cmes", "xnys",
                                    "xlon", "xetr", "xpar", "xtse", "xtks", "xasx");
  const auto path = tests::data_file("calendar/yaml/" + name + ".yaml");
  if (!path) return;
  const auto calendar = load_calendar(path->string());
  INFO(name);
  if (!calendar) FAIL(calendar.error().message);
  CHECK(calendar->day(date_of("2027-01-04")));
}

TEST_CASE("the calendars that the documentation shows can be used as they stand") {
  std::ifstream file(CALENDAR_MD);
  std::string line;
  std::string yaml;
  bool inside = false;
  int calendars = 0;
  while (std::getline(file, line)) {
    if (inside && line == "```") {
      INFO(yaml);
      CHECK(lint(yaml).empty());
      ++calendars;
      yaml.clear();
    }
    inside = line == "```yaml" || (inside && line != "```");
    if (inside && line != "```yaml") yaml += line + "\n";
  }
  CHECK(calendars == 2);
}
