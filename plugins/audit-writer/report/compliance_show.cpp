#include "plugins/audit-writer/report/compliance_show.hpp"

#include <algorithm>

#include "stagegate/version.hpp"

#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

// Minutes are enough for people; the log has the milliseconds.
std::string moment(audit::Stamp at) {
  std::string text = audit::show(at);
  return text.substr(0, 10) + " " + text.substr(11, 5);
}

std::string moment(const std::optional<audit::Stamp>& at) {
  return at ? moment(*at) : "";
}

std::string person(const audit::Actor& actor) {
  if (actor.name.empty()) return "";
  return actor.verified ? actor.name : actor.name + " (unverified)";
}

Cell outcome_cell(const Change& change) {
  if (change.outcome == "succeeded") return {change.outcome, Tone::good};
  if (change.outcome == "failed" || change.outcome == "errored") {
    return {change.outcome, Tone::bad};
  }
  return change.outcome;
}

Cell gate_cell(const Change& change) {
  if (!change.grant.empty() || change.overridden) return {"break-glass", Tone::warning};
  std::string text = change.gate ? "passed" : "";
  if (change.blocked > 0) text += cat(text.empty() ? "" : ", ", "blocked ", change.blocked, "x");
  return text;
}

std::string notes_of(const Change& change) {
  std::string notes = change.notes;
  if (!change.justification.empty()) {
    notes += cat(notes.empty() ? "" : "\n", "Justification: ", change.justification);
  }
  return notes;
}

Section population(const Findings& findings) {
  Section section{.heading = "All changes",
                  .head = {"Record", "Time (UTC)", "From", "To", "Image tag", "Operator",
                           "Approver", "Gate", "Outcome", "Notes", "Reference"},
                  .when_empty = "No change ended in this period."};
  for (const Change& change : findings.changes) {
    section.rows.push_back({std::to_string(change.seq), moment(change.last_at), change.source_stage,
                            change.target_stage, change.image_tag, person(change.requester),
                            person(change.approver), gate_cell(change), outcome_cell(change),
                            notes_of(change), change.change_ref});
  }
  return section;
}

const Change* find(const Findings& findings, std::uint64_t seq) {
  const auto found = std::find_if(findings.changes.begin(), findings.changes.end(),
                                  [&](const Change& change) { return change.seq == seq; });
  return found == findings.changes.end() ? nullptr : &*found;
}

Section exceptions(std::string heading, const std::vector<Exception>& all, const Findings& findings,
                   std::string when_empty) {
  Section section{.heading = std::move(heading),
                  .head = {"Record", "Time (UTC)", "To", "Image tag", "Operator", "What"},
                  .when_empty = std::move(when_empty)};
  for (const Exception& exception : all) {
    const Change* change = find(findings, exception.seq);
    if (change == nullptr) continue;
    section.rows.push_back({std::to_string(exception.seq),
                            moment(change->last_at),
                            change->target_stage,
                            change->image_tag,
                            person(change->requester),
                            {exception.what, Tone::warning}});
  }
  return section;
}

Cell review_cell(const BreakGlass& glass, audit::Stamp now) {
  if (glass.state.reviewed) {
    return {cat("by ", glass.reviewer, " ", moment(glass.reviewed_at), " ", glass.review_notes),
            Tone::good};
  }
  if (!glass.state.use) return "not needed";
  const bool overdue = glass.used_at && now - *glass.used_at > kReviewTime;
  return {overdue ? "open, overdue" : "open", overdue ? Tone::bad : Tone::warning};
}

std::string use_of(const BreakGlass& glass, audit::Stamp now) {
  const auto& state = glass.state;
  if (state.use) return cat(state.use->consumer, " ", moment(glass.used_at));
  if (state.revoked) return cat("revoked by record ", *state.revoked);
  return now < state.grant.expires_at ? "not yet" : "expired unused";
}

Section break_glass(std::string heading, const std::vector<BreakGlass>& all, audit::Stamp now,
                    std::string when_empty) {
  Section section{.heading = std::move(heading),
                  .head = {"Grant", "Granted (UTC)", "By", "Stage", "Image tag", "Justification",
                           "Used by", "Review"},
                  .when_empty = std::move(when_empty)};
  for (const BreakGlass& glass : all) {
    const auto& grant = glass.state.grant;
    section.rows.push_back({grant.id, moment(grant.at), person(grant.granter),
                            grant.scope.target_stage, grant.scope.image_tag, grant.justification,
                            use_of(glass, now), review_cell(glass, now)});
  }
  return section;
}

Section housekeeping(const Findings& findings) {
  Section section{
      .heading = "Changes of the log and of stages",
      .sentences = findings.redacted == 0
                       ? std::vector<std::string>{}
                       : std::vector<std::string>{cat(findings.redacted,
                                                      " records of the log have been redacted; "
                                                      "what they said is in no list here.")},
      .head = {"Record", "Time (UTC)", "Event", "By", "What"},
      .when_empty = "None in this period."};
  for (const Housekeeping& entry : findings.housekeeping) {
    section.rows.push_back(
        {std::to_string(entry.seq), moment(entry.at), entry.event, entry.actor, entry.what});
  }
  return section;
}

Section integrity(const Verification& verification) {
  Section section{.heading = "Integrity of the log", .sentences = {verdict_of(verification)}};
  if (!verification.pinned) {
    section.sentences.emplace_back(
        "The key was read from beside the log: give audit_vkey to compare with the key that you "
        "know.");
  }
  if (!verification.anchored) {
    section.sentences.emplace_back(
        "No checkpoint kept elsewhere was compared: a complete rollback of the log would not be "
        "seen.");
  }
  if (!verification.report || verification.report->findings.empty()) return section;
  section.head = {"Finding", "Record", "Where", "What"};
  for (const auto& found : verification.report->findings) {
    section.rows.push_back({{std::string(audit::name_of(found.finding)),
                             audit::is_fault(found.finding) ? Tone::bad : Tone::plain},
                            found.seq ? std::to_string(*found.seq) : "",
                            found.where,
                            found.message});
  }
  return section;
}

Cell counted(std::size_t count, Tone tone) {
  return {std::to_string(count), count == 0 ? Tone::plain : tone};
}

std::size_t with_outcome(const Findings& findings, std::string_view outcome) {
  return static_cast<std::size_t>(
      std::count_if(findings.changes.begin(), findings.changes.end(),
                    [&](const Change& change) { return change.outcome == outcome; }));
}

}  // namespace

std::string verdict_of(const Verification& verification) {
  const auto& report = verification.report;
  if (!report) return cat("NOT VERIFIED: ", report.error().message);
  const std::string size = cat(report->records, report->records == 1 ? " record" : " records", ", ",
                               report->redacted, " of them redacted");
  if (report->faultless()) return cat("Verified without a fault: ", size, ".");
  return cat("NOT FAULTLESS: ", report->faults, report->faults == 1 ? " fault in " : " faults in ",
             size, ".");
}

Document compliance_document(const ComplianceReport& report) {
  const auto& [question, findings, verification, origin, now] = report;
  Document document;
  document.title = cat("Promotion compliance, ", question.period.name);
  document.subtitle =
      cat(question.project.empty() ? "" : question.project + ", ",
          audit::show(question.period.from), " to ", audit::show(question.period.until));
  document.facts = {
      {"Changes", std::to_string(findings.changes.size())},
      {"Succeeded", std::to_string(with_outcome(findings, "succeeded"))},
      {"Failed", counted(with_outcome(findings, "failed") + with_outcome(findings, "errored"),
                         Tone::warning)},
      {"Break-glass", counted(findings.break_glass.size(), Tone::warning)},
      {"Open reviews", counted(findings.open_reviews.size(), Tone::bad)},
      {"Separation of duties", counted(findings.duties.size(), Tone::warning)},
      {"Gaps", counted(findings.gaps.size(), Tone::warning)},
      {"Unverified identities", counted(findings.unverified, Tone::warning)},
      {"Log",
       verification.faultless() ? Cell("verified", Tone::good) : Cell("NOT verified", Tone::bad)},
  };
  document.sections = {
      exceptions("Separation of duties: exceptions", findings.duties, findings, "None."),
      break_glass("Break-glass", findings.break_glass, now, "Neither granted nor used."),
      break_glass("Open reviews, of any time", findings.open_reviews, now,
                  "Every use of break-glass has been reviewed."),
      exceptions("Gaps in the evidence", findings.gaps, findings, "None."),
      population(findings),
      housekeeping(findings),
      integrity(verification),
  };
  document.footer = {cat("Log ", origin, ", as of ", audit::show(now), ", audit-writer ", kVersion),
                     "The signed checkpoint of this state; keep it, and compare with `audit-writer "
                     "verify --known`:"};
  document.literal = verification.checkpoint;
  return document;
}

}  // namespace stagegate::audit_writer
