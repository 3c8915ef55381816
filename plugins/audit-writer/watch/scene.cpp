#include "plugins/audit-writer/watch/scene.hpp"

#include "plugins/audit-writer/watch/event_fact.hpp"
#include "plugins/audit-writer/watch/freight.hpp"
#include "plugins/audit-writer/watch/freight_facts.hpp"
#include "plugins/audit-writer/watch/promotion.hpp"
#include "plugins/audit-writer/watch/reading.hpp"

namespace stagegate::audit_writer {
namespace {

using text::Json;

std::pair<std::string, std::string> name_of(const Json& object) {
  return {std::string(text_at(object, {"metadata", "namespace"})),
          std::string(text_at(object, {"metadata", "name"}))};
}

}  // namespace

std::vector<Fact> Scene::take(Kind kind, kube::Seen seen, const Json& object) {
  const bool gone = seen == kube::Seen::deleted;
  switch (kind) {
    case Kind::stage:
      remember_stage(object);
      return facts_of_stage(object, image_);
    case Kind::freight:
      remember_freight(object);
      return facts_of_freight(object, image_);
    case Kind::promotion:
      gone ? void(promotions_.erase(name_of(object))) : void(promotions_.insert(name_of(object)));
      return facts_of_promotion(object, image_, gone);
    case Kind::event:
      break;
  }
  // An Event that is deleted has only become old.
  auto fact = gone ? std::nullopt : fact_of_event(object, image_);
  if (!fact) return {};
  return {*std::move(fact)};
}

void Scene::remember_stage(const Json& stage) {
  verifications_[name_of(stage)] = verifications_of(stage);
  auto& sources = stages_[name_of(stage)];
  sources.clear();
  for (const Json& requested : items_at(stage, {"spec", "requestedFreight"})) {
    Sources& from = sources[std::string(text_at(requested, {"origin", "name"}))];
    const Json* direct = reach(requested, {"sources", "direct"});
    from.direct = direct != nullptr && *direct == Json(true);
    for (const Json& upstream : items_at(requested, {"sources", "stages"})) {
      if (upstream.string() != nullptr) from.stages.push_back(*upstream.string());
    }
  }
}

void Scene::remember_freight(const Json& freight) {
  const auto name = name_of(freight);
  freights_[name] = read_freight_object(freight, image_);
  auto& approved = approved_[name];
  approved.clear();
  for (const auto& [stage, when] : members_at(freight, {"status", "approvedFor"})) {
    approved.insert(stage);
  }
}

std::optional<Freight> Scene::freight_of(const Fact& fact) const {
  const auto found = freights_.find({fact.project, fact.freight});
  if (found != freights_.end()) return found->second;
  return fact.contents;
}

std::string Scene::source_of(const Fact& fact) const {
  const auto stage = stages_.find({fact.project, fact.stage});
  const auto freight = freight_of(fact);
  if (stage == stages_.end() || !freight) return {};
  const auto sources = stage->second.find(freight->origin);
  if (sources == stage->second.end()) return {};
  std::string best;
  std::optional<time::Instant> last;
  for (const std::string& upstream : sources->second.stages) {
    const auto verified = freight->verified_in.find(upstream);
    if (verified == freight->verified_in.end() || (last && verified->second < *last)) continue;
    best = upstream;
    last = verified->second;
  }
  const bool no_other = sources->second.stages.size() == 1 && !sources->second.direct;
  return best.empty() && no_other ? sources->second.stages.front() : best;
}

bool Scene::has_object_of(const Fact& fact) const {
  if (!fact.promotion.empty()) return promotions_.contains({fact.project, fact.promotion});
  const auto found = verifications_.find({fact.project, fact.stage});
  return found != verifications_.end() && found->second.contains(fact.key);
}

bool Scene::is_approved(const Fact& fact) const {
  const auto found = approved_.find({fact.project, fact.freight});
  return found != approved_.end() && found->second.contains(fact.stage);
}

}  // namespace stagegate::audit_writer
