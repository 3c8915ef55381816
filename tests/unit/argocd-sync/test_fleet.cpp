// Several Applications, and the way back.
#include "plugins/argocd-sync/run/fleet.hpp"
#include "tests/catch.hpp"
#include "tests/unit/argocd-sync/fake_way.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using Kind = Ending::Kind;

namespace {

std::vector<Ending> endings_of(FakeRun& run) {
  const step::Run step{"sync", "text", run.argo.clock, -1, false, {}};
  return deploy_all(run.tools(), step);
}

}  // namespace

TEST_CASE("a fault in the work on one Application is its ending, and not that of the program") {
  FakeArgo argo(application("1"));
  FakeRun run(argo);
  argo.preflight = []() -> Result<> { throw std::runtime_error("a fault"); };
  const auto endings = endings_of(run);
  REQUIRE(endings.size() == 1);
  CHECK(endings[0].kind == Kind::unknown);
  CHECK(endings[0].words == "internal error: a fault");
}

TEST_CASE("a way back that does not exist is told") {
  FakeArgo argo(application("1"));
  FakeRun run(argo);
  run.options.rollback_on_failure = true;
  argo.app.sources = argo.app.compared = {text::Json().set("repoURL", "r")};  // no tag at all
  argo.start = [&](const SyncWish& wish) {
    argo.succeed(wish.run, "2");
    argo.app.state->phase = Phase::failed;
    return Asked{Asked::Kind::accepted};
  };
  const auto endings = endings_of(run);
  CHECK(endings[0].kind == Kind::failed);
  REQUIRE(endings[0].rollback);
  CHECK(endings[0].rollback->kind == Kind::skipped);
  CHECK(endings[0].rollback->words == "it is not known which one tag was there before");
  CHECK(argo.asked == std::vector<std::string>{"start run-1"});
}

TEST_CASE("the way back does not wait for the sync that it takes back") {
  FakeArgo argo(application("1"));
  FakeRun run(argo);
  run.options.timeout = milliseconds(5'000);
  run.options.rollback_on_failure = true;
  // A tag of its own is named: on the way back it is not the one that is expected.
  run.options.expect_images = {"query-api:2"};
  run.options.on_busy = GENERATE(OnBusy::wait, OnBusy::fail);
  argo.start = [&](const SyncWish& wish) {
    if (wish.run == "run-1") {
      argo.app.sources = argo.app.compared = {helm_source("2")};
      argo.app.operation.emplace().run = wish.run;
      argo.app.state = operation_state(Phase::running, wish.run);
      argo.touch();
      argo.before_read = [&, reads = 0]() mutable {
        if (argo.times("terminate") == 0 || ++reads != 3) return;
        argo.app.operation.reset();  // it takes a while to end
        argo.app.state->phase = Phase::failed;
        argo.touch();
      };
    } else {
      argo.succeed(wish.run, "1");
    }
    return Asked{Asked::Kind::accepted};
  };
  const auto endings = endings_of(run);
  INFO(endings[0].words);
  CHECK(endings[0].kind == Kind::timeout);
  CHECK(endings[0].terminated);
  REQUIRE(endings[0].rollback);
  INFO(endings[0].rollback->words);
  CHECK(endings[0].rollback->kind == Kind::success);
  CHECK(argo.asked == std::vector<std::string>{"start run-1", "terminate", "start run-1.rollback"});
}
