#include "common/audit/grant/gate_record.hpp"

#include "common/crypto/encoding.hpp"
#include "common/crypto/sha256.hpp"
#include "common/text/characters.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

struct Told {
  const char* event;
  const char* outcome;
};

Told told(GateEvent event) {
  switch (event) {
    case GateEvent::passed:
      return {"passed", "success"};
    case GateEvent::blocked:
      return {"blocked", "blocked"};
    case GateEvent::overridden:
      return {"overridden", "success"};
    case GateEvent::errored:
      break;
  }
  return {"errored", "error"};
}

// Who did what the gate speaks of: the one who broke the glass, approved, or asked.
text::Json operator_of(const GateSaying& saying) {
  if (saying.grant) return json_of(saying.grant->granter);
  if (is_nobody(saying.passage.promoter)) return {};
  return json_of({.name = saying.passage.promoter, .via = "gate"});
}

text::Json break_glass_of(const Grant& grant, const Passage& passage) {
  return text::Json()
      .set("grant", grant.id)
      .set("grant_seq", static_cast<std::int64_t>(grant.seq))
      .set("justification", grant.justification)
      .set("consumer", passage.consumer);
}

}  // namespace

Draft gate_draft(const GateSaying& saying) {
  const Passage& passage = saying.passage;
  const Told words = told(saying.event);
  text::Json gate;
  gate.set("name", passage.gate);
  if (saying.next_change_at) gate.set("next_change_at", show(*saying.next_change_at));

  Draft draft;
  draft.set("type", "gate").set("event", words.event);
  if (auto who = operator_of(saying); !who.is_null()) draft.set("operator", std::move(who));
  if (saying.approval) draft.set("approver", json_of(saying.approval->approver));
  if (!passage.project.empty()) draft.set("project", passage.project);
  draft.set("target_stage", passage.target_stage);
  if (!passage.image_tag.empty()) draft.set("image_tag", passage.image_tag);
  if (saying.approval) draft.set("notes", saying.approval->note);
  draft.set("outcome", words.outcome)
      .set("reason", text::cut_at_character(saying.reason, kLongestReason))
      .set("gate", gate);
  if (saying.grant) draft.set("break_glass", break_glass_of(*saying.grant, passage));
  draft.set("source", source_of(passage));
  // An approval is used up by the record of its passage: one that is given anew, in the same words,
  // needs a record of its own.
  const std::string said =
      saying.approval ? text::cat(draft.dump(), saying.approval->seq) : draft.dump();
  return draft.set("idem", text::cat("gate:", words.event, ":", crypto::hex(crypto::sha256(said))));
}

}  // namespace stagegate::audit
