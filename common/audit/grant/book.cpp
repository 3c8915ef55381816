// What a log says about grants: which there are, and which of them lets a promotion through.
#include <algorithm>

#include "common/audit/grant/grant.hpp"
#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

// Of a grant that cannot be read: it lets nothing through.
constexpr Stamp kNever = Stamp::min();

// More than this would hide the one that matters.
constexpr std::size_t kMostRefusals = 3;

std::string text_of(const text::Json& json, std::string_view key) {
  return std::string(json.text(key));
}

Stamp stamp_of(const text::Json& json, std::string_view key) {
  const auto parsed = parse_stamp(json.text(key));
  return parsed ? *parsed : kNever;
}

Scope scope_of(const text::Json* json) {
  if (json == nullptr) return {};
  return {.gate = text_of(*json, "gate"),
          .project = text_of(*json, "project"),
          .target_stage = text_of(*json, "target_stage"),
          .image_tag = text_of(*json, "image_tag"),
          .promotion = text_of(*json, "promotion")};
}

Grant grant_of(std::uint64_t seq, const text::Json& record, const text::Json& break_glass) {
  return {.id = text_of(record, "id"),
          .seq = seq,
          .at = stamp_of(record, "ts"),
          .scope = scope_of(break_glass.find("scope")),
          .granter = actor_of(record.find("operator")),
          .justification = text_of(break_glass, "justification"),
          .not_before = stamp_of(break_glass, "not_before"),
          .expires_at = stamp_of(break_glass, "expires_at")};
}

bool agrees(const std::string& wanted, const std::string& given) {
  return wanted.empty() || wanted == given;
}

bool is_meant_for(const Scope& scope, const Passage& passage) {
  return scope.gate == passage.gate && scope.target_stage == passage.target_stage &&
         agrees(scope.project, passage.project) && agrees(scope.image_tag, passage.image_tag) &&
         agrees(scope.promotion, passage.promotion) &&
         // A grant without both would let anything through.
         !(scope.image_tag.empty() && scope.promotion.empty());
}

std::string second_person_missing(const Grant& grant, const Passage& passage) {
  if (is_nobody(passage.promoter)) {
    return cat("needs a second person, and nothing says who asked for this promotion");
  }
  if (!may_be_same(grant.granter, passage.promoter)) return "";
  return cat("was given by ", text::quoted(grant.granter.name),
             ", who asked for this promotion: it needs a second person");
}

// What is wrong with the time it holds for.
std::string out_of_time(const Grant& grant, Stamp now) {
  const bool readable = grant.at != kNever && grant.not_before != kNever &&
                        grant.expires_at != kNever && grant.not_before < grant.expires_at;
  if (!readable || grant.expires_at > grant.at + kLongestGrant) {
    return cat("does not say a time within ", text::show_duration(kLongestGrant), " of its making");
  }
  if (now < grant.not_before) return cat("holds only from ", show(grant.not_before), " on");
  if (now >= grant.expires_at) {
    return cat("has expired at ", show(grant.expires_at));
  }
  return "";
}

// Why a grant that is meant for the passage cannot be used; empty when it can. The words stay the
// same while nothing changes: a gate writes them down once.
std::string obstacle(const GrantState& state, const Passage& passage, const GrantRules& rules,
                     Stamp now) {
  if (state.revoked) return cat("was revoked (record ", *state.revoked, ")");
  const bool own = state.use && state.use->consumer == passage.consumer;
  if (state.use && !own) {
    return cat("was already used by ", text::quoted(state.use->consumer), " at ", state.use->at,
               " (record ", state.use->seq, ")");
  }
  if (auto words = out_of_time(state.grant, now); !own && !words.empty()) return words;
  if (state.redacted_since && !own) {
    return cat("cannot be shown to be unused: record ", *state.redacted_since, " is redacted");
  }
  // Also of one that was used: by a gate, it may be, that does not ask for two people.
  return rules.require_second_person ? second_person_missing(state.grant, passage) : "";
}

// In force, and so nearly meant for this passage that its operator must have had it in mind.
std::string near_miss(const GrantState& state, const Passage& passage, Stamp now) {
  const Scope& scope = state.grant.scope;
  const bool names_it = (!scope.promotion.empty() && scope.promotion == passage.promotion) ||
                        (!scope.image_tag.empty() && scope.image_tag == passage.image_tag);
  const bool holds = !state.revoked && out_of_time(state.grant, now).empty();
  if (scope.gate != passage.gate || !names_it || !holds) return "";
  std::vector<std::string> differences;
  const auto differs = [&](std::string_view what, const std::string& wanted,
                           const std::string& given) {
    if (!agrees(wanted, given)) {
      differences.push_back(cat(what, " ", text::quoted(wanted), ", not ", text::quoted(given)));
    }
  };
  differs("stage", scope.target_stage, passage.target_stage);
  differs("project", scope.project, passage.project);
  differs("image tag", scope.image_tag, passage.image_tag);
  differs("promotion", scope.promotion, passage.promotion);
  std::string words = cat("is for ", text::join(differences, " and "));
  if (!state.use) return words;
  // Used up elsewhere is nothing to this passage, unless it is the next promotion of the same.
  const bool of_the_same = differences.size() == 1 && !agrees(scope.promotion, passage.promotion);
  return of_the_same ? cat(words, ", which has used it at ", state.use->at, " (record ",
                           state.use->seq, ")")
                     : "";
}

// This consumer's own first, then the narrowest, then the one that ends first.
bool comes_before(const Override& left, const Override& right) {
  if (left.used_before != right.used_before) return left.used_before;
  const bool narrow = !left.grant.scope.promotion.empty();
  if (narrow != right.grant.scope.promotion.empty()) {
    return left.grant.expires_at < right.grant.expires_at;
  }
  return narrow;
}

}  // namespace

GrantState* GrantBook::find(std::string_view id) {
  const auto found = std::find_if(grants_.rbegin(), grants_.rend(),
                                  [&](const GrantState& state) { return state.grant.id == id; });
  return found == grants_.rend() ? nullptr : &*found;
}

void GrantBook::take(std::uint64_t seq, const text::Json& record) {
  if (record.text("type") == "log" && record.text("event") == "redacted") {
    const text::Json* log = record.find("log");
    const text::Json* redacts = log == nullptr ? nullptr : log->find("redacts");
    const auto redacted = redacts == nullptr ? std::nullopt : redacts->integer();
    for (GrantState& state : grants_) {
      const bool later = redacted && static_cast<std::uint64_t>(*redacted) > state.grant.seq;
      if (later) state.redacted_since = static_cast<std::uint64_t>(*redacted);
    }
    return;
  }
  const text::Json* break_glass = record.find("break_glass");
  if (record.text("type") != "break_glass" || break_glass == nullptr) return;
  const auto event = record.text("event");
  if (event == "grant") {
    grants_.push_back({.grant = grant_of(seq, record, *break_glass),
                       .use = {},
                       .revoked = {},
                       .reviewed = {},
                       .redacted_since = {}});
    return;
  }
  GrantState* state = find(break_glass->text("grant"));
  if (state == nullptr) return;
  if (event == "consume" && !state->use) {
    state->use = Use{text_of(*break_glass, "consumer"), seq, text_of(record, "ts")};
  }
  if (event == "revoke" && !state->revoked) state->revoked = seq;
  if (event == "review" && !state->reviewed) state->reviewed = seq;
}

Result<std::optional<Override>> find_override(const std::vector<GrantState>& grants,
                                              const Passage& passage, const GrantRules& rules,
                                              Stamp now) {
  // Without a name to write down, anybody could say that the use was theirs.
  if (passage.consumer.empty()) return std::optional<Override>();
  std::optional<Override> best;
  std::vector<std::string> refusals;  // the newest first
  for (auto state = grants.rbegin(); state != grants.rend(); ++state) {
    const bool meant = is_meant_for(state->grant.scope, passage);
    const std::string why =
        meant ? obstacle(*state, passage, rules, now) : near_miss(*state, passage, now);
    if (!why.empty()) refusals.push_back(cat("grant ", state->grant.id, " ", why));
    if (!meant || !why.empty()) continue;
    Override found{.grant = state->grant,
                   .used_before = state->use.has_value(),
                   .used_in = state->use ? state->use->seq : 0};
    if (!best || comes_before(found, *best)) best = std::move(found);
  }
  if (best || refusals.empty()) return best;
  if (refusals.size() > kMostRefusals) refusals.resize(kMostRefusals);
  return fail(Failure::Kind::refused, text::join(refusals, "; "));
}

}  // namespace stagegate::audit
