#include "plugins/argocd-sync/rollout/rollout.hpp"
#include "tests/catch.hpp"
#include "tests/unit/argocd-sync/crd_check.hpp"
#include "tests/unit/argocd-sync/rollout_objects.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using tests::with;
using text::Json;

namespace {

Rollout read(const Json& json) {
  return read_rollout(json).value();
}

}  // namespace

TEST_CASE("the Rollouts and AnalysisRuns of these tests could be real ones") {
  const tests::CrdCheck rollouts("crds/rollouts/rollout-crd.yaml");
  CHECK(rollouts.fault(tests::canary()) == "");
  CHECK(rollouts.fault(tests::blue_green()) == "");
  const tests::CrdCheck runs("crds/rollouts/analysis-run-crd.yaml");
  CHECK(runs.fault(tests::analysis_run()) == "");
}

TEST_CASE("a canary tells its step, its weight and its pods") {
  const auto rollout = read(tests::canary());
  CHECK(rollout.name == "query-api");
  CHECK(rollout.name_space == "stonks-beta");
  CHECK(rollout.strategy == Rollout::Strategy::canary);
  CHECK(rollout.observed);
  CHECK(rollout.step == 2);
  CHECK(rollout.steps == 6);
  CHECK(rollout.step_words == "analysis");
  CHECK(rollout.weight == 40);
  CHECK_FALSE(rollout.is_stable());
  CHECK(rollout.updated_pods == 2);
  CHECK(rollout.wanted_pods == 5);
  REQUIRE(rollout.analyses.size() == 1);
  CHECK(rollout.analyses[0].name == "query-api-new5-7-2");
  CHECK(rollout.analyses[0].phase == "Running");
}

TEST_CASE("a status counts only when it speaks of this generation") {
  auto [generation, seen, observed] = GENERATE(table<Json, Json, bool>({
      {7, "7", true},
      {8, "7", false},
      {7, "8", false},
      {7, 7, true},  // as a number, through a gateway
      {7, "", false},
      {7, "6b9f7c5d4", false},  // the hash of a very old controller
      {7, nullptr, false},
      {nullptr, nullptr, false},
  }));
  auto json = with(tests::canary(), {"metadata", "generation"}, generation);
  CHECK(read(with(json, {"status", "observedGeneration"}, seen)).observed == observed);
}

TEST_CASE("a status without anything in it speaks of nothing") {
  const auto rollout = read(with(tests::canary(), {"status"}, nullptr));
  CHECK_FALSE(rollout.observed);
  CHECK_FALSE(rollout.is_stable());
}

TEST_CASE("with a workload of its own, its generation has to be seen, too") {
  auto json = with(tests::canary(), {"spec", "workloadRef"},
                   Json().set("kind", "Deployment").set("name", "query-api"));
  CHECK_FALSE(read(json).observed);
  json = with(json, {"metadata", "annotations", "rollout.argoproj.io/workload-generation"}, "4");
  json = with(json, {"status", "workloadObservedGeneration"}, "3");
  CHECK_FALSE(read(json).observed);
  json = with(json, {"status", "workloadObservedGeneration"}, "4");
  CHECK(read(json).observed);
  CHECK(read(json).workload == "Deployment query-api");
}

TEST_CASE("without a measured weight it is that of the steps so far") {
  auto json = with(tests::canary(), {"status", "canary", "weights"}, nullptr);
  auto [step, weight] = GENERATE(table<Json, int>({
      {0, 20},
      {1, 40},
      {2, 40},
      {4, 40},
      {5, 80},
      {6, 100},
      {600, 100},
      {-1, 20},
      {"2", 40},
  }));
  CHECK(read(with(json, {"status", "currentStepIndex"}, step)).weight == weight);
  CHECK(read(with(with(json, {"status", "currentStepIndex"}, step), {"status", "abort"}, true))
            .weight == 0);
}

TEST_CASE("a weight is said only while there are two versions") {
  CHECK(read(with(tests::canary(), {"status", "stableRS"}, "new5")).weight == std::nullopt);
  CHECK(read(tests::blue_green()).weight == std::nullopt);
}

TEST_CASE("the pause of a step is as long as it says") {
  using std::chrono::seconds;
  auto [written, length] = GENERATE(table<Json, std::optional<seconds>>({
      {"10m", seconds(600)},
      {"1h30m", seconds(5400)},
      {"1.5m", seconds(90)},
      {"30m1h", seconds(5400)},
      {600, seconds(600)},
      {"600", seconds(600)},
      {0, seconds(0)},
      {"1500ms", seconds(1)},
      {"2d", std::nullopt},
      {"-5m", std::nullopt},
      {-5, std::nullopt},
      {"", std::nullopt},
      {"soon", std::nullopt},
      {nullptr, std::nullopt},
      {true, std::nullopt},
  }));
  CHECK(pause_length_of(written) == length);
  CHECK(pause_length_of("9223372036854775807").value() < seconds(400'000'000));
}

TEST_CASE("the pause that counts is that of the current step") {
  auto json = with(tests::canary(), {"status", "currentStepIndex"}, 3);
  CHECK(read(json).in_pause);
  CHECK(read(json).pause_length == std::chrono::seconds(600));
  CHECK(read(json).step_words == "pause of 10m");
  json = with(json, {"status", "currentStepIndex"}, 4);
  CHECK(read(json).in_pause);
  CHECK(read(json).pause_length == std::nullopt);
  CHECK(read(json).step_words == "pause without end");
  json = with(json, {"status", "currentStepIndex"}, 5);
  CHECK_FALSE(read(json).in_pause);
  CHECK(read(json).step_words == "setWeight 80");
}

TEST_CASE("blue-green waits for somebody, or for so long") {
  using std::chrono::seconds;
  auto [automatic, after, length] = GENERATE(table<Json, Json, std::optional<seconds>>({
      {false, nullptr, std::nullopt},
      {false, 30, std::nullopt},
      {true, 30, seconds(30)},
      {nullptr, 30, seconds(30)},
      {nullptr, nullptr, seconds(0)},
  }));
  const Json strategy =
      Json().set("autoPromotionEnabled", automatic).set("autoPromotionSeconds", after);
  const auto rollout = read(with(tests::blue_green(), {"spec", "strategy", "blueGreen"}, strategy));
  CHECK(rollout.strategy == Rollout::Strategy::blue_green);
  CHECK(rollout.pause_length == length);
  REQUIRE(rollout.analyses.size() == 1);
  CHECK(rollout.analyses[0].place == AnalysisPointer::Place::pre_promotion);
}

TEST_CASE("a controller that has paused without saying why has been told to go on") {
  auto json = with(tests::canary(), {"status", "controllerPause"}, true);
  CHECK(read(json).unpausing);
  const Json pause = Json().set("reason", "CanaryPauseStep");
  CHECK_FALSE(read(with(json, {"status", "pauseConditions"}, Json::Array{pause})).unpausing);
}

TEST_CASE("what is no Rollout is refused") {
  CHECK_FALSE(read_rollout(Json()));
  CHECK_FALSE(read_rollout(tests::parsed("[]")));
  CHECK_FALSE(read_rollout(tests::parsed(R"({"metadata": {}})")));
  CHECK_FALSE(read_rollout(with(tests::canary(), {"kind"}, "Deployment")));
}

TEST_CASE("words of others come without characters that do harm, and not too long") {
  auto json = with(tests::canary(), {"status", "message"}, "a\x1b[2Jb\n" + std::string(5000, 'x'));
  const auto rollout = read(json);
  CHECK(rollout.message.find('\x1b') == std::string::npos);
  CHECK(rollout.message.find('\n') == std::string::npos);
  CHECK(rollout.message.size() < 600);
}
