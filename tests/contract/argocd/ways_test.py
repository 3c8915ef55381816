"""What argocd-sync does with settings and with Applications of all kinds: the same on both ways."""

import json
import signal
import time
import unittest

from argocd_case import ArgocdCase, both_ways, run_of, until
from world import (IMAGE, NEW, OLD, REPOSITORY, TARGET, application, helm_source, operation_of, project)

KUSTOMIZED = {"repoURL": REPOSITORY, "path": "infra/kustomize/beta", "targetRevision": "main",
              "kustomize": {"images": [f"{IMAGE}:{OLD}", "docker.io/library/redis:7"]}}
SOURCES = [{"name": "values", "repoURL": REPOSITORY + "-config", "targetRevision": "main", "ref": "values"},
           {"name": "chart", **helm_source(OLD)}]
ALWAYS = {"kind": "deny", "schedule": "* * * * *", "duration": "1h", "applications": ["*"], "timeZone": "UTC"}


def parameters(item):
    return item["spec"]["source"]["helm"]["parameters"]


class TagTestCase(ArgocdCase):
    @both_ways
    def test_the_parameter_is_set_with_force_string_and_nothing_else_is_touched(self, way):
        source = helm_source(OLD)
        source["helm"]["parameters"] = [{"name": "a", "value": "1"}, {"name": "image.tag", "value": OLD},
                                        {"name": "image.tagged", "value": "x", "forceString": True}]
        before = application(source=source)
        self.add(before)
        answer = self.deploy(way, 0, "success")
        wanted = json.loads(json.dumps(before["spec"]))
        wanted["source"]["helm"]["parameters"][1] = {"name": "image.tag", "value": NEW, "forceString": True}
        self.assertEqual(self.world.get("stonks-beta")["spec"], wanted)
        app = answer.result["apps"][0]
        self.assertEqual((app["tag_before"], app["images"], app["health"]), (OLD, [f"{IMAGE}:{NEW}"], "Healthy"))
        self.assertEqual((answer.result["tag"], answer.result["run_id"]), (NEW, "run-1"))

    @both_ways
    def test_a_parameter_that_is_not_there_is_added_with_all_that_it_needs(self, way):
        for helm in (None, {}, {"valueFiles": ["v.yaml"]}, {"parameters": []}):
            self.begin()
            source = helm_source(OLD)
            source.pop("helm")
            if helm is not None:
                source["helm"] = helm
            self.add(application(source=source))
            self.deploy(way, 0, "success")
            self.assertEqual(parameters(self.world.get("stonks-beta")),
                             [{"name": "image.tag", "value": NEW, "forceString": True}])
            self.assert_fit()

    @both_ways
    def test_a_tag_of_digits_stays_a_string(self, way):
        self.add()
        self.deploy(way, 0, "success", tag="0123456")
        self.assertEqual(parameters(self.world.get("stonks-beta"))[0],
                         {"name": "image.tag", "value": "0123456", "forceString": True})

    @both_ways
    def test_the_image_of_kustomize_is_set_and_its_neighbours_stay(self, way):
        self.add(application(source=KUSTOMIZED))
        self.deploy(way, 0, "success", carrier="kustomize", kustomize_images=IMAGE)
        self.assertEqual(self.world.get("stonks-beta")["spec"]["source"]["kustomize"]["images"],
                         [f"{IMAGE}:{NEW}", "docker.io/library/redis:7"])

    @both_ways
    def test_one_of_several_sources_by_name_and_by_number(self, way):
        for source in ("chart", "2"):
            self.begin()
            self.add(application(sources=SOURCES))
            self.deploy(way, 0, "success", source=source)
            there = self.world.get("stonks-beta")["spec"]["sources"]
            self.assertEqual((there[0], there[1]["helm"]["parameters"][0]["value"]), (SOURCES[0], NEW))
            self.assert_fit()

    @both_ways
    def test_several_sources_and_none_named_is_a_question(self, way):
        self.add(application(sources=[{**helm_source(OLD), "path": "a"}, {**helm_source(OLD), "path": "b"}]))
        self.deploy(way, 2, None, sees=["source"])
        self.assertEqual(self.operations(), [])

    @both_ways
    def test_several_parameters_get_the_tag(self, way):
        self.add()
        self.deploy(way, 0, "success", parameters="image.tag,worker.image.tag")
        self.assertEqual({one["name"]: one["value"] for one in parameters(self.world.get("stonks-beta"))},
                         {"image.tag": NEW, "worker.image.tag": NEW})

    @both_ways
    def test_without_a_carrier_it_syncs_only(self, way):
        self.world.heads[REPOSITORY, "main"] = NEW
        source = helm_source(OLD)
        source["helm"].pop("parameters")
        self.world.committed = {NEW: NEW, OLD: OLD}
        self.add(application(source=source))
        before = self.world.get("stonks-beta")["spec"]
        self.deploy(way, 0, "success", carrier="none")
        self.assertEqual(self.world.get("stonks-beta")["spec"], before)
        self.assertEqual(self.operations(), ["run-1"])

    @both_ways
    def test_what_is_there_already_is_not_written_again_but_synced(self, way):
        self.add(application(source=helm_source(NEW)))
        before = self.world.get("stonks-beta")["spec"]
        self.deploy(way, 0, "success")
        self.assertEqual(self.world.get("stonks-beta")["spec"], before)
        self.assertEqual((self.operations(), self.argo.asked("PATCH")), (["run-1"], []))

    @both_ways
    def test_revisions_of_several_sources_are_numbers_of_their_places(self, way):
        for place, source in enumerate(SOURCES):
            self.world.heads[source["repoURL"], "main"] = f"{place + 3}" * 40
        self.add(application(sources=SOURCES))
        self.deploy(way, 0, "success", source="chart", revisions=f"{'3' * 40},{'4' * 40}")
        self.assertEqual(self.state()["syncResult"]["revisions"], ["3" * 40, "4" * 40])


class OperationTestCase(ArgocdCase):
    @both_ways
    def test_who_asks_and_what_for_is_kept_with_the_operation(self, way):
        self.add()
        self.deploy(way, 0, "success", actor="ada", commit="c" * 40, pipeline_url="https://ci.example/1")
        operation = self.state()["operation"]
        self.assertEqual(run_of(operation), "run-1")
        for word in ("ada", "c" * 40, "https://ci.example/1"):
            self.assertIn(word, json.dumps(operation["info"]))
        self.assertFalse(operation["initiatedBy"].get("automated", False))

    @both_ways
    def test_prune_is_asked_for_only_when_it_is(self, way):
        for words, prune in (([], False), (["--prune"], True)):
            self.begin()
            self.add()
            self.deploy(way, 0, "success", *words)
            self.assertEqual(self.state()["operation"]["sync"].get("prune", False), prune)

    @both_ways
    def test_what_the_operation_before_asked_for_does_not_leak_into_ours(self, way):
        self.add(leaks=True)
        self.world.change("stonks-beta", {"status": {"operationState": {
            "phase": "Succeeded", "startedAt": "2026-08-24T12:00:00Z", "finishedAt": "2026-08-24T12:00:01Z",
            "operation": {"sync": {"resources": [{"kind": "ConfigMap", "name": "x"}], "revision": "9" * 40}}}}})
        self.deploy(way, 0, "success")
        self.assertNotIn("resources", self.state()["operation"]["sync"])

    @both_ways
    def test_a_step_that_is_started_again_goes_on_with_its_own_operation(self, way):
        self.add(roll=60)
        first = self.start(*self.words(way))
        until(lambda: self.operations(), "the sync")
        first.kill()
        first.wait()
        self.deploy(way, 0, "success")
        self.assertEqual(self.operations(), ["run-1"])
        self.deploy(way, 0, "success")  # and once more when all is over
        self.assertEqual(self.operations(), ["run-1"])

    @both_ways
    def test_another_run_starts_an_operation_of_its_own(self, way):
        self.add()
        self.deploy(way, 0, "success")
        self.deploy(way, 0, "success", run="run-2")
        self.assertEqual(self.operations(), ["run-1", "run-2"])

    @both_ways
    def test_a_sync_that_fails_is_told_with_its_resources(self, way):
        self.add(ends="Failed", words="one or more objects failed to apply")
        self.deploy(way, 1, "failed", sees=["one or more objects failed", "query-api", "admission webhook denied"])

    @both_ways
    def test_retries_are_waited_out(self, way):
        self.add(retries=2)
        self.deploy(way, 0, "success")

    @both_ways
    def test_defects_of_the_controller_are_lived_with(self, way):
        self.add(blocks_first=True, forgets_refresh=True, comparing=8)
        self.deploy(way, 0, "success", window_grace="5s")

    @both_ways
    def test_an_operation_that_somebody_removes_is_lost_or_told(self, way):
        self.add(take=1000)
        process = self.start(*self.words(way, timeout="50s"), "--result-file", "result.json")
        until(lambda: self.operations(), "the sync")
        self.world.change("stonks-beta", {"operation": None})
        answer = self.finish(process)
        self.assertEqual(answer.code, 4, answer.text)


class BusyTestCase(ArgocdCase):
    def other(self, seconds, tag=OLD, automated=False):
        """Somebody else's operation is running."""
        self.controller = self.add(sync=seconds * self.speed)
        by = {"automated": True} if automated else {"username": "ada"}
        self.world.change("stonks-beta", {"spec": {"source": helm_source(tag)}, "operation": {
            "initiatedBy": by, "sync": {"source": helm_source(tag)}}})
        until(self.state, "somebody else's sync")

    @both_ways
    def test_it_waits_for_the_end_of_another_operation(self, way):
        self.other(1)
        self.deploy(way, 0, "success", on_busy="wait")
        self.assertEqual(self.operations(), [None, "run-1"])

    @both_ways
    def test_it_does_not_wait_if_that_is_the_setting(self, way):
        self.other(1000)
        answer = self.run_program(*self.words(way, on_busy="fail"))
        self.assertIn(answer.code, (1, 4), answer.text)
        self.assertIn("in progress, of ada", answer.text)
        self.assertNotIn("changed", answer.result["apps"][0])
        self.assertEqual((self.operations(), self.tag_of()), ([None], OLD))

    @both_ways
    def test_it_adopts_an_operation_that_brings_the_same(self, way):
        self.other(2, NEW)
        answer = self.deploy(way, 0, "success", on_busy="adopt")
        self.assertEqual(self.operations(), [None])
        self.assertTrue(answer.result["apps"][0]["adopted"])

    @both_ways
    def test_it_does_not_adopt_one_that_brings_something_else(self, way):
        self.other(1, OLD)
        self.deploy(way, 0, "success", on_busy="adopt")
        self.assertEqual(self.operations(), [None, "run-1"])

    @both_ways
    def test_waiting_for_another_operation_ends_with_the_time(self, way):
        self.other(1000)
        self.deploy(way, 5, "timeout", on_busy="wait", timeout="2s")
        self.assertEqual(self.operations(), [None])

    @both_ways
    def test_auto_sync_that_is_faster_is_no_conflict(self, way):
        for on_busy in ("wait", "adopt"):
            self.begin()
            self.add(application(syncPolicy={"automated": {"prune": True}}), compare=0.01)
            self.deploy(way, 0, "success", on_busy=on_busy)
            self.assertEqual(self.tag_of(), NEW)


class EndTestCase(ArgocdCase):
    def running(self, way, **settings):
        self.add(sync=10000)
        process = self.start(*self.words(way, **settings), "--result-file", "result.json")
        until(self.state, "the sync")
        return process

    @both_ways
    def test_sigterm_ends_it_within_five_seconds_and_leaves_the_operation(self, way):
        for number in (signal.SIGTERM, signal.SIGINT):
            self.begin()
            process = self.running(way)
            began = time.monotonic()
            process.send_signal(number)
            answer = self.finish(process)
            self.assertLess(time.monotonic() - began, 5)
            self.assertNotEqual(answer.code, 0, answer.text)
            self.assertEqual(self.state()["phase"], "Running")

    @both_ways
    def test_sigterm_terminates_the_operation_if_that_is_the_setting(self, way):
        process = self.running(way, on_timeout="terminate")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        answer = self.finish(process)
        self.assertLess(time.monotonic() - began, 5)
        self.assertNotEqual(answer.code, 0, answer.text)
        until(lambda: self.state()["message"] == "Operation terminated", "the termination")

    @both_ways
    def test_when_time_is_up_the_operation_is_left_or_terminated(self, way):
        for policy, phase in (("leave", "Running"), ("terminate", "Failed")):
            self.begin()
            self.add(sync=10000)
            answer = self.deploy(way, 5, "timeout", on_timeout=policy, timeout="1s")
            until(lambda: self.state()["phase"] == phase, f"{policy}: {answer.text}")
            self.assertEqual(answer.result["apps"][0].get("terminated", False), policy == "terminate")

    @both_ways
    def test_nobody_elses_operation_is_terminated(self, way):
        process = self.running(way, on_timeout="terminate", poll_min="10s", poll_max="60s")
        item = self.world.get("stonks-beta")
        theirs = [{"name": "stagegate.run", "value": "run-other"}]
        item["operation"]["info"] = theirs
        item["status"]["operationState"]["operation"]["info"] = theirs
        item["status"]["operationState"]["startedAt"] = "2026-08-24T12:00:09Z"
        self.world.write(item)
        process.send_signal(signal.SIGTERM)
        self.assertNotEqual(self.finish(process).code, 0)
        time.sleep(0.3)
        self.assertEqual(self.state()["phase"], "Running")

    @both_ways
    def test_a_failed_deployment_is_rolled_back_and_stays_a_failure(self, way):
        controller = self.add(course=[(0, "Degraded", "CrashLoopBackOff")])
        process = self.start(*self.words(way), "--rollback-on-failure", "--result-file", "result.json")
        until(lambda: len(self.operations()) > 1, "the way back")
        controller.course = None
        answer = self.finish(process)
        self.assertEqual(answer.code, 1, answer.text)
        self.assertEqual(self.tag_of(), OLD)
        app = self.read_json("result.json")["apps"][0]
        self.assertEqual((app["result"], app["rollback"]["result"], app["rollback"]["tag"]), ("failed", "success", OLD))

    @both_ways
    def test_nothing_is_rolled_back_that_was_no_failure(self, way):
        self.add()
        self.deploy(way, 0, "success", "--rollback-on-failure")
        self.assertEqual(len(self.operations()), 1)


class CanaryTestCase(ArgocdCase):
    @both_ways
    def test_what_becomes_of_a_pause_is_a_setting(self, way):
        resumed = ("resume", 0, "success") if way == "api" else ("resume", 3, "unknown")  # not through Kubernetes
        for policy, code, result in (("fail", 1, "paused"), ("succeed", 0, "success"), resumed):
            with self.subTest(policy):
                self.begin()
                self.add(canary="pause")
                answer = self.deploy(way, code, result, on_pause=policy)
                if policy != "resume":
                    self.assertIn("Rollout stonks-beta/query-api", answer.result["apps"][0]["reason"])
                self.assert_fit()

    @both_ways
    def test_a_pause_that_is_waited_for_ends_when_somebody_resumes_it(self, way):
        controller = self.add(canary="pause")
        process = self.start(*self.words(way, on_pause="wait"))
        until(lambda: controller.health["status"] == "Suspended", "the pause")
        time.sleep(0.5)
        self.assertIsNone(process.poll())
        with self.world.cluster.lock:
            controller.resume()
        self.assertEqual(self.finish(process).code, 0)

    @both_ways
    def test_a_pause_that_ends_by_itself_is_waited_for(self, way):
        self.add(canary="pause", pause_seconds=10)
        self.deploy(way, 0, "success", on_pause="fail")

    @both_ways
    def test_an_inconclusive_analysis_is_never_a_success(self, way):
        for policy in ("fail", "succeed"):
            self.begin()
            self.add(canary="inconclusive")
            self.deploy(way, 1, "paused", on_pause=policy, sees=["could not tell"])

    @both_ways
    def test_an_abort_is_told_with_the_failing_metric(self, way):
        self.add(canary="abort")
        self.deploy(way, 1, "failed", sees=["RolloutAborted", "success-rate"])


class WindowTestCase(ArgocdCase):
    def windows(self, *windows):
        self.world.cluster.put("appprojects", project(windows=windows))

    @both_ways
    def test_a_window_that_denies_is_respected_before_anything_is_changed(self, way):
        self.add()
        self.windows(ALWAYS)
        self.deploy(way, 1, "blocked", sees=["window"])
        self.assertEqual((self.tag_of(), self.operations()), (OLD, []))

    @both_ways
    def test_a_window_that_lets_people_through_lets_us_through(self, way):
        self.add(blocks_first=True)
        self.windows(ALWAYS | {"manualSync": True})
        self.deploy(way, 0, "success", window_grace="5s")

    @both_ways
    def test_a_window_of_others_does_not_matter(self, way):
        self.add()
        self.windows(ALWAYS | {"applications": ["stonks-live"]})
        self.deploy(way, 0, "success")

    @both_ways
    def test_outside_of_all_allowed_windows_is_blocked(self, way):
        self.add()
        self.windows(ALWAYS | {"kind": "allow", "schedule": "0 0 29 2 *", "duration": "1m"})
        self.deploy(way, 1, "blocked")
        self.assertEqual(self.operations(), [])

    @both_ways
    def test_an_operation_that_a_window_holds_is_not_left_to_run_later(self, way):
        self.add(blocks_first=True, take=0.5)
        process = self.start(*self.words(way, window_grace="1s"), "--result-file", "result.json")
        until(lambda: operation_of(self.world.get("stonks-beta")), "the sync")
        self.windows(ALWAYS)
        answer = self.finish(process)
        self.assertEqual((answer.code, self.read_json("result.json")["apps"][0]["result"]), (1, "blocked"), answer.text)
        self.windows()
        until(lambda: self.state() and self.state().get("message") == "Operation terminated" or
              operation_of(self.world.get("stonks-beta")) is None, "the end of the operation")
        self.assertEqual([image.rsplit(":")[-1] for image in
                          self.world.get("stonks-beta")["status"]["summary"]["images"]], [OLD])


class LintTestCase(ArgocdCase):
    SESSION = {"kind": "deny", "schedule": "30 9 * * 1-5", "duration": "6h30m", "timeZone": "America/New_York",
               "applications": ["stonks-*", "stonks-beta"], "manualSync": True}

    def lint(self, way, code, *sees):
        return self.expect(code, "lint-windows", *self.access(way), "--apps", "stonks-beta", "--project", "stonks",
                           "--at", "2026-08-24T12:00:00Z", sees=sees)

    @both_ways
    def test_windows_that_guard_the_session_are_fine(self, way):
        self.add()
        self.world.cluster.put("appprojects", project(windows=[self.SESSION]))
        self.lint(way, 0, "guard")

    @both_ways
    def test_a_wrong_zone_and_no_window_at_all_are_told_with_what_would_guard(self, way):
        self.add()
        for windows in ([], [self.SESSION | {"timeZone": "UTC"}], [self.SESSION | {"duration": "6h"}]):
            self.world.cluster.put("appprojects", project(windows=windows))
            self.lint(way, 1, "these would", "America/New_York")
        self.assertEqual(self.operations(), [])


class SeveralTestCase(ArgocdCase):
    NAMES = ("stonks-beta", "stonks-paper", "stonks-live")

    def add_all(self, **bad):
        for name in self.NAMES:
            self.add(application(name), **bad.get(name, {}))

    @both_ways
    def test_several_applications_are_deployed_at_once(self, way):
        self.add_all()
        answer = self.deploy(way, 0, ["success"] * 3, app=",".join(self.NAMES))
        self.assertEqual([app["app"] for app in answer.result["apps"]], list(self.NAMES))
        for name in self.NAMES:
            self.assertEqual((self.tag_of(name), self.operations(name)), (NEW, ["run-1"]))

    @both_ways
    def test_one_after_the_other_until_one_fails(self, way):
        self.add_all(**{"stonks-paper": {"ends": "Failed"}})
        answer = self.deploy(way, 1, None, app=",".join(self.NAMES), order="sequence")
        self.assertEqual([app["result"] for app in answer.result["apps"]], ["success", "failed", "skipped"])
        self.assertEqual((self.tag_of("stonks-live"), self.operations("stonks-live")), (OLD, []))

    @both_ways
    def test_one_that_fails_does_not_stop_the_others_that_run_beside_it(self, way):
        self.add_all(**{"stonks-beta": {"ends": "Failed"}})
        answer = self.deploy(way, 1, None, app=",".join(self.NAMES))
        self.assertEqual([app["result"] for app in answer.result["apps"]], ["failed", "success", "success"])

    @both_ways
    def test_all_have_one_deadline(self, way):
        self.add_all(**{name: {"sync": 10000} for name in self.NAMES})
        began = time.monotonic()
        self.deploy(way, 5, ["timeout"] * 3, app=",".join(self.NAMES), timeout="2s")
        self.assertLess(time.monotonic() - began, 8)


class EvidenceTestCase(ArgocdCase):
    @both_ways
    def test_a_failure_shows_pods_events_and_the_last_lines_of_their_logs(self, way):
        self.add(course=[(0, "Degraded", "Deployment exceeded its progress deadline")])
        self.world.trees["stonks-beta"] = [{
            "version": "v1", "kind": "Pod", "namespace": TARGET, "name": "query-api-7d-x", "health": {
                "status": "Degraded", "message": "back-off 5m0s restarting failed container=app"},
            "info": [{"name": "Status Reason", "value": "CrashLoopBackOff"}],
            "parentRefs": [{"group": "apps", "kind": "ReplicaSet", "namespace": TARGET, "name": "query-api-7d"}]}]
        self.world.cluster.put("pods", {
            "metadata": {"name": "query-api-7d-x", "namespace": TARGET,
                         "labels": {"app.kubernetes.io/instance": "stonks-beta"}},
            "spec": {"containers": [{"name": "app", "image": f"{IMAGE}:{NEW}"}]},
            "status": {"phase": "Running", "containerStatuses": [{
                "name": "app", "ready": False, "restartCount": 5, "image": f"{IMAGE}:{NEW}", "imageID": "",
                "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}}}]}})
        self.world.cluster.logs[TARGET, "query-api-7d-x"] = "starting\nno DATABASE_URL: giving up\n"
        answer = self.deploy(way, 1, "failed", sees=["progress deadline", "query-api-7d-x", "CrashLoopBackOff",
                                                     "no DATABASE_URL: giving up"])
        self.assertNotIn(self.argo.token, answer.text)

    @both_ways
    def test_without_the_rights_to_look_further_the_failure_is_told_all_the_same(self, way):
        self.add(course=[(0, "Degraded", "Deployment exceeded its progress deadline")])
        self.argo.denied.add("logs")
        self.world.cluster.denied |= {(verb, kind) for verb in ("get", "list") for kind in ("pods", "pods/log", "events",
                                                                                            "rollouts")}
        self.deploy(way, 1, "failed", sees=["progress deadline"])

    @both_ways
    def test_an_old_tag_that_still_runs_is_no_success_if_that_is_asked_for(self, way):
        self.add(keeps_old=True)
        self.deploy(way, 1, "failed", "--exclusive-images", sees=[OLD])


if __name__ == "__main__":
    unittest.main()
