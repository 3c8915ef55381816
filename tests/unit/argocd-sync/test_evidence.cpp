#include "common/text/text.hpp"
#include "plugins/argocd-sync/evidence/evidence.hpp"
#include "plugins/argocd-sync/evidence/pods.hpp"
#include "tests/catch.hpp"
#include "tests/unit/argocd-sync/rollout_objects.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using tests::parsed;
using tests::with;
using text::Json;

namespace {

Json pod(std::string_view name, std::string_view status) {
  auto json = parsed(R"({
    "metadata": {"namespace": "stonks-beta", "uid": "u1",
                 "creationTimestamp": "2026-08-24T12:00:00Z"},
    "spec": {"initContainers": [{"name": "migrate", "image": "registry/migrate:2"}],
             "containers": [{"name": "api", "image": "registry/api:2"},
                            {"name": "proxy", "image": "registry/proxy:1"}]}})");
  json = with(json, {"metadata", "name"}, name);
  return with(json, {"status"}, parsed(status));
}

Json statuses(std::string_view list) {
  return Json().set("phase", "Running").set("containerStatuses", parsed(list));
}

std::optional<PodTrouble> trouble(std::string_view list) {
  return trouble_of_pod(with(pod("p", "{}"), {"status"}, statuses(list)));
}

constexpr auto kCrashed = R"([{"name": "api", "ready": false, "restartCount": 5,
  "image": "sha256:abc",
  "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting"}},
  "lastState": {"terminated": {"exitCode": 1, "reason": "Error", "message": "no database"}}}])";
constexpr auto kPulling = R"([{"name": "api", "ready": false, "restartCount": 0,
  "state": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}}}])";
constexpr auto kWell = R"([{"name": "api", "ready": true, "restartCount": 0,
  "state": {"running": {"startedAt": "2026-08-24T12:00:05Z"}}}])";

Json list(Json::Array items) {
  return Json().set("items", std::move(items));
}

Json event(std::string_view object, std::string_view message, std::string_view last, int count) {
  return parsed(R"({"type": "Warning", "reason": "BackOff"})")
      .set("involvedObject",
           Json().set("kind", "Pod").set("namespace", "stonks-beta").set("name", object))
      .set("message", message)
      .set("lastTimestamp", last)
      .set("count", count);
}

Evidence of_events(Json::Array items, const std::vector<std::string>& names = {}) {
  Gathering gathering;
  gathering.events(list(std::move(items)), names);
  return gathering.evidence();
}

Json node(std::string_view kind, std::string_view name, std::string_view health) {
  return Json()
      .set("kind", kind)
      .set("namespace", "stonks-beta")
      .set("name", name)
      .set("health", Json().set("status", health));
}

Json pod_node(std::string_view reason, std::string_view health, std::string_view restarts) {
  return node("Pod", "query-api-new5-x1", health)
      .set("uid", "u1")
      .set("images", Json::Array{"registry/api:2"})
      .set("info", Json::Array{Json().set("name", "Status Reason").set("value", reason),
                               Json().set("name", "Containers").set("value", "0/1"),
                               Json().set("name", "Restart Count").set("value", restarts)});
}

Evidence of_tree(Json::Array nodes) {
  Gathering gathering;
  gathering.tree(Json().set("nodes", std::move(nodes)));
  return gathering.evidence();
}

}  // namespace

TEST_CASE("a container that crashes again and again says why it ended, not that it waits") {
  const auto found = trouble(kCrashed).value();
  CHECK(found.state == PodState::crashed);
  CHECK(found.name_space == "stonks-beta");
  CHECK(found.name == "p");
  CHECK(found.uid == "u1");
  CHECK(found.container == "api");
  CHECK(found.image == "registry/api:2");
  CHECK(found.reason == "CrashLoopBackOff");
  CHECK(found.message == "no database");
  CHECK(found.restarts == 5);
  CHECK(found.exit_code == 1);
  CHECK(found.has_log);
  CHECK(found.previous);
}

TEST_CASE("a container that ended without a word is told by what it waits for") {
  const auto found = trouble(R"([{"name": "proxy", "restartCount": 1,
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}},
    "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}}}])");
  CHECK(found->message == "back-off 10s");
  CHECK(found->image == "registry/proxy:1");
}

TEST_CASE("a container that nobody describes has the image that its status says") {
  CHECK(trouble(R"([{"name": "x", "image": "i:1", "state": {"terminated": {}}}])")->image == "i:1");
}

TEST_CASE("what is wrong with a container") {
  struct Row {
    std::string status;
    PodState state;
    std::string reason;
    bool has_log, previous;
  };
  const std::vector<Row> rows = {
      {R"("state": {"waiting": {"reason": "ErrImagePull"}})", PodState::cannot_start,
       "ErrImagePull", false, false},
      {R"("state": {"waiting": {"reason": "CreateContainerConfigError"}})", PodState::cannot_start,
       "CreateContainerConfigError", false, false},
      {R"("state": {"waiting": {"reason": "ContainerCreating"}})", PodState::starting,
       "ContainerCreating", false, false},
      {R"("state": {"waiting": {}})", PodState::starting, "", false, false},
      {R"("state": {"waiting": {"reason": "CrashLoopBackOff"}})", PodState::crashed,
       "CrashLoopBackOff", true, false},
      {R"("state": {"waiting": {"reason": "CrashLoopBackOff"}},
          "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}})",
       PodState::crashed, "CrashLoopBackOff (OOMKilled)", true, true},
      {R"("state": {"terminated": {"exitCode": 2, "reason": "Error"}})", PodState::crashed, "Error",
       true, false},
      {R"("state": {"terminated": {"exitCode": 3}})", PodState::crashed, "ExitCode:3", true, false},
      {R"("state": {"terminated": {"exitCode": 1, "signal": 9}})", PodState::crashed, "Signal:9",
       true, false},
      {R"("state": {"terminated": {"reason": "ContainerStatusUnknown"}})", PodState::crashed,
       "ContainerStatusUnknown", true, false},
      {R"("state": {"running": {}}, "ready": false)", PodState::not_ready, "NotReady", true, false},
      {R"("state": {"running": {}}, "ready": false,
          "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}})",
       PodState::not_ready, "NotReady (before: Error)", true, true},
      {R"("state": {"running": {}}, "ready": true,
          "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}})",
       PodState::restarted, "Restarted (before: OOMKilled)", true, true},
  };
  for (const Row& row : rows) {
    INFO(row.status);
    const auto found = trouble(text::cat(R"([{"name": "api", )", row.status, "}]"));
    REQUIRE(found.has_value());
    CHECK(found->state == row.state);
    CHECK(found->reason == row.reason);
    CHECK(found->has_log == row.has_log);
    CHECK(found->previous == row.previous);
  }
}

TEST_CASE("pods that are well, done or on their way out are no trouble") {
  CHECK_FALSE(trouble(kWell));
  CHECK_FALSE(trouble("[]"));
  CHECK_FALSE(trouble(R"([{"name": "api", "state": {"terminated": {"exitCode": 0}}}])"));
  CHECK_FALSE(trouble(R"([{"name": "api", "ready": true, "state": {"running": {}},
                          "lastState": {"terminated": {"exitCode": 0}}}])"));
  auto crashed = with(pod("p", "{}"), {"status"}, statuses(kCrashed));
  CHECK(trouble_of_pod(crashed));
  CHECK_FALSE(
      trouble_of_pod(with(crashed, {"metadata", "deletionTimestamp"}, "2026-08-24T12:00:00Z")));
  CHECK_FALSE(trouble_of_pod(with(crashed, {"status", "phase"}, "Succeeded")));
}

TEST_CASE("of several containers the worst is told, with the restarts of all") {
  const auto found = trouble(R"([
    {"name": "proxy", "restartCount": 2, "ready": false, "state": {"running": {}}},
    {"name": "api", "restartCount": 3, "state": {"terminated": {"exitCode": 1}}}])");
  CHECK(found->container == "api");
  CHECK(found->restarts == 5);
}

TEST_CASE("a pod that is still being initialized is about its init container") {
  const auto found = trouble_of_pod(pod("p", R"({"phase": "Pending",
    "initContainerStatuses": [{"name": "migrate", "restartCount": 1,
      "state": {"waiting": {"reason": "CrashLoopBackOff"}},
      "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}}}],
    "containerStatuses": [{"name": "api", "state": {"waiting": {"reason": "PodInitializing"}}}]})"));
  CHECK(found->container == "migrate");
  CHECK(found->image == "registry/migrate:2");
  CHECK(found->reason == "Init:CrashLoopBackOff");
  CHECK(found->state == PodState::crashed);
  const auto slow = trouble_of_pod(pod("p", R"({"phase": "Pending",
    "initContainerStatuses": [{"name": "migrate", "ready": false, "state": {"running": {}}}]})"));
  CHECK(slow->reason == "Init:Initializing");
  CHECK(slow->state == PodState::starting);
}

TEST_CASE("a pod without containers says itself what is wrong") {
  const auto unscheduled = trouble_of_pod(pod("p", R"({"phase": "Pending", "conditions": [
    {"type": "Ready", "status": "False", "reason": "x"},
    {"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
     "message": "0/3 nodes are available: 3 Insufficient memory."}]})"));
  CHECK(unscheduled->state == PodState::not_scheduled);
  CHECK(unscheduled->reason == "Unschedulable");
  CHECK_THAT(unscheduled->message, ContainsSubstring("Insufficient memory"));
  CHECK_FALSE(unscheduled->has_log);
  const auto evicted = trouble_of_pod(pod("p", R"({"phase": "Failed", "reason": "Evicted",
    "message": "The node was low on resource: memory.",
    "containerStatuses": [{"name": "api", "state": {"terminated": {"exitCode": 137}}}]})"));
  CHECK(evicted->reason == "Evicted");
  CHECK(trouble_of_pod(pod("p", R"({"phase": "Failed"})"))->reason == "Failed");
  CHECK(trouble_of_pod(pod("p", R"({"phase": "Pending"})"))->reason == "Pending");
  CHECK_FALSE(trouble_of_pod(pod("p", R"({"phase": "Running"})")));
}

TEST_CASE("a pod in the tree of Argo CD") {
  struct Row {
    std::string reason, health;
    PodState state;
    bool has_log;
  };
  const std::vector<Row> rows = {
      {"CrashLoopBackOff", "Degraded", PodState::crashed, true},
      {"Init:CrashLoopBackOff", "Degraded", PodState::crashed, true},
      {"ExitCode:1", "Degraded", PodState::crashed, true},
      {"ImagePullBackOff", "Degraded", PodState::cannot_start, false},
      {"Init:0/1", "Progressing", PodState::starting, false},
      {"ContainerCreating", "Progressing", PodState::starting, false},
      {"Pending", "Progressing", PodState::not_scheduled, false},
      {"Running", "Progressing", PodState::not_ready, true},
  };
  for (const Row& row : rows) {
    INFO(row.reason);
    const auto found = trouble_of_node(pod_node(row.reason, row.health, "3"));
    REQUIRE(found.has_value());
    CHECK(found->state == row.state);
    CHECK(found->reason == row.reason);
    CHECK(found->has_log == row.has_log);
    CHECK(found->previous == row.has_log);
    CHECK(found->restarts == 3);
    CHECK(found->image == "registry/api:2");
    CHECK(found->uid == "u1");
  }
  CHECK_FALSE(trouble_of_node(pod_node("Running", "Healthy", "0")));
  CHECK_FALSE(trouble_of_node(pod_node("Terminating", "Progressing", "0")));
  CHECK_FALSE(trouble_of_node(pod_node("Running", "Progressing", ""))->previous);
}

TEST_CASE("the tree tells what is not healthy, the worst first, and nothing twice") {
  const Json parent = Json()
                          .set("group", "apps")
                          .set("kind", "Deployment")
                          .set("namespace", "stonks-beta")
                          .set("name", "query-api");
  auto deployment = node("Deployment", "query-api", "Degraded").set("group", "apps");
  const auto evidence = of_tree({
      node("Ingress", "web", "Progressing"),
      node("Service", "web", "Healthy"),
      Json(deployment),
      node("ReplicaSet", "query-api-new5", "Degraded")
          .set("group", "apps")
          .set("parentRefs", Json::Array{parent}),
      node("ReplicaSet", "alone", "Degraded").set("group", "apps"),
      node("AnalysisRun", "rate", "Degraded").set("parentRefs", Json::Array{parent}),
      pod_node("CrashLoopBackOff", "Degraded", "3"),
      parsed(R"({"kind": "ConfigMap", "name": "x"})"),
  });
  REQUIRE(evidence.unhealthy.size() == 4);
  CHECK(evidence.unhealthy[0].resource.kind == "AnalysisRun");
  CHECK(evidence.unhealthy[1].resource.kind == "Deployment");
  CHECK(evidence.unhealthy[2].resource.name == "alone");
  CHECK(evidence.unhealthy[3].resource.kind == "Ingress");
  CHECK(evidence.pods.size() == 1);
}

TEST_CASE("what the Application says and what the tree says count once") {
  Gathering gathering;
  gathering.resources({{{"apps", "Deployment", "stonks-beta", "query-api"}, "Degraded", ""}});
  auto deployment = node("Deployment", "query-api", "Degraded").set("group", "apps");
  deployment.set("health", Json().set("status", "Degraded").set("message", "too slow"));
  gathering.tree(Json().set("nodes", Json::Array{deployment}));
  const auto evidence = gathering.evidence();
  REQUIRE(evidence.unhealthy.size() == 1);
  CHECK(evidence.unhealthy[0].message == "too slow");
  gathering.resources({{{"apps", "Deployment", "stonks-beta", "query-api"}, "Degraded", "x"}});
  CHECK(gathering.evidence().unhealthy[0].message == "too slow");
}

TEST_CASE("a pod itself tells more than its node in the tree") {
  const auto full = with(pod("query-api-new5-x1", "{}"), {"status"}, statuses(kCrashed));
  for (const bool tree_first : {true, false}) {
    Gathering gathering;
    const Json tree =
        Json().set("nodes", Json::Array{pod_node("CrashLoopBackOff", "Degraded", "3")});
    if (tree_first) gathering.tree(tree);
    gathering.pods(full);
    if (!tree_first) gathering.tree(tree);
    REQUIRE(gathering.evidence().pods.size() == 1);
    CHECK(gathering.evidence().pods[0].container == "api");
  }
}

TEST_CASE("the log of the pod that crashed is chosen, of two that of the newer one") {
  const auto make = [](std::string_view name, std::string_view list, std::string_view created) {
    return with(with(pod(name, "{}"), {"status"}, statuses(list)),
                {"metadata", "creationTimestamp"}, created);
  };
  Gathering gathering;
  gathering.pods(list({make("a-pulls", kPulling, "2026-08-24T12:00:09Z"),
                       make("b-old", kCrashed, "2026-08-24T11:00:00Z"),
                       make("c-new", kCrashed, "2026-08-24T12:00:00Z"),
                       make("d-well", kWell, "2026-08-24T12:00:00Z")}));
  const auto evidence = gathering.evidence();
  REQUIRE(evidence.pods.size() == 3);
  CHECK(evidence.pods[0].name == "c-new");
  CHECK(evidence.pods[1].name == "b-old");
  CHECK(evidence.pods[2].name == "a-pulls");
  REQUIRE(evidence.log);
  CHECK(evidence.log->pod == "c-new");
  CHECK(evidence.log->name_space == "stonks-beta");
  CHECK(evidence.log->container == "api");
  CHECK(evidence.log->previous);
}

TEST_CASE("where no pod has a log, none is chosen") {
  Gathering gathering;
  gathering.pods(list({with(pod("a", "{}"), {"status"}, statuses(kPulling))}));
  CHECK_FALSE(gathering.evidence().log);
}

TEST_CASE("a name that is none of Kubernetes never becomes part of an address") {
  for (const std::string_view name : {"../secrets", "a?x=1", "A", "a b", "..", "a/b"}) {
    Gathering gathering;
    gathering.pods(list({with(pod(name, "{}"), {"status"}, statuses(kCrashed))}));
    CHECK(gathering.evidence().pods.size() == 1);
    CHECK_FALSE(gathering.evidence().log);
  }
  Gathering gathering;
  auto json = with(pod("p", "{}"), {"status"}, statuses(R"([{"name": "a&b=c",
    "state": {"terminated": {"exitCode": 1}}}])"));
  gathering.pods(json);
  CHECK(gathering.evidence().log->container.empty());
}

TEST_CASE("warnings come newest first, and the same of several pods once") {
  const auto evidence = of_events({
      event("p1", "failed", "2026-08-24T12:00:00Z", 3),
      event("p2", "failed", "2026-08-24T12:00:05Z", 2),
      event("p1", "failed", "2026-08-24T12:00:02Z", 1),
      event("p1", "older", "2026-08-24T11:00:00Z", 1),
      event("p1", "newer", "2026-08-24T13:00:00.123456Z", 1),
      event("p1", "unknown when", "", 1),
  });
  REQUIRE(evidence.events.size() == 4);
  CHECK(evidence.events[0].message == "newer");
  CHECK(evidence.events[1].message == "failed");
  CHECK(evidence.events[1].count == 6);
  CHECK(evidence.events[1].others == 1);
  CHECK(evidence.events[1].object == "Pod p2");
  CHECK(evidence.events[2].message == "older");
  CHECK(evidence.events[3].last == std::nullopt);
}

TEST_CASE("an event that is told twice counts once") {
  const auto one =
      event("p1", "failed", "2026-08-24T12:00:00Z", 3).set("metadata", Json().set("uid", "e1"));
  Gathering gathering;
  gathering.events(list({one}));
  gathering.events(list({one}));
  CHECK(gathering.evidence().events.at(0).count == 3);
}

TEST_CASE("only warnings count, in either way to write them") {
  auto normal = event("p1", "started", "2026-08-24T12:00:00Z", 1);
  normal.set("type", "Normal");
  const auto other = parsed(R"({"type": "Warning", "reason": "FailedMount", "note": "no secret",
    "regarding": {"kind": "Pod", "name": "p1"}, "eventTime": "2026-08-24T12:00:00.5Z",
    "series": {"count": 7, "lastObservedTime": "2026-08-24T12:05:00.5Z"}})");
  const auto evidence = of_events({normal, other, Json(3), Json()});
  REQUIRE(evidence.events.size() == 1);
  CHECK(evidence.events[0].object == "Pod p1");
  CHECK(evidence.events[0].message == "no secret");
  CHECK(evidence.events[0].count == 7);
  CHECK(evidence.events[0].last == time::parse_instant("2026-08-24T12:05:00Z").value());
}

TEST_CASE("when an event was last seen stands in one of several places") {
  for (const auto& path :
       std::vector<std::vector<std::string_view>>{{"series", "lastObservedTime"},
                                                  {"lastTimestamp"},
                                                  {"deprecatedLastTimestamp"},
                                                  {"eventTime"},
                                                  {"firstTimestamp"},
                                                  {"metadata", "creationTimestamp"}}) {
    auto one = with(event("p", "m", "", 1), {"lastTimestamp"}, nullptr);
    tests::put(one, path, "2026-08-24T12:05:00Z");
    CHECK(of_events({one}).events.at(0).last ==
          time::parse_instant("2026-08-24T12:05:00Z").value());
  }
}

TEST_CASE("events about other things are left out when the names are known") {
  const auto evidence =
      of_events({event("query-api", "a", "", 1), event("query-api-x1", "b", "", 1),
                 event("query-apis", "c", "", 1), event("web", "d", "", 1)},
                {"query-api", "x"});
  CHECK(evidence.events.size() == 2);
}

TEST_CASE("an event says which container of a pod in the tree it is") {
  auto back_off = event("query-api-new5-x1", "failed", "2026-08-24T12:00:00Z", 3);
  back_off = with(back_off, {"involvedObject", "fieldPath"}, "spec.containers{api}");
  Gathering gathering;
  gathering.events(list({back_off}));
  gathering.tree(Json().set("nodes", Json::Array{pod_node("CrashLoopBackOff", "Degraded", "3")}));
  CHECK(gathering.evidence().pods.at(0).container == "api");
  CHECK(gathering.evidence().log->container == "api");
}

TEST_CASE("which container it is, the pod itself knows best") {
  auto other = event("p", "failed", "2026-08-24T12:00:00Z", 3);
  other = with(other, {"involvedObject", "fieldPath"}, "spec.containers{proxy}");
  Gathering gathering;
  gathering.events(list({other}));
  gathering.pods(with(pod("p", "{}"), {"status"}, statuses(kCrashed)));
  CHECK(gathering.evidence().pods.at(0).container == "api");
}

TEST_CASE("of very much, the first is kept and the rest is counted") {
  Json::Array pods;
  Json::Array events;
  Json::Array nodes;
  for (int i = 0; i < 2500; ++i) {
    const auto name = text::cat("p", i);
    pods.push_back(with(pod(name, "{}"), {"status"}, statuses(kCrashed)));
    events.push_back(event("p", name, "", 1));
    nodes.push_back(node("Job", name, "Degraded"));
  }
  Gathering gathering;
  gathering.pods(list(std::move(pods)));
  gathering.events(list(std::move(events)));
  gathering.tree(Json().set("nodes", std::move(nodes)));
  const auto evidence = gathering.evidence();
  CHECK(evidence.pods.size() == 20);
  CHECK(evidence.more_pods == 1980);
  CHECK(evidence.events.size() == 20);
  CHECK(evidence.more_events == 1980);
  CHECK(evidence.unhealthy.size() == 20);
  CHECK(evidence.more_unhealthy == 1980);
}

TEST_CASE("odd input does no harm") {
  std::size_t count = 0;
  const auto feed = [&](const Json& odd) {
    ++count;
    Gathering gathering;
    gathering.tree(odd);
    gathering.pods(odd);
    gathering.events(odd, {"p"});
    if (gathering.evidence().pods.size() > 1) FAIL(odd.dump());
  };
  const auto crashed = with(pod("p", "{}"), {"status"}, statuses(kCrashed));
  tests::each_oddity(list({crashed}), feed);
  tests::each_oddity(pod("p", R"({"phase": "Pending", "conditions": [
      {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]})"),
                     feed);
  tests::each_oddity(list({event("p", "m", "2026-08-24T12:00:00Z", 1)}), feed);
  tests::each_oddity(
      Json().set("nodes",
                 Json::Array{pod_node("Error", "Degraded", "3"),
                             node("ReplicaSet", "r", "Degraded")
                                 .set("parentRefs", Json::Array{Json().set("name", "d")})}),
      feed);
  CHECK(count > 500);
}
