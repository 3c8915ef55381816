#include "plugins/audit-writer/serve/metrics.hpp"

#include <limits>

#include "stagegate/version.hpp"

namespace stagegate::audit_writer {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double seconds(audit::Stamp at) {
  return std::chrono::duration<double>(at.time_since_epoch()).count();
}

}  // namespace

AuditMetrics::AuditMetrics(http::Metrics& metrics)
    : records_(metrics.gauge("stagegate_audit_records", "Records in the log.")),
      by_event_(metrics.gauge("stagegate_audit_records_by_event",
                              "Records in the log that are not redacted, by their event.",
                              {"event"})),
      redacted_(metrics.gauge("stagegate_audit_records_redacted", "Records that are redacted.")),
      newest_(metrics.gauge("stagegate_audit_newest_record_timestamp_seconds",
                            "When the newest record was appended.")),
      readable_(metrics.gauge("stagegate_audit_readable",
                              "1 when the log has been read to its end lately.")),
      since_(metrics.gauge("stagegate_audit_stage_deployed_timestamp_seconds",
                           "When the stage's image was deployed.", {"stage"})),
      enabled_(metrics.gauge("stagegate_audit_stage_enabled",
                             "0 when promotions leave the stage out.", {"stage"})),
      gate_allows_(metrics.gauge("stagegate_audit_stage_gate_allows",
                                 "1 when the gate allows promotions, 0 when not, NaN when it is "
                                 "not known.",
                                 {"stage"})),
      open_reviews_(metrics.gauge("stagegate_audit_break_glass_open_reviews",
                                  "Uses of break-glass that nobody has reviewed.")),
      open_grants_(metrics.gauge("stagegate_audit_break_glass_open_grants",
                                 "Grants that may still be used.")),
      faultless_(metrics.gauge("stagegate_audit_faultless",
                               "1 when the last verification found no fault, 0 when it did or was "
                               "not possible, NaN before the first.")),
      verified_at_(metrics.gauge("stagegate_audit_verified_timestamp_seconds",
                                 "When the log was last verified without a fault.", {"kind"})),
      submissions_(metrics.counter("stagegate_audit_submissions_total",
                                   "Records that callers wanted stored, by what came of it.",
                                   {"result"})) {
  metrics.gauge("stagegate_audit_build_info", "Always 1; what runs.", {"version", "revision"})
      .set(1, {kVersion, kRevision});
}

void AuditMetrics::look(const Look& look, const Inspections& inspections, audit::Stamp now) const {
  records_.set(static_cast<double>(look.size()));
  redacted_.set(static_cast<double>(look.redacted));
  for (const auto& [event, count] : look.counts) {
    by_event_.set(static_cast<double>(count), {event});
  }
  newest_.set(look.newest ? seconds(*look.newest) : kUnknown);
  readable_.set(look.stale(now) ? 0 : 1);
  for (const StageNow& stage : look.stages) {
    enabled_.set(stage.enabled ? 1 : 0, {stage.name});
    const auto since = stage.current ? audit::parse_stamp(stage.current->ts)
                                     : Result<audit::Stamp>(unknown("not deployed"));
    since_.set(since ? seconds(*since) : kUnknown, {stage.name});
  }
  std::size_t reviews = 0;
  for (const GrantNow& grant : look.grants) reviews += grant.open_review() ? 1 : 0;
  open_reviews_.set(static_cast<double>(reviews));
  open_grants_.set(static_cast<double>(look.grants.size() - reviews));
  const auto& last = inspections.last;
  faultless_.set(last ? (last->faultless() ? 1 : 0) : kUnknown);
  if (last && last->faultless()) verified_at_.set(seconds(last->at), {"any"});
  if (inspections.last_full) verified_at_.set(seconds(*inspections.last_full), {"full"});
}

void AuditMetrics::gate(std::string_view stage, const GateWord& word) const {
  double allows = kUnknown;
  if (word.state == GateState::allowed || word.state == GateState::not_gated) allows = 1;
  if (word.state == GateState::blocked) allows = 0;
  gate_allows_.set(allows, {stage});
}

void AuditMetrics::count(std::string_view result) const {
  submissions_.add({result});
}

}  // namespace stagegate::audit_writer
