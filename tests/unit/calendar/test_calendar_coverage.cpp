// Session tables and the days of the valid range: each day has hours, and from one table only.
#include "tests/unit/calendar/calendar_of.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

std::string faults_of(const std::string& sessions, const std::string& valid) {
  const std::string head = "version: 1\nid: test\ntime_zone: America/New_York\n";
  return show_errors(lint(head + "valid: { " + valid + " }\nsessions: [" + sessions + "]\n"), "");
}

constexpr const char* kTwoTables =
    "{ until: 2024-11-04, at: [\"09:00-15:00\"] }, { from: 2024-11-05, at: [\"09:00-15:30\"] }";

}  // namespace

TEST_CASE("a calendar narrowed to days behind a change of hours has no fault") {
  for (const char* from : {"2024-11-04", "2024-11-05", "2024-11-06", "2025-01-01"}) {
    CHECK(faults_of(kTwoTables, std::string("from: ") + from).empty());
  }
  const Calendar tokyo =
      calendar_of("version: 1\nid: t\nbase: xtks\nvalid: { from: 2025-01-01 }\n");
  CHECK(day_of(tokyo, "2025-01-06").sessions.size() == 2);
}

TEST_CASE("two tables for one day are a fault, wherever the valid range begins") {
  const char* overlapping =
      "{ until: 2024-11-05, at: [\"09:00-15:00\"] }, { from: 2024-11-05, at: [\"09:00-15:30\"] }";
  for (const char* from : {"2020-01-01", "2024-11-05", "2025-01-01"}) {
    CHECK_THAT(faults_of(overlapping, std::string("from: ") + from),
               ContainsSubstring("two session tables hold on 2024-11-05"));
  }
  CHECK_THAT(faults_of("{ at: [\"09:00-15:00\"] }, { from: 2024-11-05, at: [\"09:00-15:30\"] }",
                       "from: 2020-01-01"),
             ContainsSubstring("two session tables hold on 2024-11-05"));
}

TEST_CASE("a day without hours is a fault only in the valid range") {
  const char* gap =
      "{ until: 2024-11-04, at: [\"09:00-15:00\"] }, { from: 2024-11-10, at: [\"09:00-15:30\"] }";
  CHECK_THAT(faults_of(gap, "from: 2020-01-01"),
             ContainsSubstring("no core session is given for 2024-11-05"));
  CHECK(faults_of(gap, "from: 2024-11-10").empty());
}

TEST_CASE("hours that do not fit the sessions are found beside other faults") {
  const std::string faults =
      show_errors(lint("version: 1\nid: test\ntime_zone: America/New_York\nsessions: [{ at: "
                       "[\"09:30-16:00\"] }]\n"
                       "holidays: [{ name: x, fixed: 02-30 }]\n"
                       "early_closes: [{ name: y, fixed: 12-24, close: \"01:00\" }]\n"
                       "overrides: [{ date: 2027-03-12, close: \"09:00\" }]\n"),
                  "f");
  CHECK_THAT(faults, ContainsSubstring("f:5:") && ContainsSubstring("f:6:") &&
                         ContainsSubstring("before the core session opens") &&
                         ContainsSubstring("f:7:") && ContainsSubstring("leaves no session"));
}

TEST_CASE("a base that is no built-in calendar is refused without a hint at files") {
  const std::string faults = show_errors(lint("version: 1\nid: test\nbase: mine.yaml\n"), "f");
  CHECK_THAT(faults, ContainsSubstring("unknown calendar \"mine.yaml\"; built in are:") &&
                         !ContainsSubstring("path"));
}
