#include "plugins/market-hours-check/serve/gate_metrics.hpp"

#include <limits>

#include "stagegate/version.hpp"

#include "common/time/zone.hpp"

namespace stagegate::market_hours {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// The end of the day, in the calendar's own zone.
double end_of(time::Date day, const Calendar& calendar) {
  const auto end = calendar.zone().to_instants(day + date::days{1}).first;
  return static_cast<double>(end.time_since_epoch().count());
}

}  // namespace

GateMetrics::GateMetrics(http::Metrics& metrics)
    : judged_(metrics.gauge("stagegate_gate_judged", "1 when the stage can be judged; 0 blocks it.",
                            {"stage"})),
      allowed_(
          metrics.gauge("stagegate_gate_allowed", "1 when promotions are allowed now.", {"stage"})),
      open_(metrics.gauge("stagegate_gate_market_open",
                          "1 when the market is open now, whatever the rule makes of it.",
                          {"stage"})),
      until_change_(metrics.gauge("stagegate_gate_seconds_until_change",
                                  "Until allowed becomes blocked or blocked becomes allowed; NaN "
                                  "when no change is in sight.",
                                  {"stage"})),
      official_(metrics.gauge("stagegate_gate_calendar_official_through_timestamp_seconds",
                              "The end of what the exchange has published.", {"stage"})),
      horizon_(metrics.gauge("stagegate_gate_calendar_horizon_timestamp_seconds",
                             "The end of what the calendar knows; after it, everything is blocked.",
                             {"stage"})),
      remembered_(metrics.gauge("stagegate_gate_promotions_remembered",
                                "Promotions whose answers are remembered.")),
      decisions_(metrics.counter("stagegate_gate_decisions_total",
                                 "Decisions about promotions; one that asks again counts once.",
                                 {"stage", "decision"})),
      repeats_(metrics.counter("stagegate_gate_repeats_total",
                               "Answers that repeated the decision about the same promotion.",
                               {"stage", "decision"})) {
  metrics
      .gauge("stagegate_gate_build_info", "Always 1; what runs.",
             {"version", "revision", "tz_data"})
      .set(1, {kVersion, kRevision, time::zone_data_version()});
}

void GateMetrics::look(const Stages& stages, time::Instant now, std::size_t remembered) const {
  for (const Stage& stage : stages) look(stage, now);
  remembered_.set(static_cast<double>(remembered));
}

void GateMetrics::look(const Stage& stage, time::Instant now) const {
  const Calendar& calendar = stage.gate.calendar();
  official_.set(end_of(calendar.official_through(), calendar), {stage.name});
  horizon_.set(end_of(calendar.horizon(), calendar), {stage.name});
  const auto verdict = stage.gate.judge(stage.name, now);
  judged_.set(verdict ? 1 : 0, {stage.name});
  allowed_.set(verdict && verdict->allowed ? 1 : 0, {stage.name});
  if (!verdict) {
    open_.set(kUnknown, {stage.name});
    until_change_.set(kUnknown, {stage.name});
    return;
  }
  const bool open = verdict->session && verdict->session->open <= now;
  open_.set(open ? 1 : 0, {stage.name});
  const auto change = verdict->allowed ? verdict->blocked_at : verdict->allowed_at;
  until_change_.set(change ? static_cast<double>((*change - now).count()) : kUnknown, {stage.name});
}

void GateMetrics::count(std::string_view stage, std::string_view decision, bool repeated) const {
  (repeated ? repeats_ : decisions_).add({stage, decision});
}

}  // namespace stagegate::market_hours
