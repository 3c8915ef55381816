"""The stand-ins themselves: streams, faults, the Kubernetes API, schemas and recorded histories, by plain requests."""

import http.client
import json
import ssl
import time
import unittest
import urllib.parse

import faults
import replay
import schema
from argocd_server import ArgoServer
from errors import Refused
from fake_case import APP, INFOS, KUBE_APP, SYNC, FakeCase, certificates, needs_data, until
from world import IMAGE, NEW, helm_source, state_of


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
        self.argo.plan("POST .*/sync", faults.lose_request, faults.lose_answer)
        for stored in (False, True):
            with self.assertRaises(http.client.RemoteDisconnected):
                self.send("POST", APP + "/sync", SYNC)
            self.assertEqual("operation" in self.world.get("stonks-beta"), stored)
        self.assertEqual(len(self.argo.asked("POST", "/sync")), 2)

    def test_bodies_are_cut_pages_come_from_proxies_and_tokens_expire(self):
        self.add()
        self.argo.plan("GET /api/v1/applications", faults.cut_body, faults.page(503), faults.expire,
                       faults.to_https, Refused(13, "Too many conflicts"))
        with self.assertRaises(http.client.IncompleteRead):
            self.get()
        self.assertEqual((self.send("GET", APP)[0], self.type), (503, "text/html"))
        self.assert_refused(401, 16, "expired", self.send("GET", APP))
        self.assertEqual(self.send("GET", APP)[0], 307)
        self.assert_refused(500, 13, "Too many", self.send("GET", APP))
        self.assertEqual(self.send("GET", APP)[0], 200)

    def test_streams_are_cut_end_at_once_say_errors_and_drop_events(self):
        self.add()
        self.argo.plan("GET /api/v1/stream", faults.stream_that_is_cut(1), faults.stream_that_ends,
                       faults.stream_of_errors, faults.stream_that_drops(2),
                       faults.stream_without_events)
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
        self.argo.plan("GET", faults.silence)
        with self.assertRaises(TimeoutError):
            self.send("GET", APP, timeout=0.3)
        self.assertNotIn(self.argo.token, json.dumps([one.headers for one in self.argo.requests]))


class TlsTestCase(FakeCase):
    def test_whoever_negotiates_http_2_is_hung_up_on(self):
        folder = certificates(self)
        argo = ArgoServer(self, self.world, tls=(folder / "good.pem", folder / "good.key"))
        for protocols, served in ((["h2", "http/1.1"], False), (["http/1.1"], True), ([], True)):
            context = ssl.create_default_context(cafile=folder / "ca.pem")
            if protocols:
                context.set_alpn_protocols(protocols)
            link = http.client.HTTPSConnection("127.0.0.1", int(argo.url.rsplit(":", 1)[1]), context=context, timeout=30)
            self.addCleanup(link.close)
            try:
                link.request("GET", "/api/version")
                self.assertEqual((link.getresponse().status, served), (200, True))
            except OSError:
                self.assertFalse(served, protocols)
        self.assertEqual(argo.http2, 1)


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
                    self.assertEqual(end["spec"]["source"]["helm"]["parameters"], parameters)
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
    unittest.main()
