#include <string>

#include "common/audit/record/record.hpp"
#include "plugins/audit-writer/watch/record.hpp"
#include "plugins/audit-writer/watch/scene.hpp"
#include "tests/catch.hpp"

namespace stagegate::audit_writer {
namespace {

using kube::Seen;
using text::Json;

Json parsed(const std::string& json) {
  return text::parse_json(json).value();
}

Json promotion(const std::string& annotations, const std::string& status) {
  return parsed(R"({"metadata": {"name": "paper.01.f", "namespace": "p",
      "creationTimestamp": "2026-11-24T10:00:00Z", "annotations": )" +
                annotations + R"(}, "spec": {"stage": "paper", "freight": "f"}, "status": )" +
                status + "}");
}

Json event(const std::string& reason, const std::string& annotations) {
  std::string prefixed;
  const Json plain = parsed(annotations);
  for (const auto& [name, value] : *plain.object()) {
    prefixed += ", \"event.kargo.akuity.io/" + name + "\": " + value.dump();
  }
  return parsed(R"({"metadata": {"namespace": "p", "annotations": {"event.kargo.akuity.io/project":
      "p")" + prefixed +
                R"(}}, "reason": ")" + reason +
                R"(", "message": "words", "lastTimestamp": "2026-11-24T10:00:00Z"})");
}

constexpr const char* kAnn = R"({"kargo.akuity.io/create-actor": "email:ann@x"})";
constexpr const char* kImages =
    R"("freight": {"name": "f", "images": [{"repoURL": "r", "tag": "t1"}]})";

// What a table can compare: "event by whom [outcome] (reason)".
std::string shown(const Fact& fact) {
  Surroundings surroundings;
  surroundings.freight = fact.contents.value_or(Freight{});
  const auto draft = draft_of(fact, surroundings, {"1", "host"});
  const auto fits = audit::check_draft(draft);
  if (!fits) return fits.error().message;
  std::string out = std::string(draft.text("event")) + " by " +
                    std::string(draft.find("operator")->text("name")) + " [" +
                    std::string(draft.text("outcome")) + "]";
  if (!draft.text("reason").empty()) out += " (" + std::string(draft.text("reason")) + ")";
  return out;
}

std::string last_of(Kind kind, Seen seen, const Json& object) {
  const auto facts = Scene("").take(kind, seen, object);
  return facts.empty() ? "nothing" : shown(facts.back());
}

TEST_CASE("a promotion's phase is the fact that it has come to") {
  const auto fact = [](const std::string& phase, const std::string& more = "") {
    return last_of(Kind::promotion, Seen::modified,
                   promotion(kAnn, R"({"phase": ")" + phase + "\"" + more + "}"));
  };
  CHECK(fact("Pending") == "requested by ann@x [pending]");
  CHECK(fact("Running") == "requested by ann@x [pending]");
  CHECK(fact("Whatever") == "requested by ann@x [pending]");
  CHECK(fact("Succeeded", R"(, "message": "m")") == "succeeded by ann@x [success]");
  CHECK(fact("Failed", R"(, "message": "m")") == "failed by ann@x [failure] (promotion_failed: m)");
  CHECK(fact("Errored", R"(, "message": "m")") ==
        "errored by ann@x [error] (promotion_errored: m)");
  CHECK(fact("Aborted", R"(, "message": "Promotion terminated by email:bob@x")") ==
        "aborted by bob@x [aborted] (promotion_aborted: Promotion terminated by email:bob@x)");
  CHECK(fact("Aborted") == "aborted by unknown [aborted]");
}

TEST_CASE("whoever asked for the abort stands in the request that the webhook has completed") {
  const auto object = promotion(
      R"({"kargo.akuity.io/abort": "{\"action\":\"terminate\",\"actor\":\"email:c@x\"}"})",
      R"({"phase": "Aborted"})");
  CHECK(last_of(Kind::promotion, Seen::modified, object) == "aborted by c@x [aborted]");
  const auto facts = Scene("").take(Kind::promotion, Seen::modified, object);
  CHECK(facts.back().created_by == "auto-promotion");
}

TEST_CASE("a promotion that is deleted before its end is discarded by nobody knows whom") {
  CHECK(last_of(Kind::promotion, Seen::deleted, promotion(kAnn, R"({"phase": "Running"})")) ==
        "discarded by unknown [aborted] (promotion_deleted: before it came to an end)");
  CHECK(last_of(Kind::promotion, Seen::deleted, promotion(kAnn, R"({"phase": "Succeeded"})")) ==
        "succeeded by ann@x [success]");
}

TEST_CASE("objects and Events give the same fact the same key") {
  const auto of_object =
      Scene("").take(Kind::promotion, Seen::listed, promotion(kAnn, R"({"phase": "Failed"})"));
  const auto of_event = Scene("").take(
      Kind::event, Seen::listed,
      event("PromotionFailed", R"({"stage-name": "paper", "promotion-name": "paper.01.f"})"));
  REQUIRE(of_event.size() == 1);
  CHECK(of_event.front().key == "kargo:paper.01.f:promotion.failed");
  CHECK(of_event.front().key == of_object.back().key);
  CHECK(of_event.front().second_hand);
  CHECK_FALSE(of_object.back().second_hand);

  const auto of_stage = Scene("").take(Kind::stage, Seen::listed, parsed(R"({
      "metadata": {"name": "beta", "namespace": "p"}, "status": {"freightHistory": [{
        "items": {"Warehouse/w": {"name": "f"}},
        "verificationHistory": [{"phase": "Failed", "startTime": "2026-11-24T10:00:00Z"}]}]}})"));
  const auto of_verification = Scene("").take(
      Kind::event, Seen::listed,
      event("FreightVerificationFailed", R"({"stage-name": "beta", "freight-name": "f",
            "verification-start-time": "2026-11-24T11:00:00+01:00"})"));
  REQUIRE(of_stage.size() == 1);
  REQUIRE(of_verification.size() == 1);
  CHECK(of_stage.front().key == of_verification.front().key);
}

TEST_CASE("each of Kargo's Events is a fact, or none") {
  const auto fact = [](const std::string& reason, const std::string& actor = "email:ann@x") {
    return last_of(Kind::event, Seen::added,
                   event(reason, R"({"stage-name": "paper", "promotion-name": "paper.01.f",
                         "freight-name": "f", "verification-start-time": "2026-11-24T10:00:00Z",
                         "analysis-run-name": "run", "actor": ")" +
                                     actor + "\"}"));
  };
  CHECK(fact("PromotionCreated") == "requested by ann@x [pending]");
  CHECK(fact("PromotionCreated", "controller:kargo") ==
        "requested by auto-promotion [pending] (auto_promotion)");
  CHECK(fact("PromotionSucceeded") == "succeeded by ann@x [success]");
  CHECK(fact("PromotionErrored") == "errored by ann@x [error] (promotion_errored: words)");
  CHECK(fact("PromotionAborted") == "aborted by unknown [aborted] (promotion_aborted: words)");
  CHECK(fact("FreightVerificationSucceeded") == "verified by ann@x [success]");
  CHECK(fact("FreightVerificationErrored") ==
        "verification_failed by ann@x [error] (verification_failed: words)");
  CHECK(fact("FreightVerificationAborted") ==
        "verification_failed by ann@x [aborted] (verification_failed: words)");
  CHECK(fact("FreightVerificationInconclusive") ==
        "verification_failed by ann@x [unknown] (verification_failed: words)");
  CHECK(fact("FreightVerificationUnknown") ==
        "verification_failed by ann@x [unknown] (verification_failed: words)");
  CHECK(fact("FreightCreated") == "nothing");
  CHECK(fact("ScaledUp") == "nothing");
}

TEST_CASE("an Event from another namespace than its project's is nothing") {
  auto foreign = event("FreightApproved", R"({"stage-name": "live", "freight-name": "f"})");
  CHECK(last_of(Kind::event, Seen::added, foreign) != "nothing");
  foreign.set("metadata", Json(*foreign.find("metadata")).set("namespace", "elsewhere"));
  CHECK(last_of(Kind::event, Seen::added, foreign) == "nothing");
}

TEST_CASE("a description is a note on a request, and an approval never has one") {
  const auto facts = Scene("").take(
      Kind::promotion, Seen::added,
      promotion(R"({"kargo.akuity.io/description": "hotfix for the feed"})", R"({})"));
  CHECK(draft_of(facts.front(), {}, {}).text("notes") == "hotfix for the feed");
  Fact approval = facts.front();
  approval.event = "approved";
  CHECK(draft_of(approval, {}, {}).find("notes") == nullptr);
}

TEST_CASE("objects in which everything is missing or of another kind are nothing") {
  for (const char* junk : {"{}", "[]", "3", R"({"metadata": 3, "spec": [], "status": "x"})",
                           R"({"status": {"freightHistory": [3, {"items": {"a": 1}}]}})"}) {
    for (const Kind kind : {Kind::stage, Kind::promotion, Kind::event, Kind::freight}) {
      CHECK(Scene("").take(kind, Seen::listed, parsed(junk)).empty());
    }
  }
}

TEST_CASE("words of any length and kind make a record that fits") {
  std::string words;
  for (int i = 0; i < 3000; ++i) words += "\xE2\x82\xAC";
  auto object = promotion(
      kAnn, R"({"phase": "Failed", "message": ")" + words + "\", " + std::string(kImages) + "}");
  const auto facts = Scene("").take(Kind::promotion, Seen::listed, object);
  CHECK(shown(facts.back()).starts_with("failed by ann@x [failure] (promotion_failed: \xE2"));
}

TEST_CASE("Freight comes from the stage that has verified it last") {
  Scene scene("");
  (void)scene.take(Kind::stage, Seen::listed, parsed(R"({
      "metadata": {"name": "live", "namespace": "p"}, "spec": {"requestedFreight": [
        {"origin": {"name": "w"}, "sources": {"stages": ["paper", "canary"]}},
        {"origin": {"name": "other"}, "sources": {"direct": true}}]}})"));
  Fact fact;
  fact.project = "p";
  fact.stage = "live";
  const auto from = [&](const std::string& freight) {
    fact.freight = "f";
    (void)scene.take(Kind::freight, Seen::listed, parsed(freight));
    return scene.source_of(fact);
  };
  const std::string head = R"({"metadata": {"name": "f", "namespace": "p"}, "origin": {"name": )";
  CHECK(from(head + R"("w"}, "status": {"verifiedIn": {
      "paper": {"verifiedAt": "2026-11-24T10:00:00Z"},
      "canary": {"verifiedAt": "2026-11-24T11:00:00Z"},
      "beta": {"verifiedAt": "2026-11-24T12:00:00Z"}}}})") == "canary");
  CHECK(from(head + R"("w"}})").empty());
  CHECK(from(head + R"("other"}})").empty());
}

}  // namespace
}  // namespace stagegate::audit_writer
