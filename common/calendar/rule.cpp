#include "common/calendar/rule.hpp"

#include <algorithm>
#include <cmath>

namespace stagegate::market_hours {
namespace {

std::vector<Date> dates_of(const Fixed& fixed, int year) {
  std::vector<Date> dates;
  for (const auto& day : fixed.days) {
    const auto date = date::year{year} / day;
    if (date.ok()) dates.emplace_back(date);
  }
  return dates;
}

std::vector<Date> dates_of(const Nth& nth, int year) {
  const auto month = date::year{year} / nth.month;
  const Date first{month / nth.weekday[1]};
  const Date last{month / nth.weekday[date::last]};
  const Date date = nth.n > 0 ? first + date::weeks{nth.n - 1} : last - date::weeks{-nth.n - 1};
  if (date < first || date > last) return {};  // there is no fifth one in this year
  return {date + date::days{nth.plus_days}};
}

std::vector<Date> dates_of(const Easter& easter, int year) {
  return {easter_sunday(year) + date::days{easter.days}};
}

std::vector<Date> dates_of(const Equinox& equinox, int year) {
  const int years = year - 1980;
  const double day = std::floor(equinox.base + 0.242194 * years - std::floor(years / 4.0));
  const auto date = date::year{year} / equinox.month / static_cast<int>(day);
  if (!date.ok()) return {};
  return {Date{date}};
}

std::vector<Date> dates_of(const OnOrBefore& rule, int year) {
  const auto limit = date::year{year} / rule.day;
  if (!limit.ok()) return {};
  const Date day{limit};
  return {day - (date::weekday{day} - rule.weekday)};
}

std::vector<Date> dates_of(const Dates& table, int year) {
  std::vector<Date> dates;
  for (const Date day : table.days) {
    if (date::year_month_day{day}.year() == date::year{year}) dates.push_back(day);
  }
  return dates;
}

std::vector<Date> dates_of(const Sandwiched&, int) {
  return {};
}
std::vector<Date> dates_of(const LastSessionOnOrBefore&, int) {
  return {};
}

}  // namespace

// Gauss' rule in the form that holds for every Gregorian year.
Date easter_sunday(int year) {
  const int golden = year % 19;
  const int century = year / 100;
  const int skipped = century - century / 4;
  const int moon_shift = (century * 8 + 13) / 25;
  int epact = (19 * golden + skipped - moon_shift + 15) % 30;
  epact -= (epact / 28) * (1 - (epact / 28) * (29 / (epact + 1)) * ((21 - golden) / 11));
  const int weekday = (year + year / 4 + epact + 2 - skipped) % 7;
  const int from_march_28 = epact - weekday;
  return Date{date::year{year} / 3 / 28} + date::days{from_march_28};
}

bool Rule::holds_in(int year) const {
  return (!from || year >= *from) && (!to || year <= *to) &&
         std::find(except.begin(), except.end(), year) == except.end();
}

std::vector<Date> nominal_dates(const Rule& rule, int year) {
  if (!rule.holds_in(year)) return {};
  auto dates = std::visit([&](const auto& when) { return dates_of(when, year); }, rule.when);
  std::erase_if(dates, [&](Date date) { return !contains(rule.only, date); });
  return dates;
}

}  // namespace stagegate::market_hours
