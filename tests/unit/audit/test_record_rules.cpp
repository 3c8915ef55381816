// That the rules are those of the schema is shown by schema_test.py; here is what they say.
#include "common/audit/record/record.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit/records.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::promotion;
using text::Json;

namespace {

std::string faults_of(const Draft& draft) {
  const auto fine = check_draft(draft);
  if (fine) return "";
  CHECK(fine.error().kind == Failure::Kind::usage);
  return fine.error().message;
}

}  // namespace

TEST_CASE("a good draft has no faults") {
  CHECK(faults_of(promotion()).empty());
}

TEST_CASE("all faults of a draft are told at once, each in a line with its member's name") {
  const std::string faults =
      faults_of(promotion()
                    .set("image_tag", "a:b")
                    .set("operator", Json().set("name", "x").set("kind", "robot"))
                    .set("outcome", "good"));
  CHECK(
      faults ==
      "operator.kind: \"robot\" is none of human, service, unknown\n"
      "image_tag: \"a:b\" is not an image tag: letters, digits, _ . - (not . or - first), at most "
      "128 characters\n"
      "outcome: \"good\" is none of success, failure, blocked, aborted, error, pending, unknown");
}

TEST_CASE("what is missing is told with the kind of record that needs it") {
  const Draft draft = Draft().set("type", "promotion").set("event", "succeeded");
  CHECK_THAT(faults_of(draft),
             ContainsSubstring("operator: is missing: a promotion record needs it"));
  CHECK_THAT(faults_of(draft), ContainsSubstring("source_stage: is missing"));
}

TEST_CASE("what a grant cannot be without is told member by member, but not twice") {
  const Draft draft = Draft()
                          .set("type", "break_glass")
                          .set("event", "grant")
                          .set("operator", Json().set("name", "x").set("kind", "human"));
  CHECK(faults_of(draft) == "break_glass: is missing: a break_glass record needs it");
  CHECK_THAT(
      faults_of(Draft(draft).set("break_glass", Json::Object{})),
      ContainsSubstring("break_glass.scope: is missing: a break_glass.grant record needs it"));
}

TEST_CASE("a misspelt member is refused, and the one that was meant is named") {
  CHECK(faults_of(promotion().set("note", "x")) ==
        "\"note\": no record has such a member, is notes meant?");
  CHECK_THAT(faults_of(promotion().set("zebra", "x")),
             ContainsSubstring("x is free for extensions"));
}

TEST_CASE("an event of another type is refused with those that there are") {
  CHECK(faults_of(promotion().set("event", "passed")) ==
        "event: \"passed\" is no event of type promotion: requested, approved, rejected, blocked, "
        "started, succeeded, failed, errored, aborted, discarded, verified, verification_failed");
}

TEST_CASE("the place of a record is the log's to give, not the draft's") {
  for (const char* member : {"v", "seq", "prev", "ts", "id", "salt", "clock_behind_ms"}) {
    INFO(member);
    CHECK_THAT(faults_of(promotion().set(member, 1)),
               ContainsSubstring("no record has such a member"));
  }
}

TEST_CASE("a record that is read needs its place and its writer") {
  const auto record = check_record(promotion());
  REQUIRE_FALSE(record);
  CHECK_THAT(record.error().message, ContainsSubstring("seq: is missing"));
  CHECK_THAT(record.error().message, ContainsSubstring("writer: is missing"));
}

TEST_CASE("what is no object is no draft") {
  CHECK(faults_of(Json("x")) == "the record: must be an object");
}

TEST_CASE("what somebody wrote cannot deceive the reader of a fault") {
  CHECK_THAT(faults_of(promotion().set("image_tag", "a\x1b[2J\n")),
             ContainsSubstring("a\\x1b[2J\\n"));
}
