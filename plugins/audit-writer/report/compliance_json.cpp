#include "common/audit/record/actor.hpp"
#include "plugins/audit-writer/report/compliance_show.hpp"

namespace stagegate::audit_writer {
namespace {

using text::Json;

Json number_or_null(const std::optional<std::uint64_t>& number) {
  return number ? Json(*number) : Json();
}

Json stamp_or_null(const std::optional<audit::Stamp>& at) {
  return at ? Json(audit::show(*at)) : Json();
}

Json actor_or_null(const audit::Actor& actor) {
  return actor.name.empty() ? Json() : audit::json_of(actor);
}

template <class Type>
Json all(const std::vector<Type>& items, Json (*each)(const Type&)) {
  Json::Array array;
  for (const Type& item : items) array.push_back(each(item));
  return array;
}

Json change_json(const Change& change) {
  return Json()
      .set("seq", change.seq)
      .set("ts", audit::show(change.last_at))
      .set("first_ts", audit::show(change.first_at))
      .set("operator", actor_or_null(change.requester))
      .set("approver", actor_or_null(change.approver))
      .set("project", change.project)
      .set("source_stage", change.source_stage)
      .set("target_stage", change.target_stage)
      .set("image_tag", change.image_tag)
      .set("promotion", change.promotion)
      .set("outcome", change.outcome)
      .set("rollback", change.rollback)
      .set("requested", number_or_null(change.requested))
      .set("gate", number_or_null(change.gate))
      .set("blocked", change.blocked)
      .set("break_glass", change.overridden || !change.grant.empty())
      .set("grant", change.grant)
      .set("justification", change.justification)
      .set("notes", change.notes)
      .set("change_ref", change.change_ref);
}

Json exception_json(const Exception& exception) {
  return Json().set("seq", exception.seq).set("what", exception.what);
}

Json break_glass_json(const BreakGlass& glass) {
  const auto& [grant, use, revoked, reviewed, redacted] = glass.state;
  return Json()
      .set("grant", grant.id)
      .set("seq", grant.seq)
      .set("ts", audit::show(grant.at))
      .set("granter", audit::json_of(grant.granter))
      .set("gate", grant.scope.gate)
      .set("target_stage", grant.scope.target_stage)
      .set("image_tag", grant.scope.image_tag)
      .set("justification", grant.justification)
      .set("expires_at", audit::show(grant.expires_at))
      .set("used_by", use ? Json(use->consumer) : Json())
      .set("used_seq", use ? Json(use->seq) : Json())
      .set("used_at", stamp_or_null(glass.used_at))
      .set("revoked", number_or_null(revoked))
      .set("reviewed", number_or_null(reviewed))
      .set("reviewer", glass.reviewer)
      .set("reviewed_at", stamp_or_null(glass.reviewed_at))
      .set("review_notes", glass.review_notes);
}

Json housekeeping_json(const Housekeeping& entry) {
  return Json()
      .set("seq", entry.seq)
      .set("ts", audit::show(entry.at))
      .set("event", entry.event)
      .set("operator", entry.actor)
      .set("what", entry.what);
}

Json finding_json(const audit::Found& found) {
  return Json()
      .set("finding", audit::name_of(found.finding))
      .set("seq", number_or_null(found.seq))
      .set("where", found.where)
      .set("message", found.message);
}

}  // namespace

Json verification_json(const Verification& verification) {
  Json json;
  json.set("faultless", verification.faultless())
      .set("verdict", verdict_of(verification))
      .set("key_pinned", verification.pinned)
      .set("anchored", verification.anchored)
      .set("checkpoint", verification.checkpoint);
  if (verification.report) {
    json.set("records", verification.report->records)
        .set("faults", verification.report->faults)
        .set("findings_in_all", verification.report->findings_in_all)
        .set("findings", all(verification.report->findings, finding_json));
  }
  return json;
}

Json compliance_json(const ComplianceReport& report) {
  const auto& [question, findings, verification, origin, now] = report;
  return Json()
      .set("report", "compliance")
      .set("generated_at", audit::show(now))
      .set("origin", origin)
      .set("period", question.period.name)
      .set("from", audit::show(question.period.from))
      .set("until", audit::show(question.period.until))
      .set("project", question.project)
      .set("changes", all(findings.changes, change_json))
      .set("separation_of_duties", all(findings.duties, exception_json))
      .set("gaps", all(findings.gaps, exception_json))
      .set("break_glass", all(findings.break_glass, break_glass_json))
      .set("open_reviews", all(findings.open_reviews, break_glass_json))
      .set("housekeeping", all(findings.housekeeping, housekeeping_json))
      .set("unverified_identities", findings.unverified)
      .set("redacted_records", findings.redacted)
      .set("verification", verification_json(verification));
}

}  // namespace stagegate::audit_writer
