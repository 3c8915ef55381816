// POST /v1/check: who may ask, what is asked, and what a promotion that asks again is told.
#include "plugins/market-hours-check/serve/memory.hpp"
#include "tests/unit/market-hours-serve/gate_asked.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

TEST_CASE("a promotion waits while the market is open and is allowed once it closes") {
  GateAsked gate(kOpen);
  const auto blocked = gate.check(question("p1"));
  CHECK(blocked.text("decision") == "wait");
  CHECK(blocked.text("reason") == "market_open");
  CHECK(*blocked.find("allowed")->boolean() == false);
  CHECK(blocked.text("allowed_at") == kAfterClose);
  CHECK(blocked.find("allowed_since")->is_null());

  gate.at("2026-11-24T20:59:59Z");
  CHECK(gate.check(question("p1")).text("decision") == "wait");
  gate.at(kAfterClose);
  const auto allowed = gate.check(question("p1"));
  CHECK(allowed.text("decision") == "allow");
  CHECK(allowed.text("reason") == "outside_hours");
  CHECK(allowed.text("first_asked_at") == kOpen);
  CHECK(allowed.text("allowed_since") == kAfterClose);
}

TEST_CASE("in mode fail a blocked promotion is denied with the reason") {
  GateAsked gate(kOpen);
  const auto answer = gate.check(question("p1").set("mode", "fail"));
  CHECK(answer.text("decision") == "deny");
  CHECK(answer.text("reason") == "market_open");
  CHECK_THAT(std::string(answer.text("message")), ContainsSubstring("16:00 EST"));
}

TEST_CASE("an answer has every member that Kargo's output expressions read") {
  GateAsked gate(kOpen);
  const auto answer = gate.check(question("p1").set("actor", "ann"));
  CHECK(*answer.find("break_glass")->boolean() == false);
  for (const auto* key : {"operator", "justification", "note"}) {
    REQUIRE(answer.find(key) != nullptr);
    CHECK(answer.text(key).empty());
  }
  CHECK(answer.text("project") == "stonks-pipeline");
  CHECK(answer.text("promotion") == "p1");
  CHECK(answer.text("freight") == "f00d");
  CHECK(answer.text("actor") == "ann");
  CHECK(answer.text("image_tag") == "abc123");
  CHECK(answer.find("links")->array()->empty());
  CHECK(answer.find("schema")->integer() == 1);
}

TEST_CASE("an allow is answered again with the instant since which it holds") {
  GateAsked gate(kAfterClose);
  gate.check(question("p1"));
  gate.at("2026-11-25T03:00:00Z");
  const auto again = gate.check(question("p1"));
  CHECK(again.text("decision") == "allow");
  CHECK(again.text("first_asked_at") == kAfterClose);
  CHECK(again.text("allowed_since") == kAfterClose);
}

TEST_CASE("an allow ends when the market opens") {
  GateAsked gate(kBeforeOpen);
  CHECK(gate.check(question("p1")).text("decision") == "allow");
  gate.at("2026-11-24T14:29:59Z");
  CHECK(gate.check(question("p1")).text("decision") == "allow");
  gate.at("2026-11-24T14:30:00Z");
  const auto open = gate.check(question("p1"));
  CHECK(open.text("decision") == "wait");
  CHECK(open.find("allowed_since")->is_null());
  gate.at(kAfterClose);
  CHECK(gate.check(question("p1")).text("allowed_since") == kAfterClose);
}

TEST_CASE("an allow does not reach over a session in which nobody asked") {
  GateAsked gate(kBeforeOpen);
  gate.check(question("p1"));
  gate.at("2026-11-24T22:00:00Z");
  CHECK(gate.check(question("p1")).text("allowed_since") == "2026-11-24T22:00:00Z");
}

TEST_CASE("an allow of the future is void once the clock was set back") {
  GateAsked gate("2026-11-24T22:00:00Z");
  gate.check(question("p1"));
  gate.at("2026-11-24T21:30:00Z");
  CHECK(gate.check(question("p1")).text("allowed_since") == "2026-11-24T21:30:00Z");
}

TEST_CASE("the same promotion for something else is a conflict that names both") {
  GateAsked gate(kAfterClose);
  gate.check(question("p1"));
  const auto other = gate.check(question("p1").set("freight", "beef").set("image_tag", "def456"));
  CHECK(other.text("decision") == "deny");
  CHECK(other.text("reason") == "conflict");
  CHECK(*other.find("allowed")->boolean() == false);
  CHECK(other.find("allowed_since")->is_null());
  for (const auto* part : {"f00d", "beef", "abc123", "def456"}) {
    CHECK_THAT(std::string(other.text("message")), ContainsSubstring(part));
  }
  CHECK(gate.check(question("p1", "paper")).text("reason") == "conflict");
  // The first one is still what it was.
  CHECK(gate.check(question("p1")).text("decision") == "allow");
}

TEST_CASE("promotions of the same name in two projects are two") {
  GateAsked gate(kAfterClose);
  gate.check(question("p1"));
  const auto other = gate.check(question("p1", "paper").set("project", "other"));
  CHECK(other.text("decision") == "allow");
}

TEST_CASE("no two pairs of project and promotion run together") {
  GateAsked gate(kAfterClose);
  gate.check(question("b", "live").set("project", "aa"));
  CHECK(gate.check(question("ab", "paper").set("project", "a")).text("decision") == "allow");
}

TEST_CASE("a question without a promotion is answered and not remembered") {
  GateAsked gate(kAfterClose);
  const auto first = gate.check(text::Json().set("stage", "live").set("image_tag", "a"));
  const auto second = gate.check(text::Json().set("stage", "live").set("image_tag", "b"));
  CHECK(first.text("decision") == "allow");
  CHECK(second.text("decision") == "allow");
  CHECK_THAT(gate.metrics(), ContainsSubstring("stagegate_gate_promotions_remembered 0"));
}

TEST_CASE("a promotion counts once, its repeats apart") {
  GateAsked gate(kOpen);
  for (int i = 0; i < 3; ++i) gate.check(question("p1"));
  gate.at(kAfterClose);
  for (int i = 0; i < 2; ++i) gate.check(question("p1"));
  const std::string metrics = gate.metrics();
  for (const auto* line : {R"(stagegate_gate_decisions_total{stage="live",decision="wait"} 1)",
                           R"(stagegate_gate_repeats_total{stage="live",decision="wait"} 2)",
                           R"(stagegate_gate_decisions_total{stage="live",decision="allow"} 1)",
                           R"(stagegate_gate_repeats_total{stage="live",decision="allow"} 1)"}) {
    CHECK_THAT(metrics, ContainsSubstring(line));
  }
}

TEST_CASE("the memory is bounded and forgets what was asked about least recently") {
  PromotionMemory memory(2);
  const Ruling ruling{.decision = Decision::wait, .at = instant_of(kOpen), .until = std::nullopt};
  const auto ask = [&](const std::string& promotion) {
    Question asked;
    asked.promotion = promotion;
    return memory.record(asked, ruling).repeated;
  };
  CHECK_FALSE(ask("a"));
  CHECK_FALSE(ask("b"));
  CHECK(ask("a"));
  CHECK_FALSE(ask("c"));  // in b's place
  CHECK(memory.size() == 2);
  CHECK(ask("a"));
  CHECK_FALSE(ask("b"));
}

TEST_CASE("what is no question is refused with 400 and says why") {
  struct Bad {
    const char* body;
    const char* why;
  };
  const auto bad = GENERATE(
      Bad{"", "no valid JSON"}, Bad{"{", "no valid JSON"}, Bad{"[]", "must be a JSON object"},
      Bad{"{}", "stage is missing"}, Bad{R"({"stage":""})", "stage is missing"},
      Bad{R"({"stage":null})", "stage is missing"}, Bad{R"({"stage":7})", "stage must be a string"},
      Bad{R"({"stage":"live","image_tag":123456})", "image_tag must be a string (quote it)"},
      Bad{R"({"stage":"live","promotion":["p"]})", "promotion must be a string"},
      Bad{R"({"stage":"live","mode":"now"})", "mode: \\\"now\\\" is not one of wait, fail"},
      Bad{R"({"stage":"live","stage":"paper"})", "no valid JSON"});
  GateAsked gate(kAfterClose);
  const auto response = gate.post(bad.body);
  INFO(bad.body);
  CHECK(response.status == 400);
  CHECK_THAT(response.body, ContainsSubstring(bad.why));
}

TEST_CASE("a name that is longer than any real one is refused") {
  GateAsked gate(kAfterClose);
  CHECK(gate.post(question(std::string(253, 'p')).dump()).status == 200);
  const auto response = gate.post(question(std::string(254, 'p')).dump());
  CHECK(response.status == 400);
  CHECK_THAT(response.body, ContainsSubstring("promotion is longer than 253 bytes"));
}

TEST_CASE("members that nobody knows and nulls are ignored") {
  GateAsked gate(kAfterClose);
  const auto response =
      gate.post(R"({"stage":"live","image_tag":null,"mode":null,"pull_request":{"id":7}})");
  CHECK(response.status == 200);
}

TEST_CASE("a stage that is not configured is the caller's mistake and names those that are") {
  GateAsked gate(kAfterClose);
  const auto response = gate.post(question("p1", "prod").dump());
  CHECK(response.status == 400);
  CHECK_THAT(response.body, ContainsSubstring("known are: paper, live"));
}

TEST_CASE("past the calendar's end a promotion is kept waiting and never denied") {
  GateAsked gate("2041-06-01T12:00:00Z");
  const auto response = gate.post(question("p1").set("mode", "fail").dump());
  CHECK(response.status == 503);
  CHECK(response.body.find("deny") == std::string::npos);
  CHECK(GateAsked::body_of(response).text("message").find("xnys") != std::string_view::npos);
}

TEST_CASE("only who knows a token may ask, and several tokens hold side by side") {
  ServeOptions options;
  options.tokens = {"new-token", "old-token"};
  GateAsked gate(kAfterClose, "[{ name: live }]", options);
  const std::string body = question("p1").dump();
  CHECK(gate.post(body).status == 401);
  CHECK(gate.post(body, "Bearer wrong").status == 401);
  CHECK(gate.post("not even JSON").status == 401);
  CHECK(gate.post(body, "Bearer new-token").status == 200);
  CHECK(gate.post(body, "Bearer old-token").status == 200);
  // What people and probes read needs none.
  for (const auto* path :
       {"/", "/v1/status", "/healthz", "/readyz", "/metrics", "/v1/calendar.ics"}) {
    CHECK(gate.get(path).status == 200);
  }
}

TEST_CASE("a deployment that does not fit before the open waits, also when it was allowed before") {
  GateAsked gate(kBeforeOpen, "[{ name: live, need: 20m }]");
  CHECK(gate.check(question("p1")).text("decision") == "allow");
  gate.at("2026-11-24T14:10:01Z");
  const auto late = gate.check(question("p1"));
  CHECK(late.text("decision") == "wait");
  CHECK(late.text("reason") == "too_short");
}
