// Break-glass: a grant lets exactly one promotion through a gate that would block it, within its
// scope and time. Whether it may, is decided on the log, and the use of it is a record of the same
// log: two gates cannot both win.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/log.hpp"
#include "common/audit/record.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

struct Scope {
  std::string gate;
  std::string project;  // empty: any
  std::string target_stage;
  std::string image_tag;
  std::string promotion;  // empty: whichever promotion of that tag to that stage uses it first
};

struct Actor {
  std::string name;
  std::string kind = "unknown";  // human, service, unknown
  std::string via = {};
  std::string raw = {};
  bool verified = false;  // an API vouches for it; otherwise it is what somebody claimed
};
text::Json json_of(const Actor& actor);

struct Grant {
  std::string id;
  std::uint64_t seq = 0;
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

// Who stands before the gate.
struct Passage {
  std::string gate;
  std::string project;
  std::string target_stage;
  std::string image_tag;
  std::string promotion;  // Kargo's name of it, may be empty
  std::string consumer;   // the one that uses a grant up: the promotion, or repo#pipeline
  std::string promoter;   // who asked for the promotion, if known
};

struct GrantRules {
  bool require_second_person = false;  // the granter must not be the promoter
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
};

// Every grant of the log with what became of it, in the log's order.
Result<std::vector<GrantState>> read_grants(const View& view);

// What the log says to a passage: pure.
struct Override {
  Grant grant;
  bool used_before = false;  // by this very consumer: it passes again
};
// The grant that lets it through. Refused, by name, when those that are meant for it cannot be
// used; nullopt when none is meant for it.
Result<std::optional<Override>> find_override(const std::vector<GrantState>& grants,
                                              const Passage& passage, const GrantRules& rules,
                                              Stamp now);

// Uses a grant up, durably. nullopt: there is none for this passage.
struct Consumed {
  Grant grant;
  Appended record;
  bool used_before = false;
};
Result<std::optional<Consumed>> consume_grant(Log& log, const Passage& passage,
                                              const GrantRules& rules);

}  // namespace stagegate::audit
