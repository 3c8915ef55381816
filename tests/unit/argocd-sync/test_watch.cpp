// What is waited for, and what is believed.
#include "plugins/argocd-sync/run/watch.hpp"
#include "tests/catch.hpp"
#include "tests/unit/argocd-sync/fake_way.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using Kind = Ending::Kind;

// A Deployment can be paused, too, and a CronJob suspended.
TEST_CASE("what is suspended is no success as long as other images run") {
  FakeArgo argo(application("1"));
  FakeRun run(argo);
  run.options.on_pause = OnPause::succeed;
  argo.start = [&](const SyncWish& wish) {
    argo.succeed(wish.run, "2");
    argo.app.health = Health::suspended;
    argo.app.images = {"query-api:1"};
    return Asked{Asked::Kind::accepted};
  };
  SECTION("it never runs them") {
    const Ending ending = ending_of(run);
    INFO(ending.words);
    CHECK(ending.kind == Kind::timeout);
    CHECK(ending.words.find("no pod runs query-api:2") != std::string::npos);
  }
  SECTION("it runs them later") {
    argo.before_read = [&] {
      if (argo.clock.uptime() > milliseconds(20'000)) argo.app.images = {"query-api:2"};
    };
    CHECK(ending_of(run).kind == Kind::success);
    CHECK(argo.clock.uptime() > milliseconds(20'000));
  }
}

TEST_CASE("a canary that was aborted is not waited out, whoever says so") {
  FakeArgo argo(application("1"));
  FakeRun run(argo);
  argo.app.rollouts = {{"argoproj.io", "Rollout", "n", "query-api"}};
  const bool said = GENERATE(true, false);
  argo.start = [&](const SyncWish& wish) {
    argo.succeed(wish.run, "2");
    argo.app.health = Health::degraded;
    const char* words = said ? "RolloutAborted: revision 2" : "";
    argo.app.troubled = {{argo.app.rollouts[0], "Degraded", words}};
    return Asked{Asked::Kind::accepted};
  };
  argo.object = [&]() -> Result<std::optional<text::Json>> {
    if (said || argo.asked.empty()) return std::optional<text::Json>();
    return std::optional(
        text::parse_json(R"({"kind": "Rollout", "metadata": {"name": "query-api", "namespace": "n",
            "generation": 2}, "spec": {"strategy": {"canary": {}}}, "status": {"abort": true,
            "observedGeneration": "2", "phase": "Degraded", "message": "RolloutAborted: revision 2"}})")
            .value());
  };
  const Ending ending = ending_of(run);
  INFO(ending.words);
  CHECK(ending.kind == Kind::failed);
  CHECK(ending.words.find("RolloutAborted") != std::string::npos);
  CHECK(argo.clock.uptime() < run.options.watch.degraded_grace);
}

TEST_CASE("a signal is a signal, whatever request it has ended") {
  FakeArgo argo(application("1"));
  FakeRun run(argo);
  run.options.on_timeout = OnTimeout::terminate;
  argo.app.rollouts = {{"argoproj.io", "Rollout", "n", "query-api"}};
  argo.object = [&]() -> Result<std::optional<text::Json>> {
    if (argo.asked.empty()) return std::optional<text::Json>();
    argo.clock.end();
    return unknown("interrupted");
  };
  CHECK(ending_of(run).kind == Kind::interrupted);
}

TEST_CASE("an operation of somebody else is not terminated") {
  FakeArgo argo(application("1"));
  FakeRun run(argo);
  run.options.timeout = milliseconds(5'000);
  run.options.on_timeout = OnTimeout::terminate;
  argo.start = [&](const SyncWish& wish) {
    argo.app.sources = argo.app.compared = {helm_source("2")};
    argo.app.operation.emplace().run = wish.run;
    argo.app.state = operation_state(Phase::running, wish.run);
    argo.touch();
    return Asked{Asked::Kind::accepted};
  };
  bool theirs = false;
  SECTION("ours") {}
  SECTION("theirs") {
    theirs = true;
    argo.before_read = [&] {
      if (argo.clock.uptime() >= milliseconds(5'000) && argo.app.state) {
        argo.app.state->operation.run = "run-2";
      }
    };
  }
  const Ending ending = ending_of(run);
  CHECK(ending.kind == Kind::timeout);
  CHECK(ending.terminated != theirs);
  CHECK(argo.times("terminate") == (theirs ? 0 : 1));
}

TEST_CASE("a sync that has not begun when time is up is not said to be terminated") {
  FakeArgo argo(application("1"));
  FakeRun run(argo);
  run.options.timeout = milliseconds(5'000);
  run.options.on_timeout = OnTimeout::terminate;
  argo.start = [&](const SyncWish& wish) {
    argo.app.sources = argo.app.compared = {helm_source("2")};
    argo.app.operation.emplace().run = wish.run;
    argo.touch();
    return Asked{Asked::Kind::accepted};
  };
  const Ending ending = ending_of(run);
  CHECK(ending.kind == Kind::timeout);
  INFO(ending.words);
  CHECK((ending.terminated || ending.words.find("could not be terminated") != std::string::npos));
}

TEST_CASE("health is not told without what was not kept, or what has another name") {
  Application app = application("2");
  app.health = Health::degraded;
  app.troubled = {{{"apps", "Deployment", "n", "a"}, "Degraded", ""}};
  const std::vector<std::string> ignored = {"apps/Deployment"};
  CHECK(health_without(app, ignored) == Health::healthy);
  app.troubled.push_back({{"", "Service", "n", "s"}, "OutOfSync", ""});
  CHECK(health_without(app, ignored) == Health::healthy);
  SECTION("there is more") {
    app.more_trouble = true;
  }
  SECTION("a health that nobody knows") {
    app.troubled.push_back({{"", "Thing", "n", "t"}, "Exploded", ""});
  }
  CHECK(health_without(app, ignored) > Health::suspended);
}
