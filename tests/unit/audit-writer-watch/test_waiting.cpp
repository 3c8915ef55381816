#include <chrono>

#include "plugins/audit-writer/watch/waiting.hpp"
#include "tests/catch.hpp"

namespace stagegate::audit_writer {
namespace {

using std::chrono::milliseconds;

Fact fact(const std::string& key, const std::string& event = "succeeded") {
  Fact made;
  made.key = key;
  made.event = event;
  made.project = "p";
  made.stage = "live";
  made.freight = "f";
  made.contents = Freight{};
  return made;
}

std::vector<std::string> keys(const std::vector<Fact>& facts) {
  std::vector<std::string> found;
  for (const Fact& one : facts) found.push_back(one.key);
  return found;
}

using Keys = std::vector<std::string>;

TEST_CASE("what is complete goes at once, what is at second hand after a while") {
  Waiting waiting(milliseconds(100));
  const Scene scene("");
  Fact second = fact("second");
  second.second_hand = true;
  waiting.add(second, milliseconds(0));
  waiting.add(fact("first"), milliseconds(0));
  CHECK(keys(waiting.take_ready(scene, milliseconds(0))) == Keys{"first"});
  CHECK(waiting.next() == milliseconds(100));
  CHECK(waiting.take_ready(scene, milliseconds(99)).empty());
  CHECK(keys(waiting.take_ready(scene, milliseconds(100))) == Keys{"second"});
  CHECK_FALSE(waiting.next());
}

TEST_CASE("of two facts with one key the one at first hand stays, whichever came first") {
  const Scene scene("");
  Fact second = fact("k");
  second.second_hand = true;
  second.by.actor = "event";
  Fact first = fact("k");
  first.by.actor = "object";
  for (const bool second_comes_first : {true, false}) {
    Waiting waiting(milliseconds(100));
    waiting.add(second_comes_first ? second : first, milliseconds(0));
    waiting.add(second_comes_first ? first : second, milliseconds(0));
    const auto ready = waiting.take_ready(scene, milliseconds(0));
    REQUIRE(ready.size() == 1);
    CHECK(ready.front().by.actor == "object");
  }
}

TEST_CASE("a promotion waits for its Freight, but not for ever") {
  Waiting waiting(milliseconds(100));
  const Scene scene("");
  Fact bare = fact("k");
  bare.contents.reset();
  waiting.add(bare, milliseconds(0));
  CHECK(waiting.take_ready(scene, milliseconds(0)).empty());
  CHECK(waiting.take_ready(scene, milliseconds(100)).size() == 1);
}

TEST_CASE("an approval of an Event counts only if Kargo has it") {
  Waiting waiting(milliseconds(100));
  Scene scene("");
  Fact approval = fact("k", "approved");
  approval.by.claimed = true;
  waiting.add(approval, milliseconds(0));
  CHECK(waiting.take_ready(scene, milliseconds(0)).empty());
  SECTION("it has") {
    (void)scene.take(Kind::freight, kube::Seen::listed,
                     text::parse_json(R"({"metadata": {"name": "f", "namespace": "p"},
                         "status": {"approvedFor": {"live": {}}}})")
                         .value());
    CHECK(waiting.take_ready(scene, milliseconds(1)).size() == 1);
  }
  SECTION("it has not") {
    CHECK(waiting.take_ready(scene, milliseconds(100)).empty());
    CHECK_FALSE(waiting.next());
  }
}

TEST_CASE("an Event says nothing about what Kargo itself still has") {
  Waiting waiting(milliseconds(100));
  Scene scene("");
  const auto seen = [&](Kind kind, const std::string& object, kube::Seen how = kube::Seen::listed) {
    for (auto& one : scene.take(kind, how, text::parse_json(object).value())) {
      waiting.add(one, milliseconds(0));
    }
  };
  const auto event = [&](const std::string& reason, const std::string& more) {
    seen(Kind::event, R"({"metadata": {"namespace": "p", "annotations": {
           "event.kargo.akuity.io/project": "p", "event.kargo.akuity.io/stage-name": "live",
           "event.kargo.akuity.io/freight-name": "f", )" +
                          more + R"(}}, "reason": ")" + reason + "\"}");
  };
  const std::string promotion = R"({"metadata": {"name": "live.1", "namespace": "p"},
      "spec": {"stage": "live", "freight": "f"}, "status": {"phase": "Running"}})";
  const std::string stage = R"({"metadata": {"name": "live", "namespace": "p"},
      "status": {"freightHistory": [{"items": {"Warehouse/w": {"name": "f"}}, "verificationHistory":
          [{"phase": "Running", "startTime": "2026-11-24T12:00:00Z"}]}]}})";
  const std::string of_promotion = R"("event.kargo.akuity.io/promotion-name": "live.1")";
  const std::string of_verification =
      R"("event.kargo.akuity.io/verification-start-time": "2026-11-24T12:00:00Z",
         "event.kargo.akuity.io/analysis-run-name": "run")";
  const auto recorded = [&] {
    std::vector<std::string> events;
    for (const auto& one : waiting.take_ready(scene, milliseconds(100))) {
      if (one.event != "requested") events.push_back(one.event);
    }
    return events;
  };
  SECTION("neither that a running promotion has ended") {
    seen(Kind::promotion, promotion);
    event("PromotionSucceeded", of_promotion);
    CHECK(recorded().empty());
  }
  SECTION("nor that a running verification has") {
    seen(Kind::stage, stage);
    event("FreightVerificationSucceeded", of_verification);
    CHECK(recorded().empty());
  }
  SECTION("but of an end that the object has no word for only Events speak") {
    auto odd = stage;
    odd.replace(odd.find("Running"), 7, "Unheard");
    seen(Kind::stage, odd);
    event("FreightVerificationUnknown", of_verification);
    CHECK(recorded() == std::vector<std::string>{"verification_failed"});
  }
  SECTION("but what is gone has only its Events") {
    seen(Kind::promotion, promotion);
    seen(Kind::promotion, promotion, kube::Seen::deleted);
    event("PromotionSucceeded", of_promotion);
    event("FreightVerificationSucceeded", of_verification);
    CHECK(recorded() == std::vector<std::string>{"discarded", "succeeded", "verified"});
  }
}

TEST_CASE("what happened first goes first, and what has no time has just happened") {
  Waiting waiting(milliseconds(100));
  const auto at = [](const char* time, Fact made) {
    made.at = time::parse_instant(time).value();
    return made;
  };
  waiting.add(fact("a"), milliseconds(0));
  waiting.add(at("2026-11-24T10:00:00Z", fact("b")), milliseconds(0));
  waiting.add(at("2026-11-24T10:00:00Z", fact("c", "requested")), milliseconds(0));
  waiting.add(at("2026-11-24T09:00:00Z", fact("d")), milliseconds(0));
  CHECK(keys(waiting.take_ready(Scene(""), milliseconds(0))) == Keys{"d", "c", "b", "a"});
}

}  // namespace
}  // namespace stagegate::audit_writer
