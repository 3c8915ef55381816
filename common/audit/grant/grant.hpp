// Break-glass: a grant lets exactly one promotion through a gate that would block it, within its
// scope and time. Whether it may, is decided on the log, and the use of it is a record of the same
// log: two gates cannot both win.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/grant/passage.hpp"
#include "common/audit/log/log.hpp"
#include "common/audit/record/actor.hpp"
#include "common/audit/record/record.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

struct Scope {
  std::string gate;
  std::string project;  // empty: any
  std::string target_stage;
  std::string image_tag;
  std::string promotion;  // empty: whichever promotion of that tag to that stage uses it first
};

struct Grant {
  std::string id;
  std::uint64_t seq = 0;
  Stamp at;  // when it was written
  Scope scope;
  Actor granter;
  std::string justification;
  Stamp not_before;
  Stamp expires_at;
};

inline constexpr std::chrono::hours kLongestGrant{4};
inline constexpr std::size_t kShortestJustification = 10;

struct GrantRequest {
  Scope scope;
  Actor granter;
  std::string justification;
  std::string incident_ref = {};
  std::chrono::milliseconds lifetime{std::chrono::hours(1)};
  std::optional<Stamp> not_before = {};
};
// Refused (usage) with every rule that it breaks.
Result<Draft> grant_draft(const GrantRequest& request, Stamp now);

struct GrantRules {
  // Whoever grants or approves must not be who asked for the promotion. Where that is not known,
  // nobody may.
  bool require_second_person = false;
};

struct Use {
  std::string consumer;
  std::uint64_t seq = 0;
  std::string at;
};

struct GrantState {
  Grant grant;
  std::optional<Use> use;
  std::optional<std::uint64_t> revoked;   // seq
  std::optional<std::uint64_t> reviewed;  // seq
  // The seq of a later record that has been redacted: it may have been the grant's use.
  std::optional<std::uint64_t> redacted_since = {};
};

// The grants of a log, from its records taken one after the other: pure.
class GrantBook {
 public:
  void take(std::uint64_t seq, const text::Json& record);
  const std::vector<GrantState>& grants() const { return grants_; }

 private:
  GrantState* find(std::string_view id);
  std::vector<GrantState> grants_;
};

// Every grant of the log with what became of it, in the log's order.
Result<std::vector<GrantState>> read_grants(const View& view);

// What the log says to a passage: pure.
struct Override {
  Grant grant;
  bool used_before = false;   // by this very consumer: it passes again
  std::uint64_t used_in = 0;  // the record of that
};
// The grant that lets it through. Refused, by name, when those that are meant for it cannot be
// used; nullopt when none is meant for it.
Result<std::optional<Override>> find_override(const std::vector<GrantState>& grants,
                                              const Passage& passage, const GrantRules& rules,
                                              Stamp now);

// A clock that was set back must not bring an expired grant to life: time goes by the log, too.
// Fails (unknown) when the clock lags far behind the log, because one of the two is wrong.
Result<Stamp> trusted_now(Stamp clock, const View& view);

// The record of a grant's use. The same for every try of one consumer.
Draft consume_draft(const Grant& grant, const Passage& passage);

// Uses a grant up, durably. nullopt: there is none for this passage. One that this very consumer
// has used is answered again, whatever time has passed: what it has let begin should be brought to
// its end. Only a revocation ends that.
struct Consumed {
  Grant grant;
  Appended record;
  bool used_before = false;
};
Result<std::optional<Consumed>> consume_grant(Log& log, const Passage& passage,
                                              const GrantRules& rules, Stamp clock);

}  // namespace stagegate::audit
