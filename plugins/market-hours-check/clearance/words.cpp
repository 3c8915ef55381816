// How a clearance is told.
#include "common/text/text.hpp"
#include "plugins/market-hours-check/clearance/clearance.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;

// What stands behind the first colon of the verdict's own headline.
std::string what_of(const std::string& headline) {
  const auto colon = headline.find(": ");
  return colon == std::string::npos ? headline : headline.substr(colon + 2);
}

std::string line(std::string_view label, const std::string& value) {
  return cat("\n  ", label, std::string(label.size() < 13 ? 13 - label.size() : 1, ' '), value);
}

std::string told_by(const audit::Actor& actor, const std::string& words, std::uint64_t seq) {
  return cat(text::quoted(actor.name, 320), ", record ", seq, ": ", text::quoted(words, 400));
}

}  // namespace

std::string headline(const Gate& gate, const Verdict& verdict, const Clearance& clearance) {
  std::string own = headline(gate, verdict);
  if (clearance.grant) {
    return cat("allowed: break glass by ", text::quoted(clearance.grant->granter.name, 320),
               ", although ", what_of(own));
  }
  if (clearance.reason == "needs_approval") return cat("blocked: ", clearance.why);
  if (!clearance.why.empty()) own += cat("; ", clearance.why);
  return own;
}

std::string answer_text(const Gate& gate, const Verdict& verdict, const Asker& asker,
                        const Clearance& clearance) {
  const std::string own = answer_text(gate, verdict, asker);
  const auto first = own.find('\n');
  std::string out = headline(gate, verdict, clearance);
  if (first != std::string::npos) out += own.substr(first);
  if (const auto& grant = clearance.grant) {
    out += line("break glass", told_by(grant->granter, grant->justification, grant->seq));
  }
  if (const auto& approval = clearance.approval) {
    out += line("approved by", told_by(approval->approver, approval->note, approval->seq));
  }
  for (const auto& note : clearance.notes) out += line("note", note);
  if (clearance.record) out += line("recorded", cat("as ", *clearance.record));
  return out;
}

text::Json answer_json(const Gate& gate, const Verdict& verdict, const Asker& asker,
                       const Clearance& clearance) {
  text::Json answer = answer_json(gate, verdict, asker);
  const auto& grant = clearance.grant;
  const auto& approval = clearance.approval;
  const auto seq_or_null = [](const auto& from) {
    return from ? text::Json(static_cast<std::int64_t>(from->seq)) : text::Json();
  };
  if (!clearance.notes.empty()) {
    text::Json::Array notes = *answer.find("notes")->array();
    for (const auto& note : clearance.notes) notes.emplace_back(note);
    answer.set("notes", std::move(notes));
  }
  return answer.set("allowed", clearance.allowed)
      .set("reason", clearance.reason)
      .set("message", headline(gate, verdict, clearance))
      .set("may_break_glass", !verdict.allowed && !clearance.allowed && verdict.break_glass)
      .set("break_glass", grant.has_value())
      .set("grant", grant ? grant->id : "")
      .set("grant_record", seq_or_null(grant))
      .set("operator", grant ? grant->granter.name : "")
      .set("justification", grant ? grant->justification : "")
      .set("approver", approval ? approval->approver.name : "")
      .set("approval_record", seq_or_null(approval))
      .set("note", approval ? approval->note : "")
      .set("record", clearance.record ? text::Json(static_cast<std::int64_t>(*clearance.record))
                                      : text::Json());
}

}  // namespace stagegate::market_hours
