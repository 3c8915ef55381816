#include "common/text/duration.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/verbs/gatehouse.hpp"
#include "plugins/market-hours-check/verbs/verbs.hpp"

namespace stagegate::market_hours {
namespace {

constexpr date::days kFurthest{370};

// The first `count` spans from `at` on that the deployment fits into.
Result<Spans> windows(const Gate& gate, time::Instant at, std::int64_t count) {
  Spans found;
  for (date::days ahead{16}; ahead <= 2 * kFurthest; ahead *= 4) {
    auto spans =
        allowed_spans(gate.calendar(), gate.policy().require, at, at + std::min(ahead, kFurthest));
    if (!spans) return spans;
    std::erase_if(*spans,
                  [&](const Span& span) { return span.end - span.begin < gate.policy().need; });
    found = std::move(*spans);
    // The last one may be cut off by the end of the search.
    if (static_cast<std::int64_t>(found.size()) > count) break;
  }
  if (static_cast<std::int64_t>(found.size()) > count)
    found.resize(static_cast<std::size_t>(count));
  return found;
}

std::string window_line(const Span& span, time::Instant at, const time::Zone& zone) {
  return text::cat(
      time::show_day_and_time(span.begin, zone), "  to  ", time::show_day_and_time(span.end, zone),
      "  (", text::spoken_duration(span.end - span.begin), ")", span.begin <= at ? "  now" : "");
}

// What both verbs look at, found out once.
struct Outlook {
  Gatehouse house;
  Verdict verdict;
  Spans windows;
};

Result<Outlook> look_ahead(const Options& options, time::Clock& machine) {
  auto house = Gatehouse::open(options, machine);
  if (!house) return forward(house.error());
  const auto at = house->clock().now();
  auto verdict = house->gate().judge(options.stage, at);
  if (!verdict) return forward(verdict.error());
  auto found = windows(house->gate(), at, options.count);
  if (!found) return forward(found.error());
  return Outlook{*std::move(house), *std::move(verdict), *std::move(found)};
}

std::string windows_text(const Outlook& outlook) {
  if (outlook.windows.empty()) {
    return "promotions are not allowed as far as the calendar reaches (at most a year ahead)";
  }
  std::vector<std::string> lines;
  for (const Span& span : outlook.windows) {
    lines.push_back(window_line(span, outlook.verdict.at, outlook.house.gate().calendar().zone()));
  }
  return text::join(lines, "\n");
}

text::Json outlook_json(const Outlook& outlook, const Options& options) {
  text::Json::Array list;
  for (const Span& span : outlook.windows) {
    list.push_back(text::Json()
                       .set("from", time::rfc3339(span.begin))
                       .set("to", time::rfc3339(span.end))
                       .set("seconds", std::int64_t{(span.end - span.begin).count()}));
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
