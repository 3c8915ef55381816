#include "common/calendar/diff.hpp"

#include <utility>

#include "common/calendar/show.hpp"
#include "common/text/table.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

std::string describe(const Day& day, const time::Zone& zone) {
  std::string what = show_hours(day, zone);
  if (day.kind == Day::Kind::session) return what;
  what += text::cat(" (", to_text(day.kind), day.name.empty() ? "" : ": ", day.name, ")");
  return what;
}

}  // namespace

Result<std::vector<DayDifference>> diff(const Calendar& left, const Calendar& right,
                                        time::Date first, time::Date last) {
  std::vector<DayDifference> differences;
  for (time::Date date = first; date <= last; date += date::days{1}) {
    auto one = left.day(date);
    if (!one) return forward(std::move(one.error()));
    auto other = right.day(date);
    if (!other) return forward(std::move(other.error()));
    if (one->sessions != other->sessions)
      differences.push_back({std::move(*one), std::move(*other)});
  }
  return differences;
}

std::string show_text(const std::vector<DayDifference>& differences, const Calendar& left,
                      const Calendar& right) {
  if (differences.empty()) return text::cat(left.id(), " and ", right.id(), " do not differ\n");
  // Both in one zone: two clocks in one line would look like a difference of their own.
  const time::Zone& zone = left.zone();
  text::Table table({"DATE", "DAY", left.id(), right.id()});
  for (const auto& [one, other] : differences) {
    table.row({time::iso_date(one.date), std::string(weekday_name(one.date)), describe(one, zone),
               describe(other, zone)});
  }
  return text::cat("Times are those of ", zone.name(), ".\n\n", table.text(), "\n",
                   differences.size(),
                   differences.size() == 1 ? " day differs\n" : " days differ\n");
}

text::Json to_json(const std::vector<DayDifference>& differences, const Calendar& left,
                   const Calendar& right) {
  text::Json days{text::Json::Array{}};
  for (const auto& [one, other] : differences) {
    text::Json shown;
    shown.set("date", time::iso_date(one.date))
        .set("left", to_json(one))
        .set("right", to_json(other));
    days.push(std::move(shown));
  }
  text::Json shown;
  shown.set("schema", 1)
      .set("left", left.id())
      .set("right", right.id())
      .set("days", std::move(days));
  return shown;
}

}  // namespace stagegate::market_hours
