#include "plugins/argocd-sync/windows/fitting.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/text/json.hpp"
#include "common/text/text.hpp"
#include "common/time/spans.hpp"
#include "common/time/zone.hpp"
#include "plugins/argocd-sync/windows/go_duration.hpp"

namespace stagegate::argocd {

using market_hours::Block;
using market_hours::Calendar;
using market_hours::Day;
using text::cat;
using time::seconds;

namespace {

constexpr int kWeeksAhead = 6;

// Hours that begin at the same time on several days of the week.
struct Hours {
  seconds begin;
  seconds length;
  std::vector<unsigned> weekdays;
};

// What the calendar blocks from that day on, on the wall clock.
Result<std::vector<Hours>> hours_of(const Calendar& calendar, time::Date date) {
  const auto& zone = calendar.zone();
  const time::Span day{zone.to_instants(time::Local{date}).first,
                       zone.to_instants(time::Local{date + date::days{1}}).first};
  const auto blocks = calendar.blocks(day.begin, day.end);
  if (!blocks) return forward(blocks.error());
  std::vector<time::Span> spans;
  for (const Block& block : *blocks) {
    if (block.cause != Block::Cause::freeze) spans.push_back({block.begin, block.end});
  }
  std::vector<Hours> hours;
  for (const time::Span& span : merged(std::move(spans))) {
    if (span.begin < day.begin) continue;  // the day before has it
    const auto begin = zone.to_local(span.begin);
    hours.push_back({begin - time::Local{date},
                     zone.to_local(span.end) - begin,
                     {date::weekday{date}.c_encoding()}});
  }
  return hours;
}

void add(std::vector<Hours>& all, Hours&& hours) {
  for (Hours& known : all) {
    if (known.begin == hours.begin && known.length == hours.length) {
      known.weekdays.push_back(hours.weekdays.front());
      return;
    }
  }
  all.push_back(std::move(hours));
}

// "1-5", "1,3,5"
std::string days_field(std::vector<unsigned> weekdays) {
  std::ranges::sort(weekdays);
  if (weekdays.size() == 7) return "*";
  const bool run = weekdays.size() > 2 && weekdays.back() - weekdays.front() == weekdays.size() - 1;
  if (run) return cat(weekdays.front(), "-", weekdays.back());
  std::vector<std::string> names;
  names.reserve(weekdays.size());
  for (const unsigned weekday : weekdays) names.push_back(std::to_string(weekday));
  return text::join(names, ",");
}

std::string quoted(std::string_view text) {
  return text::Json(text).dump();  // a string of JSON is one of YAML
}

void append_list(std::string& out, std::string_view name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out += cat("    ", name, ":\n");
  for (const std::string& text : texts) out += cat("      - ", quoted(text), "\n");
}

}  // namespace

Result<std::vector<Window>> fitting_windows(const Calendar& calendar,
                                            const std::vector<std::string>& applications,
                                            time::Instant now) {
  std::vector<Hours> all;
  std::array<bool, 7> seen{};
  const auto today = date::floor<date::days>(calendar.zone().to_local(now));
  // A holiday says nothing about its day of the week: the next week has another such day.
  for (auto date = today; date < today + date::weeks{kWeeksAhead}; date += date::days{1}) {
    const auto day = calendar.day(date);
    if (!day) return forward(day.error());
    bool& known = seen.at(date::weekday{date}.c_encoding());
    if (known || day->kind != Day::Kind::session) continue;
    known = true;
    auto hours = hours_of(calendar, date);
    if (!hours) return forward(std::move(hours.error()));
    for (Hours& one : *hours) add(all, std::move(one));
  }
  std::vector<Window> windows;
  for (const Hours& hours : all) {
    Window window;
    window.kind = Window::Kind::deny;
    const auto minutes = hours.begin.count() / 60;
    window.schedule = cat(minutes % 60, " ", minutes / 60, " * * ", days_field(hours.weekdays));
    window.duration = show_go_duration(hours.length);
    window.time_zone = calendar.zone().name();
    window.manual_sync = true;
    window.applications = applications;
    window.description = cat("hours of ", calendar.id());
    windows.push_back(std::move(window));
  }
  return windows;
}

std::string to_yaml(const std::vector<Window>& windows) {
  if (windows.empty()) return "syncWindows: []\n";
  std::string out = "syncWindows:\n";
  for (const Window& window : windows) {
    out += cat("  - kind: ", window.kind == Window::Kind::allow ? "allow" : "deny", "\n");
    out += cat("    schedule: ", quoted(window.schedule), "\n");
    out += cat("    duration: ", window.duration, "\n");
    if (!window.time_zone.empty()) out += cat("    timeZone: ", window.time_zone, "\n");
    append_list(out, "applications", window.applications);
    append_list(out, "namespaces", window.namespaces);
    append_list(out, "clusters", window.clusters);
    if (window.and_operator) out += "    andOperator: true\n";
    if (window.manual_sync) out += "    manualSync: true\n";
    if (window.sync_overrun) out += "    syncOverrun: true\n";
    if (!window.description.empty()) {
      out += cat("    description: ", quoted(window.description), "\n");
    }
  }
  return out;
}

}  // namespace stagegate::argocd
