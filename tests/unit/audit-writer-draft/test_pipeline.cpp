#include "plugins/audit-writer/draft/pipeline.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

settings::Environment woodpecker(const std::string& version) {
  return {{"CI", "woodpecker"},
          {"CI_SYSTEM_NAME", "woodpecker"},
          {"CI_SYSTEM_VERSION", version},
          {"CI_REPO", "celesrenata/stonks-oracle"},
          {"CI_PIPELINE_NUMBER", "738"},
          {"CI_STEP_NAME", "audit"},
          {"CI_PIPELINE_AUTHOR", "celes"},
          {"CI_COMMIT_TIMESTAMP", "1795478400"},
          {"CI_PIPELINE_URL", "https://ci.example/repos/1/pipeline/738"}};
}

}  // namespace

TEST_CASE("the facts of a Woodpecker pipeline are picked up") {
  const Pipeline pipeline = read_pipeline(woodpecker("3.18.0"));
  CHECK(pipeline.system == "woodpecker");
  CHECK(pipeline.repo == "celesrenata/stonks-oracle");
  CHECK(pipeline.number == "738");
  CHECK(pipeline.step == "audit");
  CHECK(pipeline.author == "celes");
  REQUIRE(pipeline.commit_time);
  CHECK(time::rfc3339(*pipeline.commit_time) == "2026-11-24T00:00:00Z");
  CHECK(pipeline.url == "https://ci.example/repos/1/pipeline/738");
}

TEST_CASE("the step's own address is better than the pipeline's") {
  auto environment = woodpecker("3.18.0");
  environment["CI_STEP_URL"] = "https://ci.example/repos/1/pipeline/738/4";
  CHECK(read_pipeline(environment).url == "https://ci.example/repos/1/pipeline/738/4");
}

TEST_CASE("the author counts as vouched for only where nobody can put in another") {
  CHECK(read_pipeline(woodpecker("3.18.0")).vouches_for_author);
  CHECK(read_pipeline(woodpecker("v3.19.1")).vouches_for_author);
  CHECK(read_pipeline(woodpecker("4.0.0")).vouches_for_author);
  // Variables of a manual run reached plugins in these.
  CHECK_FALSE(read_pipeline(woodpecker("3.17.9")).vouches_for_author);
  CHECK_FALSE(read_pipeline(woodpecker("2.8.3")).vouches_for_author);
  CHECK_FALSE(read_pipeline(woodpecker("next-1234")).vouches_for_author);
  CHECK_FALSE(read_pipeline(woodpecker("")).vouches_for_author);
  auto nobody = woodpecker("3.18.0");
  nobody["CI_PIPELINE_AUTHOR"] = " ";
  CHECK_FALSE(read_pipeline(nobody).vouches_for_author);
}

TEST_CASE("outside a CI there are no facts") {
  CHECK(read_pipeline({{"CI_REPO", "a/b"}, {"CI_PIPELINE_AUTHOR", "ann"}}).author.empty());
  CHECK(read_pipeline({}).system.empty());
}

TEST_CASE("a commit time that is no time is none") {
  auto environment = woodpecker("3.18.0");
  for (const char* value : {"", "0", "-5", "yesterday", "99999999999999999999"}) {
    environment["CI_COMMIT_TIMESTAMP"] = value;
    CHECK_FALSE(read_pipeline(environment).commit_time);
  }
}
