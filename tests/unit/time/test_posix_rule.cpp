#include "common/time/posix_rule.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using time::PosixRule;

namespace {
PosixRule rule(std::string_view text) {
  auto parsed = PosixRule::parse(text);
  REQUIRE(parsed);
  return *parsed;
}
std::string abbrev(const PosixRule& rule, std::string_view instant) {
  return rule.at(*time::parse_instant(instant)).type->abbrev;
}
std::vector<std::string> changes(const PosixRule& rule, int year) {
  const auto pair = rule.changes(date::year{year});
  REQUIRE(pair);
  return {time::rfc3339((*pair)[0].at), time::rfc3339((*pair)[1].at)};
}
using Changes = std::vector<std::string>;
}  // namespace

TEST_CASE("the American rule holds in every later year") {
  const auto new_york = rule("EST5EDT,M3.2.0,M11.1.0");
  CHECK(changes(new_york, 2027) == Changes{"2027-03-14T07:00:00Z", "2027-11-07T06:00:00Z"});
  CHECK(changes(new_york, 2099) == Changes{"2099-03-08T07:00:00Z", "2099-11-01T06:00:00Z"});
  CHECK(abbrev(new_york, "2099-03-08T06:59:59Z") == "EST");
  CHECK(abbrev(new_york, "2099-03-08T07:00:00Z") == "EDT");
}

TEST_CASE("in the southern hemisphere the year begins and ends in summer") {
  const auto sydney = rule("AEST-10AEDT,M10.1.0,M4.1.0/3");
  CHECK(abbrev(sydney, "2050-01-01T00:00:00Z") == "AEDT");
  CHECK(abbrev(sydney, "2050-07-01T00:00:00Z") == "AEST");
  CHECK(changes(sydney, 2050) == Changes{"2050-04-02T16:00:00Z", "2050-10-01T16:00:00Z"});
}

TEST_CASE("Lord Howe moves its clocks by half an hour") {
  const auto lord_howe = rule("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
  CHECK(abbrev(lord_howe, "2050-01-01T00:00:00Z") == "+11");
  CHECK(changes(lord_howe, 2050)[1] == "2050-10-01T15:30:00Z");
}

TEST_CASE("Dublin's daylight saving time is negative and in winter") {
  const auto dublin = rule("IST-1GMT0,M10.5.0,M3.5.0/1");
  const auto winter = dublin.at(*time::parse_instant("2050-01-15T12:00:00Z"));
  CHECK(winter.type->abbrev == "GMT");
  CHECK(winter.type->daylight_saving);
  CHECK(winter.type->offset == time::seconds{0});
  CHECK(abbrev(dublin, "2050-07-15T12:00:00Z") == "IST");
}

TEST_CASE("Julian days skip February 29, counted days do not") {
  CHECK(changes(rule("AAA0BBB,J60/0,J300/0"), 2028)[0] == "2028-03-01T00:00:00Z");
  CHECK(changes(rule("AAA0BBB,59/0,J300/0"), 2028)[0] == "2028-02-29T00:00:00Z");
  CHECK(changes(rule("AAA0BBB,J59/0,J300/0"), 2028)[0] == "2028-02-28T00:00:00Z");
  CHECK(changes(rule("AAA0BBB,J60/0,J300/0"), 2027)[0] == "2027-03-01T00:00:00Z");
}

TEST_CASE("a change may be written as hours of a day before or after") {
  const auto gaza = rule("EET-2EEST,M3.4.4/50,M10.4.4/50");
  CHECK(changes(gaza, 2090)[0] == "2090-03-25T00:00:00Z");
  const auto nuuk = rule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
  CHECK(changes(nuuk, 2090)[0] == "2090-03-26T01:00:00Z");
}

TEST_CASE("a rule can say that it is summer all the year") {
  const auto always = rule("EST5EDT,0/0,J365/25");
  const char* instant = GENERATE("2050-01-01T04:59:59Z", "2050-01-01T05:00:00Z",
                                 "2050-07-01T00:00:00Z", "2050-12-31T23:59:59Z");
  CHECK(abbrev(always, instant) == "EDT");
}

TEST_CASE("the year of a change is that of the wall clock, not of Greenwich") {
  const auto eastern = rule("AAA-12BBB,J1/0,J180");
  CHECK(abbrev(eastern, "2049-12-31T11:59:59Z") == "AAA");
  CHECK(abbrev(eastern, "2049-12-31T12:00:00Z") == "BBB");
}

TEST_CASE("without daylight saving time nothing ever changes") {
  const auto tokyo = rule("JST-9");
  CHECK_FALSE(tokyo.changes(date::year{2050}));
  CHECK(abbrev(tokyo, "2050-07-01T00:00:00Z") == "JST");
}

TEST_CASE("what is no rule is refused as unknown") {
  const char* text =
      GENERATE("", "EST", "ES5", "5", "EST5EDT", "EST5EDT,M3.2.0", "EST25",
               "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0",
               "EST5EDT,J0,J365", "EST5EDT,J366,J1", "EST5EDT,366,1", "EST5EDT,M3.2.0/168,M11.1.0",
               "<EST5", "EST5 ", "EST5EDT,M3.2.0,M11.1.0,", ":America/New_York", "EST5:60");
  const auto parsed = PosixRule::parse(text);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().kind == Failure::Kind::unknown);
}

TEST_CASE("an instant at the end of time does not break the arithmetic") {
  const auto new_york = rule("EST5EDT,M3.2.0,M11.1.0");
  CHECK(new_york.at(time::Instant::max()).type != nullptr);
  CHECK(new_york.at(time::Instant::min()).type != nullptr);
}
