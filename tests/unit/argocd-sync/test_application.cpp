#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/application.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::argocd;

namespace {

Result<Application> read(std::string_view text) {
  ApplicationReader reader;
  if (auto fed = reader.feed(text); !fed) return forward(fed.error());
  return reader.finish();
}

}  // namespace

TEST_CASE("an Application is read from what the API sends") {
  const auto app = read(R"({
    "metadata": {"name": "a", "namespace": "argocd", "resourceVersion": "7", "managedFields": [{"x": {}}],
                 "annotations": {"argocd.argoproj.io/tracking-id": "root:argoproj.io/Application:argocd/a"}},
    "spec": {"project": "p", "source": {"repoURL": "r"}, "syncPolicy": {"automated": {"prune": true}}},
    "operation": {"info": [{"name": "stagegate.run", "value": "run-1"}],
                  "initiatedBy": {"username": "ci"}, "sync": {"resources": [{"kind": "ConfigMap"}]}},
    "status": {"sync": {"status": "OutOfSync", "revision": "abc", "comparedTo": {"source": {"repoURL": "r"}}},
               "health": {"status": "Degraded", "message": "no pods"},
               "reconciledAt": "2026-08-24T12:00:00Z",
               "conditions": [{"type": "SyncError", "message": "m"}, {"type": "OrphanedResourceWarning"}],
               "summary": {"images": ["i:1"]},
               "resources": [{"group": "apps", "kind": "Deployment", "namespace": "n", "name": "d",
                              "status": "Synced", "health": {"status": "Degraded", "message": "crash"}},
                             {"kind": "Service", "name": "s", "status": "Synced"},
                             {"group": "argoproj.io", "kind": "Rollout", "name": "r", "status": "Synced"}]}})");
  REQUIRE(app);
  CHECK(app->name == "a");
  CHECK(app->resource_version == "7");
  CHECK(app->auto_sync);
  CHECK(app->managed_by == "the Application root");
  CHECK(app->operation->run == "run-1");
  CHECK(app->operation->by == "ci");
  CHECK(app->operation->partial);
  CHECK_FALSE(app->state);
  CHECK(app->sync == Sync::out_of_sync);
  CHECK(app->health == Health::degraded);
  CHECK(app->revisions == std::vector<std::string>{"abc"});
  CHECK(same_sources(app->sources, app->compared));
  CHECK(app->errors == std::vector<std::string>{"SyncError: m"});
  REQUIRE(app->troubled.size() == 1);
  CHECK(app->troubled[0].resource.text() == "apps/Deployment n/d");
  CHECK(app->troubled[0].message == "crash");
  CHECK(app->rollouts.size() == 1);
}

TEST_CASE("the result of an operation says what failed and what was left over") {
  const auto app = read(R"({"metadata": {"name": "a"}, "spec": {"sources": [{"a": 1}, {"b": 2}]},
    "status": {"operationState": {"phase": "Succeeded", "startedAt": "s", "finishedAt": "2026-08-24T12:00:03Z",
      "syncResult": {"revisions": ["x", "y"], "resources": [
        {"kind": "Job", "name": "h", "hookPhase": "Failed", "message": "boom"},
        {"kind": "ConfigMap", "name": "c", "status": "PruneSkipped"},
        {"kind": "Service", "name": "s", "status": "Synced", "hookPhase": "Running"}]}}}})");
  REQUIRE(app);
  REQUIRE(app->state);
  CHECK(app->state->phase == Phase::succeeded);
  CHECK(app->state->revisions == std::vector<std::string>{"x", "y"});
  REQUIRE(app->state->failed.size() == 1);
  CHECK(app->state->failed[0].message == "boom");
  CHECK(app->state->prune_skipped.size() == 1);
  CHECK(app->sources.size() == 2);
}

TEST_CASE("auto-sync is on when it is there and not switched off") {
  CHECK_FALSE(read(R"({"metadata":{"name":"a"}})")->auto_sync);
  CHECK(read(R"({"metadata":{"name":"a"},"spec":{"syncPolicy":{"automated":{}}}})")->auto_sync);
  CHECK_FALSE(
      read(R"({"metadata":{"name":"a"},"spec":{"syncPolicy":{"automated":{"enabled":false}}}})")
          ->auto_sync);
}

TEST_CASE("what is no Application is refused") {
  CHECK_FALSE(read("<html>"));
  CHECK_FALSE(read("{}"));
  CHECK_FALSE(read(R"({"metadata":{"name":"a"})"));
}

TEST_CASE("sources are the same in whatever order their members are") {
  const auto json = [](std::string_view text) { return text::parse_json(text).value(); };
  CHECK(same_value(json(R"({"a":[{"x":1,"y":2}],"b":1})"), json(R"({"b":1,"a":[{"y":2,"x":1}]})")));
  CHECK_FALSE(same_value(json(R"({"a":[1,2]})"), json(R"({"a":[2,1]})")));
}

// Kubernetes keeps a specification as it was written; what it was compared with is written by Go,
// which leaves empty members out and writes an empty `jsonnet` into every directory.
TEST_CASE("what means the same to Argo CD is the same") {
  const auto json = [](std::string_view text) { return text::parse_json(text).value(); };
  CHECK(same_value(json(R"({"repoURL":"r","directory":{"recurse":true}})"),
                   json(R"({"repoURL":"r","directory":{"recurse":true,"jsonnet":{}}})")));
  CHECK(same_value(
      json(R"({"targetRevision":"","helm":{"skipCrds":false,"valueFiles":[],"parameters":[
                 {"name":"a","value":"b","forceString":false}]}})"),
      json(R"({"helm":{"parameters":[{"name":"a","value":"b"}]}})")));
  CHECK_FALSE(same_value(json(R"({"helm":{"parameters":[{"name":"a","value":"b"}]}})"),
                         json(R"({"helm":{}})")));
  CHECK_FALSE(same_value(json(R"([{},1])"), json(R"([1])")));
  // What people write for their chart is theirs: there "off" and "not said" are two things.
  CHECK_FALSE(same_value(json(R"({"helm":{"valuesObject":{"on":false}}})"),
                         json(R"({"helm":{"valuesObject":{}}})")));
}

TEST_CASE("what is out of sync and would not go by pruning is counted, however much there is") {
  const auto app = read(R"({"metadata":{"name":"a"},"status":{"resources":[
      {"kind":"ConfigMap","name":"old","status":"OutOfSync","requiresPruning":true},
      {"kind":"Service","name":"s","status":"Synced"},
      {"group":"apps","kind":"Deployment","name":"d","status":"OutOfSync"}]}})");
  REQUIRE(app);
  CHECK(app->troubled.size() == 2);
  CHECK(app->differing == 1);
}

TEST_CASE("an Application of megabytes is read without being kept") {
  ApplicationReader reader;
  REQUIRE(reader.feed(R"({"metadata":{"name":"a","managedFields":[)"));
  for (int i = 0; i < 20'000; ++i) {
    REQUIRE(reader.feed(
        text::cat(i == 0 ? "" : ",", R"({"manager":"m","fieldsV1":{"f:spec":{"k":{"x":{}}}}})")));
  }
  REQUIRE(reader.feed(R"(]},"status":{"resources":[)"));
  for (int i = 0; i < 20'000; ++i) {
    REQUIRE(reader.feed(text::cat(i == 0 ? "" : ",", R"({"kind":"ConfigMap","name":"c)", i,
                                  R"(","status":"OutOfSync"})")));
  }
  REQUIRE(reader.feed("]}}"));
  const auto app = reader.finish().value();
  CHECK(app.troubled.size() == 100);
  CHECK(app.more_trouble);
  CHECK(app.differing == 20'000);
}
