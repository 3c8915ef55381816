#include "plugins/argocd-sync/windows/drift.hpp"

#include <algorithm>

#include "common/calendar/show.hpp"
#include "common/text/text.hpp"

namespace stagegate::argocd {

using text::cat;

namespace {

using market_hours::Calendar;
using market_hours::Day;

struct Group {
  std::string hours;
  std::string name;  // of the day
  std::vector<time::Span> spans;
};

std::string clock(time::Local local) {
  return time::show_time_of_day(local - date::floor<date::days>(local));
}

std::string day_of(time::Local local) {
  const auto day = date::floor<date::days>(local);
  return cat(market_hours::weekday_name(day), " ", time::iso_date(day));
}

// "09:30-16:00"; with the days of the week when it takes a day or longer.
std::string hours_of(const time::Span& span, const time::Zone& zone) {
  const auto begin = zone.to_local(span.begin);
  const auto end = zone.to_local(span.end);
  if (end - begin < date::days{1}) return cat(clock(begin), "-", clock(end));
  const auto weekday = [](time::Local local) {
    return market_hours::weekday_name(date::floor<date::days>(local));
  };
  return cat(weekday(begin), " ", clock(begin), " to ", weekday(end), " ", clock(end),
             end - begin > date::days{7} ? cat(" (", day_of(end), ")") : "");
}

std::string name_of_day(const time::Span& span, const Calendar& calendar) {
  const auto day = calendar.day(date::floor<date::days>(calendar.zone().to_local(span.begin)));
  if (!day || day->kind == Day::Kind::session || day->kind == Day::Kind::day_off) return "";
  return day->name.empty() ? std::string(to_text(day->kind)) : day->name;
}

std::string words_of(const Group& group, const time::Zone& zone) {
  const auto first = zone.to_local(group.spans.front().begin);
  const auto last = zone.to_local(group.spans.back().begin);
  const std::string name = group.name.empty() ? "" : cat(" (", group.name, ")");
  const std::string hours = cat(group.hours, " ", zone.name(), name);
  if (group.spans.size() == 1) return cat(day_of(first), " ", hours);
  return cat(hours, ", ", group.spans.size(), " times from ", day_of(first), " to ", day_of(last));
}

}  // namespace

std::vector<Drift> drifts(const time::Spans& spans, const Calendar& calendar) {
  std::vector<Group> groups;
  for (const time::Span& span : spans) {
    const auto hours = hours_of(span, calendar.zone());
    const auto name = name_of_day(span, calendar);
    const auto known = std::ranges::find_if(
        groups, [&](const Group& group) { return group.hours == hours && group.name == name; });
    if (known != groups.end()) {
      known->spans.push_back(span);
    } else {
      groups.push_back({hours, name, {span}});
    }
  }
  std::vector<Drift> drifts;
  drifts.reserve(groups.size());
  for (const Group& group : groups) {
    drifts.push_back({words_of(group, calendar.zone()), group.spans.front().begin,
                      group.spans.back().end, group.spans.size()});
  }
  return drifts;
}

}  // namespace stagegate::argocd
