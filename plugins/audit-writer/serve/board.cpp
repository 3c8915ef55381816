#include "plugins/audit-writer/serve/board.hpp"

#include <algorithm>

namespace stagegate::audit_writer {
namespace {

// A log may name anything: what is kept of it is bounded.
constexpr std::size_t kMostStages = 64;
constexpr std::size_t kMostGrants = 50;

bool is_true(const text::Json* value) {
  return value != nullptr && value->boolean() != nullptr && *value->boolean();
}

bool is_link(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

}  // namespace

Moment moment_of(const Record& record) {
  Moment moment{.seq = record.seq,
                .ts = std::string(record.text("ts")),
                .event = record.event(),
                .image_tag = std::string(record.text("image_tag")),
                .operator_name = std::string(record.actor("operator")),
                .source_stage = std::string(record.text("source_stage")),
                .notes = std::string(record.text("notes")),
                .reason = std::string(record.text("reason")),
                .break_glass = record.is_break_glass(),
                .rollback = is_true(record.json.find("rollback"))};
  if (const auto* who = record.json.find("operator")) {
    moment.verified = is_true(who->find("verified"));
  }
  if (const auto* source = record.json.find("source")) {
    if (is_link(source->text("url"))) moment.url = source->text("url");
  }
  return moment;
}

Board::Board(const std::vector<std::string>& stages) {
  for (const auto& name : stages) {
    if (find(name) == nullptr) stages_.push_back({.name = name});
  }
}

StageNow* Board::find(std::string_view name) {
  const auto found = std::find_if(stages_.begin(), stages_.end(),
                                  [&](const StageNow& stage) { return stage.name == name; });
  return found == stages_.end() ? nullptr : &*found;
}

void Board::take(const Record& record) {
  if (record.redacted_by) {
    ++redacted_;
    return;
  }
  if (record.at) newest_ = *record.at;
  ++counts_[record.event()];
  const auto type = record.text("type");
  if (type == "break_glass") {
    book_.take(record.seq, record.json);
    return;
  }
  const auto name = record.text("target_stage");
  if (name.empty() || type == "log") return;
  StageNow* stage = find(name);
  if (stage == nullptr) {
    if (stages_.size() >= kMostStages) return;
    stages_.push_back({.name = std::string(name)});
    stage = &stages_.back();
  }
  if (type == "stage_control") {
    stage->enabled = record.text("event") != "disabled";
  } else if (record.is("promotion", "succeeded")) {
    stage->current = moment_of(record);
    stage->latest.reset();
  } else {
    stage->latest = moment_of(record);
  }
}

std::vector<GrantNow> Board::grants(audit::Stamp now) const {
  std::vector<GrantNow> open;
  const auto& all = book_.grants();
  for (auto state = all.rbegin(); state != all.rend() && open.size() < kMostGrants; ++state) {
    const bool usable = !state->use && !state->revoked && now < state->grant.expires_at;
    const GrantNow grant{*state};
    if (usable || grant.open_review()) open.push_back(grant);
  }
  return open;
}

}  // namespace stagegate::audit_writer
