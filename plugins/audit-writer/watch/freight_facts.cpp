#include "plugins/audit-writer/watch/freight_facts.hpp"

#include <algorithm>
#include <iterator>

#include "common/text/text.hpp"
#include "plugins/audit-writer/draft/idempotency.hpp"
#include "plugins/audit-writer/watch/freight.hpp"
#include "plugins/audit-writer/watch/reading.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

constexpr VerificationEnd kVerificationEnds[] = {
    {"Successful", "FreightVerificationSucceeded", "verified", "success"},
    {"Failed", "FreightVerificationFailed", "verification_failed", "failure"},
    {"Error", "FreightVerificationErrored", "verification_failed", "error"},
    {"Aborted", "FreightVerificationAborted", "verification_failed", "aborted"},
    {"Inconclusive", "FreightVerificationInconclusive", "verification_failed", "unknown"}};

// An Event of a kind that the object has no phase for.
constexpr VerificationEnd kUnknownEnd = {"", "FreightVerificationUnknown", "verification_failed",
                                         "unknown"};

// Whoever asked for it again, or ended it; else Kargo did it by itself.
Deed verifier(std::string_view actor) {
  Deed deed;
  deed.actor = actor.empty() ? std::string_view("controller:kargo") : actor;
  return deed;
}

// Whether the object itself will say, or has said, how it ends. Of other ends only Events speak.
bool has_word_for(std::string_view phase) {
  return phase.empty() || phase == "Pending" || phase == "Running" ||
         verification_end(phase) != nullptr;
}

std::optional<Fact> verification(const Json& stage, const Json& verification,
                                 const Freight& freight) {
  const auto* end = verification_end(verification.text("phase"));
  const auto begun = time_at(verification, {"startTime"});
  const bool analysed = !text_at(verification, {"analysisRun", "name"}).empty();
  if (end == nullptr || !begun || (end->event == "verified" && !analysed)) return std::nullopt;
  Fact fact;
  fact.event = end->event;
  fact.outcome = end->outcome;
  fact.kargo_event = end->kargo_event;
  fact.at = time_at(verification, {"finishTime"});
  if (fact.at && *fact.at >= *begun) fact.duration = *fact.at - *begun;
  fact.project = text_at(stage, {"metadata", "namespace"});
  fact.stage = text_at(stage, {"metadata", "name"});
  fact.freight = freight.name;
  fact.contents = freight;
  fact.by = verifier(verification.text("actor"));
  fact.key = verification_key(fact.project, fact.freight, fact.stage, *begun);
  const auto message = verification.text("message");
  if (!message.empty() && end->event != "verified") {
    fact.reason = cat("verification_", text::lower(end->phase), ": ", message);
  }
  return fact;
}

}  // namespace

const VerificationEnd* verification_end(std::string_view phase) {
  const auto* found = std::find_if(std::begin(kVerificationEnds), std::end(kVerificationEnds),
                                   [&](const VerificationEnd& end) { return end.phase == phase; });
  return found == std::end(kVerificationEnds) ? nullptr : found;
}

const VerificationEnd* verification_end_of_event(std::string_view kargo_event) {
  if (kargo_event == kUnknownEnd.kargo_event) return &kUnknownEnd;
  const auto* found =
      std::find_if(std::begin(kVerificationEnds), std::end(kVerificationEnds),
                   [&](const VerificationEnd& end) { return end.kargo_event == kargo_event; });
  return found == std::end(kVerificationEnds) ? nullptr : found;
}

std::string approval_key(std::string_view project, std::string_view freight,
                         std::string_view stage) {
  return fit_key(cat("kargo:", project, "/", freight, ":promotion.approved:", stage));
}

std::string verification_key(std::string_view project, std::string_view freight,
                             std::string_view stage, time::Instant begun) {
  return fit_key(cat("kargo:", project, "/", freight, ":promotion.verified:", stage, ":",
                     time::rfc3339(begun)));
}

std::vector<Fact> facts_of_freight(const Json& freight, std::string_view image) {
  std::vector<Fact> facts;
  const Freight contents = read_freight_object(freight, image);
  for (const auto& [stage, approval] : members_at(freight, {"status", "approvedFor"})) {
    Fact fact;
    fact.event = "approved";
    fact.at = time_at(approval, {"approvedAt"});
    fact.project = text_at(freight, {"metadata", "namespace"});
    fact.stage = stage;
    fact.freight = contents.name;
    fact.contents = contents;
    fact.key = approval_key(fact.project, fact.freight, stage);
    fact.kargo_event = "FreightApproved";
    fact.reason = "freight_approved: verification and soak time upstream are not asked for";
    fact.second_hand = true;
    facts.push_back(std::move(fact));
  }
  return facts;
}

std::set<std::string> verifications_of(const Json& stage) {
  std::set<std::string> keys;
  const auto project = text_at(stage, {"metadata", "namespace"});
  const auto name = text_at(stage, {"metadata", "name"});
  for (const Json& collection : items_at(stage, {"status", "freightHistory"})) {
    for (const auto& [origin, reference] : members_at(collection, {"items"})) {
      for (const Json& one : items_at(collection, {"verificationHistory"})) {
        const auto begun = time_at(one, {"startTime"});
        if (!begun || !has_word_for(one.text("phase"))) continue;
        keys.insert(verification_key(project, reference.text("name"), name, *begun));
      }
    }
  }
  return keys;
}

std::vector<Fact> facts_of_stage(const Json& stage, std::string_view image) {
  std::vector<Fact> facts;
  for (const Json& collection : items_at(stage, {"status", "freightHistory"})) {
    for (const auto& [origin, reference] : members_at(collection, {"items"})) {
      const Freight freight = read_freight(reference, reference.text("name"), image);
      for (const Json& one : items_at(collection, {"verificationHistory"})) {
        if (auto fact = verification(stage, one, freight)) facts.push_back(*std::move(fact));
      }
    }
  }
  return facts;
}

}  // namespace stagegate::audit_writer
