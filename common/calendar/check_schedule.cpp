#include <algorithm>
#include <optional>

#include "common/calendar/parse.hpp"
#include "common/text/text.hpp"

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
  std::optional<Date> taken_to;           // the last day that an earlier table speaks of
  for (const HoursTable* table : tables) {
    if (begin(table) > covered_to) break;
    if (taken_to && begin(table) <= *taken_to) {
      faults.error(at, text::cat("two session tables hold on ", time::iso_date(begin(table)),
                                 "; end the first with until"));
    }
    taken_to = std::max(taken_to.value_or(Date::min()), table->until.value_or(Date::max()));
    covered_to = table->until ? std::max(covered_to, *table->until + date::days{1})
                              : schedule.valid_until + date::days{1};
  }
  if (covered_to <= schedule.valid_until) {
    faults.error(at, text::cat("no ", name, " session is given for ", time::iso_date(covered_to),
                               ", which lies in the valid range"));
  }
}

struct Span {
  seconds open;
  seconds close;
};

// From the first core open to the last core close of a table.
std::optional<Span> core_span(const HoursTable& table) {
  std::optional<Span> span;
  for (const Hours& hours : table.hours) {
    if (hours.name != "core") continue;
    if (!span) span = Span{hours.open, hours.close};
    span->open = std::min(span->open, hours.open);
    span->close = std::max(span->close, hours.close);
  }
  return span;
}

// A close before the open ("01:00" for one o'clock in the afternoon) would leave no session, and so
// allow a whole trading day by a slip of the pen.
void check_early_closes(const Schedule& schedule, Faults& faults) {
  for (const EarlyClose& early : schedule.early_closes) {
    for (const HoursTable& table : schedule.hours) {
      const auto span = core_span(table);
      if (!span || early.close > span->open) continue;
      faults.error(early.at, text::cat("the early close ", text::quoted(early.rule.name), " at ",
                                       time::show_time_of_day(early.close),
                                       " lies before the core session opens"));
      break;
    }
  }
}

void check_overrides(const Schedule& schedule, Faults& faults) {
  for (const Override& entry : schedule.overrides) {
    if (entry.date < schedule.valid_from || entry.date > schedule.valid_until) {
      faults.warning(entry.at, text::cat("the override of ", time::iso_date(entry.date),
                                         " lies outside of the valid range"));
    }
    for (const HoursTable& table : schedule.hours) {
      const auto span = table.holds_on(entry.date) ? core_span(table) : std::nullopt;
      if (!span) continue;
      // Whether one lies behind the other was asked when they were read.
      const bool closes_first = entry.close && !entry.open && *entry.close <= span->open;
      const bool opens_last = entry.open && !entry.close && *entry.open >= span->close;
      if (closes_first || opens_last) {
        faults.error(entry.at, text::cat("the override of ", time::iso_date(entry.date),
                                         " leaves no session; a day without one is written "
                                         "state: closed"));
      }
    }
  }
}

// Which hours each day has: of a schedule that is known whole.
void check_hours(const Schedule& schedule, text::Position at, Faults& faults) {
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
}

}  // namespace

void check_schedule(const Schedule& schedule, text::Position at, Faults& faults) {
  if (schedule.block_sessions.empty()) faults.error(at, "block_sessions names no session");
  // A malformed table is missing here, and would be taken for days without hours.
  if (faults.usable()) check_hours(schedule, at, faults);
  check_early_closes(schedule, faults);
  check_overrides(schedule, faults);
}

}  // namespace stagegate::market_hours
