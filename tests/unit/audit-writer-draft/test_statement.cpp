#include "plugins/audit-writer/draft/statement.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

const std::string kSha = "3f2a91c0b1c2d3e4f5061728394a5b6c7d8e9f00";

Pipeline deployment() {
  Pipeline pipeline;
  pipeline.system = "woodpecker";
  pipeline.repo = "celesrenata/stonks-oracle";
  pipeline.number = "738";
  pipeline.step = "audit";
  pipeline.event = "deployment";
  pipeline.status = "success";
  pipeline.author = "celes";
  pipeline.vouches_for_author = true;
  pipeline.commit = kSha;
  pipeline.commit_time = time::parse_instant("2026-11-24T08:00:00Z").value();
  pipeline.url = "https://ci.example/738";
  return pipeline;
}

Statement to_live() {
  Statement statement;
  statement.event = "promotion.finished";
  statement.project = "stonks-oracle";
  statement.source_stage = "paper";
  statement.target_stage = "live";
  statement.image_tag = kSha;
  return statement;
}

Result<audit::Draft> draft(const Statement& statement, const Pipeline& pipeline = deployment()) {
  return draft_of(statement, pipeline, {.version = "0.1.0", .host = "pod"}, "cli:fresh");
}

}  // namespace

TEST_CASE(
    "a step with few settings makes a record with everything that requirement 15.1 asks for") {
  const auto record = draft(to_live());
  REQUIRE(record);
  CHECK(record->text("type") == "promotion");
  CHECK(record->text("event") == "succeeded");
  CHECK(record->text("outcome") == "success");
  CHECK(record->find("operator")->text("name") == "celes");
  CHECK(record->text("source_stage") == "paper");
  CHECK(record->text("target_stage") == "live");
  CHECK(record->text("image_tag") == kSha);
  CHECK(record->text("commit") == kSha);
  CHECK(record->text("commit_time") == "2026-11-24T08:00:00Z");
  CHECK(record->text("idem") ==
        "woodpecker:celesrenata/stonks-oracle#738/audit:promotion.succeeded:live:" + kSha);
  const auto& source = *record->find("source");
  CHECK(source.text("system") == "woodpecker");
  CHECK(source.find("pipeline")->integer() == 738);
  CHECK(source.text("url") == "https://ci.example/738");
  CHECK(summary(*record) ==
        "promotion.succeeded stonks-oracle paper -> live " + kSha + ", by celes");
}

TEST_CASE("the first stage has no source, and says so") {
  auto statement = to_live();
  statement.source_stage.clear();
  const auto record = draft(statement);
  REQUIRE(record);
  CHECK(record->find("source_stage")->is_null());
}

TEST_CASE("a tag of another commit does not get this pipeline's commit") {
  auto statement = to_live();
  statement.image_tag = "0123456789";
  const auto record = draft(statement);
  REQUIRE(record);
  CHECK(record->find("commit") == nullptr);
  CHECK(record->find("commit_time") == nullptr);
  CHECK(record->find("source")->text("revision") == kSha);
  statement.image_tag = kSha.substr(0, 7);
  CHECK(draft(statement)->text("commit") == kSha);
  statement.image_tag = kSha.substr(0, 6);
  CHECK(draft(statement)->find("commit") == nullptr);
}

TEST_CASE("a release's tag is the commit that it names") {
  auto pipeline = deployment();
  pipeline.tag = "v1.2.3";
  auto statement = to_live();
  statement.image_tag = "1.2.3";
  CHECK(draft(statement, pipeline)->text("commit") == kSha);
  statement.image_tag = "1.2.4";
  CHECK(draft(statement, pipeline)->find("commit") == nullptr);
}

TEST_CASE("what is stated wins over what the pipeline says") {
  auto statement = to_live();
  statement.event = "promotion.failed";
  statement.outcome = "unknown";
  statement.commit = std::string(40, 'b');
  statement.idempotency_key = "my key";
  statement.url = "https://kargo.example/p";
  const auto record = draft(statement);
  REQUIRE(record);
  CHECK(record->text("event") == "failed");
  CHECK(record->text("outcome") == "unknown");
  CHECK(record->text("commit") == std::string(40, 'b'));
  CHECK(record->find("commit_time") == nullptr);  // of another commit
  CHECK(record->text("idem") == "my%20key");
  CHECK(record->find("source")->text("url") == "https://kargo.example/p");
}

TEST_CASE("the facts of a gate are kept with its record") {
  Statement statement;
  statement.event = "gate.passed";
  statement.target_stage = "beta";
  statement.gate = {.name = "integration-tests",
                    .evaluated_at = {},
                    .next_change_at = {},
                    .evidence_sha256 = std::string(64, 'c'),
                    .evidence_url = {},
                    .counts = {{"failed", 0}, {"passed", 120}}};
  const auto record = draft(statement);
  REQUIRE(record);
  CHECK(record->find("gate")->dump() == "{\"name\":\"integration-tests\",\"result_sha256\":\"" +
                                            std::string(64, 'c') +
                                            "\",\"counts\":{\"failed\":0,\"passed\":120}}");
}

TEST_CASE("what is missing is told all at once") {
  Statement statement;
  statement.event = "promotion.succeeded";
  const auto record = draft(statement, Pipeline{});
  REQUIRE_FALSE(record);
  CHECK(record.error().kind == Failure::Kind::usage);
  for (const char* member : {"operator", "project", "target_stage", "image_tag"}) {
    CHECK_THAT(record.error().message, ContainsSubstring(member));
  }
}

TEST_CASE("by hand every record has a key of its own") {
  Statement statement = to_live();
  statement.event = "promotion.succeeded";
  statement.operated_by.name = "ann";
  const auto record = draft(statement, Pipeline{});
  REQUIRE(record);
  CHECK(record->text("idem") == "cli:fresh");
  CHECK(record->find("source")->text("system") == "cli");
  CHECK(record->find("operator")->find("verified")->boolean() != nullptr);
  CHECK_FALSE(*record->find("operator")->find("verified")->boolean());
}

TEST_CASE("a promotion of Kargo comes from Kargo") {
  Statement statement = to_live();
  statement.event = "promotion.requested";
  statement.operated_by.name = "ann";
  statement.promotion = "stonks.live.01abc";
  const auto record = draft(statement, Pipeline{});
  REQUIRE(record);
  CHECK(record->find("source")->text("system") == "kargo");
  CHECK(record->find("source")->text("promotion") == "stonks.live.01abc");
  CHECK(record->text("idem") == "kargo:stonks.live.01abc:promotion.requested");
}

TEST_CASE("names that a later record may want are not taken by extra members") {
  Statement statement = to_live();
  statement.extra = {{"team", "core"}};
  const auto refused = draft(statement);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, ContainsSubstring("write x_team"));
  statement.extra = {{"x_team", "core"}, {"com.example.cost", "7"}};
  CHECK(draft(statement)->find("x")->dump() == R"({"com.example.cost":"7","x_team":"core"})");
}

TEST_CASE("an approval needs a note") {
  Statement statement = to_live();
  statement.event = "promotion.approved";
  statement.notes = " ";
  const auto refused = draft(statement);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, ContainsSubstring("needs a note"));
  statement.notes = "looked at the figures";
  CHECK(draft(statement));
}

TEST_CASE("a summary cannot fool a terminal") {
  const auto record = text::Json().set("type", "log").set("event", "x\x1b[2J\u202e");
  CHECK(summary(record).find('\x1b') == std::string::npos);
  CHECK(summary(record).find("\u202e") == std::string::npos);
}
