"""registry-tag-watch tells Kargo: after a wait and after a mark, by a webhook, the Kubernetes API or Kargo's own."""

import json
import pathlib
import sys
import unittest

from front import Front
from images import Api
from registry import Registry
from watch_case import EPOCH, NAMES, SHA, VERIFIED, WatchCase

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "kube"))
import cluster  # noqa: E402
from kargo import ACCOUNT, PROJECT, RECEIVER, TOKEN, WAREHOUSE, Kargo, lose_the_answer  # noqa: E402

BUILD = NAMES[:3]
ANCHOR = BUILD[1]
WAYS = ("the Kubernetes API", "Kargo's API")


class KargoCase(WatchCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(self)
        self.build = self.push(self.registry.address, self.images(names=BUILD))
        self.lock(self.registry.address, self.build)
        self.kargo = Kargo(self, [f"{self.registry.address}/{name}" for name in BUILD])
        self.token = self.write("kube-token", TOKEN + "\n")
        self.environment["CI_PIPELINE_URL"] = "https://ci.example.com/repos/1/pipeline/42"

    def marking(self, *words):
        return ["mark", "--plain-http", "--lock-file", "images.lock.json", "--anchor", ANCHOR, "--epoch", EPOCH, *words]

    def waiting(self, *words):
        return ["wait", *self.asked_for(self.registry.address, BUILD), "--timeout", "60s", *words]

    def told(self, way, *words):
        """The settings for the Warehouse by one of the two ways, and the environment."""
        self.environment.pop("PLUGIN_KARGO_TOKEN", None)
        words = ["--kargo-project", PROJECT, "--kargo-warehouse", WAREHOUSE, *words]
        if way == WAYS[0]:
            return [*words, "--kube-api", self.kargo.cluster.url, "--kube-token-path", self.token]
        self.environment["PLUGIN_KARGO_TOKEN"] = TOKEN + "\n"
        return [*words, "--kargo-url", self.kargo.url + "/"]

    def freight(self, way, *words):
        return self.told(way, "--create-freight", *words)

    def next_create(self, way, *answers):
        """What the next creations of Freight get: a status, or a function of the handler."""
        if way == WAYS[0]:
            self.kargo.cluster.plan("create", *[
                cluster.Refused(one, "InternalError", "failed calling webhook") if isinstance(one, int) else one
                for one in answers])
        else:
            # The look before each of them comes first.
            self.kargo.planned += [planned for one in answers
                                   for planned in (lambda handler: handler.proceed(), one)]

    def expect(self, code, *words, sees=(), env=None):
        """Whatever happens, no secret is in any output."""
        answer = super().expect(code, *words, sees=sees, env=env)
        self.assert_no_secret(answer, TOKEN, RECEIVER.rsplit("/", 1)[-1])
        return answer

    def assert_marked(self):
        with Api(self.registry.address) as api:
            self.assertEqual([api.digest(name, VERIFIED) for name in BUILD],
                             [self.build[name].digest for name in BUILD])

    def assert_unmarked(self):
        with Api(self.registry.address) as api:
            self.assertEqual([api.digest(name, VERIFIED) for name in BUILD], [None] * len(BUILD))

    def one_freight(self):
        self.assertEqual(len(self.kargo.freights()), 1)
        return self.kargo.freights()[0]


class RefreshTestCase(KargoCase):
    def test_a_warehouse_looks_at_once_when_the_images_are_marked(self):
        for way in WAYS:
            before = self.kargo.refreshed()
            answer = self.expect(0, *self.marking(*self.told(way)), sees=[WAREHOUSE])
            self.assertNotEqual(self.kargo.refreshed(), before, "an annotation that is new each time")
            self.assertEqual(answer.result["kargo"], {"did": "refresh", "through": way, "project": PROJECT,
                                                      "warehouse": WAREHOUSE})
            self.assert_marked()

    def test_a_warehouse_looks_at_once_when_all_images_are_there(self):
        for way in WAYS:
            before = self.kargo.refreshed()
            self.expect(0, *self.waiting(*self.told(way)))
            self.assertNotEqual(self.kargo.refreshed(), before)

    def test_nobody_is_told_of_images_that_are_not_there(self):
        words = ["wait", *self.asked_for(self.registry.address, NAMES[:4]), "--timeout", "1s", "--interval", "100ms"]
        self.expect(5, *words, *self.told(WAYS[0]))
        self.assertIsNone(self.kargo.refreshed())

    def test_nobody_is_told_of_images_that_are_not_marked(self):
        self.push(self.registry.address, self.images(seed="moved", names=BUILD[:1]))
        self.expect(4, *self.marking(*self.told(WAYS[0])))
        self.assertIsNone(self.kargo.refreshed())

    def test_a_refresh_without_permission_is_a_warning_that_names_it(self):
        self.kargo.cluster.denied.add(("patch", "warehouses"))
        answer = self.expect(0, *self.marking(*self.told(WAYS[0])),
                             sees=['cannot patch resource "warehouses"', ACCOUNT, "warning"])
        self.assertIn("cannot patch", answer.result["kargo"]["error"])
        self.assert_marked()

    def test_a_token_that_kargo_does_not_know_is_a_warning(self):
        self.kargo.cluster.tokens = {}
        self.expect(0, *self.marking(*self.told(WAYS[1])), sees=["401", "the token is wrong or has expired"])
        self.expect(0, *self.marking(*self.told(WAYS[0])), sees=["401", "the token is wrong or has expired"])

    def test_a_warehouse_that_is_not_there_is_a_warning_that_names_it(self):
        for way in WAYS:
            words = [word if word != WAREHOUSE else "stonks-image" for word in self.told(way)]
            self.expect(0, *self.marking(*words), sees=['"stonks-image" not found'])

    def test_a_kargo_that_is_not_there_is_a_warning(self):
        self.kargo.stop()
        self.expect(0, *self.marking(*self.told(WAYS[1])), sees=["Kargo was not told"])
        self.assert_marked()

    def test_a_busy_server_is_asked_again(self):
        self.kargo.cluster.plan("patch", cluster.Refused(503, "ServiceUnavailable", "leaderless"))
        self.kargo.planned.append(503)
        for way in WAYS:
            before = self.kargo.refreshed()
            self.assertNotIn("error", self.expect(0, *self.marking(*self.told(way))).result["kargo"])
            self.assertNotEqual(self.kargo.refreshed(), before)

    def test_a_token_does_not_follow_a_redirect(self):
        stranger = Kargo(self, [])
        self.kargo.planned.append(lambda handler: handler.answer(307, {}, {"Location": stranger.url + handler.path}))
        self.expect(0, *self.marking(*self.told(WAYS[1])), sees=["307"])
        self.assertEqual(stranger.requests, [])


class CertificateTestCase(KargoCase):
    def ways(self, ca_file):
        """The settings of both ways, through TLS that is checked with this authority."""
        for way, setting, server in ((WAYS[0], "--kube-ca", self.kargo.cluster), (WAYS[1], "--ca-file", self.kargo)):
            front = Front(self, server.url.removeprefix("http://"))
            words = [f"https://{front.address}" if word.startswith("http://") else word for word in self.told(way)]
            yield [*words, setting, getattr(front, ca_file)]

    def test_kargo_is_known_by_the_authorities_that_are_set(self):
        for words in self.ways("ca_file"):
            before = self.kargo.refreshed()
            self.assertNotIn("error", self.expect(0, *self.marking(*words)).result["kargo"])
            self.assertNotEqual(self.kargo.refreshed(), before)

    def test_no_token_goes_to_a_server_of_another_authority(self):
        for words in self.ways("other_ca_file"):
            self.expect(0, *self.marking(*words), sees=["Kargo was not told", "certificate"])
        self.assertIsNone(self.kargo.refreshed())
        self.assertEqual(self.kargo.requests + self.kargo.cluster.requests, [])


class PermissionTestCase(KargoCase):
    """What the Roles of docs.md allow is all that is asked for."""

    def asked(self):
        return {(verb, resource) for verb, resource, *_ in self.kargo.cluster.requests}

    def test_a_refresh_needs_to_patch_warehouses_and_nothing_else(self):
        self.expect(0, *self.marking(*self.told(WAYS[0])))
        self.assertEqual(self.asked(), {("patch", "warehouses")})

    def test_freight_needs_to_list_and_create_freights_and_nothing_else(self):
        for alias in ([], ["--freight-alias", "{sha}"]):
            self.expect(0, *self.marking(*self.freight(WAYS[0], *alias)))
        self.assertEqual(self.asked(), {("list", "freights"), ("create", "freights")})


class WebhookTestCase(KargoCase):
    def call(self, *sees):
        return self.expect(0, *self.marking(), sees=sees, env={"PLUGIN_KARGO_WEBHOOK_URL": self.kargo.url + RECEIVER})

    def test_a_receiver_is_told_what_was_marked(self):
        answer = self.call("Kargo's receiver was called")
        method, path, body = self.kargo.requests[-1]
        self.assertEqual((method, path), ("POST", RECEIVER))
        self.assertEqual(json.loads(body), {
            "event": "images-verified", "tag": SHA, "revision": SHA, "verified_tag": VERIFIED,
            "images": [{"image": f"{self.registry.address}/{name}", "digest": self.build[name].digest}
                       for name in BUILD]})
        self.assertIsNotNone(self.kargo.refreshed())
        self.assertEqual(answer.result["kargo"]["did"], "refresh")

    def test_a_receiver_is_told_what_is_there(self):
        self.expect(0, *self.waiting(), env={"PLUGIN_KARGO_WEBHOOK_URL": self.kargo.url + RECEIVER})
        body = json.loads(self.kargo.requests[-1][2])
        self.assertEqual((body["event"], len(body["images"])), ("images-ready", len(BUILD)))
        self.assertNotIn("verified_tag", body)

    def test_a_receiver_that_refreshes_nothing_is_a_warning(self):
        self.kargo.when = "images-ready"
        answer = self.call("refreshed no Warehouse", "whenExpression")
        self.assertIn("refreshed no Warehouse", answer.result["kargo"]["error"])

    def test_an_address_without_a_receiver_is_a_warning_that_says_where_it_stands(self):
        self.kargo.planned.append(404)
        answer = self.call("status.webhookReceivers[].url")
        self.assertIn("404", answer.result["kargo"]["error"])
        self.assert_marked()

    def test_a_receiver_that_fails_is_a_warning(self):
        self.kargo.planned.append(500)
        self.assertIn("500", self.call("Kargo was not told").result["kargo"]["error"])

    def test_a_receiver_that_is_not_there_is_a_warning_without_its_address(self):
        self.kargo.stop()
        self.call("Kargo was not told")

    def test_an_address_that_is_none_is_refused_and_not_shown(self):
        secret = RECEIVER.rsplit("/", 1)[-1]
        self.expect(2, *self.marking(), sees=["kargo_webhook_url"], env={"PLUGIN_KARGO_WEBHOOK_URL": f"kargo{RECEIVER}"})
        self.expect(2, *self.marking(), sees=["kargo_webhook_url"],
                    env={"PLUGIN_KARGO_WEBHOOK_URL": f"https://user:{secret}@kargo.example.com/"})
        self.assert_unmarked()


class FreightTestCase(KargoCase):
    def test_freight_has_exactly_the_locked_digests_and_says_where_it_comes_from(self):
        for way in WAYS:
            self.kargo.cluster.objects["freights"].clear()
            answer = self.expect(0, *self.marking(*self.freight(way, "--freight-alias", "{sha10}")),
                                 sees=["was created", SHA[:10]])
            freight = self.one_freight()
            self.assertEqual(freight["images"], [
                {"repoURL": f"{self.registry.address}/{name}", "tag": SHA, "digest": self.build[name].digest}
                for name in BUILD])
            self.assertEqual(freight["origin"], {"kind": "Warehouse", "name": WAREHOUSE})
            self.assertEqual(freight["alias"], SHA[:10])
            self.assertEqual(freight["metadata"]["annotations"], {
                "stagegate.dev/revision": SHA, "stagegate.dev/verified-tag": VERIFIED,
                "stagegate.dev/pipeline": self.environment["CI_PIPELINE_URL"]})
            self.assertEqual(answer.result["kargo"], {
                "did": "create_freight", "through": way, "project": PROJECT, "warehouse": WAREHOUSE,
                "freight": freight["metadata"]["name"], "alias": SHA[:10], "created": True})
        self.assert_marked()

    def test_the_freight_fits_the_schema_of_kargo(self):
        if not cluster.schemas():
            self.skipTest("no data")
        self.expect(0, *self.marking(*self.freight(WAYS[0])))
        sent = self.one_freight()
        schema = cluster.schemas()["freights"]["properties"]
        for name in ("alias", "origin", "images"):
            self.assertEqual(list(cluster.faults(schema[name], sent[name], name)), [])
        self.assertLessEqual(set(sent), set(schema))

    def test_freight_after_a_wait_is_of_what_was_found(self):
        for way in WAYS:
            self.kargo.cluster.objects["freights"].clear()
            self.expect(0, *self.waiting(*self.freight(way)))
            self.assertEqual([image["digest"] for image in self.one_freight()["images"]],
                             [self.build[name].digest for name in BUILD])

    def test_freight_is_made_once_however_often_the_step_runs(self):
        for way in WAYS:
            for alias in ([], ["--freight-alias", "{sha}"]):
                self.kargo.cluster.objects["freights"].clear()
                self.assertTrue(self.expect(0, *self.marking(*self.freight(way, *alias))).result["kargo"]["created"])
                again = self.expect(0, *self.marking(*self.freight(way, *alias)), sees=["was there already"])
                self.assertFalse(again.result["kargo"]["created"])
                self.assertEqual(again.result["kargo"]["freight"], self.one_freight()["metadata"]["name"])

    def test_the_same_freight_under_another_alias_is_done(self):
        for way in WAYS:
            self.kargo.cluster.objects["freights"].clear()
            self.expect(0, *self.marking(*self.freight(way)))
            again = self.expect(0, *self.marking(*self.freight(way, "--freight-alias", "{sha}")),
                                sees=["was there already"])
            self.assertEqual(again.result["kargo"]["alias"], self.one_freight()["alias"])

    def test_an_alias_of_other_freight_is_a_conflict_that_says_in_what(self):
        alias = ["--freight-alias", "{sha10}"]
        for way in WAYS:
            self.kargo.cluster.objects["freights"].clear()
            self.lock(self.registry.address, self.build)
            self.expect(0, *self.marking(*self.freight(way, *alias)))
            other = self.push(self.registry.address, self.images(names=BUILD[:1], seed=f"other {way}"))
            self.lock(self.registry.address, self.build | other)
            answer = self.expect(4, *self.marking(*self.freight(way, *alias), "--verified-tag", f"v-{len(way)}-{{sha}}"),
                                 sees=["belongs to Freight", other[BUILD[0]].digest, self.build[BUILD[0]].digest])
            self.assertIn("belongs to Freight", answer.result["message"])
            self.one_freight()
            self.push(self.registry.address, {BUILD[0]: self.build[BUILD[0]]})

    def test_an_answer_that_is_lost_does_not_make_it_twice(self):
        for way in WAYS:
            for alias in ([], ["--freight-alias", "{sha}"]):
                self.kargo.cluster.objects["freights"].clear()
                self.next_create(way, lose_the_answer)
                self.expect(0, *self.marking(*self.freight(way, *alias)), sees=["was there already"])
                self.one_freight()
        posts = [one for one in self.kargo.requests if one[0] == "POST"] + self.kargo.cluster.asked("create")
        self.assertEqual(len(posts), 4, "asked for once each time")

    def test_a_webhook_of_kargo_that_is_down_is_waited_out(self):
        for way in WAYS:
            self.kargo.cluster.objects["freights"].clear()
            self.next_create(way, 500)
            self.expect(0, *self.marking(*self.freight(way)), sees=["was created"])
            self.one_freight()

    def test_a_kargo_that_stays_down_leaves_it_unknown_and_a_second_run_mends_it(self):
        for way in WAYS:
            self.kargo.cluster.objects["freights"].clear()
            self.next_create(way, *[503] * 50)
            if way == WAYS[1]:
                self.kargo.planned = [503] * 50
            answer = self.expect(3, *self.marking(*self.freight(way), "--timeout", "2s"),
                                 sees=["the Freight was not made", "it is safe to run again"])
            self.assertIn("503", answer.result["kargo"]["error"])
            self.assert_marked()
            self.kargo.planned.clear()
            self.kargo.cluster.planned.clear()
            self.expect(0, *self.marking(*self.freight(way)), sees=["was created"])

    def test_a_permission_that_is_missing_is_named_and_not_tried_again(self):
        for way in WAYS:
            for verb in ("create", "list"):
                self.kargo.cluster.denied = {(verb, "freights")}
                answer = self.expect(3, *self.marking(*self.freight(way)),
                                     sees=[f'cannot {verb} resource "freights"', ACCOUNT, "Role"])
                self.assertIn("Freight was not made", answer.result["message"])
        self.assert_marked()
        self.assertEqual(self.kargo.freights(), [])

    def test_images_that_the_warehouse_does_not_subscribe_to_are_told_with_the_setting_that_names_them(self):
        self.kargo.cluster.change("warehouses", PROJECT, WAREHOUSE, {"spec": {"subscriptions": [
            {"image": {"repoURL": f"{self.registry.address}/{ANCHOR}"}}]}})
        for way in WAYS:
            self.kargo.cluster.objects["freights"].clear()
            self.expect(2, *self.marking(*self.freight(way)), sees=["no subscription found", "freight_images"])
            self.assertEqual(self.kargo.freights(), [])
            self.expect(0, *self.marking(*self.freight(way, "--freight-images", f"{self.registry.address}/{ANCHOR}")))
            self.assertEqual(len(self.one_freight()["images"]), 1)

    def test_a_warehouse_that_is_not_there_is_told_by_name(self):
        for way in WAYS:
            words = [word if word != WAREHOUSE else "stonks-image" for word in self.freight(way)]
            self.expect(2, *self.marking(*words), sees=["stonks-image", "warehouse does not exist"])


class SettingsTestCase(KargoCase):
    def test_settings_that_contradict_each_other_are_refused_before_anything_is_marked(self):
        webhook = {"PLUGIN_KARGO_WEBHOOK_URL": self.kargo.url + RECEIVER}
        token = {"PLUGIN_KARGO_TOKEN": TOKEN}
        warehouse = ["--kargo-project", PROJECT, "--kargo-warehouse", WAREHOUSE]
        for sees, words, env in (
                ("create_freight", [*self.freight(WAYS[0])], webhook),
                ("kargo_warehouse", [*self.told(WAYS[0])], webhook),
                ("kargo_warehouse", ["--kargo-project", PROJECT], {}),
                ("kargo_project", ["--kargo-warehouse", WAREHOUSE], {}),
                ("kargo_project and kargo_warehouse", ["--create-freight"], {}),
                ("kargo_warehouse", ["--kargo-url", "https://kargo.example.com"], token),
                ("kargo_warehouse", ["--kube-api", self.kargo.cluster.url], {}),
                ("kargo_token", [*warehouse, "--kargo-url", "https://kargo.example.com"], {}),
                ("kargo_url", warehouse, token),
                ("kargo_url", [*self.told(WAYS[0]), "--kargo-url", "https://kargo.example.com"], token),
                ("kargo_url", [*warehouse, "--kargo-url", "http://kargo.example.com"], token),
                ("kargo_token", [*warehouse, "--kargo-url", self.kargo.url], {"PLUGIN_KARGO_TOKEN": "two words"}),
                ("freight_alias", [*self.told(WAYS[0]), "--freight-alias", "{sha}"], {}),
                ("freight_images", [*self.told(WAYS[0]), "--freight-images", ANCHOR], {}),
                ("freight_alias", self.freight(WAYS[0], "--freight-alias", "latest"), {}),
                ("freight_alias", self.freight(WAYS[0], "--freight-alias", "{sha} of today"), {}),
                ("freight_images", self.freight(WAYS[0], "--freight-images", f"{self.registry.address}/other"), {})):
            with self.subTest(sees=sees, words=words):
                self.environment.pop("PLUGIN_KARGO_TOKEN", None)
                self.expect(2, *self.marking(*words), sees=[sees], env=env)
        self.assert_unmarked()
        self.assertEqual(self.kargo.requests + self.kargo.cluster.requests, [])

    def test_outside_of_a_cluster_it_says_what_to_set(self):
        self.expect(3, *self.marking("--kargo-project", PROJECT, "--kargo-warehouse", WAREHOUSE),
                    sees=["kargo_warehouse", "kube_api", "kargo_url"])
        self.assert_unmarked()


if __name__ == "__main__":
    unittest.main()
