#include "plugins/audit-writer/watch/promotion.hpp"

#include <algorithm>

#include "common/text/text.hpp"
#include "plugins/audit-writer/draft/idempotency.hpp"
#include "plugins/audit-writer/watch/freight.hpp"
#include "plugins/audit-writer/watch/reading.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

struct End {
  std::string_view phase;
  std::string_view event;
};
constexpr End kEnds[] = {{"Succeeded", "succeeded"},
                         {"Failed", "failed"},
                         {"Errored", "errored"},
                         {"Aborted", "aborted"}};

std::string_view annotation(const Json& promotion, std::string_view name) {
  return text_at(promotion, {"metadata", "annotations", name});
}

// Absent for what Kargo does by itself; set by its webhook, and not to be forged.
Deed creator(const Json& promotion) {
  const auto actor = annotation(promotion, "kargo.akuity.io/create-actor");
  return {.actor = std::string(actor), .automatic = actor.empty(), .claimed = false};
}

Deed by(std::string_view actor) {
  Deed deed;
  deed.actor = actor;
  return deed;
}

// Not the creator: Kargo's webhook writes into the request who has made it. The message repeats it.
Deed terminator(const Json& promotion) {
  const auto request = text::parse_json(annotation(promotion, "kargo.akuity.io/abort"));
  if (request && !request->text("actor").empty()) return by(request->text("actor"));
  constexpr std::string_view kBy = "Promotion terminated by ";
  const auto message = text_at(promotion, {"status", "message"});
  return by(message.starts_with(kBy) ? message.substr(kBy.size()) : "");
}

Fact common_part(const Json& promotion, std::string_view image) {
  Fact fact;
  fact.project = text_at(promotion, {"metadata", "namespace"});
  fact.stage = text_at(promotion, {"spec", "stage"});
  fact.promotion = text_at(promotion, {"metadata", "name"});
  fact.freight = text_at(promotion, {"spec", "freight"});
  fact.rollback = annotation(promotion, "kargo.akuity.io/rollback") == "true";
  fact.by = creator(promotion);
  if (const Json* contents = reach(promotion, {"status", "freight"})) {
    fact.contents = read_freight(*contents, fact.freight, image);
  }
  return fact;
}

Fact named(Fact fact, std::string_view event, std::string_view kargo_event) {
  fact.event = event;
  fact.key = promotion_key(fact.promotion, event);
  fact.kargo_event = kargo_event;
  return fact;
}

Fact request(const Json& promotion, const Fact& common) {
  Fact fact = named(common, "requested", "PromotionCreated");
  fact.at = time_at(promotion, {"metadata", "creationTimestamp"});
  fact.notes = annotation(promotion, "kargo.akuity.io/description");
  if (fact.by.automatic) fact.reason = "auto_promotion";
  return fact;
}

Fact ending(const Json& promotion, const Fact& common, const End& end) {
  Fact fact = named(common, end.event, cat("Promotion", end.phase));
  fact.at = time_at(promotion, {"status", "finishedAt"});
  const auto started = time_at(promotion, {"status", "startedAt"});
  if (fact.at && started && *started <= *fact.at) fact.duration = *fact.at - *started;
  const auto message = text_at(promotion, {"status", "message"});
  if (!message.empty() && end.event != "succeeded") {
    fact.reason = cat("promotion_", end.event, ": ", message);
  }
  if (end.event == "aborted") {
    fact.by = terminator(promotion);
    fact.created_by = common.by.automatic ? "auto-promotion" : common.by.actor;
  }
  return fact;
}

Fact discarding(const Json& promotion, const Fact& common) {
  Fact fact = named(common, "discarded", "");
  fact.at = time_at(promotion, {"metadata", "deletionTimestamp"});
  fact.reason = "promotion_deleted: before it came to an end";
  fact.created_by = common.by.automatic ? "auto-promotion" : common.by.actor;
  fact.by = {};  // nobody says who deletes
  return fact;
}

}  // namespace

std::string promotion_key(std::string_view promotion, std::string_view event) {
  const Event whole{"promotion", std::string(event)};
  return usual_key({.pipeline = {},
                    .promotion = promotion,
                    .event = whole,
                    .target_stage = {},
                    .image_tag = {}});
}

std::vector<Fact> facts_of_promotion(const Json& promotion, std::string_view image, bool gone) {
  const Fact common = common_part(promotion, image);
  if (common.promotion.empty() || common.stage.empty()) return {};
  std::vector<Fact> facts{request(promotion, common)};
  const auto phase = text_at(promotion, {"status", "phase"});
  const auto* end = std::find_if(std::begin(kEnds), std::end(kEnds),
                                 [&](const End& one) { return one.phase == phase; });
  if (end != std::end(kEnds)) {
    facts.push_back(ending(promotion, common, *end));
  } else if (gone) {
    facts.push_back(discarding(promotion, common));
  }
  return facts;
}

}  // namespace stagegate::audit_writer
