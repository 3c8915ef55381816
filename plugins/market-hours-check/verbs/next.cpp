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

}  // namespace

step::Outcome next(const Options& options, const step::Run& run) {
  auto house = Gatehouse::open(options, run.clock);
  if (!house) return step::outcome_of(house.error());
  const Gate& gate = house->gate();
  const auto at = house->clock().now();
  const auto verdict = gate.judge(options.stage, at);
  if (!verdict) return step::outcome_of(verdict.error());
  const auto found = windows(gate, at, options.count);
  if (!found) return step::outcome_of(found.error());

  text::Json::Array list;
  std::string lines;
  for (const Span& span : *found) {
    if (!lines.empty()) lines += '\n';
    lines += window_line(span, at, gate.calendar().zone());
    list.push_back(text::Json()
                       .set("from", time::rfc3339(span.begin))
                       .set("to", time::rfc3339(span.end))
                       .set("seconds", std::int64_t{(span.end - span.begin).count()}));
  }
  step::Outcome outcome;
  outcome.json = answer_json(gate, *verdict, asker_of(options, house->simulated()));
  outcome.json.set("windows", std::move(list));
  outcome.text =
      lines.empty()
          ? "promotions are not allowed as far as the calendar reaches (at most a year ahead)"
          : lines;
  if (found->empty()) outcome.exit = step::Exit::no;
  return outcome;
}

step::Outcome explain(const Options& options, const step::Run& run) {
  const step::Outcome listed = next(options, run);
  if (listed.failed) return listed;
  auto house = Gatehouse::open(options, run.clock);
  if (!house) return step::outcome_of(house.error());
  const Gate& gate = house->gate();
  const Calendar& calendar = gate.calendar();
  const auto verdict = gate.judge(options.stage, house->clock().now());
  if (!verdict) return step::outcome_of(verdict.error());

  const Asker asker = asker_of(options, house->simulated());
  step::Outcome outcome{.text = answer_text(gate, *verdict, asker), .json = listed.json};
  outcome.text += text::cat(
      "\n\nThe rule\n  calendar     ", calendar.id(), ", ", calendar.title(), "\n  from         ",
      calendar.source(), "\n  known        ", time::iso_date(calendar.valid_from()), " to ",
      time::iso_date(calendar.horizon()), ", official through ",
      time::iso_date(calendar.official_through()), "\n  time zone    ", calendar.zone().name(),
      ", tz data ", time::zone_data_version(), "\n  require      ",
      gate.policy().require == Require::closed ? "closed" : "open", "\n  need         ",
      text::show_duration(gate.policy().need), "\n\nAllowed\n", listed.text);
  outcome.json.set("calendar_title", calendar.title())
      .set("calendar_source", calendar.source())
      .set("official_through", time::iso_date(calendar.official_through()))
      .set("known_until", time::iso_date(calendar.horizon()))
      .set("zone_data", time::zone_data_version());
  return outcome;
}

}  // namespace stagegate::market_hours
