#include "plugins/audit-writer/report/compliance.hpp"

#include <algorithm>
#include <array>

#include "common/audit/grant/passage.hpp"
#include "common/audit/record/actor.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

bool among(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_end(std::string_view event) {
  constexpr std::array<std::string_view, 5> kEnds{"succeeded", "failed", "errored", "aborted",
                                                  "discarded"};
  return std::find(kEnds.begin(), kEnds.end(), event) != kEnds.end();
}

// What belongs to one promotion has its name. Without one all that can be said is that it is about
// one tag on its way to one stage.
std::string key_of(const Record& record, const std::string& consumer) {
  const auto stage = record.text("target_stage");
  if (!consumer.empty()) return cat(stage, "\n", consumer);
  return cat(stage, "\n\n", record.text("image_tag"));
}

void keep(std::string& target, std::string_view value) {
  if (!value.empty()) target = value;
}

void keep(std::string& target, const Record& record, std::string_view key) {
  keep(target, record.text(key));
}

void keep_grant(Change& change, const Record& record) {
  const auto* glass = record.json.find("break_glass");
  if (glass == nullptr) return;
  keep(change.grant, glass->text("grant"));
  keep(change.justification, glass->text("justification"));
}

// What `loose` says that `change` does not: records that named no promotion.
void merge(Change& change, const Change& loose) {
  if (change.requester.name.empty()) change.requester = loose.requester;
  if (change.approver.name.empty()) change.approver = loose.approver;
  if (change.notes.empty()) change.notes = loose.notes;
  if (change.grant.empty()) {
    change.grant = loose.grant;
    change.justification = loose.justification;
  }
  if (!change.requested) change.requested = loose.requested;
  if (!change.gate) change.gate = loose.gate;
  change.overridden = change.overridden || loose.overridden;
  change.blocked += loose.blocked;
  change.first_at = std::min(change.first_at, loose.first_at);
}

}  // namespace

void ComplianceReader::take(const Record& record) {
  if (record.redacted_by) {
    ++redacted_;
    return;
  }
  if (!record.at) return;
  const auto project = record.text("project");
  if (!question_.project.empty() && !project.empty() && project != question_.project) return;
  const auto type = record.text("type");
  if (type == "promotion") take_promotion(record);
  if (type == "gate") take_gate(record);
  if (type == "log" || type == "stage_control") take_housekeeping(record);
  if (type == "break_glass") take_break_glass(record);
}

void ComplianceReader::take_break_glass(const Record& record) {
  grants_.take(record.seq, record.json);
  const auto* glass = record.json.find("break_glass");
  if (record.text("event") != "review" || glass == nullptr) return;
  reviews_[std::string(glass->text("grant"))] = {std::string(record.actor("operator")),
                                                 std::string(record.text("notes")), *record.at};
}

Change& ComplianceReader::change_of(const Record& record) {
  const std::string consumer = audit::consumer_of(record.json);
  auto [place, fresh] = open_.try_emplace(key_of(record, consumer));
  Change& change = place->second;
  if (fresh) {
    change.first_at = *record.at;
    change.outcome = "open";
  }
  change.last_at = *record.at;
  change.seq = record.seq;
  keep(change.promotion, consumer);
  keep(change.project, record, "project");
  keep(change.source_stage, record, "source_stage");
  keep(change.target_stage, record, "target_stage");
  keep(change.image_tag, record, "image_tag");
  keep(change.change_ref, record, "change_ref");
  keep_grant(change, record);
  return change;
}

void ComplianceReader::take_promotion(const Record& record) {
  const auto event = record.text("event");
  // Said of a deployment that has ended already.
  if (event == "verified" || event == "verification_failed") return;
  Change& change = change_of(record);
  const auto operated_by = audit::actor_of(record.json.find("operator"));
  const auto approved_by = audit::actor_of(record.json.find("approver"));
  if (event == "approved" || event == "rejected") {
    // Who approves is the operator of that record, unless it names both.
    change.approver = approved_by.name.empty() ? operated_by : approved_by;
    // Not the end of it: the last word counts.
    change.outcome = event == "approved" ? "open" : "rejected";
    if (!approved_by.name.empty()) change.requester = operated_by;
  } else {
    if (!operated_by.name.empty()) change.requester = operated_by;
    if (!approved_by.name.empty()) change.approver = approved_by;
  }
  keep(change.notes, record, "notes");
  if (event == "requested") change.requested = record.seq;
  const auto* rollback = record.json.find("rollback");
  if (rollback != nullptr && rollback->boolean() != nullptr) change.rollback = *rollback->boolean();
  if (!is_end(event)) return;
  change.outcome = event;
  finish(key_of(record, audit::consumer_of(record.json)));
}

void ComplianceReader::take_gate(const Record& record) {
  Change& change = change_of(record);
  const auto event = record.text("event");
  if (event == "blocked") ++change.blocked;
  if (event == "overridden") change.overridden = true;
  if (event != "passed" && event != "overridden") return;
  change.gate = record.seq;
  // The gate says who asked, unless it speaks of who broke the glass, and whose word it went by.
  const auto asked_by = audit::actor_of(record.json.find("operator"));
  if (event == "passed" && change.requester.name.empty()) change.requester = asked_by;
  const auto approved_by = audit::actor_of(record.json.find("approver"));
  if (!approved_by.name.empty()) change.approver = approved_by;
  if (change.notes.empty()) keep(change.notes, record, "notes");
}

void ComplianceReader::finish(const std::string& key) {
  Change change = open_.at(key);
  open_.erase(key);
  const auto loose = open_.find(cat(change.target_stage, "\n\n", change.image_tag));
  if (loose != open_.end() && loose->first != key) {
    merge(change, loose->second);
    open_.erase(loose);
  }
  if (question_.period.holds(change.last_at)) finished_.push_back(std::move(change));
}

void ComplianceReader::take_housekeeping(const Record& record) {
  if (!question_.period.holds(*record.at)) return;
  const auto* log = record.json.find("log");
  const std::string what = log != nullptr && log->find("redacts") != nullptr
                               ? cat("record ", log->find("redacts")->dump())
                               : std::string(record.text("target_stage"));
  std::string reason(record.text("reason"));
  if (reason.empty()) reason = record.text("notes");
  housekeeping_.push_back({record.seq, *record.at, record.event(),
                           std::string(record.actor("operator")),
                           cat(what, what.empty() || reason.empty() ? "" : ": ", reason)});
}

void ComplianceReader::judge(const Change& change, Findings& findings) const {
  if (change.outcome != "succeeded") return;
  const auto duty = [&](std::string what) {
    findings.duties.push_back({change.seq, std::move(what)});
  };
  const std::string& requester = change.requester.name;
  if (audit::is_nobody(requester)) duty("it is not known who asked for it");
  if (!change.approver.name.empty() && audit::may_be_same(change.approver, requester)) {
    duty(cat("approved by who asked for it: ", change.approver.name));
  }
  if (change.approver.name.empty() && among(question_.approved_stages, change.target_stage)) {
    duty("no approval on record");
  }
  for (const auto& state : grants_.grants()) {
    if (state.grant.id == change.grant && audit::may_be_same(state.grant.granter, requester)) {
      duty(cat("break-glass granted by who used it: ", state.grant.granter.name));
    }
  }
  if (!change.requester.verified) ++findings.unverified;
  if (!change.requested) findings.gaps.push_back({change.seq, "succeeded without a request"});
  if (!change.gate && among(question_.gated_stages, change.target_stage)) {
    findings.gaps.push_back({change.seq, "succeeded without a gate's answer"});
  }
}

void ComplianceReader::add_break_glass(Findings& findings) const {
  const auto& period = question_.period;
  for (const auto& state : grants_.grants()) {
    BreakGlass glass{.state = state};
    if (state.use) {
      if (const auto at = audit::parse_stamp(state.use->at)) glass.used_at = *at;
    }
    if (const auto review = reviews_.find(state.grant.id); review != reviews_.end()) {
      glass.reviewer = review->second.by;
      glass.review_notes = review->second.notes;
      glass.reviewed_at = review->second.at;
    }
    if (glass.open_review()) findings.open_reviews.push_back(glass);
    if (period.holds(state.grant.at) || (glass.used_at && period.holds(*glass.used_at))) {
      findings.break_glass.push_back(std::move(glass));
    }
  }
}

Findings ComplianceReader::findings() const {
  Findings findings;
  findings.changes = finished_;
  for (const auto& [key, change] : open_) {
    const auto& period = question_.period;
    if (period.holds(change.first_at) || period.holds(change.last_at)) {
      findings.changes.push_back(change);
    }
  }
  std::sort(findings.changes.begin(), findings.changes.end(),
            [](const Change& left, const Change& right) { return left.seq < right.seq; });
  for (const Change& change : findings.changes) judge(change, findings);
  add_break_glass(findings);
  findings.housekeeping = housekeeping_;
  findings.redacted = redacted_;
  return findings;
}

}  // namespace stagegate::audit_writer
