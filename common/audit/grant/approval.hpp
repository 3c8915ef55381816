// Approval notes: somebody's word, with a reason, that a promotion may go to a stage, or may not.
// The last word counts.
//
// A word is about one promotion, by its name, or about an image tag for a stage. The latter is used
// up by the first promotion that passes with it, so that no approval outlives what it was given
// for: the gate's own record of that passage is the use.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "common/audit/grant/grant.hpp"
#include "common/audit/grant/passage.hpp"
#include "common/audit/log/view.hpp"
#include "common/audit/record/actor.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

struct Approval {
  std::uint64_t seq = 0;
  bool approved = false;
  Actor approver;
  std::string note;
  std::string promotion = {};  // empty: of the image tag
  std::string at = {};
};

struct ApprovalRequest {
  bool approved = true;  // or rejected
  std::string project;
  std::string target_stage;
  std::string image_tag;
  std::string promotion = {};  // empty: whichever promotion of the tag passes first
  Actor approver;
  std::string note;
};
// Refused (usage) with every rule that it breaks.
Result<Draft> approval_draft(const ApprovalRequest& request);

// What a log says about one passage, from its records taken one after the other: pure.
class ApprovalBook {
 public:
  explicit ApprovalBook(Passage passage) : passage_(std::move(passage)) {}
  void take(std::uint64_t seq, const text::Json& record);

  // Refused, in words, when the last word is a no or cannot be used; nullopt when there is none.
  Result<std::optional<Approval>> answer(const GrantRules& rules) const;

 private:
  void take_word(std::uint64_t seq, const text::Json& record);
  void take_passing(std::uint64_t seq, const text::Json& record);

  Passage passage_;
  std::optional<Approval> word_;
  std::optional<Use> use_;
  std::set<std::string> named_since_;  // other promotions with a word of their own since then
  std::optional<std::uint64_t> redacted_since_;
};

Result<std::optional<Approval>> find_approval(const View& view, const Passage& passage,
                                              const GrantRules& rules);

}  // namespace stagegate::audit
