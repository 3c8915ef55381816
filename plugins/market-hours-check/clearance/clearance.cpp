#include "plugins/market-hours-check/clearance/clearance.hpp"

#include <algorithm>

#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using audit::GateEvent;
using text::cat;

std::optional<audit::Stamp> change_of(const Verdict& verdict) {
  const auto change = verdict.allowed ? verdict.blocked_at : verdict.allowed_at;
  if (!change) return std::nullopt;
  return audit::Stamp(*change);
}

// What stays the same while nothing changes: no countdown.
std::string lasting_reason(const Verdict& verdict, const Clearance& clearance) {
  std::string reason = clearance.reason;
  const bool of_the_hours = reason == name_of(verdict.reason) || clearance.grant;
  if (clearance.grant) reason += cat(": although ", name_of(verdict.reason));
  if (of_the_hours && !verdict.name.empty()) reason += cat(": ", verdict.name);
  const auto change = verdict.allowed ? verdict.blocked_at : verdict.allowed_at;
  if (of_the_hours && change) reason += cat(": until ", time::rfc3339(*change));
  if (!clearance.why.empty()) reason += cat(": ", clearance.why);
  return reason;
}

}  // namespace

// One promotion at one instant.
struct Clearing::Case {
  const Verdict& verdict;
  const audit::Passage& passage;
  bool needs_approval;
  Clearance so_far;

  audit::GateSaying saying(GateEvent event) const {
    return {.event = event,
            .passage = passage,
            .reason = lasting_reason(verdict, so_far),
            .next_change_at = change_of(verdict),
            .grant = so_far.grant,
            .approval = so_far.approval};
  }
};

Clearance plain(const Verdict& verdict) {
  Clearance clearance;
  clearance.allowed = verdict.allowed;
  clearance.reason = name_of(verdict.reason);
  return clearance;
}

bool Clearing::needs_approval(const std::string& stage) const {
  const auto plain_name = [](const std::string& name) { return text::lower(text::trim(name)); };
  const auto& stages = rules_.approval_stages;
  const std::string asked = plain_name(stage);
  if (asked.empty()) return !stages.empty();
  return std::any_of(stages.begin(), stages.end(),
                     [&](const std::string& name) { return plain_name(name) == asked; });
}

Result<Clearance> Clearing::clear(const Verdict& verdict, const audit::Passage& passage,
                                  bool simulated) {
  Case about{verdict, passage, needs_approval(passage.target_stage), plain(verdict)};
  const bool unnamed = passage.consumer.empty();
  if (simulated || unnamed || books_ == nullptr) {
    if (unnamed && !simulated && books_ != nullptr && !verdict.allowed && verdict.break_glass) {
      about.so_far.notes.emplace_back(
          "no grant is looked for, because nothing says which promotion this is (promotion)");
    }
    if (!about.needs_approval || !verdict.allowed) return about.so_far;
    about.so_far.allowed = false;
    about.so_far.reason = "needs_approval";
    about.so_far.why = simulated
                           ? "the clock is simulated, so the audit log is not asked for an approval"
                           : "an approval is for one promotion: say which one it is";
    return about.so_far;
  }
  if (passage.target_stage.empty()) {
    return usage("stage: say which one the promotion goes to; the audit log records it by stage");
  }
  if (!verdict.allowed) return override_block(about);
  if (!about.needs_approval) return allow(about);
  const auto approved = look_for_approval(about);
  if (!approved) {
    return fail(approved.error().kind,
                cat("whether it is approved cannot be found out: ", approved.error().message));
  }
  return *approved ? allow(about) : block(about, "needs_approval");
}

// False when there is none that counts; says why. A failure: it could not be found out.
Result<bool> Clearing::look_for_approval(Case& about) {
  const auto found = books_->approval(about.passage);
  if (!found && found.error().kind != Failure::Kind::refused) return forward(found.error());
  if (found && *found) {
    about.so_far.approval = **found;
    return true;
  }
  about.so_far.why = found ? cat("nobody has approved ", about.passage.image_tag, " for ",
                                 about.passage.target_stage, " yet")
                           : found.error().message;
  return false;
}

// A slow file system, or a lock, may take until the market opens.
Result<> Clearing::check_still_allowed(const Verdict& verdict) const {
  const bool ended =
      verdict.allowed && verdict.blocked_at && books_->now() >= audit::Stamp(*verdict.blocked_at);
  if (!ended) return {};
  return unknown(cat("it was allowed until ", time::rfc3339(*verdict.blocked_at),
                     ", and the audit log took longer than that to answer: ask again"));
}

Result<Clearance> Clearing::allow(Case& about) {
  if (auto still = check_still_allowed(about.verdict); !still) return forward(still.error());
  const bool broken = about.so_far.grant.has_value();
  const auto saying = about.saying(broken ? GateEvent::overridden : GateEvent::passed);
  const auto seq = books_->record(saying, about.so_far.approval.has_value());
  if (seq) {
    if (auto still = check_still_allowed(about.verdict); !still) return forward(still.error());
    about.so_far.allowed = true;
    about.so_far.record = *seq;
    return about.so_far;
  }
  if (seq.error().kind == Failure::Kind::refused) {
    about.so_far.why = seq.error().message;
    about.so_far.approval.reset();
    about.so_far.grant.reset();
    return block(about, "needs_approval");
  }
  // What is to be recorded now is not an allow, because none is given.
  auto lost = about.saying(GateEvent::errored);
  lost.reason = cat("not_recorded: ", seq.error().message);
  books_->print_pending(lost);
  return fail(seq.error().kind,
              cat("would be allowed, but that cannot be recorded: ", seq.error().message));
}

Result<Clearance> Clearing::override_block(Case& about) {
  Clearance& so_far = about.so_far;
  if (!about.verdict.break_glass) return block(about, so_far.reason);
  // First, so that no grant is used up by a promotion that may not pass anyway.
  if (about.needs_approval) {
    const auto approved = look_for_approval(about);
    const std::string lacks = approved ? so_far.why : approved.error().message;
    so_far.why.clear();
    if (!approved || !*approved) {
      // In the sentence itself, because Kargo shows nothing else: who has given a grant would wait.
      so_far.why = cat("an approval is needed as well: ", lacks);
      return block(about, so_far.reason);
    }
  }

  auto consumed = books_->consume(about.passage);
  if (!consumed) {
    const bool by_rule = consumed.error().kind == Failure::Kind::refused;
    so_far.why = by_rule ? cat("override refused: ", consumed.error().message)
                         : cat("no override: that a grant is unused cannot be shown: ",
                               consumed.error().message);
    return block(about, so_far.reason);
  }
  if (!*consumed) return block(about, so_far.reason);
  so_far.grant = (*consumed)->grant;
  so_far.reason = "break_glass";
  return allow(about);
}

Clearance Clearing::block(Case& about, std::string reason) {
  Clearance& so_far = about.so_far;
  so_far.allowed = false;
  so_far.reason = std::move(reason);
  const auto saying = about.saying(GateEvent::blocked);
  const auto seq = books_->record(saying, false);
  if (seq) {
    so_far.record = *seq;
    return so_far;
  }
  log::warning(cat("the block stands, but could not be recorded: ", seq.error().message));
  books_->print_pending(saying);
  return so_far;
}

}  // namespace stagegate::market_hours
