// How a sync is begun: once, and by us.
#include "tests/catch.hpp"
#include "tests/unit/argocd-sync/fake_way.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using Kind = Ending::Kind;

TEST_CASE("the tag is set and synced, once") {
  FakeArgo argo(application("1"));
  FakeRun run(argo);
  const Ending ending = ending_of(run);
  INFO(ending.words);
  CHECK(ending.kind == Kind::success);
  CHECK(ending.started);
  CHECK(ending.before == "1");
  CHECK(argo.asked == std::vector<std::string>{"start run-1"});
}

// The change is made and the sync refused: auto-sync was faster, with what we have set.
TEST_CASE("auto-sync that takes up our change is not somebody else's operation") {
  FakeArgo argo(application("1"));
  FakeRun run(argo);
  run.options.on_busy = OnBusy::fail;
  argo.app.auto_sync = true;
  argo.start = [&](const SyncWish&) {
    argo.app.sources = {helm_source("2")};
    argo.app.operation.emplace().automated = true;
    argo.app.state = operation_state(Phase::running, "");
    argo.app.state->operation.automated = true;
    argo.app.state->operation.sources = argo.app.sources;
    argo.touch();
    argo.before_read = [&, reads = 0]() mutable {
      if (++reads != 5) return;
      argo.succeed("", "2");
      argo.app.state->operation.automated = true;
    };
    return Asked{Asked::Kind::busy, "another operation is already in progress"};
  };
  const Ending ending = ending_of(run);
  INFO(ending.words);
  CHECK(ending.kind == Kind::success);
  CHECK(ending.adopted);
}

// Self-heal syncs only what differs.
TEST_CASE("an operation that brings only a part is not adopted") {
  FakeArgo argo(application("2"));
  FakeRun run(argo);
  run.options.on_busy = OnBusy::adopt;
  argo.app.operation.emplace().automated = true;
  argo.app.state = operation_state(Phase::running, "");
  argo.app.state->operation.partial = true;
  argo.app.state->operation.sources = argo.app.sources;
  argo.before_read = [&, reads = 0]() mutable {
    if (++reads == 4) argo.succeed("", "2");
  };
  const Ending ending = ending_of(run);
  INFO(ending.words);
  CHECK(ending.kind == Kind::success);
  CHECK_FALSE(ending.adopted);
  CHECK(argo.times("start run-1") == 1);
}

TEST_CASE("a step that is started again does not go on with what cannot become a success") {
  FakeArgo argo(application("2"));
  FakeRun run(argo);
  argo.app.state = operation_state(Phase::succeeded, "run-1");
  SECTION("only a part was synced") {
    argo.app.state->operation.partial = true;
  }
  SECTION("a resource failed") {
    argo.app.state->failed = {{{}, "SyncFailed", "boom"}};
  }
  const Ending ending = ending_of(run);
  INFO(ending.words);
  CHECK(ending.kind == Kind::success);
  CHECK(argo.times("start run-1") == 1);
}

TEST_CASE("a sync whose answer was lost is ours to terminate, too") {
  FakeArgo argo(application("1"));
  FakeRun run(argo);
  run.options.on_timeout = OnTimeout::terminate;
  bool lost = false;
  argo.start = [&](const SyncWish& wish) {
    lost = true;
    argo.app.sources = {helm_source("2")};
    argo.app.operation.emplace().run = wish.run;
    argo.app.state = operation_state(Phase::running, wish.run);
    return Asked{Asked::Kind::lost, "the answer did not come"};
  };
  Kind kind = Kind::timeout;
  const milliseconds deadline = argo.clock.uptime() + run.options.timeout;
  // Nothing is heard until it is over; then there is an answer for whoever cleans up.
  argo.silent = [&]() -> std::optional<Failure> {
    if (!lost || argo.clock.ended() || argo.clock.uptime() >= deadline) return std::nullopt;
    return Failure{Failure::Kind::unknown, "silence", true};
  };
  SECTION("when time is up") {}
  SECTION("when a signal comes") {
    kind = Kind::interrupted;
    argo.before_read = [&] {
      if (lost) argo.clock.end();
    };
  }
  const Ending ending = ending_of(run);
  INFO(ending.words);
  CHECK(ending.kind == kind);
  CHECK(ending.terminated);
  CHECK(argo.times("terminate") == 1);
}

TEST_CASE("a question before the sync that gets no answer is asked again") {
  FakeArgo argo(application("1"));
  FakeRun run(argo);
  int asked = 0;
  argo.preflight = [&]() -> Result<> {
    if (++asked < 3) return forward({Failure::Kind::unknown, "503", true});
    return {};
  };
  const Ending ending = ending_of(run);
  INFO(ending.words);
  CHECK(ending.kind == Kind::success);
  CHECK(asked == 3);
}

TEST_CASE("there is one revision for each source, or none at all") {
  FakeArgo argo(application("1"));
  FakeRun run(argo);
  run.options.revisions = {"abc", "def"};
  const Ending ending = ending_of(run);
  CHECK(ending.kind == Kind::misused);
  CHECK(ending.words ==
        "revisions: the Application has 1 source and there are 2 revisions: give one for each");
  CHECK(argo.asked.empty());
}
