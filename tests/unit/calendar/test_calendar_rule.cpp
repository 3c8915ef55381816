#include "common/calendar/observance.hpp"
#include "common/calendar/rule.hpp"
#include "tests/unit/calendar/calendar_of.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

std::vector<std::string> dates(const Rule& rule, int year) {
  std::vector<std::string> shown;
  for (const Date date : nominal_dates(rule, year)) shown.push_back(time::iso_date(date));
  return shown;
}
using Shown = std::vector<std::string>;

Rule rule_of(Primitive when) {
  Rule rule;
  rule.name = "test";
  rule.when = std::move(when);
  return rule;
}

std::vector<std::string> observed_dates(const std::vector<Rule>& rules, int year) {
  std::vector<std::string> shown;
  for (const auto& [date, name] : holidays_between(rules, year, year))
    shown.push_back(time::iso_date(date));
  return shown;
}

}  // namespace

TEST_CASE("Easter falls on its known dates, the earliest and the latest among them") {
  CHECK(time::iso_date(easter_sunday(1818)) == "1818-03-22");
  CHECK(time::iso_date(easter_sunday(1943)) == "1943-04-25");
  CHECK(time::iso_date(easter_sunday(1981)) == "1981-04-19");
  CHECK(time::iso_date(easter_sunday(2000)) == "2000-04-23");
  CHECK(time::iso_date(easter_sunday(2008)) == "2008-03-23");
  CHECK(time::iso_date(easter_sunday(2026)) == "2026-04-05");
  CHECK(time::iso_date(easter_sunday(2038)) == "2038-04-25");
  CHECK(time::iso_date(easter_sunday(2049)) == "2049-04-18");
  CHECK(time::iso_date(easter_sunday(2100)) == "2100-03-28");
}

TEST_CASE("the nth weekday is counted from either end of the month") {
  const auto thursday = [](int n, int plus) {
    return rule_of(Nth{date::November, date::Thursday, n, plus});
  };
  CHECK(dates(thursday(4, 0), 2028) == Shown{"2028-11-23"});
  CHECK(dates(thursday(-1, 0), 2028) == Shown{"2028-11-30"});
  CHECK(dates(thursday(4, 1), 2024) == Shown{"2024-11-29"});
  CHECK(dates(thursday(5, 0), 2028) == Shown{"2028-11-30"});
  CHECK(dates(thursday(5, 0), 2027) == Shown{});
  CHECK(dates(thursday(-5, 0), 2027) == Shown{});
}

TEST_CASE("February 29 falls in leap years only") {
  const auto leap_day = rule_of(Fixed{{date::February / 29}});
  CHECK(dates(leap_day, 2028) == Shown{"2028-02-29"});
  CHECK(dates(leap_day, 2027) == Shown{});
}

TEST_CASE("Victoria Day is the Monday on or before May 24") {
  const auto victoria = rule_of(OnOrBefore{date::May / 24, date::Monday});
  CHECK(dates(victoria, 2027) == Shown{"2027-05-24"});
  CHECK(dates(victoria, 2026) == Shown{"2026-05-18"});
}

TEST_CASE("Japan's equinoxes are where its almanac has them") {
  const auto spring = rule_of(Equinox{date::March, 20.8431});
  const auto autumn = rule_of(Equinox{date::September, 23.2488});
  CHECK(dates(spring, 2026) == Shown{"2026-03-20"});
  CHECK(dates(spring, 2027) == Shown{"2027-03-21"});
  CHECK(dates(autumn, 2028) == Shown{"2028-09-22"});
  CHECK(dates(autumn, 2031) == Shown{"2031-09-23"});
}

TEST_CASE("years and weekdays limit a rule") {
  auto rule = rule_of(Fixed{{date::July / 3}});
  rule.from = 1995;
  rule.to = 2028;
  rule.except = {2000};
  rule.only = {false, true, true, false, true, false, false};  // Monday, Tuesday, Thursday
  CHECK(dates(rule, 1994) == Shown{});
  CHECK(dates(rule, 1995) == Shown{"1995-07-03"});
  CHECK(dates(rule, 1996) == Shown{});  // a Wednesday
  CHECK(dates(rule, 2000) == Shown{});
  CHECK(dates(rule, 2028) == Shown{"2028-07-03"});
  CHECK(dates(rule, 2029) == Shown{});
}

TEST_CASE("a holiday on a weekend goes where its observance says") {
  const Date saturday = date_of("2027-12-25");
  const Date sunday = date_of("2027-12-26");
  const auto goes_to = [](Date date, Observe observe) {
    return time::iso_date(observed(date, observe));
  };
  CHECK(goes_to(saturday, Observe::none) == "2027-12-25");
  CHECK(goes_to(saturday, Observe::sunday_to_monday) == "2027-12-25");
  CHECK(goes_to(sunday, Observe::sunday_to_monday) == "2027-12-27");
  CHECK(goes_to(saturday, Observe::nearest) == "2027-12-24");
  CHECK(goes_to(sunday, Observe::nearest) == "2027-12-27");
  CHECK(goes_to(saturday, Observe::weekend_to_monday) == "2027-12-27");
  CHECK(goes_to(sunday, Observe::weekend_to_monday) == "2027-12-27");
  CHECK(goes_to(saturday, Observe::weekend_to_friday) == "2027-12-24");
  CHECK(goes_to(sunday, Observe::weekend_to_friday) == "2027-12-24");
}

TEST_CASE("Christmas and Boxing Day never share their substitute") {
  auto rule = rule_of(Fixed{{date::December / 25, date::December / 26}});
  rule.observe = Observe::weekend_to_next_free_day;
  CHECK(observed_dates({rule}, 2021) ==
        Shown{"2021-12-25", "2021-12-26", "2021-12-27", "2021-12-28"});
  CHECK(observed_dates({rule}, 2022) == Shown{"2022-12-25", "2022-12-26", "2022-12-27"});
  CHECK(observed_dates({rule}, 2026) == Shown{"2026-12-25", "2026-12-26", "2026-12-28"});
}

TEST_CASE("a day between two holidays becomes one where the rule says so") {
  auto aged = rule_of(Nth{date::September, date::Monday, 3, 0});
  auto equinox = rule_of(Equinox{date::September, 23.2488});
  const auto sandwiched = rule_of(Sandwiched{});
  CHECK(observed_dates({aged, equinox, sandwiched}, 2026) ==
        Shown{"2026-09-21", "2026-09-22", "2026-09-23"});
  CHECK(observed_dates({aged, equinox, sandwiched}, 2027) == Shown{"2027-09-20", "2027-09-23"});
}
