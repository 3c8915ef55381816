#include "common/calendar/observance.hpp"

#include <algorithm>
#include <utility>

namespace stagegate::market_hours {
namespace {

using Holidays = std::map<Date, std::string>;
using date::Monday;
using date::Saturday;
using date::Sunday;

bool seeks_free_day(Observe observe) {
  return observe == Observe::sunday_to_next_free_day ||
         observe == Observe::weekend_to_next_free_day;
}

bool on_weekend(Date date) {
  const date::weekday day{date};
  return day == Saturday || day == Sunday;
}

// The day that a holiday goes to once all others have their place.
Date next_free_day(Date date, Observe observe, const Holidays& taken) {
  const bool weekend_counts = observe == Observe::weekend_to_next_free_day;
  const bool moves = weekend_counts ? on_weekend(date) : date::weekday{date} == Sunday;
  if (!moves) return date;
  Date day = date + date::days{1};
  while (taken.contains(day) || (weekend_counts && on_weekend(day))) day += date::days{1};
  return day;
}

void add_sandwiched(const std::string& name, const Rule& rule, Holidays& holidays) {
  std::vector<Date> between;
  for (auto next = holidays.begin(), day = next; day != holidays.end(); day = next) {
    next = std::next(day);
    if (next == holidays.end()) break;
    const Date middle = day->first + date::days{1};
    const auto year = static_cast<int>(date::year_month_day{middle}.year());
    if (next->first == middle + date::days{1} && rule.holds_in(year) &&
        contains(rule.only, middle) && !on_weekend(middle)) {
      between.push_back(middle);
    }
  }
  for (const Date day : between) holidays.emplace(day, name);
}

}  // namespace

Date observed(Date date, Observe observe) {
  const date::weekday day{date};
  const auto days = [](int count) { return date::days{count}; };
  switch (observe) {
    case Observe::none:
    case Observe::sunday_to_next_free_day:
    case Observe::weekend_to_next_free_day:
      return date;
    case Observe::sunday_to_monday:
      return day == Sunday ? date + days(1) : date;
    case Observe::nearest:
      return day == Saturday ? date - days(1) : day == Sunday ? date + days(1) : date;
    case Observe::weekend_to_monday:
      return on_weekend(date) ? date + (Monday - day) : date;
    case Observe::weekend_to_friday:
      return on_weekend(date) ? date - (day - date::Friday) : date;
  }
  return date;
}

Holidays holidays_between(const std::vector<Rule>& rules, int first, int last) {
  Holidays holidays;
  std::vector<std::pair<Date, const Rule*>> waiting;  // for a free day
  for (const Rule& rule : rules) {
    for (int year = first; year <= last; ++year) {
      for (const Date date : nominal_dates(rule, year)) {
        const Date day = observed(date, rule.observe);
        holidays.emplace(day, day == date ? rule.name : rule.name + " (observed)");
        if (seeks_free_day(rule.observe)) waiting.emplace_back(date, &rule);
      }
    }
  }
  std::stable_sort(waiting.begin(), waiting.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  for (const auto& [date, rule] : waiting) {
    const Date day = next_free_day(date, rule->observe, holidays);
    if (day != date) holidays.emplace(day, rule->name + " (observed)");
  }
  for (const Rule& rule : rules) {
    if (std::holds_alternative<Sandwiched>(rule.when)) add_sandwiched(rule.name, rule, holidays);
  }
  return holidays;
}

}  // namespace stagegate::market_hours
