#include "plugins/argocd-sync/watch/judge.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using std::chrono::seconds;
using Kind = Judgement::Kind;

namespace {

time::Instant at(int second) {
  return time::parse_instant("2026-08-24T12:00:00Z").value() + seconds(second);
}

// Synced, healthy, ours, and compared after it had ended.
Application good() {
  Application app;
  app.name = "a";
  app.sources = app.compared = {text::Json().set("repoURL", "r")};
  OperationState state;
  state.phase = Phase::succeeded;
  state.started_at = "s1";
  state.finished_at = at(3);
  state.operation.run = "run";
  app.state = state;
  app.sync = Sync::synced;
  app.revisions = {"abc"};
  app.health = Health::healthy;
  app.reconciled_at = at(4);
  app.images = {"i:2"};
  return app;
}

Goal goal() {
  Goal goal;
  goal.run = "run";
  goal.images = {"i:2"};
  return goal;
}

Judgement first(const Application& app, const Goal& wanted = goal()) {
  Patience patience;
  patience.settle = milliseconds(0);
  return Judge(wanted, patience).judge(app, seconds(0));
}

}  // namespace

TEST_CASE("it counts only when it stays so for a while") {
  Judge judge(goal(), {});
  CHECK(judge.judge(good(), seconds(0)).kind == Kind::waiting);
  CHECK(judge.judge(good(), seconds(9)).kind == Kind::waiting);
  auto blink = good();
  blink.health = Health::progressing;
  CHECK(judge.judge(blink, seconds(9)).kind == Kind::waiting);
  CHECK(judge.judge(good(), seconds(11)).kind == Kind::waiting);
  CHECK(judge.judge(good(), seconds(20)).kind == Kind::waiting);
  CHECK(judge.judge(good(), seconds(21)).kind == Kind::success);
}

TEST_CASE("a comparison of the very second in which the sync ended proves nothing") {
  auto app = good();
  app.reconciled_at = at(3);
  const auto judgement = first(app);
  CHECK(judgement.kind == Kind::waiting);
  CHECK(judgement.ask == Judgement::Ask::refresh);
}

TEST_CASE("when refreshing does not help, a hard refresh is asked for") {
  Judge judge(goal(), {});
  auto app = good();
  app.reconciled_at = at(1);
  CHECK(judge.judge(app, seconds(0)).ask == Judgement::Ask::refresh);
  CHECK(judge.judge(app, seconds(29)).ask == Judgement::Ask::refresh);
  CHECK(judge.judge(app, seconds(30)).ask == Judgement::Ask::hard_refresh);
}

TEST_CASE("a comparison with another specification proves nothing") {
  auto app = good();
  app.compared = {text::Json().set("repoURL", "other")};
  CHECK(first(app).ask == Judgement::Ask::refresh);
}

TEST_CASE("a revision that is not the wanted one is asked about and may be accepted") {
  auto wanted = goal();
  wanted.revisions = {"abc"};
  auto app = good();
  app.revisions = {"def"};
  Patience patience;
  patience.settle = milliseconds(0);
  Judge judge(wanted, patience);
  CHECK(judge.judge(app, seconds(0)).other_revision == "def");
  judge.accept("def");
  CHECK(judge.judge(app, seconds(1)).kind == Kind::success);
}

TEST_CASE("an operation of somebody else before ours had ended supersedes it") {
  auto app = good();
  app.state->operation.run = "other";
  CHECK(first(app).kind == Kind::superseded);
  app = good();
  app.operation = Operation{};
  app.operation->automated = true;
  app.state->phase = Phase::running;
  const auto judgement = first(app);
  CHECK(judgement.kind == Kind::superseded);
  CHECK_THAT(judgement.words, ContainsSubstring("auto-sync"));
}

TEST_CASE("somebody else may sync again after ours: what counts is what runs in the end") {
  Patience patience;
  Judge judge(goal(), patience);
  CHECK(judge.judge(good(), seconds(0)).kind == Kind::waiting);
  auto app = good();
  app.operation = Operation{};
  CHECK(judge.judge(app, seconds(1)).kind == Kind::waiting);
  app = good();
  app.state->operation.run = "other";
  app.state->started_at = "s2";
  CHECK(judge.judge(app, seconds(2)).kind == Kind::waiting);
  CHECK(judge.judge(app, seconds(12)).kind == Kind::success);
}

TEST_CASE("an adopted operation is as good as ours") {
  Patience patience;
  patience.settle = milliseconds(0);
  Judge judge(goal(), patience);
  judge.adopt("s1");
  auto app = good();
  app.state->operation.run = "";
  CHECK(judge.judge(app, seconds(0)).kind == Kind::success);
}

TEST_CASE("an operation that vanishes is lost after a while") {
  Judge judge(goal(), {});
  auto app = good();
  app.state.reset();
  CHECK(judge.judge(app, seconds(0)).kind == Kind::waiting);
  CHECK(judge.judge(app, seconds(30)).kind == Kind::lost);
}

TEST_CASE("what only waiting could mend is waited for, what it cannot is said at once") {
  auto app = good();
  app.health = Health::degraded;
  CHECK(first(app).kind == Kind::waiting);
  app.health_message = "RolloutAborted: Rollout aborted update to revision 7";
  CHECK(first(app).kind == Kind::failed);
  app = good();
  app.health = Health::suspended;
  CHECK(first(app).kind == Kind::paused);
  app = good();
  app.deleting = true;
  CHECK(first(app).kind == Kind::gone);
}

TEST_CASE("left-over resources are a failure unless they may stay") {
  auto app = good();
  app.sync = Sync::out_of_sync;
  app.state->prune_skipped = {{"", "ConfigMap", "n", "old"}};
  CHECK(first(app).kind == Kind::failed);
  auto wanted = goal();
  wanted.leftovers = true;
  CHECK(first(app, wanted).kind == Kind::success);
}

TEST_CASE("an abort is final, even if only the resource says so") {
  auto app = good();
  app.health = Health::degraded;
  CHECK(first(app).degraded);
  app.troubled = {{{"argoproj.io", "Rollout", "n", "r"}, "Degraded", "RolloutAborted: x"}};
  CHECK(first(app).kind == Kind::failed);
}

TEST_CASE("what may be left over does not hide what differs") {
  auto app = good();
  app.sync = Sync::out_of_sync;
  app.state->prune_skipped = {{"", "ConfigMap", "n", "old"}};
  auto wanted = goal();
  wanted.leftovers = true;
  CHECK(first(app, wanted).kind == Kind::success);
  app.differing = 1;
  CHECK(first(app, wanted).kind == Kind::waiting);
}
