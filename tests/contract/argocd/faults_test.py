"""What goes wrong between argocd-sync and its servers, and that nothing wrong comes of it: no second operation, no
success too early, no answer that is waited for for ever."""

import json
import signal
import time
import unittest

from argocd_case import ArgocdCase, both_ways, until
from argocd_server import ArgoServer
from cluster import Refused as Status
from errors import INTERNAL, Refused
from fake_case import certificates
from faults import (cut_body, expire, lose_answer, lose_request, page, silence, slow, stream_of_errors, stream_that_drops,
                    stream_that_ends, stream_that_is_cut, stream_without_events, to_https)
from world import IMAGE, NEW, OLD, application, operation_of

SYNC, PATCH, GET, STREAM = "POST .*/sync$", "PATCH ", r"GET /api/v1/applications/stonks-beta\?", "GET /api/v1/stream"


class StreamTestCase(ArgocdCase):
    def through(self, *streams, times=1, **knobs):
        """Whatever the streams do, the polls find the end."""
        self.add(**knobs)
        self.argo.plan(STREAM, *streams, times=times)
        self.deploy("api", 0, "success")
        self.assertEqual(self.operations(), ["run-1"])

    def test_a_stream_that_is_cut_in_an_event_is_opened_again(self):
        self.through(*[stream_that_is_cut(number) for number in range(3)], roll=30)
        self.assertGreater(len(self.argo.asked("GET", "/stream/")), 1)

    def test_a_stream_that_ends_at_once_is_not_asked_in_a_loop(self):
        self.through(stream_that_ends, times=None, roll=20)
        self.assertLess(len(self.argo.asked("GET", "/stream/")), 6)

    def test_an_error_inside_of_a_stream_is_no_answer(self):
        self.through(stream_of_errors, times=None, roll=10)

    def test_a_stream_that_drops_every_other_event_is_beside_the_point(self):
        self.through(stream_that_drops(2), times=None)

    def test_a_stream_that_never_says_a_word_is_beside_the_point(self):
        self.through(stream_without_events, times=None)

    def test_a_stream_that_answers_nothing_at_all_is_beside_the_point(self):
        self.through(silence, times=None)

    def test_no_stream_at_all_is_beside_the_point(self):
        self.through(page(502), times=None)

    def test_with_a_stream_the_end_is_seen_sooner_than_by_polling(self):
        self.add(roll=20)
        self.deploy("api", 0, "success", poll_min="10s", poll_max="60s", settle="0s")

    def test_an_event_brings_the_next_look_in_core_mode_too(self):
        self.add(roll=20)
        self.deploy("core", 0, "success", poll_min="10s", poll_max="60s", settle="0s")

    def test_watches_that_are_cut_or_gone_are_opened_again(self):
        controller = self.add(roll=10000)
        process = self.start(*self.words("core"))
        for what in ("cut", "half", "gone"):
            self.world.cluster.wait_for_watches(1)
            self.world.cluster.tell(what)
        self.world.cluster.wait_for_watches(1)
        controller.becomes(0.1, "Healthy", "", [f"{IMAGE}:{NEW}"])
        answer = self.finish(process)
        self.assertEqual(answer.code, 0, answer.text)


class LostTestCase(ArgocdCase):
    """Each case: what happens to the first request that starts the sync; one operation is stored in the end."""

    def once(self, way, **more):
        answer = self.deploy(way, 0, "success", **more)
        self.assertEqual(self.operations(), ["run-1"])
        return answer

    def test_an_answer_that_is_lost_after_the_sync_was_accepted_does_not_start_another(self):
        self.add()
        self.argo.plan(SYNC, lose_answer)
        self.once("api")
        self.assertEqual(len(self.argo.asked("POST", "/sync")), 1)

    def test_an_answer_that_is_lost_while_the_sync_is_over_in_a_moment_does_not_start_another(self):
        self.add(take=0, sync=0, compare=0)

        def lose_and_dawdle(handler):
            lose_answer(handler)
            until(lambda: operation_of(self.world.get("stonks-beta")) is None, "the end of the sync")
        self.argo.plan(SYNC, lose_and_dawdle)
        self.once("api")

    def test_a_request_that_was_lost_is_made_again_only_when_it_is_known_to_be_lost(self):
        self.add()
        self.argo.plan(SYNC, lose_request)
        self.once("api")
        first, second = self.argo.asked("POST", "/sync")
        between = [one for one in self.argo.asked("GET", "/applications/stonks-beta$") if
                   first.time < one.time < second.time]
        self.assertTrue(between, "it did not look")

    def test_a_proxy_that_answers_for_the_server_after_the_sync_was_accepted(self):
        self.add()

        def accepted(handler):
            send, handler.send = handler.send, lambda *_, **__: None
            handler.proceed()
            handler.send = send
            page(504)(handler)
        self.argo.plan(SYNC, accepted)
        self.once("api")
        self.assertEqual(len(self.argo.asked("POST", "/sync")), 1)

    def test_half_an_answer_to_the_sync_is_an_answer_that_is_lost(self):
        self.add()
        self.argo.plan(SYNC, cut_body)
        self.once("api")
        self.assertEqual(len(self.argo.asked("POST", "/sync")), 1)

    def test_an_answer_to_the_patch_that_is_lost_does_not_set_the_tag_twice(self):
        self.add()
        self.argo.plan(PATCH, lose_answer)
        self.once("api")
        self.assertEqual(len(self.argo.asked("PATCH")), 1)

    def test_the_patch_of_core_mode_that_is_lost_after_it_was_done_is_found(self):
        self.add()

        def lose(handler):
            handler.answer = lambda *_: None
            handler.proceed()
            handler.close_connection = True
        self.world.cluster.plan("patch", lose)
        self.once("core")
        operations = [body for _, _, _, _, body in self.world.cluster.bodies if "stagegate.run" in json.dumps(body)]
        self.assertEqual(len(operations), 1)

    def test_the_patch_of_core_mode_that_was_lost_before_is_made_again(self):
        self.add()

        def lose(handler):
            handler.close_connection = True
        self.world.cluster.plan("patch", lose)
        self.once("core")


class ConflictTestCase(ArgocdCase):
    def test_a_failed_test_of_the_patch_is_tried_again_on_what_is_there_now(self):
        self.add()

        def moved(handler):
            self.world.change("stonks-beta", {"spec": {"source": {"helm": {"parameters": [
                {"name": "replicas", "value": "3"}, {"name": "image.tag", "value": OLD}]}}}})
            handler.proceed()
        self.argo.plan(PATCH, moved)
        self.deploy("api", 0, "success")
        self.assertEqual([one.status for one in self.argo.asked("PATCH")], [500, 200])
        self.assertEqual(self.world.get("stonks-beta")["spec"]["source"]["helm"]["parameters"], [
            {"name": "replicas", "value": "3"}, {"name": "image.tag", "value": NEW, "forceString": True}])

    def test_too_many_conflicts_inside_the_server_are_tried_again(self):
        self.add()
        self.argo.plan(PATCH, Refused(INTERNAL, "Too many conflicts"))
        self.deploy("api", 0, "success")

    def test_a_conflict_of_core_mode_is_tried_again_on_what_is_there_now(self):
        self.add()

        def moved(handler):
            self.world.change("stonks-beta", {"spec": {"source": {"helm": {"parameters": [
                {"name": "image.tag", "value": OLD}, {"name": "replicas", "value": "3"}]}}}})
            handler.proceed()
        self.world.cluster.plan("patch", moved)
        self.deploy("core", 0, "success")
        self.assertEqual(self.world.get("stonks-beta")["spec"]["source"]["helm"]["parameters"], [
            {"name": "image.tag", "value": NEW, "forceString": True}, {"name": "replicas", "value": "3"}])

    def test_a_patch_that_another_one_has_written_over_is_a_conflict_or_set_again(self):
        """The server writes the specification that it has computed: in a moment, the last one wins."""
        for way in ("api",):
            self.add()

            def overwrite(handler):
                handler.proceed()
                self.world.change("stonks-beta", {"spec": {"source": {"helm": {"parameters": [
                    {"name": "image.tag", "value": OLD}]}}}})
            self.argo.plan(PATCH, overwrite)
            answer = self.run_program(*self.words(way))
            self.assertIn((answer.code, answer.result["apps"][0]["result"]),
                          ((0, "success"), (4, "reverted"), (4, "superseded")), answer.text)
            if answer.code == 0:
                self.assertEqual(self.tag_of(), NEW)


class AnswerTestCase(ArgocdCase):
    def test_answers_that_are_cut_late_or_of_a_proxy_are_waited_out(self):
        self.add(roll=5)
        self.argo.plan(GET, cut_body, page(503), page(502), slow(0.5), lose_request)
        self.deploy("api", 0, "success")

    def test_trouble_of_the_kubernetes_api_is_waited_out(self):
        self.add(roll=5)
        self.world.cluster.plan("get", Status(503, "ServiceUnavailable", "apiserver is shutting down"),
                                Status(429, "TooManyRequests", "slow down", headers={"Retry-After": "1"}),
                                Status(500, "InternalError", "etcdserver: leader changed"))
        self.deploy("core", 0, "success")

    def test_a_server_that_goes_silent_is_waited_for_until_time_is_up_and_no_longer(self):
        self.add(roll=1000)
        process = self.start(*self.words("api", timeout="3s"), "--result-file", "result.json")
        until(lambda: self.argo.asked("POST", "/sync"), "the sync")
        self.argo.plan("", silence, times=None)
        began = time.monotonic()
        answer = self.finish(process)
        self.assertEqual(answer.code, 5, answer.text)
        self.assertLess(time.monotonic() - began, 3 + 10 + 2)  # the last look at what is wrong has its own limit

    def test_sigterm_ends_it_within_five_seconds_although_nobody_answers(self):
        for policy in ("leave", "terminate"):
            self.begin()
            self.add(sync=10000)
            process = self.start(*self.words("api", on_timeout=policy))
            until(self.state, "the sync")
            self.argo.plan("", silence, times=None)
            time.sleep(0.5)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            answer = self.finish(process)
            self.assertLess(time.monotonic() - began, 5)
            self.assertNotEqual(answer.code, 0, answer.text)

    def refused_refreshes(self, **knobs):
        """A world in which whoever asks for a refresh waits for ever."""
        self.add(**knobs)

        def ask_nobody(handler):
            if "refresh" not in handler.seen.query:
                handler.proceed()
            else:
                silence(handler)
        self.argo.plan(r"refresh=", ask_nobody, times=None)

    def test_refreshes_that_nobody_does_do_not_keep_it_from_seeing_the_end(self):
        self.refused_refreshes(compare=15)
        self.deploy("api", 0, "success", timeout="30s")

    def test_without_a_comparison_that_began_after_the_sync_it_is_no_success(self):
        self.refused_refreshes()
        self.deploy("api", 5, "timeout", timeout="5s", sees=["to compare again"])

    def test_a_token_that_expires_is_told_and_asked_with_no_more(self):
        self.add(roll=1000)
        process = self.start(*self.words("api"), "--result-file", "result.json")
        until(lambda: self.argo.asked("POST", "/sync"), "the sync")
        self.argo.plan("", expire, times=None)
        answer = self.finish(process)
        self.assertEqual(answer.code, 3, answer.text)
        self.assertIn("expired", answer.text)
        self.assert_no_secret(answer, self.argo.token)

    def test_a_redirect_is_not_followed_with_the_token(self):
        self.add()
        self.argo.plan("", to_https, times=None)
        answer = self.deploy("api", 3, None)
        self.assertIn("https", answer.text)
        self.assertEqual(self.operations(), [])

    def test_an_answer_that_is_no_application_is_no_success(self):
        self.add()

        def nonsense(handler):
            handler.send(200, b'{"metadata":{},"status":{"health":{"status":"Healthy"},"sync":{"status":"Synced"}}}')
        self.argo.plan(GET, nonsense, times=None)
        answer = self.run_program(*self.words("api", timeout="3s"))
        self.assertIn(answer.code, (3, 5), answer.text)
        self.assertEqual(self.operations(), [])


class TlsTestCase(ArgocdCase):
    def begin(self):
        super().begin()
        folder = certificates(self)
        self.good, self.other = str(folder / "ca.pem"), str(folder / "other-ca.pem")
        self.argo = ArgoServer(self, self.world, tls=(folder / "good.pem", folder / "good.key"))
        self.environment["PLUGIN_TOKEN"] = self.argo.token

    def test_http_2_is_not_negotiated(self):
        self.add()
        self.deploy("api", 0, "success", ca_file=self.good)
        self.assertEqual(self.argo.http2, 0)

    def test_a_certificate_of_nobody_is_refused_before_the_token_is_sent(self):
        self.add()
        for authority in (None, self.other):
            self.deploy("api", 3, None, ca_file=authority, sees=["certificate"])
        self.assertEqual((self.argo.requests, self.operations()), ([], []))


class RefusalTestCase(ArgocdCase):
    """What is refused before anything has changed leaves everything as it was."""

    def unchanged(self):
        self.assertEqual(self.tag_of(), OLD)
        self.assertEqual(self.operations(), [])

    def test_a_wrong_login_is_tried_once(self):
        self.add()
        self.argo.passwords["ci"] = "right"
        self.environment.pop("PLUGIN_TOKEN")
        answer = self.expect(3, *self.words("api"), "--username", "ci", env={"PLUGIN_PASSWORD": "mistaken"})
        self.assertEqual(self.argo.logins, ["ci"])
        self.assert_no_secret(answer, "mistaken")
        self.unchanged()

    def test_a_login_is_made_once_for_the_whole_run(self):
        self.add()
        self.argo.passwords["ci"] = "right"
        self.environment.pop("PLUGIN_TOKEN")
        answer = self.expect(0, *self.words("api"), "--username", "ci", env={"PLUGIN_PASSWORD": "right"})
        self.assertEqual(self.argo.logins, ["ci"])
        self.assert_no_secret(answer, "right\"", *[one for one in self.argo.tokens if one != self.argo.token])

    @both_ways
    def test_an_application_that_is_not_there(self, way):
        self.deploy(way, 3, "unknown", sees=["stonks-beta", "app_namespace"])

    @both_ways
    def test_an_application_of_another_project(self, way):
        self.add()
        answer = self.run_program(*[word.replace("stonks", "lumen") if word == "stonks" else word
                                    for word in self.words(way)])
        self.assertIn(answer.code, (2, 3), answer.text)
        self.assertIn("project", answer.text)
        self.unchanged()

    def test_a_token_that_is_none(self):
        self.add()
        for bearer in ("opaque", "a.b.c"):
            answer = self.expect(3, *self.words("api"), env={"PLUGIN_TOKEN": bearer})
            self.assertIn("token", answer.text)
            self.unchanged()

    def test_rights_that_are_missing_are_found_before_anything_is_changed(self):
        for right in ("get", "update", "sync"):
            with self.subTest(right):
                self.begin()
                self.add()
                self.argo.denied.add(right)
                answer = self.deploy("api", 3, "unknown")
                self.assertIn(right, answer.text)
                self.unchanged()

    def test_rights_that_are_missing_in_kubernetes_are_told_by_verb_and_resource(self):
        for verb in ("get", "patch"):
            with self.subTest(verb):
                self.begin()
                self.add()
                self.world.cluster.denied.add((verb, "applications"))
                answer = self.deploy("core", 3, "unknown")
                self.assertIn(f'{verb} resource "applications"', answer.text)
                self.unchanged()

    def test_a_specification_that_the_server_finds_invalid(self):
        self.add()
        self.argo.invalid = "InvalidSpecError: application destination is not permitted in project"
        answer = self.run_program(*self.words("api"))
        self.assertIn(answer.code, (1, 3), answer.text)
        self.assertIn("destination is not permitted", answer.text)
        self.unchanged()

    @both_ways
    def test_an_application_that_is_being_deleted_or_left_alone(self, way):
        self.add()
        self.world.change("stonks-beta", {"metadata": {"deletionTimestamp": "2026-08-24T12:00:00Z"}})
        self.assertIn("delet", self.run_program(*self.words(way)).text)
        self.unchanged()
        self.world.change("stonks-beta", {"metadata": {"deletionTimestamp": None, "annotations": {
            "argocd.argoproj.io/skip-reconcile": "true"}}})
        self.assertIn("skip-reconcile", self.run_program(*self.words(way)).text)
        self.unchanged()

    @both_ways
    def test_longs_are_numbers(self, way):
        """Of an Application with retries: they are not copied as strings."""
        item = self.world_with_retries()
        self.deploy(way, 0, "success", revisions=NEW)
        self.assertEqual(self.state()["operation"].get("retry"), item["spec"]["syncPolicy"]["retry"])

    def world_with_retries(self):
        item = application(syncPolicy={"syncOptions": ["ApplyOutOfSyncOnly=true"], "retry": {
            "limit": 3, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "2m"}}})
        self.world.heads[item["spec"]["source"]["repoURL"], "main"] = NEW
        self.add(item)
        return item


if __name__ == "__main__":
    unittest.main()
