#include <algorithm>

#include "common/text/text.hpp"
#include "plugins/market-hours-check/calendar/parse.hpp"

namespace stagegate::market_hours {
namespace {

// A trading day without hours would silently allow everything.
void check_coverage(const Schedule& schedule, const std::string& name, text::Position at,
                    Faults& faults) {
  std::vector<const HoursTable*> tables;
  for (const HoursTable& table : schedule.hours) {
    const bool named = !table.hours.empty() && table.hours.front().name == name;
    if (named) tables.push_back(&table);
  }
  const auto begin = [](const HoursTable* table) { return table->from.value_or(Date::min()); };
  std::sort(tables.begin(), tables.end(), [&](const HoursTable* left, const HoursTable* right) {
    return begin(left) < begin(right);
  });
  Date covered_to = schedule.valid_from;  // the first day that has no hours yet
  for (const HoursTable* table : tables) {
    if (begin(table) > covered_to) break;
    const bool first = table == tables.front();
    if (!first && begin(table) < covered_to && table->from != covered_to) {
      faults.error(at, text::cat("two session tables hold on ", time::iso_date(begin(table)),
                                 "; end the first with until"));
    }
    covered_to = table->until ? std::max(covered_to, *table->until + date::days{1})
                              : schedule.valid_until + date::days{1};
  }
  if (covered_to <= schedule.valid_until) {
    faults.error(at, text::cat("no ", name, " session is given for ", time::iso_date(covered_to),
                               ", which lies in the valid range"));
  }
}

void check_overrides(const Schedule& schedule, text::Position at, Faults& faults) {
  for (const Override& entry : schedule.overrides) {
    if (entry.date < schedule.valid_from || entry.date > schedule.valid_until) {
      faults.warning(at, text::cat("the override of ", time::iso_date(entry.date),
                                   " lies outside of the valid range"));
    }
  }
}

}  // namespace

void check_schedule(const Schedule& schedule, text::Position at, Faults& faults) {
  if (schedule.block_sessions.empty()) faults.error(at, "block_sessions names no session");
  const bool ever_trades = schedule.weekdays != Weekdays{};
  const bool has_core =
      std::any_of(schedule.hours.begin(), schedule.hours.end(), [](const HoursTable& table) {
        return !table.hours.empty() && table.hours.front().name == "core";
      });
  if (ever_trades && !has_core) faults.error(at, "there is no core session");
  for (const std::string& name : schedule.block_sessions) {
    if (std::find(kSessionNames.begin(), kSessionNames.end(), name) == kSessionNames.end()) {
      faults.error(at, text::cat("block_sessions: ", text::quoted(name), " is not one of ",
                                 text::join(kSessionNames, ", ")));
    } else if (ever_trades) {
      check_coverage(schedule, name, at, faults);
    }
  }
  check_overrides(schedule, at, faults);
}

}  // namespace stagegate::market_hours
