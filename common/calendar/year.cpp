#include "common/calendar/year.hpp"

#include <optional>

#include "common/calendar/observance.hpp"

namespace stagegate::market_hours {
namespace {

bool is_session_day(const Schedule& schedule, const YearTable& table, Date date) {
  return contains(schedule.weekdays, date) && !table.holidays.contains(date) &&
         !table.closures.contains(date);
}

std::optional<Date> last_session(const Schedule& schedule, const YearTable& table, Date date) {
  constexpr int kMostDaysBack = 14;  // longer than any market rests over a holiday
  for (int back = 0; back <= kMostDaysBack; ++back, date -= date::days{1}) {
    if (is_session_day(schedule, table, date)) return date;
  }
  return std::nullopt;
}

std::vector<Date> early_close_dates(const Schedule& schedule, const YearTable& table,
                                    const Rule& rule, int year) {
  const auto* last = std::get_if<LastSessionOnOrBefore>(&rule.when);
  if (last == nullptr) {
    auto dates = nominal_dates(rule, year);
    for (Date& date : dates) date = observed(date, rule.observe);
    return dates;
  }
  const auto limit = date::year{year} / last->day;
  if (!rule.holds_in(year) || !limit.ok()) return {};
  const auto date = last_session(schedule, table, Date{limit});
  if (!date || !contains(rule.only, *date)) return {};
  return {*date};
}

}  // namespace

YearTable evaluate_year(const Schedule& schedule, int year) {
  // A holiday may be observed in the year before (January 1 on a Saturday) or after.
  const int first = year - 1;
  const int last = year + 1;
  YearTable table;
  table.holidays = holidays_between(schedule.holidays, first, last);
  table.closures = holidays_between(schedule.closures, first, last);
  for (const EarlyClose& early : schedule.early_closes) {
    for (int of = first; of <= last; ++of) {
      for (const Date date : early_close_dates(schedule, table, early.rule, of)) {
        if (!is_session_day(schedule, table, date)) continue;
        const ShortDay day{early.close, early.rule.name};
        const auto [found, fresh] = table.early_closes.emplace(date, day);
        // Two rules for one day: base calendar and the user's own. The later close blocks longer.
        if (!fresh && found->second.close < early.close) found->second = day;
      }
    }
  }
  return table;
}

}  // namespace stagegate::market_hours
