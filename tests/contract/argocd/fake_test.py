"""The stand-ins for argocd-server and the Kubernetes API themselves: each trap of the real ones, by plain requests."""

import http.client
import json
import os
import pathlib
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "registry"))
import servers  # noqa: E402
from servers import until  # noqa: E402

import argocd_server  # noqa: E402
import replay  # noqa: E402
import schema  # noqa: E402
from argocd_server import ArgoServer, Refused  # noqa: E402
from controller import Controller  # noqa: E402
from world import IMAGE, NEW, OLD, REFRESH, World, active, application, helm_source, project, state_of  # noqa: E402

APP = "/api/v1/applications/stonks-beta"
KUBE_APP = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/stonks-beta"
INFOS = [{"name": "stagegate.run", "value": "run-1"}]
SYNC = {"name": "stonks-beta", "appNamespace": "argocd", "project": "stonks", "strategy": {"hook": {}}, "infos": INFOS}
PARAMETER = "/spec/source/helm/parameters/0"


def needs_data(test):
    return unittest.skipUnless(os.environ.get("STAGEGATE_DATA"), "no data")(test)


class FakeCase(unittest.TestCase):
    def setUp(self):
        self.world = World(self, speed=10)
        self.argo = ArgoServer(self, self.world)

    def add(self, *, item=None, **knobs):
        self.controller = Controller(**knobs)
        return self.world.add(item or application(), self.controller)

    def send(self, method, path, body=None, base=None, timeout=30, **headers):
        """(status, answer) of one request, with what it needs unless `headers` say otherwise."""
        link = http.client.HTTPConnection(urllib.parse.urlsplit(base or self.argo.url).netloc, timeout=timeout)
        self.addCleanup(link.close)
        all_headers = {"Authorization": f"Bearer {self.argo.token}", "Content-Type": "application/json"}
        all_headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        link.request(method, path, json.dumps(body) if isinstance(body, (dict, list)) else body,
                     {name: value for name, value in all_headers.items() if value is not None})
        answer = link.getresponse()
        text = answer.read()
        self.type = answer.headers.get("Content-Type")
        return answer.status, json.loads(text) if self.type == "application/json" else text

    def kube(self, method, path, body=None, **headers):
        return self.send(method, path, body, self.world.cluster.url, **{"Authorization": "Bearer sesame"} | headers)

    def get(self):
        return self.send("GET", APP + "?project=stonks")[1]

    def wait_for(self, promise, what="the end"):
        return until(lambda: promise(self.world.get("stonks-beta")), what, 30)

    def assert_refused(self, status, code, words, answer):
        self.assertEqual(answer[0], status, answer)
        self.assertEqual(answer[1]["code"], code)
        self.assertIn(words, answer[1]["message"])
        self.assertEqual(answer[1]["error"], answer[1]["message"])

    def stream(self, query="", **headers):
        """A connection and the lines of a stream."""
        link = http.client.HTTPConnection(urllib.parse.urlsplit(self.argo.url).netloc, timeout=30)
        self.addCleanup(link.close)
        link.request("GET", "/api/v1/stream/applications?name=stonks-beta&project=stonks" + query,
                     headers={"Authorization": f"Bearer {self.argo.token}"} | headers)
        return link.getresponse()


class TrapTestCase(FakeCase):
    def test_every_request_but_get_needs_the_content_type_and_no_more(self):
        self.add()
        for method, path in (("POST", APP + "/sync"), ("PATCH", APP), ("DELETE", APP + "/operation")):
            for content_type in (None, "application/json; charset=utf-8", "application/x-www-form-urlencoded"):
                status, text = self.send(method, path, json.dumps(SYNC), Content_Type=content_type)
                self.assertEqual((status, text), (415, b"Invalid content type\n"), content_type)
        self.assertNotIn("operation", self.world.get("stonks-beta"))

    def test_a_token_without_three_parts_is_no_token(self):
        self.add()
        for value in ("Bearer opaque", "Bearer a.b", "", "Basic a.b.c"):
            self.assert_refused(401, 16, "no session information", self.send("GET", APP, Authorization=value))
        self.assert_refused(401, 16, "invalid session", self.send("GET", APP, Authorization="Bearer a.b.c"))
        self.argo.expired.add(self.argo.token)
        self.assert_refused(401, 16, "token is expired", self.send("GET", APP))

    def test_version_and_userinfo_answer_without_a_token_and_a_wrong_login_is_401(self):
        self.assertIn("Version", self.send("GET", "/api/version", Authorization="")[1])
        self.assertEqual(self.send("GET", "/api/v1/session/userinfo", Authorization="Bearer x"), (200, {}))
        self.assertEqual(self.send("GET", "/api/v1/session/userinfo")[1],
                         {"loggedIn": True, "username": "proj:stonks:promoter", "iss": "argocd"})
        self.argo.passwords["ci"] = "right"
        self.assert_refused(401, 16, "Invalid username or password",
                            self.send("POST", "/api/v1/session", {"username": "ci", "password": "wrong"}))
        made = self.send("POST", "/api/v1/session", {"username": "ci", "password": "right"})[1]["token"]
        self.assertEqual(made.count("."), 2)
        self.assertTrue(self.send("GET", "/api/v1/session/userinfo", Authorization="Bearer " + made)[1]["loggedIn"])

    def test_what_is_not_there_is_a_bare_403_without_a_project_and_a_404_with_one(self):
        self.add()
        self.assertEqual(self.send("GET", "/api/v1/applications/none"),
                         (403, {"error": "permission denied", "code": 7, "message": "permission denied"}))
        self.assert_refused(404, 5, "not found", self.send("GET", "/api/v1/applications/none?project=stonks"))
        self.assert_refused(404, 5, "not found", self.send("GET", APP + "?project=other"))
        self.argo.denied.add("sync")
        self.assert_refused(403, 7, "permission denied: applications, sync, stonks/stonks-beta, sub: proj:stonks",
                            self.send("POST", APP + "/sync", SYNC))
        self.assertEqual(self.send("GET", "/api/v1/account/can-i/applications/sync/stonks/stonks-beta")[1],
                         {"value": "no"})
        self.assertEqual(self.send("GET", "/api/v1/account/can-i/applications/get/stonks/stonks-beta")[1],
                         {"value": "yes"})
        self.assert_refused(400, 3, "action", self.send("GET", "/api/v1/account/can-i/applications/action/stonks/a"))

    def test_objects_come_without_a_kind_with_managed_fields_and_with_the_health_of_resources(self):
        self.add()
        item = self.get()
        self.assertNotIn("kind", item)
        self.assertTrue(item["metadata"]["managedFields"])
        self.assertEqual(item["status"]["resources"][0]["health"], {"status": "Healthy"})
        self.assertNotIn("health", self.world.get("stonks-beta")["status"]["resources"][0])

    def test_a_failed_test_of_a_patch_is_a_500_and_changes_nothing(self):
        self.add()
        operations = [{"op": "test", "path": PARAMETER + "/name", "value": "other"},
                      {"op": "replace", "path": PARAMETER + "/value", "value": NEW}]
        body = {"name": "stonks-beta", "project": "stonks", "patchType": "json", "patch": json.dumps(operations)}
        self.assert_refused(500, 2, "error applying patch", self.send("PATCH", APP, body))
        operations[0]["value"] = "image.tag"
        status, item = self.send("PATCH", APP, body | {"patch": json.dumps(operations)})
        self.assertEqual((status, item["spec"]["source"]["helm"]["parameters"][0]["value"]), (200, NEW))

    def test_a_patch_appends_and_creates_and_touches_no_status(self):
        self.add()
        more = [{"op": "add", "path": "/spec/source/helm/parameters/-", "value": {"name": "a", "value": "b"}},
                {"op": "add", "path": "/spec/source/kustomize", "value": {"images": ["a:b"]}},
                {"op": "replace", "path": "/status/health/status", "value": "Degraded"}]
        item = self.send("PATCH", APP, {"name": "stonks-beta", "project": "stonks", "patch": json.dumps(more)})[1]
        self.assertEqual(len(item["spec"]["source"]["helm"]["parameters"]), 2)
        self.assertEqual(item["spec"]["source"]["kustomize"], {"images": ["a:b"]})
        self.assertEqual(item["status"]["health"]["status"], "Healthy")
        item = self.send("PATCH", APP, {"name": "stonks-beta", "project": "stonks", "patchType": "merge", "patch":
                                        json.dumps({"spec": {"source": {"kustomize": None}}})})[1]
        self.assertNotIn("kustomize", item["spec"]["source"])
        for lost in ({"op": "remove", "path": "/spec/none"}, {"op": "replace", "path": PARAMETER[:-1] + "7", "value": 1}):
            self.assertEqual(self.send("PATCH", APP, {"project": "stonks", "patch": json.dumps([lost])})[0], 500)

    def test_what_is_written_between_read_and_write_of_a_patch_is_lost(self):
        self.add()
        self.argo.between = lambda: self.world.change("stonks-beta", {"spec": {"source": {"path": "other"}}})
        patch = [{"op": "replace", "path": PARAMETER + "/value", "value": NEW}]
        item = self.send("PATCH", APP, {"project": "stonks", "patch": json.dumps(patch)})[1]
        self.assertEqual(item["spec"]["source"]["path"], "infra/helm/stonks-oracle")

    def test_a_long_as_a_string_is_a_400(self):
        self.add()
        for more in ({"revisions": ["a"], "sourcePositions": ["1"]}, {"retryStrategy": {"limit": "3"}},
                     {"retryStrategy": {"limit": 3, "backoff": {"duration": "1s", "factor": "2"}}}):
            self.assert_refused(400, 3, "int64", self.send("POST", APP + "/sync", SYNC | more))
        self.assertNotIn("operation", self.world.get("stonks-beta"))


class SyncTestCase(FakeCase):
    def test_a_sync_clears_the_old_state_and_goes_through_to_the_end(self):
        self.add()
        self.world.heads[application()["spec"]["source"]["repoURL"], "main"] = NEW
        self.world.change("stonks-beta", {"spec": {"source": helm_source(NEW)}, "status": {"operationState": {
            "phase": "Failed", "startedAt": "2026-08-24T12:00:00Z", "operation": {}}}})
        before = self.get()
        status, item = self.send("POST", APP + "/sync", SYNC)
        self.assertEqual(status, 200)
        self.assertEqual((item["operation"]["info"], item["operation"]["sync"]["revision"]), (INFOS, NEW))
        self.assertEqual(item["operation"]["sync"]["source"], helm_source(NEW))
        self.assertNotIn("operationState", item["status"])
        self.assertGreater(int(item["metadata"]["resourceVersion"]), int(before["metadata"]["resourceVersion"]))
        self.assert_refused(400, 9, "another operation is already in progress", self.send("POST", APP + "/sync", SYNC))
        end = self.wait_for(lambda one: "operation" not in one and one["status"]["health"]["status"] == "Healthy" and
                            one["status"]["summary"]["images"] == [f"{IMAGE}:{NEW}"] and one)
        state = state_of(end)
        self.assertEqual((state["phase"], state["syncResult"]["revision"], state["operation"]["info"]),
                         ("Succeeded", NEW, INFOS))
        phases = {(state_of(one) or {}).get("phase") for _, kind, _, one in self.world.cluster.history
                  if kind == "applications"}
        self.assertLessEqual({None, "Running", "Succeeded"}, phases)
        healths = {one["status"]["health"]["status"] for _, kind, _, one in self.world.cluster.history
                   if kind == "applications"}
        self.assertIn("Progressing", healths)

    def test_a_refresh_blocks_until_a_comparison_that_began_after_the_end(self):
        self.add(compares_itself=False)
        self.world.change("stonks-beta", {"spec": {"source": helm_source(NEW)}})
        self.send("POST", APP + "/sync", SYNC)
        end = self.wait_for(lambda one: "operation" not in one and one)
        self.assertLess(end["status"]["reconciledAt"], state_of(end)["finishedAt"])
        time.sleep(0.15)  # more than a second of this world
        item = self.send("GET", APP + "?project=stonks&refresh=normal")[1]
        self.assertGreater(item["status"]["reconciledAt"], state_of(item)["finishedAt"])
        self.assertEqual(item["status"]["sync"]["status"], "Synced")
        self.assertEqual(item["status"]["sync"]["comparedTo"]["source"], item["spec"]["source"])

    def test_a_refresh_blocks_for_ever_without_a_controller(self):
        self.world.add(application())
        with self.assertRaises(TimeoutError):
            self.send("GET", APP + "?project=stonks&refresh=hard", timeout=0.5)
        self.assertEqual(self.world.get("stonks-beta")["metadata"]["annotations"], {REFRESH: "hard"})

    def test_auto_sync_refuses_other_revisions_and_syncs_by_itself(self):
        self.add(item=application(syncPolicy={"automated": {"prune": True}}))
        self.assert_refused(400, 9, "auto-sync currently set to main",
                            self.send("POST", APP + "/sync", SYNC | {"revision": NEW}))
        self.world.change("stonks-beta", {"spec": {"source": helm_source(NEW)}})
        self.send("GET", APP + "?project=stonks&refresh=normal")
        end = self.wait_for(lambda one: state_of(one) and state_of(one)["phase"] == "Succeeded" and one)
        self.assertTrue(state_of(end)["operation"]["initiatedBy"]["automated"])

    def test_a_deny_window_is_told_before_the_missing_right(self):
        self.add()
        always = {"kind": "deny", "schedule": "* * * * *", "duration": "1h", "applications": ["*"]}
        self.world.cluster.put("appprojects", project(windows=[always]))
        self.argo.denied.add("sync")
        self.assert_refused(403, 7, "cannot sync: blocked by sync window", self.send("POST", APP + "/sync", SYNC))
        plain = {name: always[name] for name in ("kind", "schedule", "duration")}
        self.assertEqual(self.send("GET", APP + "/syncwindows?project=stonks")[1],
                         {"activeWindows": [plain], "assignedWindows": [plain]})
        self.assertEqual(self.send("GET", "/api/v1/projects/stonks")[1]["spec"]["syncWindows"], [always])

    def test_a_window_is_active_by_the_time_of_its_zone(self):
        session = {"kind": "deny", "schedule": "30 9 * * 1-5", "duration": "6h30m", "timeZone": "America/New_York"}
        monday = 1787580000  # 2026-08-24 10:00 in New York
        for hours, there in ((-1, False), (0, True), (5.9, True), (6.1, False), (24, True), (-24, False)):
            self.assertEqual(active(session, monday + hours * 3600), there, hours)

    def test_an_operation_is_terminated_and_only_one_that_runs(self):
        self.add(sync=100)
        self.assert_refused(400, 3, "No operation is in progress", self.send("DELETE", APP + "/operation?project=stonks"))
        self.send("POST", APP + "/sync", SYNC)
        self.wait_for(state_of)
        self.assertEqual(self.send("DELETE", APP + "/operation?project=stonks"), (200, {}))
        end = self.wait_for(lambda one: "operation" not in one and one)
        self.assertEqual((state_of(end)["phase"], state_of(end)["message"]), ("Failed", "Operation terminated"))

    def test_what_was_asked_before_leaks_where_the_state_was_left(self):
        self.add(leaks=True)
        partial = [{"kind": "ConfigMap", "name": "x"}]
        left = {"status": {"operationState": {"phase": "Succeeded", "startedAt": "2026-08-24T12:00:00Z",
                                              "operation": {"sync": {"resources": partial}}}}}
        self.world.change("stonks-beta", left | {"operation": {"sync": {}}})
        leaked = self.wait_for(lambda one: "operation" not in one and one)
        self.assertEqual(state_of(leaked)["operation"]["sync"]["resources"], partial)
        self.world.change("stonks-beta", left)
        self.send("POST", APP + "/sync", SYNC)
        clean = self.wait_for(lambda one: state_of(one) and "finishedAt" in state_of(one) and one)
        self.assertNotIn("resources", state_of(clean)["operation"]["sync"])

    def test_a_retry_is_running_with_an_end_and_a_canary_waits_to_be_resumed(self):
        self.add(canary="pause", retries=1)
        self.world.change("stonks-beta", {"spec": {"source": helm_source(NEW)}})
        self.send("POST", APP + "/sync", SYNC)
        self.wait_for(lambda one: one["status"]["health"]["status"] == "Suspended")
        self.assertTrue([one for _, kind, _, one in self.world.cluster.history if kind == "applications" and
                         (state_of(one) or {}).get("phase") == "Running" and "finishedAt" in state_of(one)])
        rollout = json.loads(self.send("GET", APP + "/resource?project=stonks&group=argoproj.io&version=v1alpha1&kind="
                                       "Rollout&namespace=stonks-beta&resourceName=query-api")[1]["manifest"])
        self.assertEqual(rollout["status"]["pauseConditions"][0]["reason"], "CanaryPauseStep")
        self.assertEqual(self.send("POST", APP + "/resource/actions/v2", {
            "name": "stonks-beta", "project": "stonks", "namespace": "stonks-beta", "resourceName": "query-api",
            "group": "argoproj.io", "version": "v1alpha1", "kind": "Rollout", "action": "resume"}), (200, {}))
        self.wait_for(lambda one: one["status"]["health"]["status"] == "Healthy" and
                      one["status"]["summary"]["images"] == [f"{IMAGE}:{NEW}"])


class StreamTestCase(FakeCase):
    def test_lines_of_json_begin_with_the_present_object(self):
        self.add()
        stream = self.stream()
        first = json.loads(stream.readline())["result"]
        self.assertEqual((first["type"], first["application"]["metadata"]["name"]), ("ADDED", "stonks-beta"))
        self.world.change("stonks-beta", {"metadata": {"labels": {"a": "b"}}})
        second = json.loads(stream.readline())["result"]
        self.assertEqual((second["type"], second["application"]["metadata"]["labels"]), ("MODIFIED", {"a": "b"}))

    def test_server_sent_events_need_the_exact_accept_and_keep_the_line_alive(self):
        self.add()
        self.argo.keep_alive = 0.05
        stream = self.stream(Accept="text/event-stream")
        self.assertTrue(stream.readline().startswith(b'data: {"result"'))
        self.assertEqual([stream.readline() for _ in range(4)], [b"\n", b"\n", b":\n", b":\n"])
        self.assertTrue(self.stream(Accept="text/event-stream, */*").readline().startswith(b'{"result"'))

    def test_old_versions_are_filtered_and_fields_cut(self):
        self.add()
        version = int(self.get()["metadata"]["resourceVersion"])
        stream = self.stream(f"&resourceVersion={version + 1}&fields=result.type,"
                             "result.application.metadata.resourceVersion,result.application.spec.source.path")
        self.world.change("stonks-beta", {"metadata": {"labels": {"a": "b"}}})
        event = json.loads(stream.readline())["result"]
        self.assertGreater(int(event["application"]["metadata"].pop("resourceVersion")), version)
        self.assertEqual(event, {"type": "MODIFIED", "application": {
            "metadata": {}, "spec": {"source": {"path": "infra/helm/stonks-oracle"}}}})

    def test_without_the_right_to_get_a_stream_is_silent(self):
        self.add()
        self.argo.denied.add("get")
        self.argo.keep_alive = 0.05
        stream = self.stream(Accept="text/event-stream")
        self.assertEqual((stream.status, stream.readline()), (200, b":\n"))


class FaultTestCase(FakeCase):
    def test_an_answer_is_lost_after_it_was_done_and_a_request_before(self):
        self.add(take=100)
        self.argo.plan("POST .*/sync", argocd_server.lose_request, argocd_server.lose_answer)
        for stored in (False, True):
            with self.assertRaises(http.client.RemoteDisconnected):
                self.send("POST", APP + "/sync", SYNC)
            self.assertEqual("operation" in self.world.get("stonks-beta"), stored)
        self.assertEqual(len(self.argo.asked("POST", "/sync")), 2)

    def test_bodies_are_cut_pages_come_from_proxies_and_tokens_expire(self):
        self.add()
        self.argo.plan("GET /api/v1/applications", argocd_server.cut_body, argocd_server.page(503), argocd_server.expire,
                       argocd_server.to_https, Refused(13, "Too many conflicts"))
        with self.assertRaises(http.client.IncompleteRead):
            self.get()
        self.assertEqual((self.send("GET", APP)[0], self.type), (503, "text/html"))
        self.assert_refused(401, 16, "expired", self.send("GET", APP))
        self.assertEqual(self.send("GET", APP)[0], 307)
        self.assert_refused(500, 13, "Too many", self.send("GET", APP))
        self.assertEqual(self.send("GET", APP)[0], 200)

    def test_streams_are_cut_end_at_once_say_errors_and_drop_events(self):
        self.add()
        self.argo.plan("GET /api/v1/stream", argocd_server.stream_that_is_cut(1), argocd_server.stream_that_ends,
                       argocd_server.stream_of_errors, argocd_server.stream_that_drops(2),
                       argocd_server.stream_without_events)
        stream = self.stream()
        stream.readline()
        self.world.change("stonks-beta", {"metadata": {"labels": {"a": "b"}}})
        with self.assertRaises(http.client.IncompleteRead):
            stream.read()
        self.assertEqual(self.stream().read(), b"")
        error = self.stream().read()
        self.assertEqual(json.loads(error)["error"]["http_code"], 503)
        self.assertFalse(error.endswith(b"\n"))
        stream = self.stream()
        stream.readline()
        for number in "12":
            self.world.change("stonks-beta", {"metadata": {"labels": {"a": number}}})
        self.assertEqual(json.loads(stream.readline())["result"]["application"]["metadata"]["labels"], {"a": "2"})
        self.argo.keep_alive = 0.05
        self.assertEqual(self.stream(Accept="text/event-stream").readline(), b":\n")

    def test_silence_lasts_and_no_token_is_kept(self):
        self.add()
        self.argo.plan("GET", argocd_server.silence)
        with self.assertRaises(TimeoutError):
            self.send("GET", APP, timeout=0.3)
        self.assertNotIn(self.argo.token, json.dumps([one.headers for one in self.argo.requests]))


class KubeTestCase(FakeCase):
    MERGE = "application/merge-patch+json"

    def patch(self, body, content_type=MERGE):
        return self.kube("PATCH", KUBE_APP, body, Content_Type=content_type)

    def test_one_patch_swaps_specification_operation_and_state(self):
        self.add()
        item = self.kube("GET", KUBE_APP)[1]
        self.assertEqual(item["kind"], "Application")
        body = {"metadata": {"resourceVersion": item["metadata"]["resourceVersion"]},
                "spec": {"source": {"helm": {"parameters": [{"name": "image.tag", "value": NEW, "forceString": True}]}}},
                "operation": {"initiatedBy": {"username": "x"}, "info": INFOS, "sync": {"syncStrategy": {"hook": {}}}},
                "status": {"operationState": None}}
        self.assertEqual(self.patch(body)[0], 200)
        status, conflict = self.patch(body)
        self.assertEqual((status, conflict["reason"]), (409, "Conflict"))
        end = self.wait_for(lambda one: state_of(one) and state_of(one)["phase"] == "Succeeded" and one)
        self.assertEqual(state_of(end)["operation"]["info"], INFOS)

    def test_a_failed_test_is_a_422_and_other_content_types_are_415(self):
        self.add()
        test = [{"op": "test", "path": "/status/health/status", "value": "Degraded"}]
        self.assertEqual(self.patch(test, "application/json-patch+json")[0], 422)
        self.assertEqual(self.patch({}, "application/json")[0], 415)

    def test_rights_are_missing_by_verb_and_resource(self):
        self.add()
        self.world.cluster.denied |= {("patch", "applications"), ("get", "pods/log")}
        status, answer = self.patch({"metadata": {}})
        self.assertEqual(status, 403)
        self.assertIn('cannot patch resource "applications" in API group "argoproj.io"', answer["message"])
        self.world.cluster.put("pods", {"metadata": {"name": "p", "namespace": "stonks-beta"}})
        self.world.cluster.logs["stonks-beta", "p"] = "one\ntwo\nthree\n"
        log = "/api/v1/namespaces/stonks-beta/pods/p/log?tailLines=2"
        self.assertEqual(self.kube("GET", log)[0], 403)
        self.world.cluster.denied.clear()
        self.assertEqual(self.kube("GET", log), (200, b"two\nthree\n"))

    def test_a_watch_shows_changes_in_full_or_only_their_metadata(self):
        self.add()
        version = self.kube("GET", KUBE_APP)[1]["metadata"]["resourceVersion"]
        for accept, kind in (("application/json", "Application"), (
                "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", "PartialObjectMetadata")):
            link = http.client.HTTPConnection(urllib.parse.urlsplit(self.world.cluster.url).netloc, timeout=30)
            self.addCleanup(link.close)
            link.request("GET", KUBE_APP.rsplit("/", 1)[0] + "?watch=1&fieldSelector=metadata.name%3Dstonks-beta"
                         f"&resourceVersion={version}", headers={"Authorization": "Bearer sesame", "Accept": accept})
            stream = link.getresponse()
            self.world.change("stonks-beta", {"metadata": {"labels": {"a": kind}}})
            event = json.loads(stream.readline())
            while event["object"]["metadata"].get("labels") != {"a": kind}:
                event = json.loads(stream.readline())
            self.assertEqual((event["type"], event["object"]["kind"]), ("MODIFIED", kind))
            self.assertEqual("spec" in event["object"], kind == "Application")

    def test_events_can_be_made(self):
        event = {"metadata": {"generateName": "stonks-beta.", "namespace": "argocd"}, "reason": "Sync", "message": "x",
                 "involvedObject": {"kind": "Application", "name": "stonks-beta", "namespace": "argocd"}}
        self.assertEqual(self.kube("POST", "/api/v1/namespaces/argocd/events", event)[0], 201)
        self.add()
        self.assertEqual(self.send("GET", APP + "/events?project=stonks")[1]["items"][0]["reason"], "Sync")


class SchemaTestCase(FakeCase):
    @needs_data
    def test_unknown_and_malformed_fields_of_bodies_are_noticed(self):
        self.add(take=100)
        self.send("POST", APP + "/sync", SYNC)
        self.assertEqual(self.argo.violations, [])
        for number, more in enumerate(({"surprise": 1}, {"prune": "yes"}, {"strategy": {"hooks": {}}}), 1):
            self.send("POST", APP + "/sync", SYNC | more)
            self.assertEqual(len(self.argo.violations), number, self.argo.violations)
        self.assertEqual(schema.body_faults("applicationApplicationSyncRequest", SYNC | {
            "revisions": ["a"], "sourcePositions": [1], "resources": [{"group": "a", "kind": "b", "name": "c"}],
            "retryStrategy": {"limit": 3, "backoff": {"duration": "1s", "factor": 2}}}), [])

    @needs_data
    def test_objects_that_the_crds_do_not_know_are_noticed(self):
        self.add()
        status, answer = self.kube("PATCH", KUBE_APP, {"operation": {"sync": {"surprise": 1}}},
                                   Content_Type=KubeTestCase.MERGE)
        self.assertEqual((status, answer["reason"]), (422, "Invalid"))
        self.assertEqual(self.world.cluster.violations, ["operation.sync.surprise: unknown"])

    @needs_data
    def test_what_the_server_answers_is_what_the_swagger_file_says(self):
        self.add(canary="pause")
        self.world.change("stonks-beta", {"spec": {"source": helm_source(NEW)}})
        answers = {"v1alpha1Application": [self.get(), self.send("POST", APP + "/sync", SYNC)[1]],
                   "v1alpha1AppProject": [self.send("GET", "/api/v1/projects/stonks")[1]],
                   "applicationApplicationSyncWindowsResponse": [self.send("GET", APP + "/syncwindows")[1]]}
        self.wait_for(lambda one: one["status"]["health"]["status"] == "Suspended")
        answers["v1alpha1Application"].append(self.get())
        answers["v1alpha1ApplicationTree"] = [self.send("GET", APP + "/resource-tree")[1]]
        for name, values in answers.items():
            for value in values:
                self.assertEqual(schema.body_faults(name, value), [], name)


class HistoryTestCase(FakeCase):
    @needs_data
    def test_each_history_comes_to_its_end_with_the_clients_own_run_and_tag(self):
        tag = "3" * 40
        for name, scenario in replay.scenarios().items():
            with self.subTest(name):
                self.setUp()
                player = replay.Replay(scenario, scale=0.0001, patience=0.05, least=0.01)
                player.add(self.world)
                if not scenario.get("wait_only"):
                    parameters = [{"name": "image.tag", "value": tag, "forceString": True}]
                    self.world.change("stonks-beta", {"spec": {"source": {"helm": {"parameters": parameters}}}})
                    self.send("POST", APP + "/sync", SYNC)
                until(lambda: player.finished, name)
                recorded, end = scenario["events"][-1]["application"], self.get()
                self.assertEqual(end["status"]["health"], recorded["status"]["health"])
                self.assertEqual(end["status"]["sync"]["revision"], recorded["status"]["sync"]["revision"])
                if scenario["expect"].startswith("success") and not scenario.get("wait_only"):
                    self.assertEqual(state_of(end)["operation"]["info"], INFOS)
                    self.assertEqual(end["status"]["summary"]["images"], [f"{IMAGE}:{tag}"])
                    self.assertEqual(end["status"]["sync"]["comparedTo"]["source"], end["spec"]["source"])
                    self.assertGreater(end["status"]["reconciledAt"], state_of(end)["finishedAt"])
                versions = [version for version, _, _, _ in self.world.cluster.history]
                self.assertEqual(versions, sorted(set(versions)))

    @needs_data
    def test_a_history_waits_for_who_is_to_see_it(self):
        player = replay.Replay(replay.scenarios()["happy"], scale=0, patience=60, least=0.01)
        player.add(self.world)
        self.send("POST", APP + "/sync", SYNC)
        until(lambda: player.place == 1, "what the answer shows was seen")
        time.sleep(0.1)
        self.assertEqual(player.place, 1)
        self.get()
        until(lambda: player.place == 2, "the next")


if __name__ == "__main__":
    servers.need()
    unittest.main()
