// The dates on which calendars made by rule are known to go wrong, for New York.
#include "tests/unit/calendar/calendar_of.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

const Calendar& xnys() {
  static const Calendar calendar = builtin_of("xnys");
  return calendar;
}

void check_full_day(const std::string& date) {
  INFO(date);
  const Day day = day_of(xnys(), date);
  CHECK(day.kind == Day::Kind::session);
  REQUIRE(day.sessions.size() == 1);
  CHECK(day.sessions[0].close - day.sessions[0].open == std::chrono::minutes{390});
}
void check_closed(const std::string& date, Day::Kind kind) {
  INFO(date);
  const Day day = day_of(xnys(), date);
  CHECK(day.kind == kind);
  CHECK(day.sessions.empty());
  CHECK_FALSE(day.name.empty());
}
void check_early(const std::string& date, std::chrono::minutes length) {
  INFO(date);
  const Day day = day_of(xnys(), date);
  CHECK(day.kind == Day::Kind::early_close);
  REQUIRE(day.sessions.size() == 1);
  CHECK(day.sessions[0].close - day.sessions[0].open == length);
}

constexpr std::chrono::minutes kToOne{210};
constexpr std::chrono::minutes kToTwo{270};

}  // namespace

TEST_CASE("New Year's Day on a Saturday closes neither the Friday before nor the Monday after") {
  for (const char* date : {"1993-12-31", "1994-01-03", "2004-12-31", "2005-01-03", "2010-12-31",
                           "2011-01-03", "2021-12-31", "2022-01-03", "2027-12-31", "2028-01-03",
                           "2032-12-31", "2033-01-03", "2038-12-31", "2039-01-03", "2000-01-03"}) {
    check_full_day(date);
  }
  check_early("1999-12-31", kToOne);  // the one Friday before that was short, for another reason
}

TEST_CASE("New Year's Day on a Sunday closes the Monday") {
  for (const char* date : {"2006-01-02", "2012-01-02", "2017-01-02", "2023-01-02", "2034-01-02"})
    check_closed(date, Day::Kind::holiday);
}

TEST_CASE("July 3 is short only when July 4 is a Tuesday to Friday") {
  for (const char* date : {"2020-07-03", "2026-07-03", "2037-07-03"})  // the 4th is a Saturday
    check_closed(date, Day::Kind::holiday);
  for (const char* date : {"2020-07-02", "2026-07-02", "2037-07-02"}) check_full_day(date);
  for (const char* date : {"2027-07-02", "2032-07-02", "2038-07-02"}) check_full_day(date);
  for (const char* date : {"2027-07-05", "2032-07-05", "2038-07-05"})  // the 4th is a Sunday
    check_closed(date, Day::Kind::holiday);
  for (const char* date : {"2022-07-01", "2033-07-01", "2039-07-01"}) check_full_day(date);
  for (const char* date : {"2023-07-03", "2024-07-03", "2025-07-03", "2028-07-03"})
    check_early(date, kToOne);
}

TEST_CASE("July 5 on a Friday was short until 2012 and is a full day since") {
  check_early("1996-07-05", kToOne);
  check_early("2002-07-05", kToOne);
  check_full_day("2013-07-05");
  check_full_day("2019-07-05");
  check_early("2013-07-03", kToOne);
  check_full_day("1996-07-03");
}

TEST_CASE("Christmas Eve is short from Monday to Thursday only") {
  for (const char* date : {"2027-12-24", "2032-12-24", "2038-12-24"})  // Christmas is a Saturday
    check_closed(date, Day::Kind::holiday);
  for (const char* date : {"2027-12-23", "2032-12-23", "2038-12-23"}) check_full_day(date);
  check_full_day("2033-12-23");
  check_closed("2033-12-26", Day::Kind::holiday);
  check_full_day("2028-12-22");
  check_full_day("2034-12-22");
  check_early("2026-12-24", kToOne);
  check_early("1992-12-24", kToTwo);
  check_full_day("2025-12-26");
}

TEST_CASE("Thanksgiving is the fourth Thursday, and the short day is the one after it") {
  for (const char* date : {"2028-11-23", "2029-11-22", "2034-11-23", "2035-11-22", "2040-11-22"})
    check_closed(date, Day::Kind::holiday);
  for (const char* date : {"2028-11-30", "2029-11-29", "2034-11-30", "2035-11-29", "2040-11-29"})
    check_full_day(date);
  check_early("2024-11-29", kToOne);  // the fifth Friday
  check_early("2030-11-29", kToOne);
  check_full_day("2024-11-22");
  check_full_day("2030-11-22");
  check_early("1992-11-27", kToTwo);
  check_full_day("1991-11-29");
}

TEST_CASE("Juneteenth is kept since 2022, Martin Luther King Day since 1998") {
  check_full_day("2021-06-18");
  check_full_day("2020-06-19");
  check_closed("2022-06-20", Day::Kind::holiday);
  check_closed("2027-06-18", Day::Kind::holiday);
  for (const char* date : {"1990-01-15", "1993-01-18", "1997-01-20"}) check_full_day(date);
  check_closed("1998-01-19", Day::Kind::holiday);
}

TEST_CASE("federal holidays that the exchange does not keep are sessions") {
  for (const char* date : {"2026-10-12", "2026-11-11", "2021-01-20", "2026-11-03", "2026-04-06"})
    check_full_day(date);
  check_closed("2026-04-03", Day::Kind::holiday);  // and Good Friday is kept, though not federal
}

TEST_CASE("closures for once are known by name") {
  for (const char* date :
       {"1994-04-27", "2001-09-11", "2001-09-12", "2001-09-13", "2001-09-14", "2004-06-11",
        "2007-01-02", "2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09"}) {
    check_closed(date, Day::Kind::closure);
  }
  CHECK_THAT(day_of(xnys(), "2025-01-09").name, ContainsSubstring("Carter"));
  check_full_day("2001-09-17");
}

TEST_CASE("single half days are on their dates and not in other years") {
  check_early("1997-12-26", kToOne);
  check_early("2003-12-26", kToOne);
  check_full_day("2008-12-26");
  check_full_day("2014-12-26");
}

TEST_CASE("the exchange's published early closes of 2026 to 2028 are all there are") {
  std::vector<std::string> early;
  for (Date date = date_of("2026-01-01"); date <= date_of("2028-12-31"); date += date::days{1}) {
    const auto day = xnys().day(date);
    REQUIRE(day);
    if (day->kind == Day::Kind::early_close) early.push_back(time::iso_date(date));
  }
  CHECK(early == std::vector<std::string>{"2026-11-27", "2026-12-24", "2027-11-26", "2028-07-03",
                                          "2028-11-24"});
}

TEST_CASE("core hours follow the wall clock through the weeks in which the clocks change") {
  struct Row {
    const char* date;
    const char* open;
  };
  const Row row = GENERATE(values<Row>({{"2026-03-06", "2026-03-06T14:30:00Z"},
                                        {"2026-03-09", "2026-03-09T13:30:00Z"},
                                        {"2026-10-30", "2026-10-30T13:30:00Z"},
                                        {"2026-11-02", "2026-11-02T14:30:00Z"},
                                        {"2006-04-03", "2006-04-03T13:30:00Z"},
                                        {"2006-03-31", "2006-03-31T14:30:00Z"},
                                        {"2007-11-05", "2007-11-05T14:30:00Z"},
                                        {"2038-03-15", "2038-03-15T13:30:00Z"},
                                        {"2040-11-05", "2040-11-05T14:30:00Z"}}));
  CHECK(time::rfc3339(day_of(xnys(), row.date).sessions.at(0).open) == row.open);
}

TEST_CASE(
    "us-equity-hours is the requirement to the letter: weekdays, 09:30 to 16:00, no holidays") {
  const Calendar literal = builtin_of("us-equity-hours");
  CHECK_FALSE(blocked_at(literal, "2026-12-25T14:29:59Z"));  // Christmas Day, a Friday
  CHECK(blocked_at(literal, "2026-12-25T14:30:00Z"));
  CHECK(blocked_at(literal, "2026-12-25T20:59:59Z"));
  CHECK_FALSE(blocked_at(literal, "2026-12-25T21:00:00Z"));
  CHECK_FALSE(blocked_at(literal, "2026-12-26T15:00:00Z"));
}

TEST_CASE("xnys with on_holiday: block is the literal rule again, for fifty years") {
  Adjustments adjustments;
  adjustments.on_holiday = OnHoliday::block;
  const Calendar strict = builtin_of("xnys", adjustments);
  const Calendar literal = builtin_of("us-equity-hours");
  for (Date date = date_of("1990-01-02"); date < date_of("2040-12-31"); date += date::days{1}) {
    const auto midnight = time::Instant{date.time_since_epoch()};
    time::seconds strict_total{0};
    time::seconds literal_total{0};
    const auto strict_blocks = blocks_of(strict, midnight, midnight + date::days{1});
    const auto literal_blocks = blocks_of(literal, midnight, midnight + date::days{1});
    for (const Block& block : strict_blocks) strict_total += block.end - block.begin;
    for (const Block& block : literal_blocks) literal_total += block.end - block.begin;
    INFO(time::iso_date(date));
    REQUIRE(strict_total == literal_total);
    if (!literal_blocks.empty()) {
      REQUIRE(strict_blocks.front().begin == literal_blocks.front().begin);
      REQUIRE(strict_blocks.back().end == literal_blocks.front().end);
    }
  }
}

TEST_CASE("the names of the rehearsal calendars are about the market") {
  const Calendar open = builtin_of("always-open");
  const Calendar closed = builtin_of("always-closed");
  const char* instant = GENERATE("2026-11-28T00:00:00Z", "2026-11-28T23:59:59Z",
                                 "1990-01-01T00:00:00Z", "2040-12-31T23:59:59Z");
  CHECK(blocked_at(open, instant));
  CHECK_FALSE(blocked_at(closed, instant));
  CHECK_THAT(open.title(), ContainsSubstring("ALWAYS BLOCKED"));
  CHECK_THAT(closed.title(), ContainsSubstring("NEVER BLOCKED"));
}
