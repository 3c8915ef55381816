// Grants: given, taken back, reviewed.
#include "common/audit/grant/grant.hpp"
#include "common/settings/read.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/draft/actor.hpp"
#include "plugins/audit-writer/draft/pipeline.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

std::optional<audit::Stamp> stamp_of(const std::optional<time::Instant>& instant) {
  if (!instant) return std::nullopt;
  return audit::Stamp{*instant};
}

audit::Actor whoever(const Options& options) {
  const auto pipeline = read_pipeline(settings::process_environment());
  return operator_of({options.operator_name, options.operator_kind}, pipeline)
      .value_or(audit::Actor{.name = {}});
}

const audit::GrantState* find(const std::vector<audit::GrantState>& grants, std::string_view id) {
  for (const auto& state : grants) {
    if (state.grant.id == id) return &state;
  }
  return nullptr;
}

// A record about a grant that is in the log.
audit::Draft about(const audit::Grant& grant, const char* event, const audit::Actor& actor) {
  Json glass;
  glass.set("grant", grant.id).set("grant_seq", grant.seq);
  audit::Draft draft;
  draft.set("idem", cat(event, ":", grant.id))
      .set("type", "break_glass")
      .set("event", event)
      .set("writer", json_of(this_writer()))
      .set("operator", audit::json_of(actor));
  if (!grant.scope.project.empty()) draft.set("project", grant.scope.project);
  draft.set("target_stage", grant.scope.target_stage);
  if (!grant.scope.image_tag.empty()) draft.set("image_tag", grant.scope.image_tag);
  return draft.set("break_glass", std::move(glass));
}

// What speaks against a record about the grant; empty when nothing does.
using Obstacle = std::string (*)(const audit::GrantState& state);

std::string cannot_be_revoked(const audit::GrantState& state) {
  if (!state.use) return {};
  return cat("grant ", state.grant.id, " was used already, by ", text::quoted(state.use->consumer),
             " at ", state.use->at, " (record ", state.use->seq,
             "): it cannot be taken back; stop that promotion instead");
}

std::string cannot_be_reviewed(const audit::GrantState& state) {
  if (state.use) return {};
  return cat("grant ", state.grant.id, " has not been used: there is nothing to review");
}

step::Outcome follow_up(const Options& options, const step::Run& run, const char* event,
                        const std::string& member, const std::string& words, Obstacle obstacle) {
  const audit::Actor actor = whoever(options);
  std::vector<std::string> faults;
  if (actor.name.empty()) faults.emplace_back("operator: say who does it");
  if (text::trim(words).empty()) faults.push_back(cat(member, ": say in some words why"));
  if (!faults.empty()) {
    return step::outcome_of({Failure::Kind::usage, text::join(faults, "\n")});
  }
  const std::string id = text::upper(text::trim(options.grant.grant));
  return store_if(options, run, [&](const audit::View& view) -> Result<audit::Draft> {
    const auto grants = audit::read_grants(view);
    if (!grants) return forward(grants.error());
    const auto* state = find(*grants, id);
    if (state == nullptr) {
      return usage(cat("there is no grant ", text::quoted(id),
                       ": `audit-writer history --break-glass` lists them"));
    }
    if (auto why = obstacle(*state); !why.empty()) {
      return fail(Failure::Kind::refused, std::move(why));
    }
    return audit::tidy(about(state->grant, event, actor).set(member, text::trim(words)));
  });
}

}  // namespace

step::Outcome grant(const Options& options, const step::Run& run) {
  audit::GrantRequest request;
  request.scope = {.gate = options.gate.empty() ? "market-hours" : options.gate,
                   .project = options.project,
                   .target_stage = options.stage,
                   .image_tag = options.tag.text,
                   .promotion = options.promotion};
  request.granter = whoever(options);
  request.justification = options.grant.justification;
  request.incident_ref = options.grant.incident_ref;
  request.lifetime = options.grant.expires;
  request.not_before = stamp_of(options.grant.not_before);
  auto draft = audit::grant_draft(request, now());
  if (!draft) return step::outcome_of(draft.error());
  draft->set("idem", fresh_key()).set("writer", json_of(this_writer()));

  auto outcome = store(options, run, {*draft, Unstored::dropped, false});
  const auto* id = outcome.json.find("id");
  if (id == nullptr) return outcome;
  const Json* glass = draft->find("break_glass");
  outcome.json.set("grant", *id).set("expires_at", glass->text("expires_at"));
  outcome.text = cat("grant ", *id->string(), " for exactly one promotion, until ",
                     glass->text("expires_at"), "\n", outcome.text);
  return outcome;
}

step::Outcome revoke(const Options& options, const step::Run& run) {
  return follow_up(options, run, "revoke", "reason", options.reason, cannot_be_revoked);
}

step::Outcome review(const Options& options, const step::Run& run) {
  return follow_up(options, run, "review", "notes", options.notes, cannot_be_reviewed);
}

}  // namespace stagegate::audit_writer
