#include "common/calendar/show.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "common/text/table.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

std::string show_clock(time::Instant instant, time::Date date, const time::Zone& zone) {
  const auto local = zone.to_local(instant);
  const auto since = local - date;
  constexpr time::seconds kDay{86'400};
  if (since.count() >= 0 && since <= kDay) return time::show_time_of_day(since);
  const time::Date day = date::floor<date::days>(local);
  return text::cat(weekday_name(day), " ", time::show_time_of_day(local - day));
}

bool is_usual(const Day& day) {
  return day.kind == Day::Kind::session || day.kind == Day::Kind::day_off;
}

std::string counted(std::ptrdiff_t count, std::string_view what) {
  return text::cat(count, " ", what, count == 1 ? "" : "s");
}

std::string count_line(const std::vector<Day>& days) {
  const auto count = [&](auto matches) { return std::count_if(days.begin(), days.end(), matches); };
  const auto trading = count([](const Day& day) { return !day.sessions.empty(); });
  const auto closed = count([](const Day& day) {
    return day.kind == Day::Kind::holiday || day.kind == Day::Kind::closure;
  });
  const auto early = count([](const Day& day) { return day.kind == Day::Kind::early_close; });
  return text::cat(counted(trading, "trading day"), ", ", counted(closed, "closed weekday"), ", ",
                   early, early == 1 ? " early close" : " early closes", "\n");
}

}  // namespace

std::string_view weekday_name(time::Date date) {
  static constexpr std::array<std::string_view, 7> kNames{"Sun", "Mon", "Tue", "Wed",
                                                          "Thu", "Fri", "Sat"};
  return kNames[date::weekday{date}.c_encoding()];
}

std::string show_hours(const Day& day, const time::Zone& zone) {
  std::vector<std::string> parts;
  for (const Session& session : day.sessions) {
    std::string part = text::cat(show_clock(session.open, day.date, zone), "-",
                                 show_clock(session.close, day.date, zone));
    if (session.name != "core") part = text::cat(session.name, " ", part);
    parts.push_back(std::move(part));
  }
  return parts.empty() ? "closed" : text::join(parts, ", ");
}

Result<std::vector<Day>> days_between(const Calendar& calendar, time::Date first, time::Date last) {
  std::vector<Day> days;
  for (time::Date date = first; date <= last; date += date::days{1}) {
    auto day = calendar.day(date);
    if (!day) return forward(std::move(day.error()));
    days.push_back(std::move(*day));
  }
  return days;
}

Result<std::string> show_text(const Calendar& calendar, time::Date first, time::Date last) {
  const auto days = days_between(calendar, first, last);
  if (!days) return forward(days.error());
  text::Table table({"DATE", "DAY", "WHAT", "NAME", "HOURS"});
  bool unpublished = false;
  for (const Day& day : *days) {
    if (!day.published) unpublished = true;
    if (is_usual(day)) continue;
    table.row({time::iso_date(day.date), std::string(weekday_name(day.date)),
               std::string(to_text(day.kind)), day.name, show_hours(day, calendar.zone())});
  }
  std::string shown =
      text::cat(calendar.id(), ": ", calendar.title(), "\nTimes are those of ",
                calendar.zone().name(), ".\n\n", table.text(), "\n", count_line(*days));
  if (unpublished) {
    shown += text::cat("After ", time::iso_date(calendar.official_through()),
                       " by rule, not yet published.\n");
  }
  return shown;
}

Result<std::string> show_csv(const Calendar& calendar, time::Date first, time::Date last) {
  const auto days = days_between(calendar, first, last);
  if (!days) return forward(days.error());
  std::size_t most = 1;
  for (const Day& day : *days) most = std::max(most, day.sessions.size());
  std::vector<std::string> head{"date", "weekday", "kind", "name", "published"};
  for (std::size_t i = 1; i <= most; ++i) {
    const std::string suffix = i == 1 ? "" : text::cat("_", i);
    head.push_back("open_utc" + suffix);
    head.push_back("close_utc" + suffix);
  }
  text::Table table(std::move(head));
  for (const Day& day : *days) {
    std::vector<std::string> row{time::iso_date(day.date), std::string(weekday_name(day.date)),
                                 std::string(to_text(day.kind)), day.name,
                                 day.published ? "yes" : "no"};
    for (std::size_t i = 0; i < most; ++i) {
      const bool there = i < day.sessions.size();
      row.push_back(there ? time::rfc3339(day.sessions[i].open) : "");
      row.push_back(there ? time::rfc3339(day.sessions[i].close) : "");
    }
    table.row(std::move(row));
  }
  return table.csv();
}

text::Json to_json(const Day& day) {
  text::Json sessions{text::Json::Array{}};
  for (const Session& session : day.sessions) {
    text::Json shown;
    shown.set("name", session.name)
        .set("open", time::rfc3339(session.open))
        .set("close", time::rfc3339(session.close));
    sessions.push(std::move(shown));
  }
  text::Json shown;
  shown.set("date", time::iso_date(day.date))
      .set("kind", to_text(day.kind))
      .set("name", day.name)
      .set("published", day.published)
      .set("sessions", std::move(sessions));
  return shown;
}

Result<text::Json> show_json(const Calendar& calendar, time::Date first, time::Date last) {
  const auto days = days_between(calendar, first, last);
  if (!days) return forward(days.error());
  text::Json list{text::Json::Array{}};
  for (const Day& day : *days) list.push(to_json(day));
  text::Json shown;
  shown.set("schema", 1)
      .set("calendar", calendar.id())
      .set("title", calendar.title())
      .set("time_zone", calendar.zone().name())
      .set("source", calendar.source())
      .set("valid_from", time::iso_date(calendar.valid_from()))
      .set("official_through", time::iso_date(calendar.official_through()))
      .set("horizon", time::iso_date(calendar.horizon()))
      .set("days", std::move(list));
  return shown;
}

}  // namespace stagegate::market_hours
