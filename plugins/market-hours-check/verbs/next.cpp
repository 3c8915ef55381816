#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "common/text/duration.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/verbs/gatehouse.hpp"
#include "plugins/market-hours-check/verbs/verbs.hpp"

namespace stagegate::market_hours {
namespace {

// How far ahead to look, in steps: the first is nearly always enough.
constexpr std::array kLookAhead = {date::days{16}, date::days{64}, date::days{370}};

// A time in which promotions are allowed.
struct Window {
  time::Instant begin;
  std::optional<time::Instant> end;  // empty: as far as the calendar reaches, at most a year ahead
};
using Windows = std::vector<Window>;

// The first `count` windows from `at` on that the deployment fits into.
Result<Windows> windows(const Gate& gate, time::Instant at, std::int64_t count) {
  const auto wanted = static_cast<std::size_t>(count);
  Windows found;
  for (const auto ahead : kLookAhead) {
    const auto looked_to =
        std::min<time::Instant>(at + ahead, gate.calendar().blocks_known_until());
    const auto spans = allowed_spans(gate.calendar(), gate.policy().require, at, looked_to);
    if (!spans) return forward(spans.error());
    found.clear();
    for (const Span& span : *spans) {
      if (span.end - span.begin < gate.policy().need) continue;
      const bool cut_off = span.end == looked_to;
      found.push_back({span.begin, cut_off ? std::nullopt : std::optional(span.end)});
    }
    // The last one may be cut off by the end of the search.
    if (found.size() > wanted) break;
  }
  if (found.size() > wanted) found.resize(wanted);
  return found;
}

std::string window_line(const Window& window, time::Instant at, const time::Zone& zone) {
  const std::string end = window.end
                              ? text::cat("to  ", time::show_day_and_time(*window.end, zone), "  (",
                                          text::spoken_duration(*window.end - window.begin), ")")
                              : "on, as far as the calendar reaches (at most a year ahead)";
  return text::cat(time::show_day_and_time(window.begin, zone), "  ", end,
                   window.begin <= at ? "  now" : "");
}

// What both verbs look at, found out once.
struct Outlook {
  Gatehouse house;
  Verdict verdict;
  Windows windows;
};

Result<Outlook> look_ahead(const Options& options, time::Clock& machine) {
  auto house = Gatehouse::open(options, machine);
  if (!house) return forward(house.error());
  const auto at = house->clock().now();
  auto verdict = house->gate().judge(options.stage, at);
  if (!verdict) return forward(verdict.error());
  // A stage that is not gated has one window, and it does not end.
  auto found = verdict->reason == Reason::not_gated ? Windows{{at, std::nullopt}}
                                                    : windows(house->gate(), at, options.count);
  if (!found) return forward(found.error());
  return Outlook{*std::move(house), *std::move(verdict), *std::move(found)};
}

std::string windows_text(const Outlook& outlook) {
  if (outlook.windows.empty()) {
    return "promotions are not allowed as far as the calendar reaches (at most a year ahead)";
  }
  std::vector<std::string> lines;
  for (const Window& window : outlook.windows) {
    lines.push_back(
        window_line(window, outlook.verdict.at, outlook.house.gate().calendar().zone()));
  }
  return text::join(lines, "\n");
}

text::Json outlook_json(const Outlook& outlook, const Options& options) {
  text::Json::Array list;
  for (const auto& [begin, end] : outlook.windows) {
    list.push_back(
        text::Json()
            .set("from", time::rfc3339(begin))
            .set("to", end ? text::Json(time::rfc3339(*end)) : text::Json())
            .set("seconds", end ? text::Json(std::int64_t{(*end - begin).count()}) : text::Json()));
  }
  return answer_json(outlook.house.gate(), outlook.verdict,
                     asker_of(options, outlook.house.simulated()))
      .set("windows", std::move(list));
}

std::string rule_text(const Gate& gate) {
  const Calendar& calendar = gate.calendar();
  return text::cat(
      "The rule\n  calendar     ", calendar.id(), ", ", calendar.title(), "\n  from         ",
      calendar.source(), "\n  known        ", time::iso_date(calendar.valid_from()), " to ",
      time::iso_date(calendar.horizon()), ", official through ",
      time::iso_date(calendar.official_through()), "\n  time zone    ", calendar.zone().name(),
      ", tz data ", time::zone_data_version(), "\n  require      ",
      gate.policy().require == Require::closed ? "closed" : "open", "\n  need         ",
      text::show_duration(gate.policy().need));
}

}  // namespace

step::Outcome next(const Options& options, const step::Run& run) {
  const auto outlook = look_ahead(options, run.clock);
  if (!outlook) return step::outcome_of(outlook.error());
  return {.exit = outlook->windows.empty() ? step::Exit::no : step::Exit::done,
          .text = windows_text(*outlook),
          .json = outlook_json(*outlook, options)};
}

step::Outcome explain(const Options& options, const step::Run& run) {
  const auto outlook = look_ahead(options, run.clock);
  if (!outlook) return step::outcome_of(outlook.error());
  const Gate& gate = outlook->house.gate();
  const Calendar& calendar = gate.calendar();
  const Asker asker = asker_of(options, outlook->house.simulated());
  step::Outcome outcome;
  outcome.text = text::cat(answer_text(gate, outlook->verdict, asker), "\n\n", rule_text(gate),
                           "\n\nAllowed\n", windows_text(*outlook));
  outcome.json = outlook_json(*outlook, options);
  outcome.json.set("calendar_title", calendar.title())
      .set("calendar_source", calendar.source())
      .set("official_through", time::iso_date(calendar.official_through()))
      .set("known_until", time::iso_date(calendar.horizon()))
      .set("zone_data", time::zone_data_version());
  return outcome;
}

}  // namespace stagegate::market_hours
