#include "plugins/argocd-sync/rollout/policy.hpp"
#include "tests/catch.hpp"
#include "tests/unit/argocd-sync/rollout_objects.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using tests::with;
using text::Json;
using Kind = Standing::Kind;

namespace {

constexpr auto kAbort =
    "RolloutAborted: Rollout aborted update to revision 7: Metric \"success-rate\" assessed "
    "Failed due to failed (2) > failureLimit (1)";

RolloutView view(const Json& json) {
  return {.rollout = read_rollout(json).value()};
}

Standing standing(const Json& json) {
  return standing_of(view(json));
}

time::Instant at(std::string_view text) {
  return time::parse_instant(text).value();
}

Json paused(Json json, std::string_view reason, int step) {
  json = with(std::move(json), {"status", "phase"}, "Paused");
  json = with(json, {"status", "message"}, reason);
  json = with(json, {"status", "controllerPause"}, true);
  json = with(json, {"status", "currentStepIndex"}, step);
  return with(json, {"status", "pauseConditions"},
              Json::Array{Json().set("reason", reason).set("startTime", "2026-08-24T12:00:00Z")});
}

Json with_phase(std::string_view phase, std::string_view message) {
  return with(with(tests::canary(), {"status", "phase"}, phase), {"status", "message"}, message);
}

Json going() {
  return tests::canary();
}
Json outdated() {
  return with(tests::canary(), {"metadata", "generation"}, 8);
}
Json done() {
  return with(with_phase("Healthy", ""), {"status", "stableRS"}, "new5");
}
Json timed() {
  return paused(tests::canary(), "CanaryPauseStep", 3);
}
Json step_pause() {
  return paused(tests::canary(), "CanaryPauseStep", 4);
}
Json held() {
  return with(with_phase("Paused", "manually paused"), {"spec", "paused"}, true);
}
Json inconclusive() {
  return paused(tests::canary(), "InconclusiveAnalysisRun", 2);
}
Json aborted() {
  return with(with_phase("Degraded", kAbort), {"status", "abort"}, true);
}
Json deadline() {
  return with_phase("Degraded", "ProgressDeadlineExceeded: ReplicaSet \"x\" has timed out");
}

AnalysisRun failed_run() {
  auto run = read_analysis_run(tests::analysis_run()).value();
  run.metrics[0].phase = "Failed";
  run.metrics[0].failed = 2;
  run.metrics[0].last = {{"Failed", "[0.91]", ""}, {"Failed", "[0.93]", ""}};
  return run;
}

}  // namespace

TEST_CASE("each state of a Rollout means one thing") {
  CHECK(standing(going()).kind == Kind::going);
  CHECK(standing(outdated()).kind == Kind::outdated);
  CHECK(standing(done()).kind == Kind::done);
  CHECK(standing(timed()).kind == Kind::timed_pause);
  CHECK(standing(step_pause()).kind == Kind::step_pause);
  CHECK(standing(tests::blue_green()).kind == Kind::promotion_pause);
  CHECK(standing(held()).kind == Kind::held);
  CHECK(standing(inconclusive()).kind == Kind::inconclusive);
  CHECK(standing(aborted()).kind == Kind::aborted);
  CHECK(standing(with(aborted(), {"status", "abort"}, false)).kind == Kind::aborted);
  CHECK(standing(deadline()).kind == Kind::failed);
  CHECK(standing(with_phase("Degraded", "InvalidSpec: no steps")).kind == Kind::failed);
}

TEST_CASE("Healthy with the old pods is not done") {
  CHECK(standing(with_phase("Healthy", "")).kind == Kind::going);
  CHECK(standing(with(done(), {"status", "currentPodHash"}, "")).kind == Kind::going);
  const auto neither = with(done(), {"status", "currentPodHash"}, "");
  CHECK(standing(with(neither, {"status", "stableRS"}, "")).kind == Kind::going);
  CHECK(standing(with(done(), {"status", "phase"}, "Progressing")).kind == Kind::going);
}

TEST_CASE("nothing that an old status says counts") {
  for (const auto& json :
       {done(), timed(), step_pause(), held(), inconclusive(), aborted(), deadline()}) {
    CHECK(standing(with(json, {"metadata", "generation"}, 8)).kind == Kind::outdated);
  }
}

TEST_CASE("the worse of two states counts") {
  CHECK(standing(with(step_pause(), {"status", "abort"}, true)).kind == Kind::aborted);
  CHECK(standing(with(going(), {"status", "abort"}, true)).kind == Kind::aborted);
  CHECK(standing(with(inconclusive(), {"spec", "paused"}, true)).kind == Kind::inconclusive);
  CHECK(standing(with(timed(), {"spec", "paused"}, true)).kind == Kind::held);
  const auto by_condition = with(inconclusive(), {"status", "message"}, "?");
  CHECK(standing(by_condition).kind == Kind::inconclusive);
  const auto both = Json::Array{Json().set("reason", "CanaryPauseStep"),
                                Json().set("reason", "InconclusiveAnalysisRun")};
  CHECK(standing(with(step_pause(), {"status", "pauseConditions"}, both)).kind ==
        Kind::inconclusive);
}

TEST_CASE("an inconclusive analysis is seen in the message alone") {
  CHECK(standing(with_phase("Paused", "InconclusiveAnalysisRun")).kind == Kind::inconclusive);
}

TEST_CASE("an experiment can be inconclusive, too") {
  CHECK(standing(paused(going(), "InconclusiveExperiment", 2)).kind == Kind::inconclusive);
}

TEST_CASE("a pause with a length ends at a known instant") {
  CHECK(standing(timed()).until == at("2026-08-24T12:10:00Z"));
  CHECK_THAT(standing(timed()).words, ContainsSubstring("2026-08-24T12:10:00Z"));
  const auto no_start = Json::Array{Json().set("reason", "CanaryPauseStep")};
  const auto standing_without = standing(with(timed(), {"status", "pauseConditions"}, no_start));
  CHECK(standing_without.kind == Kind::timed_pause);
  CHECK(standing_without.until == std::nullopt);
  CHECK(standing(step_pause()).until == std::nullopt);
}

TEST_CASE("a blue-green pause that ends by itself is waited for") {
  auto json =
      with(tests::blue_green(), {"spec", "strategy", "blueGreen", "autoPromotionEnabled"}, true);
  json = with(json, {"spec", "strategy", "blueGreen", "autoPromotionSeconds"}, 90);
  CHECK(standing(json).kind == Kind::timed_pause);
  CHECK(standing(json).until == at("2026-08-24T12:01:30Z"));
}

TEST_CASE("a pause of a step that is over is not taken for one without end") {
  CHECK(standing(paused(going(), "CanaryPauseStep", 5)).kind == Kind::going);
  CHECK(standing(paused(going(), "CanaryPauseStep", 6)).kind == Kind::going);
}

TEST_CASE("one that was just resumed goes on") {
  CHECK(standing(with(step_pause(), {"status", "pauseConditions"}, nullptr)).kind == Kind::going);
  CHECK(standing(with(inconclusive(), {"status", "pauseConditions"}, nullptr)).kind == Kind::going);
}

TEST_CASE("one that is held is not about to go on because its pauses are over") {
  const auto json = with(held(), {"status", "controllerPause"}, true);
  CHECK(standing(json).kind == Kind::held);
}

TEST_CASE("a pause that its strategy does not know is not ours to end") {
  CHECK(standing(paused(going(), "BlueGreenPause", 4)).kind == Kind::held);
  CHECK(standing(paused(tests::blue_green(), "CanaryPauseStep", 4)).kind == Kind::held);
}

TEST_CASE("a pause for a reason that we do not know is not ours to end") {
  const auto json = paused(going(), "FullMoon", 2);
  CHECK(standing(json).kind == Kind::held);
  CHECK_THAT(standing(json).words, ContainsSubstring("FullMoon"));
  CHECK(standing(with(json, {"status", "phase"}, "Progressing")).kind == Kind::held);
  CHECK(standing(with(with_phase("Paused", "?"), {"status", "controllerPause"}, nullptr)).kind ==
        Kind::held);
}

TEST_CASE("an abort names the metric, its values and its limit") {
  auto seen = view(aborted());
  CHECK_THAT(standing_of(seen).words, ContainsSubstring("Metric \"success-rate\""));
  seen.runs = {failed_run()};
  CHECK_THAT(standing_of(seen).words,
             ContainsSubstring("success-rate Failed: failed 2 > failureLimit 1, last values "
                               "[0.91], [0.93]"));
}

TEST_CASE("progress says step, weight and analysis") {
  auto seen = view(going());
  CHECK(progress(seen) ==
        "step 3/6 (analysis), weight 40 %, analysis query-api-new5-7-2 Running, waiting for all "
        "steps to complete");
  seen.runs = {read_analysis_run(tests::analysis_run()).value()};
  CHECK(progress(seen) ==
        "step 3/6 (analysis), weight 40 %, analysis success-rate Running (2/5); latency Running "
        "(1/...), waiting for all steps to complete");
  CHECK(standing_of(seen).words == progress(seen));
  CHECK_THAT(progress(view(with(going(), {"status", "currentStepIndex"}, 6))),
             ContainsSubstring("all 6 steps done"));
  CHECK_THAT(progress(view(tests::blue_green())),
             ContainsSubstring("2/2 pods are of the new version"));
  CHECK_THAT(progress(view(tests::blue_green())), !ContainsSubstring("Successful"));
}

TEST_CASE("what a paused Rollout comes to is the policy's to say") {
  using R = Ruling::Kind;
  struct Row {
    Json rollout;
    R fail, succeed, wait, resume;
  };
  const std::vector<Row> rows = {
      {done(), R::done, R::done, R::done, R::done},
      {going(), R::wait, R::wait, R::wait, R::wait},
      {outdated(), R::wait, R::wait, R::wait, R::wait},
      {timed(), R::wait, R::wait, R::wait, R::wait},
      {step_pause(), R::fail, R::succeed, R::wait, R::resume},
      {tests::blue_green(), R::fail, R::succeed, R::wait, R::resume},
      {held(), R::fail, R::fail, R::wait, R::fail},
      {inconclusive(), R::inconclusive, R::inconclusive, R::inconclusive, R::inconclusive},
      {aborted(), R::fail, R::fail, R::fail, R::fail},
      {deadline(), R::fail, R::fail, R::fail, R::fail},
  };
  for (const Row& row : rows) {
    const std::vector<RolloutView> views = {view(row.rollout)};
    INFO(word(standing(row.rollout).kind));
    CHECK(rule(views, OnPause::fail).kind == row.fail);
    CHECK(rule(views, OnPause::succeed).kind == row.succeed);
    CHECK(rule(views, OnPause::wait).kind == row.wait);
    CHECK(rule(views, OnPause::resume).kind == row.resume);
    if (row.fail == R::done) continue;
    CHECK_THAT(rule(views, OnPause::fail).words, ContainsSubstring("Rollout stonks-beta/"));
  }
}

TEST_CASE("of several Rollouts the worst counts") {
  using R = Ruling::Kind;
  const auto ruled = [](const std::vector<Json>& rollouts, OnPause policy) {
    std::vector<RolloutView> views;
    for (const Json& one : rollouts) views.push_back(view(one));
    return rule(views, policy).kind;
  };
  CHECK(ruled({}, OnPause::fail) == R::done);
  CHECK(ruled({done(), step_pause()}, OnPause::succeed) == R::succeed);
  CHECK(ruled({step_pause(), going()}, OnPause::succeed) == R::wait);
  CHECK(ruled({step_pause(), timed()}, OnPause::succeed) == R::wait);
  CHECK(ruled({step_pause(), outdated()}, OnPause::succeed) == R::wait);
  CHECK(ruled({step_pause(), inconclusive()}, OnPause::succeed) == R::inconclusive);
  CHECK(ruled({step_pause(), inconclusive()}, OnPause::resume) == R::inconclusive);
  CHECK(ruled({step_pause(), aborted()}, OnPause::resume) == R::fail);
  CHECK(ruled({inconclusive(), aborted(), going()}, OnPause::wait) == R::fail);
  CHECK(ruled({step_pause(), going()}, OnPause::resume) == R::resume);
  CHECK(ruled({step_pause(), going()}, OnPause::fail) == R::fail);
}

TEST_CASE("only those that wait for somebody are resumed") {
  const auto ruling =
      rule({view(step_pause()), view(going()), view(tests::blue_green()), view(timed())},
           OnPause::resume);
  CHECK(ruling.resume ==
        std::vector<Ruling::Target>{{"stonks-beta", "query-api"}, {"stonks-beta", "web"}});
  CHECK(rule({view(step_pause())}, OnPause::wait).resume.empty());
}

TEST_CASE("a look is worth it when the first pause ends") {
  const auto later = with(timed(), {"spec", "strategy", "canary", "steps"},
                          tests::parsed(R"([{}, {}, {}, {"pause": {"duration": 900}}])"));
  const auto ruling = rule({view(later), view(timed()), view(going())}, OnPause::fail);
  CHECK(ruling.until == at("2026-08-24T12:10:00Z"));
  CHECK(rule({view(going())}, OnPause::fail).until == std::nullopt);
}

TEST_CASE("the words are those of the worst, and not too many") {
  const auto one = rule({view(going()), view(aborted())}, OnPause::wait);
  CHECK_THAT(one.words, ContainsSubstring("Rollout stonks-beta/query-api: it was aborted"));
  CHECK_THAT(one.words, !ContainsSubstring("weight 40"));
  const std::vector<RolloutView> many(8, view(aborted()));
  CHECK_THAT(rule(many, OnPause::wait).words, ContainsSubstring(" and 3 more"));
}

TEST_CASE("no odd Rollout does harm, and none of them is taken for done") {
  std::size_t count = 0;
  for (const auto& json : {step_pause(), inconclusive(), tests::blue_green()}) {
    tests::each_oddity(json, [&](const Json& odd) {
      ++count;
      const auto read = read_rollout(odd);
      if (!read) return;
      const RolloutView seen{.rollout = *read, .runs = {failed_run()}};
      const auto kind = standing_of(seen).kind;
      if (kind == Kind::done) FAIL(odd.dump());
      progress(seen);
      rule({seen}, OnPause::succeed);
    });
  }
  CHECK(count > 1000);
}
