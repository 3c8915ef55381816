#include "plugins/audit-writer/draft/event.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

TEST_CASE("an event is named with its type, or with the type beside it") {
  CHECK(parse_event("promotion.succeeded", "", "").value() == Event{"promotion", "succeeded"});
  CHECK(parse_event("gate.passed", "gate", "").value() == Event{"gate", "passed"});
  CHECK(parse_event("passed", "gate", "").value() == Event{"gate", "passed"});
  CHECK(parse_event("succeeded", "", "").value() == Event{"promotion", "succeeded"});
}

TEST_CASE("promotion.finished is what the pipeline's status says") {
  CHECK(parse_event("promotion.finished", "", "success").value().event == "succeeded");
  CHECK(parse_event("promotion.finished", "", "failure").value().event == "failed");
  const auto unset = parse_event("promotion.finished", "", "");
  REQUIRE_FALSE(unset);
  CHECK_THAT(unset.error().message, ContainsSubstring("CI_PIPELINE_STATUS, which is not set"));
  CHECK_FALSE(parse_event("promotion.finished", "", "running"));
}

TEST_CASE("an event that does not exist is refused with the nearest one") {
  const auto mistyped = parse_event("promotion.suceeded", "", "");
  REQUIRE_FALSE(mistyped);
  CHECK(mistyped.error().kind == Failure::Kind::usage);
  CHECK_THAT(mistyped.error().message, ContainsSubstring("did you mean promotion.succeeded?"));
  const auto missing = parse_event("", "", "");
  REQUIRE_FALSE(missing);
  CHECK_THAT(missing.error().message, ContainsSubstring("event is required"));
  CHECK_FALSE(parse_event("promotion.succeeded", "gate", ""));
}

TEST_CASE("what has its own verb, or is written by the log itself, is not appended") {
  const auto grant = parse_event("break_glass.grant", "", "");
  REQUIRE_FALSE(grant);
  CHECK_THAT(grant.error().message, ContainsSubstring("audit-writer grant"));
  CHECK_FALSE(parse_event("break_glass.consume", "", ""));
  CHECK_FALSE(parse_event("log.redacted", "", ""));
  CHECK_FALSE(parse_event("log.init", "", ""));
}

TEST_CASE("an event has its usual outcome") {
  CHECK(usual_outcome({"promotion", "succeeded"}) == "success");
  CHECK(usual_outcome({"promotion", "requested"}) == "pending");
  CHECK(usual_outcome({"promotion", "rejected"}) == "blocked");
  CHECK(usual_outcome({"gate", "blocked"}) == "blocked");
  CHECK(usual_outcome({"stage_control", "enabled"}).empty());
  CHECK(usual_outcome({"no", "such"}).empty());
}
