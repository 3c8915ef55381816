#include "plugins/audit-writer/report/dora.hpp"

#include <algorithm>
#include <utility>

namespace stagegate::audit_writer {
namespace {

constexpr std::size_t kDeploymentsKept = 1'000;

bool is_true(const Record& record, std::string_view key) {
  const auto* value = record.json.find(key);
  return value != nullptr && value->boolean() != nullptr && *value->boolean();
}

std::optional<audit::Stamp> stamp_of(const Record& record, std::string_view key) {
  const auto stamp = audit::parse_stamp(record.text(key));
  if (!stamp) return std::nullopt;
  return *stamp;
}

std::vector<std::string> fixes_of(const Record& record) {
  std::vector<std::string> ids;
  const auto* fixes = record.json.find("fixes");
  if (fixes == nullptr || fixes->array() == nullptr) return ids;
  for (const auto& id : *fixes->array()) {
    if (id.string() != nullptr) ids.push_back(*id.string());
  }
  return ids;
}

}  // namespace

void DoraReader::take(const Record& record) {
  if (record.redacted_by) {
    ++figures_.redacted;
    return;
  }
  if (record.text("type") != "promotion" || !record.at) return;
  if (!question_.project.empty() && record.text("project") != question_.project) return;
  note_change(record);
  if (record.text("target_stage") != question_.stage) return;
  const auto event = record.text("event");
  if (event == "succeeded") take_success(record);
  if (event == "failed" || event == "errored") take_failure(record);
}

void DoraReader::note_change(const Record& record) {
  const auto committed = stamp_of(record, "commit_time");
  // What is not newer than production is there already.
  if (committed && (!newest_live_ || *committed > *newest_live_)) waiting_.insert(*committed);
}

void DoraReader::take_success(const Record& record) {
  const auto at = *record.at;
  const bool counts = question_.period.holds(at);
  const bool rollback = is_true(record, "rollback");
  const auto fixes = fixes_of(record);
  // A rollback after a failed attempt undoes that attempt, not what ran before it.
  const bool undoes_success = rollback && failures_.empty();
  recover(at);
  for (auto& deployment : deployments_) {
    const bool fixed = std::find(fixes.begin(), fixes.end(), deployment.id) != fixes.end();
    if (fixed) mark_failed(deployment, at);
  }
  if (undoes_success) {
    const auto undone = std::find_if(deployments_.rbegin(), deployments_.rend(),
                                     [](const Deployment& known) { return !known.failed; });
    if (undone != deployments_.rend()) mark_failed(*undone, at);
  }
  if (counts && (rollback || !fixes.empty())) ++figures_.reworks;
  if (counts) ++figures_.finished;
  if (rollback) return;
  if (counts) {
    ++figures_.deployments;
    ++figures_.attempts;
  }
  take_lead_time(record);
  deployments_.push_back({std::string(record.text("id")), at});
  if (deployments_.size() > kDeploymentsKept) deployments_.pop_front();
}

// From the oldest commit that this deployment brings: what was built between two deployments has
// waited, too.
void DoraReader::take_lead_time(const Record& record) {
  const bool counts = question_.period.holds(*record.at);
  const auto committed = stamp_of(record, "commit_time");
  if (!committed) {
    if (counts) ++figures_.without_commit_time;
    return;
  }
  const bool brings_others = !waiting_.empty() && *waiting_.begin() < *committed;
  const auto oldest = brings_others ? *waiting_.begin() : *committed;
  waiting_.erase(waiting_.begin(), waiting_.upper_bound(*committed));
  if (!newest_live_ || *committed > *newest_live_) newest_live_ = committed;
  if (counts) figures_.lead_times.add(*record.at - oldest);
}

void DoraReader::take_failure(const Record& record) {
  failures_.push_back(*record.at);
  if (!question_.period.holds(*record.at)) return;
  ++figures_.attempts;
  ++figures_.failed;
  ++figures_.finished;
}

void DoraReader::mark_failed(Deployment& deployment, audit::Stamp recovered_at) {
  if (std::exchange(deployment.failed, true)) return;
  if (!question_.period.holds(deployment.at)) return;
  ++figures_.failed;
  figures_.recovery_times.add(recovered_at - deployment.at);
}

void DoraReader::recover(audit::Stamp at) {
  for (const auto failure : failures_) {
    if (question_.period.holds(failure)) figures_.recovery_times.add(at - failure);
  }
  failures_.clear();
}

DoraFigures DoraReader::figures() const {
  DoraFigures figures = figures_;
  figures.unrecovered = static_cast<std::uint64_t>(
      std::count_if(failures_.begin(), failures_.end(),
                    [&](audit::Stamp at) { return question_.period.holds(at); }));
  return figures;
}

}  // namespace stagegate::audit_writer
