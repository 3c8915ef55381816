#include "common/calendar/diff.hpp"
#include "common/calendar/show.hpp"
#include "common/text/text.hpp"
#include "tests/unit/calendar/calendar_of.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {
const Date kFirst = date_of("2027-01-01");
const Date kLast = date_of("2027-12-31");
}  // namespace

TEST_CASE("a year on paper lists the days that the exchange's own page lists") {
  const auto shown = show_text(builtin_of("xnys"), kFirst, kLast);
  REQUIRE(shown);
  for (const char* part : {"2027-06-18", "Juneteenth (observed)", "2027-12-24", "2027-11-26",
                           "09:30-13:00", "251 trading days, 10 closed weekdays, 1 early close"}) {
    CHECK_THAT(*shown, ContainsSubstring(part));
  }
  CHECK(shown->find("not yet published") == std::string::npos);
  const auto later = show_text(builtin_of("xnys"), date_of("2028-12-01"), date_of("2029-01-31"));
  REQUIRE(later);
  CHECK_THAT(*later, ContainsSubstring("After 2028-12-31 by rule, not yet published"));
}

TEST_CASE("the counts of sessions, holidays and early closes are the known ones") {
  struct Row {
    int year;
    const char* counts;
  };
  const Row row = GENERATE(values<Row>({{2026, "251 trading days, 10 closed weekdays, 2 early"},
                                        {2028, "251 trading days, 9 closed weekdays, 2 early"},
                                        {2029, "251 trading days, 10 closed weekdays, 3 early"},
                                        {2030, "251 trading days, 10 closed weekdays, 3 early"}}));
  const auto shown = show_text(builtin_of("xnys"), Date{date::year{row.year} / 1 / 1},
                               Date{date::year{row.year} / 12 / 31});
  REQUIRE(shown);
  CHECK_THAT(*shown, ContainsSubstring(row.counts));
}

TEST_CASE("as CSV every day has a line, and a lunch break brings more columns") {
  const auto csv = show_csv(builtin_of("xtks"), date_of("2026-11-23"), date_of("2026-11-24"));
  REQUIRE(csv);
  CHECK_THAT(*csv, ContainsSubstring("open_utc,close_utc,open_utc_2,close_utc_2"));
  CHECK_THAT(*csv, ContainsSubstring("2026-11-23,Mon,holiday,Labour Thanksgiving,yes,,,,"));
  CHECK_THAT(*csv, ContainsSubstring("2026-11-24,Tue,session,,yes,2026-11-24T00:00:00Z,"
                                     "2026-11-24T02:30:00Z,2026-11-24T03:30:00Z,"
                                     "2026-11-24T06:30:00Z"));
}

TEST_CASE("as JSON a calendar says how far it reaches, and each day what it is") {
  const auto json = show_json(builtin_of("xnys"), date_of("2026-11-26"), date_of("2026-11-27"));
  REQUIRE(json);
  CHECK(json->text("calendar") == "xnys");
  CHECK(json->text("official_through") == "2028-12-31");
  const auto* days = json->find("days");
  REQUIRE(days != nullptr);
  REQUIRE(days->array() != nullptr);
  REQUIRE(days->array()->size() == 2);
  CHECK((*days->array())[0].text("kind") == "holiday");
  CHECK((*days->array())[1].text("name") == "Day after Thanksgiving");
}

TEST_CASE("as iCalendar every line is short, ends in CRLF, and every event is whole") {
  const Calendar xnys = builtin_of("xnys");
  const auto ics = show_ics(xnys, date_of("2026-11-26"), date_of("2026-11-27"),
                            instant_of("2026-11-24T00:00:00Z"));
  REQUIRE(ics);
  CHECK(ics->starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
  CHECK(ics->ends_with("END:VCALENDAR\r\n"));
  CHECK_THAT(*ics, ContainsSubstring("DTSTART:20261127T143000Z\r\nDTEND:20261127T180000Z\r\n"));
  CHECK_THAT(*ics,
             ContainsSubstring("DTSTART;VALUE=DATE:20261126\r\nDTEND;VALUE=DATE:20261127\r\n"));
  std::size_t begun = 0;
  std::size_t ended = 0;
  for (const auto line : text::split(*ics, '\n')) {
    CHECK(line.size() <= 76);
    CHECK((line.empty() || line.back() == '\r'));
    begun += line == "BEGIN:VEVENT\r" ? 1 : 0;
    ended += line == "END:VEVENT\r" ? 1 : 0;
  }
  CHECK(begun == 3);  // two days that are not as usual, one session
  CHECK(ended == begun);
}

TEST_CASE("marks that mean something in iCalendar are escaped, long names are folded") {
  const Calendar own = calendar_of(
      "version: 1\nid: own\nbase: xnys\nfreezes:\n  - { name: \"a, b; c\\\\d and very much more "
      "than "
      "fits into a single line of an iCalendar file, ä ö ü\", from: 2026-11-28, to: 2026-11-28 "
      "}\n");
  const auto ics = show_ics(own, date_of("2026-11-28"), date_of("2026-11-28"),
                            instant_of("2026-11-24T00:00:00Z"));
  REQUIRE(ics);
  CHECK_THAT(*ics, ContainsSubstring(R"(a\, b\; c\\d)"));
  CHECK_THAT(*ics, ContainsSubstring("\r\n "));
}

TEST_CASE("two calendars differ on exactly the days that one closes or shortens") {
  const Calendar xnys = builtin_of("xnys");
  const Calendar literal = builtin_of("us-equity-hours");
  const auto differences = diff(xnys, literal, kFirst, kLast);
  REQUIRE(differences);
  CHECK(differences->size() == 11);
  const auto shown = show_text(*differences, xnys, literal);
  CHECK_THAT(shown, ContainsSubstring("2027-11-26"));
  CHECK_THAT(shown, ContainsSubstring("09:30-13:00 (early close: Day after Thanksgiving)"));
  CHECK_THAT(shown, ContainsSubstring("11 days differ"));
  const auto none = diff(xnys, xnys, kFirst, kLast);
  REQUIRE(none);
  CHECK(none->empty());
  CHECK(to_json(*differences, xnys, literal).find("days")->array()->size() == 11);
}

TEST_CASE("what lies outside of a calendar cannot be shown or compared") {
  const Calendar xnys = builtin_of("xnys");
  CHECK_FALSE(show_text(xnys, date_of("2041-01-01"), date_of("2041-12-31")));
  CHECK_FALSE(diff(xnys, builtin_of("xlon"), date_of("2014-12-31"), date_of("2015-01-02")));
}
