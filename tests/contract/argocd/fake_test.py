"""The stand-in for argocd-server itself: each trap of the real one, by plain requests."""

import json
import time
import unittest

from fake_case import APP, INFOS, PARAMETER, SYNC, FakeCase
from world import IMAGE, NEW, REFRESH, active, application, helm_source, project, state_of


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


if __name__ == "__main__":
    unittest.main()
