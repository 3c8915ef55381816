// The records of grants: how they are made.
#include "common/audit/grant/grant.hpp"

#include "common/text/characters.hpp"
#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

std::vector<std::string> faults_of(const GrantRequest& request, Stamp now) {
  std::vector<std::string> faults;
  const Scope& scope = request.scope;
  if (scope.gate.empty()) faults.emplace_back("gate: a grant is for one gate; name it");
  if (scope.target_stage.empty()) faults.emplace_back("stage: a grant is for one stage; name it");
  if (scope.image_tag.empty() && scope.promotion.empty()) {
    faults.emplace_back("image_tag: a grant is for one image tag, or for one promotion; name it");
  }
  if (text::trim(request.granter.name).empty()) {
    faults.emplace_back("operator: say who breaks the glass");
  }
  if (const auto length = text::count_characters(text::trim(request.justification));
      length < kShortestJustification) {
    faults.push_back(cat("justification: ", length, " characters; at least ",
                         kShortestJustification, " have to say why"));
  }
  if (request.lifetime <= std::chrono::milliseconds{0}) {
    faults.emplace_back("expires: a grant needs some time to be used in");
  }
  const Stamp begin = request.not_before.value_or(now);
  if (begin + request.lifetime > now + kLongestGrant) {
    faults.push_back(cat("expires: at most ", text::show_duration(kLongestGrant), " from now"));
  }
  // Whoever gets such a grant would find out at the gate only, when it matters.
  if (request.lifetime > std::chrono::milliseconds{0} && begin + request.lifetime <= now) {
    faults.push_back(cat("expires: it would have ended at ", show(begin + request.lifetime),
                         " already; give a later not_before, or none"));
  }
  return faults;
}

text::Json json_of(const Scope& scope) {
  text::Json json;
  json.set("gate", scope.gate);
  if (!scope.project.empty()) json.set("project", scope.project);
  json.set("target_stage", scope.target_stage).set("image_tag", scope.image_tag);
  if (!scope.promotion.empty()) json.set("promotion", scope.promotion);
  return json;
}

void set_unless_empty(text::Json& json, const char* key, const std::string& value) {
  if (!value.empty()) json.set(key, value);
}

}  // namespace

Result<Draft> grant_draft(const GrantRequest& request, Stamp now) {
  if (const auto faults = faults_of(request, now); !faults.empty()) {
    return usage(text::join(faults, "\n"));
  }
  const Scope& scope = request.scope;
  const Stamp begin = request.not_before.value_or(now);
  text::Json break_glass;
  break_glass.set("justification", text::trim(request.justification))
      .set("scope", json_of(scope))
      .set("not_before", show(begin))
      .set("expires_at", show(begin + request.lifetime))
      .set("max_uses", 1);
  set_unless_empty(break_glass, "incident_ref", request.incident_ref);

  text::Json source;
  source.set("system", request.granter.via == "kargo" ? "kargo" : "cli");
  set_unless_empty(source, "promotion", scope.promotion);
  Draft draft;
  draft.set("type", "break_glass").set("event", "grant").set("operator", json_of(request.granter));
  set_unless_empty(draft, "project", scope.project);
  draft.set("target_stage", scope.target_stage);
  set_unless_empty(draft, "image_tag", scope.image_tag);
  return draft.set("source", source).set("break_glass", break_glass);
}

Draft consume_draft(const Grant& grant, const Passage& passage) {
  text::Json break_glass;
  break_glass.set("grant", grant.id)
      .set("grant_seq", static_cast<std::int64_t>(grant.seq))
      .set("justification", grant.justification)
      .set("consumer", passage.consumer);
  Draft draft;
  draft.set("idem", idempotency_key(cat("consume:", grant.id), passage.consumer))
      .set("type", "break_glass")
      .set("event", "consume")
      .set("operator", json_of(grant.granter));
  set_unless_empty(draft, "project", passage.project);
  draft.set("target_stage", passage.target_stage);
  set_unless_empty(draft, "image_tag", passage.image_tag);
  return draft.set("source", source_of(passage)).set("break_glass", break_glass);
}

}  // namespace stagegate::audit
