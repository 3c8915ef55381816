#include "plugins/audit-writer/draft/idempotency.hpp"
#include "tests/catch.hpp"

using namespace stagegate::audit_writer;

namespace {

Pipeline pipeline_738() {
  Pipeline pipeline;
  pipeline.system = "woodpecker";
  pipeline.repo = "celesrenata/stonks-oracle";
  pipeline.number = "738";
  pipeline.step = "audit";
  return pipeline;
}

const Event kSucceeded{"promotion", "succeeded"};

std::string key(const Pipeline& pipeline, std::string_view promotion = {}) {
  return usual_key({.pipeline = pipeline,
                    .promotion = promotion,
                    .event = kSucceeded,
                    .target_stage = "live",
                    .image_tag = "3f2a91c"});
}

}  // namespace

TEST_CASE("a step of a pipeline has one key for one event") {
  CHECK(key(pipeline_738()) ==
        "woodpecker:celesrenata/stonks-oracle#738/audit:promotion.succeeded:live:3f2a91c");
}

TEST_CASE("a pipeline that is run again under its number is another run") {
  auto pipeline = pipeline_738();
  pipeline.reruns = "1";
  CHECK(key(pipeline) ==
        "woodpecker:celesrenata/stonks-oracle#738.1/audit:promotion.succeeded:live:3f2a91c");
}

TEST_CASE("a promotion with a name has the key that everybody makes of it") {
  CHECK(key(pipeline_738(), "stonks.live.01abc") == "kargo:stonks.live.01abc:promotion.succeeded");
}

TEST_CASE("by hand there is no key that another try would know") {
  CHECK(key(Pipeline{}).empty());
  auto nameless = pipeline_738();
  nameless.number.clear();
  CHECK(key(nameless).empty());
}

TEST_CASE("a key is visible ASCII of at most 200 characters, and different keys stay different") {
  CHECK(fit_key("record promotion") == "record%20promotion");
  CHECK(fit_key("caf\xc3\xa9\n") == "caf%c3%a9%0a");
  const std::string long_key(300, 'a');
  CHECK(fit_key(long_key).size() == 200);
  CHECK(fit_key(long_key + "b") != fit_key(long_key + "c"));
  CHECK(fit_key(std::string(200, 'a')) == std::string(200, 'a'));
}
