#include "common/audit/grant/approval.hpp"

#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

bool is_about(const text::Json& record, const Passage& passage) {
  return record.text("project") == passage.project &&
         record.text("target_stage") == passage.target_stage &&
         record.text("image_tag") == passage.image_tag;
}

std::string promotion_of(const text::Json& record) {
  const text::Json* source = record.find("source");
  return source == nullptr ? "" : std::string(source->text("promotion"));
}

}  // namespace

Result<Draft> approval_draft(const ApprovalRequest& request) {
  std::vector<std::string> faults;
  const auto needs = [&](const std::string& value, const char* fault) {
    if (text::trim(value).empty()) faults.emplace_back(fault);
  };
  needs(request.project, "project: name the project of the promotion");
  needs(request.target_stage, "stage: name the stage that the promotion goes to");
  needs(request.image_tag, "image_tag: name what is approved");
  needs(request.approver.name, "operator: say who approves");
  needs(request.note, "note: an approval without a note says nothing to whoever reads it later");
  if (!faults.empty()) return usage(text::join(faults, "\n"));

  text::Json source;
  source.set("system", request.promotion.empty() ? "cli" : "kargo");
  if (!request.promotion.empty()) source.set("promotion", request.promotion);
  Draft draft;
  return draft.set("type", "promotion")
      .set("event", request.approved ? "approved" : "rejected")
      .set("operator", json_of(request.approver))
      .set("project", request.project)
      .set("source_stage", nullptr)
      .set("target_stage", request.target_stage)
      .set("image_tag", request.image_tag)
      .set("notes", text::trim(request.note))
      .set("outcome", request.approved ? "success" : "blocked")
      .set("source", source);
}

void ApprovalBook::take(std::uint64_t seq, const text::Json& record) {
  const auto type = record.text("type");
  const auto event = record.text("event");
  if (type == "log" && event == "redacted" && word_) {
    const text::Json* log = record.find("log");
    const text::Json* redacts = log == nullptr ? nullptr : log->find("redacts");
    const auto redacted = redacts == nullptr ? std::nullopt : redacts->integer();
    if (redacted && static_cast<std::uint64_t>(*redacted) > word_->seq) {
      redacted_since_ = static_cast<std::uint64_t>(*redacted);
    }
  } else if (type == "promotion" && (event == "approved" || event == "rejected")) {
    take_word(seq, record);
  } else if (type == "gate" && (event == "passed" || event == "overridden")) {
    take_passing(seq, record);
  }
}

void ApprovalBook::take_word(std::uint64_t seq, const text::Json& record) {
  const std::string promotion = promotion_of(record);
  const bool mine = promotion.empty() || promotion == passage_.promotion;
  // Kargo's own approvals have no note: they say that a check may be skipped, not why.
  const bool has_note = !text::trim(record.text("notes")).empty();
  const bool approved = record.text("event") == "approved";
  if (!is_about(record, passage_) || (approved && !has_note)) return;
  if (!mine) {
    named_since_.insert(promotion);
    return;
  }
  word_ = Approval{.seq = seq,
                   .approved = approved,
                   .approver = actor_of(record.find("operator")),
                   .note = std::string(record.text("notes")),
                   .promotion = promotion,
                   .at = std::string(record.text("ts"))};
  use_.reset();
  named_since_.clear();
  redacted_since_.reset();
}

void ApprovalBook::take_passing(std::uint64_t seq, const text::Json& record) {
  const text::Json* gate = record.find("gate");
  const bool here = gate != nullptr && gate->text("name") == passage_.gate;
  const std::string consumer = consumer_of(record);
  if (!here || !is_about(record, passage_) || consumer.empty() || use_ || !word_) return;
  const bool of_its_own = named_since_.contains(consumer);
  if (word_->promotion.empty() && !of_its_own)
    use_ = Use{consumer, seq, std::string(record.text("ts"))};
}

Result<std::optional<Approval>> ApprovalBook::answer(const GrantRules& rules) const {
  const auto refused = [](std::string words) {
    return fail(Failure::Kind::refused, std::move(words));
  };
  if (!word_) return std::optional<Approval>();
  const std::string who = text::quoted(word_->approver.name);
  if (!word_->approved) {
    return refused(cat("rejected by ", who, " (record ", word_->seq, "): ", word_->note));
  }
  if (redacted_since_) {
    return refused(cat("the approval by ", who, " (record ", word_->seq,
                       ") cannot be shown to be the last word: record ", *redacted_since_,
                       " is redacted"));
  }
  if (use_ && use_->consumer != passage_.consumer) {
    return refused(cat("the approval by ", who, " (record ", word_->seq, ") was already used by ",
                       text::quoted(use_->consumer), " at ", use_->at, " (record ", use_->seq,
                       "): a new promotion needs a new one"));
  }
  if (rules.require_second_person) {
    if (is_nobody(passage_.promoter)) {
      return refused(
          "an approval needs a second person, and nothing says who asked for this "
          "promotion");
    }
    if (may_be_same(word_->approver, passage_.promoter)) {
      return refused(cat("approved by ", who, " (record ", word_->seq,
                         "), who asked for this promotion: it needs a second person"));
    }
  }
  return word_;
}

}  // namespace stagegate::audit
