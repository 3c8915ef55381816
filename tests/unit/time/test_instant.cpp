#include "common/time/instant.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace std::chrono_literals;

namespace {
long long unix_time(std::string_view text) {
  const auto instant = time::parse_instant(text);
  REQUIRE(instant);
  return instant->time_since_epoch().count();
}
}  // namespace

TEST_CASE("every way of writing an instant in RFC 3339 means the same second") {
  const long long second = 1795800600;
  const long long expected = unix_time("2026-11-27T17:30:00Z");
  CHECK(expected == second);
  CHECK(unix_time("2026-11-27T12:30:00-05:00") == expected);
  CHECK(unix_time("2026-11-27 12:30:00-05:00") == expected);
  CHECK(unix_time("2026-11-27t17:30z") == expected);
  CHECK(unix_time("2026-11-28T02:30:00+09:00") == expected);
  CHECK(unix_time("2026-11-27T23:00:00+05:30") == expected);
}

TEST_CASE("a fraction is cut, so that the last second before the open stays before it") {
  CHECK(unix_time("2026-11-27T14:29:59.999999999Z") == unix_time("2026-11-27T14:29:59Z"));
}

TEST_CASE("a leap second reads as the second before it") {
  CHECK(unix_time("2016-12-31T23:59:60Z") == unix_time("2016-12-31T23:59:59Z"));
}

TEST_CASE("what is no instant is refused, and the refusal quotes it") {
  const char* text =
      GENERATE("", "now", "2026-11-27", "2026-11-27T12:30:00", "2026-02-29T00:00:00Z",
               "2026-13-01T00:00:00Z", "2026-11-27T24:00:00Z", "2026-11-27T12:60:00Z",
               "2026-11-27T12:30:61Z", "2026-11-27T12:30:00.Z", "2026-11-27T12:30:00Zulu",
               "2026-11-27T12:30:00+5", "2026-11-27T12:30:00-24:00", "26-11-27T12:30:00Z",
               " 2026-11-27T12:30:00Z");
  const auto instant = time::parse_instant(text);
  REQUIRE_FALSE(instant);
  CHECK(instant.error().kind == Failure::Kind::usage);
  CHECK_THAT(instant.error().message, ContainsSubstring(text));
}

TEST_CASE("an instant is shown as it is read") {
  const char* text =
      GENERATE("1990-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2040-12-31T21:00:00Z",
               "1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z");
  const auto instant = time::parse_instant(text);
  REQUIRE(instant);
  CHECK(time::rfc3339(*instant) == text);
}

TEST_CASE("a date must exist") {
  CHECK(time::parse_date("2028-02-29"));
  CHECK_FALSE(time::parse_date("2027-02-29"));
  CHECK_FALSE(time::parse_date("2027-2-9"));
  CHECK_FALSE(time::parse_date("2027-02-09 "));
  CHECK(time::iso_date(*time::parse_date("2028-02-29")) == "2028-02-29");
}

TEST_CASE("a local time has no offset") {
  CHECK(*time::parse_local("2026-12-21T00:00") == *time::parse_local("2026-12-21 00:00:00"));
  CHECK_FALSE(time::parse_local("2026-12-21T00:00Z"));
  CHECK_FALSE(time::parse_local("2026-12-21"));
}

TEST_CASE("a time of day goes up to the end of the day") {
  CHECK(*time::parse_time_of_day("09:30") == 9h + 30min);
  CHECK(*time::parse_time_of_day("9:30") == 9h + 30min);
  CHECK(*time::parse_time_of_day("16:00:30") == 16h + 30s);
  CHECK(*time::parse_time_of_day("24:00") == 24h);
  CHECK_FALSE(time::parse_time_of_day("24:01"));
  CHECK_FALSE(time::parse_time_of_day("930"));
  CHECK_FALSE(time::parse_time_of_day("09:3"));
  CHECK_FALSE(time::parse_time_of_day("-9:30"));
  CHECK_FALSE(time::parse_time_of_day("009:30"));
  CHECK(time::show_time_of_day(9h + 30min) == "09:30");
  CHECK(time::show_time_of_day(16h + 30s) == "16:00:30");
}
