// What becomes of a verdict when the audit log has been asked: a block may be broken by a grant, an
// allow may lack somebody's approval, and neither counts before it is written down.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/grant/approval.hpp"
#include "common/audit/grant/passage.hpp"
#include "plugins/market-hours-check/clearance/books.hpp"
#include "plugins/market-hours-check/gate/gate.hpp"

namespace stagegate::market_hours {

inline constexpr const char* kGateName = "market-hours";

struct Clearance {
  bool allowed = false;
  std::string reason;                 // the verdict's, or break_glass, or needs_approval
  std::string why;                    // beyond the verdict, for people; empty: nothing
  std::optional<audit::Grant> grant;  // that broke the glass
  std::optional<audit::Approval> approval;
  std::optional<std::uint64_t> record;  // of this decision, in the log
  std::vector<std::string> notes;
};

// As if there were no log: what the verdict says.
Clearance plain(const Verdict& verdict);

struct ClearanceRules {
  std::vector<std::string> approval_stages;
  bool require_second_person = false;
};

class Clearing {
 public:
  // `books` may be null: nothing is recorded, and nothing can be overridden or approved.
  Clearing(ClearanceRules rules, std::shared_ptr<Books> books)
      : rules_(std::move(rules)), books_(std::move(books)) {}

  // Fails when an allow cannot be recorded: it is none then. A block that cannot be recorded stays
  // a block. `simulated`: the instant is not the clock's; the log is left alone.
  Result<Clearance> clear(const Verdict& verdict, const audit::Passage& passage, bool simulated);

  // Case and blanks around a name make no other stage of it, and a promotion that names no stage
  // may be meant for one of these.
  bool needs_approval(const std::string& stage) const;
  Books* books() const { return books_.get(); }

 private:
  struct Case;
  Result<> check_still_allowed(const Verdict& verdict) const;
  Result<Clearance> allow(Case& about);
  Result<Clearance> override_block(Case& about);
  Clearance block(Case& about, std::string reason);
  Result<bool> look_for_approval(Case& about);

  ClearanceRules rules_;
  std::shared_ptr<Books> books_;
};

// One sentence, in place of headline().
std::string headline(const Gate& gate, const Verdict& verdict, const Clearance& clearance);
std::string answer_text(const Gate& gate, const Verdict& verdict, const Asker& asker,
                        const Clearance& clearance);
text::Json answer_json(const Gate& gate, const Verdict& verdict, const Asker& asker,
                       const Clearance& clearance);

}  // namespace stagegate::market_hours
