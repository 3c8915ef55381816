#include "common/calendar/day.hpp"

#include <algorithm>

namespace stagegate::market_hours {
namespace {

std::vector<Hours> regular_hours(const Schedule& schedule, Date date) {
  std::vector<Hours> hours;
  for (const HoursTable& table : schedule.hours) {
    if (table.holds_on(date)) hours.insert(hours.end(), table.hours.begin(), table.hours.end());
  }
  std::sort(hours.begin(), hours.end(),
            [](const Hours& left, const Hours& right) { return left.open < right.open; });
  return hours;
}

bool is_core(const Hours& hours) {
  return hours.name == "core";
}

// The core session ends at `close`. What follows the regular close (an "after" session) begins when
// the core session ends and keeps its own end: exchanges differ here, and this blocks longest.
void close_at(std::vector<Hours>& hours, seconds close) {
  const auto last_core = std::find_if(hours.rbegin(), hours.rend(), is_core);
  if (last_core == hours.rend()) return;
  const seconds regular = last_core->close;
  last_core->close = std::max(last_core->close, close);
  for (Hours& part : hours) {
    if (is_core(part)) part.close = std::min(part.close, close);
    if (!is_core(part) && part.open >= regular) part.open = close;
  }
  std::erase_if(hours, [](const Hours& part) { return part.open >= part.close; });
}

void open_at(std::vector<Hours>& hours, seconds open) {
  const auto first_core = std::find_if(hours.begin(), hours.end(), is_core);
  if (first_core == hours.end()) return;
  first_core->open = std::min(first_core->open, open);
  for (Hours& part : hours) {
    if (is_core(part)) part.open = std::max(part.open, open);
  }
  std::erase_if(hours, [](const Hours& part) { return part.open >= part.close; });
}

// Local times that do not exist move forward; of those that exist twice, the open takes the first
// and the close the last: that blocks longer.
std::vector<Session> to_sessions(const Schedule& schedule, Date date,
                                 const std::vector<Hours>& hours) {
  const auto& names = schedule.block_sessions;
  std::vector<Session> sessions;
  for (const Hours& part : hours) {
    if (std::find(names.begin(), names.end(), part.name) == names.end()) continue;
    const auto open = schedule.zone->to_instants(date + part.open).first;
    const auto close = schedule.zone->to_instants(date + part.close).last;
    if (open < close) sessions.push_back({open, close, part.name});
  }
  return sessions;
}

// The kind and the name that the calendar's rules give the day.
Day classify(const Schedule& schedule, const YearTable& table, Date date) {
  Day day;
  day.date = date;
  day.published = date <= schedule.official_through;
  if (!contains(schedule.weekdays, date)) {
    day.kind = Day::Kind::day_off;
  } else if (const auto holiday = table.holidays.find(date); holiday != table.holidays.end()) {
    day.kind = Day::Kind::holiday;
    day.name = holiday->second;
  } else if (const auto closure = table.closures.find(date); closure != table.closures.end()) {
    day.kind = Day::Kind::closure;
    day.name = closure->second;
  } else if (const auto early = table.early_closes.find(date); early != table.early_closes.end()) {
    day.kind = Day::Kind::early_close;
    day.name = early->second.name;
  }
  return day;
}

}  // namespace

const Override* override_on(const Schedule& schedule, Date date) {
  const auto& list = schedule.overrides;
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const Override& entry) { return entry.date == date; });
  return found == list.end() ? nullptr : &*found;
}

Day evaluate_day(const Schedule& schedule, const YearTable& table, Date date) {
  Day day = classify(schedule, table, date);
  auto hours = regular_hours(schedule, date);
  if (const Override* entry = override_on(schedule, date)) {
    day.kind = entry->closed                 ? Day::Kind::closure
               : entry->open || entry->close ? Day::Kind::changed_hours
                                             : Day::Kind::session;
    day.name = entry->note;
    day.published = true;
    if (entry->closed) return day;
    if (entry->close) close_at(hours, *entry->close);
    if (entry->open) open_at(hours, *entry->open);
  } else if (day.kind == Day::Kind::early_close) {
    close_at(hours, table.early_closes.at(date).close);
  } else if (day.kind != Day::Kind::session) {
    return day;
  }
  day.sessions = to_sessions(schedule, date, hours);
  return day;
}

std::vector<Session> usual_sessions(const Schedule& schedule, Date date) {
  if (!contains(schedule.weekdays, date)) return {};
  return to_sessions(schedule, date, regular_hours(schedule, date));
}

}  // namespace stagegate::market_hours
