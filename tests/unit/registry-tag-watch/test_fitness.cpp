#include "plugins/registry-tag-watch/fitness.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::tag_watch;

namespace {

const std::string kOne = oci::digest_of("1").text;
const std::string kTwo = oci::digest_of("2").text;
const std::vector<oci::Repository> kImages = {{"r.example", "team/risk"},
                                              {"r.example", "team/api"}};

}  // namespace

TEST_CASE("the files that builds write name images and digests") {
  const auto buildx = parse_metadata(
      R"({"containerimage.digest":")" + kOne +
      R"(","image.name":"r.example:5000/team/risk:abc,r.example:5000/team/risk:latest"})");
  REQUIRE(buildx.has_value());
  CHECK(buildx->at("r.example:5000/team/risk") == kOne);
  const auto bake = parse_metadata(R"({"risk":{"containerimage.digest":")" + kOne +
                                   R"(","image.name":"r/risk:a"},"buildx.build.warnings":[]})");
  CHECK(bake->at("r/risk") == kOne);
  const auto kaniko = parse_metadata("r/risk:a@" + kOne + "\nr/risk:b@" + kOne + "\n\n");
  CHECK(kaniko->at("r/risk") == kOne);
}

TEST_CASE("a file that says nothing, or two things, is refused") {
  for (const std::string& text : {std::string(), std::string("{}"), std::string("{"),
                                  std::string("risk"), "r/risk@" + kOne + "\nr/risk@" + kTwo}) {
    INFO(text);
    CHECK_FALSE(parse_metadata(text).has_value());
  }
}

TEST_CASE("a digest that is expected is one of an image that is waited for") {
  Options options;
  options.expect_digests = {{"risk", kOne}, {"r.example/team/api", kTwo}};
  const auto demands = demands_of(options, kImages).value();
  CHECK(demands[0].digest->text == kOne);
  CHECK(demands[1].digest->text == kTwo);
  options.expect_digests = {{"other", kOne}};
  CHECK_FALSE(demands_of(options, kImages).has_value());
  options.expect_digests = {{"risk", "latest"}};
  CHECK_FALSE(demands_of(options, kImages).has_value());
  options.expect_digests = {{"risk", kOne}, {"team/risk", kTwo}};
  CHECK_FALSE(demands_of(options, kImages).has_value());
}

TEST_CASE("a revision can be required only when it is known") {
  Options options;
  options.require_revision = true;
  CHECK_FALSE(demands_of(options, kImages).has_value());
  options.revision = "abc";
  CHECK(demands_of(options, kImages)->front().revision == "abc");
}
