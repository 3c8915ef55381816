#include "plugins/audit-writer/watch/event_fact.hpp"

#include <algorithm>
#include <iterator>

#include "common/text/text.hpp"
#include "plugins/audit-writer/watch/freight.hpp"
#include "plugins/audit-writer/watch/freight_facts.hpp"
#include "plugins/audit-writer/watch/promotion.hpp"
#include "plugins/audit-writer/watch/reading.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

struct Kind {
  std::string_view kargo_event;
  std::string_view event;
};
constexpr Kind kOfPromotions[] = {{"PromotionCreated", "requested"},
                                  {"PromotionSucceeded", "succeeded"},
                                  {"PromotionFailed", "failed"},
                                  {"PromotionErrored", "errored"},
                                  {"PromotionAborted", "aborted"}};

constexpr std::string_view kPrefix = "event.kargo.akuity.io/";

std::string_view annotation(const Json& event, std::string_view name) {
  return text_at(event, {"metadata", "annotations", cat(kPrefix, name)});
}

std::optional<time::Instant> moment(const Json& event, std::string_view name) {
  const auto instant = time::parse_instant(annotation(event, name));
  if (!instant) return std::nullopt;
  return *instant;
}

// New Events have eventTime, old ones lastTimestamp.
std::optional<time::Instant> happened_at(const Json& event) {
  for (const char* name : {"eventTime", "lastTimestamp", "firstTimestamp"}) {
    if (const auto at = time_at(event, {name})) return at;
  }
  return time_at(event, {"metadata", "creationTimestamp"});
}

// The Freight's lists are annotations that hold JSON.
std::optional<Freight> contents_of(const Json& event, std::string_view image) {
  const auto name = annotation(event, "freight-name");
  if (name.empty()) return std::nullopt;
  Json contents;
  for (const char* list : {"images", "commits", "charts", "artifacts"}) {
    auto items = text::parse_json(annotation(event, cat("freight-", list)));
    if (items) contents.set(list, *std::move(items));
  }
  contents.set("origin", Json().set("name", annotation(event, "freight-warehouse-name")));
  return read_freight(contents, name, image);
}

// An Event of a promotion names its creator. The controller stands for Kargo itself: then nobody
// has created it, so it was auto-promotion.
Deed creator(std::string_view actor) {
  return {.actor = std::string(actor),
          .automatic = actor.empty() || actor.starts_with("controller:"),
          .claimed = true};
}

Deed claimed(std::string_view actor) {
  return {.actor = std::string(actor), .automatic = false, .claimed = true};
}

void take_promotion(const Json& event, const Kind& kind, Fact& fact) {
  fact.event = kind.event;
  fact.second_hand = true;
  fact.key = promotion_key(fact.promotion, kind.event);
  fact.by = creator(annotation(event, "actor"));
  fact.rollback = annotation(event, "rollback") == "true";
  const auto message = event.text("message");
  if (kind.event == "requested") {
    if (fact.by.automatic) fact.reason = "auto_promotion";
    return;
  }
  if (kind.event == "succeeded") return;
  fact.reason = cat("promotion_", kind.event, ": ", message);
  constexpr std::string_view kBy = "Promotion terminated by ";
  if (kind.event == "aborted") {
    fact.by = claimed(message.starts_with(kBy) ? message.substr(kBy.size()) : "");
  }
}

bool take_verification(const Json& event, const VerificationEnd& end, Fact& fact) {
  const auto begun = moment(event, "verification-start-time");
  const bool analysed = !annotation(event, "analysis-run-name").empty();
  if (!begun || (end.event == "verified" && !analysed)) return false;
  fact.event = end.event;
  fact.outcome = end.outcome;
  fact.second_hand = true;
  if (const auto finished = moment(event, "verification-finish-time")) fact.at = finished;
  if (fact.at && *fact.at >= *begun) fact.duration = *fact.at - *begun;
  fact.by = claimed(annotation(event, "actor"));
  fact.key = verification_key(fact.project, fact.freight, fact.stage, *begun);
  if (end.event != "verified") {
    fact.reason = cat("verification_failed: ", event.text("message"));
  }
  return true;
}

void take_approval(const Json& event, Fact& fact) {
  fact.event = "approved";
  fact.by = claimed(annotation(event, "actor"));
  fact.key = approval_key(fact.project, fact.freight, fact.stage);
  fact.reason = "freight_approved: verification and soak time upstream are not asked for";
}

}  // namespace

std::optional<Fact> fact_of_event(const Json& event, std::string_view image) {
  Fact fact;
  fact.kargo_event = event.text("reason");
  fact.at = happened_at(event);
  fact.project = annotation(event, "project");
  fact.stage = annotation(event, "stage-name");
  fact.promotion = annotation(event, "promotion-name");
  fact.freight = annotation(event, "freight-name");
  fact.contents = contents_of(event, image);
  // An Event stands in the namespace that it is about: one from elsewhere is somebody's invention.
  if (fact.project.empty() || fact.stage.empty() ||
      fact.project != text_at(event, {"metadata", "namespace"})) {
    return std::nullopt;
  }
  const auto* kind =
      std::find_if(std::begin(kOfPromotions), std::end(kOfPromotions),
                   [&](const Kind& one) { return one.kargo_event == fact.kargo_event; });
  if (kind != std::end(kOfPromotions)) {
    if (fact.promotion.empty()) return std::nullopt;
    take_promotion(event, *kind, fact);
    return fact;
  }
  if (fact.freight.empty()) return std::nullopt;
  if (fact.kargo_event == "FreightApproved") {
    take_approval(event, fact);
    return fact;
  }
  const auto* end = verification_end_of_event(fact.kargo_event);
  if (end == nullptr || !take_verification(event, *end, fact)) return std::nullopt;
  return fact;
}

}  // namespace stagegate::audit_writer
