#include "plugins/audit-writer/draft/actor.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

Pipeline run_by(const std::string& author, bool vouches = true) {
  Pipeline pipeline;
  pipeline.system = "woodpecker";
  pipeline.author = author;
  pipeline.vouches_for_author = vouches;
  return pipeline;
}

}  // namespace

TEST_CASE("without a claim the operator is the author of the run") {
  const auto actor = operator_of({}, run_by("celes"));
  REQUIRE(actor);
  CHECK(actor->name == "celes");
  CHECK(actor->kind == "human");
  CHECK(actor->via == "woodpecker");
  CHECK(actor->verified);
}

TEST_CASE("an author that the CI does not vouch for is not verified") {
  CHECK_FALSE(operator_of({}, run_by("celes", false))->verified);
}

TEST_CASE("a claim is verified only when it says what the CI says") {
  CHECK(operator_of({.name = "celes"}, run_by("celes"))->verified);
  const auto other = operator_of({.name = "ceo"}, run_by("celes"));
  CHECK(other->name == "ceo");
  CHECK_FALSE(other->verified);
  CHECK(other->raw == "author of the run: celes");
  CHECK(other->kind == "unknown");
}

TEST_CASE("nobody sits at a cron job") {
  auto pipeline = run_by("nightly");
  pipeline.event = "cron";
  CHECK(operator_of({}, pipeline)->kind == "service");
}

TEST_CASE("programs are known by the form of their names") {
  const Pipeline none;
  CHECK(operator_of({.name = "kubernetes:system:serviceaccount:kargo:kargo"}, none)->kind ==
        "service");
  CHECK(operator_of({.name = "ann"}, none)->kind == "unknown");
  CHECK(operator_of({.name = "ann", .kind = ActorKind::human}, none)->kind == "human");
  CHECK(operator_of({.name = "ann"}, none)->via == "cli");
}

TEST_CASE("where nobody is named there is no operator") {
  CHECK_FALSE(operator_of({}, Pipeline{}));
  CHECK_FALSE(operator_of({}, run_by("")));
}
