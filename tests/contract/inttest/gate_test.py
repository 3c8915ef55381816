"""inttest-runner against a real registry: what passed is marked, exactly the bits that were tested, and the results of
every run are kept."""

import json
import unittest

from inttest_case import EPOCH, RESULTS, SHA, InttestCase, results
from counting_proxy import CountingProxy
from images import Api, Image, digest_of
from registry import PASSWORD, USER, Registry
import servers
from watch_case import VERIFIED

NAMES = ("stonks-oracle/query-api", "stonks-oracle/risk", "stonks-oracle/dashboard")
ANCHOR = NAMES[0]
ARCHIVE = "stonks-oracle/inttest-results"
TYPE = "application/vnd.stagegate.inttest-results.v1+json"


class GateCase(InttestCase):
    auth = None

    def setUp(self):
        super().setUp()
        self.registry = Registry(self, self.auth)
        self.credential = (USER, PASSWORD) if self.auth else ()
        self.build = self.push(self.registry.address, self.images(names=NAMES), credential=self.credential)
        self.lock(self.registry.address, self.build)

    def api(self):
        api = Api(self.registry.address, *self.credential)
        self.addCleanup(api.close)
        return api

    def marked(self):
        return {name: digest for name in NAMES if (digest := self.api().digest(name, VERIFIED))}

    def gate(self, code, reason, *words, sees=(), env=None):
        answer = self.expect(code, "--tag", SHA, "--plain-http", "--registry", self.registry.address, "--anchor", ANCHOR,
                             "--epoch", EPOCH, *words, sees=sees, env=env)
        if reason:
            self.assertEqual(answer.result["reason"], reason, answer.text)
        return answer

    def artifact(self, name, reference):
        """The manifest and its files."""
        _, _, body = self.api().ask("GET", f"/v2/{name}/manifests/{reference}", expect=(200,),
                                    Accept="application/vnd.oci.image.manifest.v1+json")
        manifest = json.loads(body)
        files = {}
        for layer in manifest["layers"]:
            _, _, data = self.api().ask("GET", f"/v2/{name}/blobs/{layer['digest']}", expect=(200,))
            files[layer["annotations"]["org.opencontainers.image.title"]] = data
        return manifest, files


class MarkTestCase(GateCase):
    def test_a_pass_marks_exactly_the_locked_images(self):
        answer = self.gate(0, "passed", *self.writes(results()), sees=["marked 3 images"])
        self.assertEqual(self.marked(), {name: image.digest for name, image in self.build.items()})
        self.assertEqual(answer.result["images"], "unchanged")
        self.assertEqual(answer.result["marked"]["tag"], VERIFIED)

    def test_a_no_marks_nothing(self):
        self.gate(1, "tests_failed", *self.writes(results(failed=1)))
        self.assertEqual(self.marked(), {})

    def test_a_pass_after_a_retry_marks(self):
        self.write("first", results(failed=1))
        self.write("second", results())
        self.gate(0, "passed", "--retries", "1", *self.script(
            'if [ $STAGEGATE_ATTEMPT = 1 ]; then cat first; else cat second; fi > "$STAGEGATE_RESULTS_FILE"'))
        self.assertEqual(len(self.marked()), len(NAMES))

    def test_the_same_run_again_finds_all_marked(self):
        self.gate(0, "passed", *self.writes(results()))
        answer = self.gate(0, "passed", *self.writes(results()))
        self.assertEqual(answer.result["marked"]["stored"], 0)

    def test_an_image_that_changes_during_the_tests_is_a_conflict_and_nothing_is_marked(self):
        rebuilt = Image("rebuilt")
        self.push(self.registry.address, {NAMES[1]: rebuilt}, tag="next")
        self.write("rebuilt.json", rebuilt.body.decode())
        self.write("move.py", f"""
import http.client
c = http.client.HTTPConnection("{self.registry.address}")
c.request("PUT", "/v2/{NAMES[1]}/manifests/{SHA}", open("rebuilt.json", "rb").read(), {{"Content-Type": "{rebuilt.media_type}"}})
assert c.getresponse().status == 201
""")
        self.gate(4, "images_changed", *self.writes(results(), then="/usr/bin/python3 move.py"),
                  sees=["image changed under test", NAMES[1], rebuilt.digest])
        self.assertEqual(self.marked(), {})

    def test_images_that_changed_before_the_tests_keep_them_from_running(self):
        self.push(self.registry.address, {NAMES[2]: Image("rebuilt")})
        self.gate(4, None, *self.script("touch ran"), sees=["image changed under test"])
        self.assertFalse((self.folder / "ran").exists())

    def test_a_verified_tag_for_other_bits_is_a_conflict(self):
        other = Image("somebody else's")
        self.push(self.registry.address, {NAMES[1]: other}, tag=VERIFIED)
        self.gate(4, "images_changed", *self.writes(results()), sees=[other.digest, self.build[NAMES[1]].digest])
        self.assertNotIn(ANCHOR, self.marked())

    def test_without_marking_changed_images_are_a_conflict_too(self):
        self.push(self.registry.address, {NAMES[2]: Image("rebuilt")})
        self.gate(4, None, "--no-mark", *self.writes(results()), sees=["image changed under test"])

    def test_a_lock_of_another_build_is_refused_before_the_tests(self):
        self.lock(self.registry.address, self.build, tag="0" * 40)
        self.gate(2, None, *self.script("touch ran"), sees=["images.lock.json", SHA])
        self.assertFalse((self.folder / "ran").exists())

    def test_without_a_lock_nothing_is_run_that_would_be_marked(self):
        (self.folder / "images.lock.json").unlink()
        self.gate(2, None, *self.script("touch ran"), sees=["registry-tag-watch wait", "mark: false"])
        self.assertFalse((self.folder / "ran").exists())

    def test_an_anchor_that_is_not_in_the_lock_is_refused_before_the_tests(self):
        answer = self.run_program("--tag", SHA, "--plain-http", "--anchor", "stonks-oracle/other", "--epoch", EPOCH,
                                  "--registry", self.registry.address, *self.script("touch ran"))
        self.assertEqual(answer.code, 2, answer.text)
        self.assertFalse((self.folder / "ran").exists())

    def test_a_registry_that_is_gone_after_the_tests_is_not_a_pass(self):
        proxy = CountingProxy(self, self.registry.address)
        self.lock(proxy.address, self.build)
        process = self.start("--tag", SHA, "--plain-http", "--registry", proxy.address, "--anchor", ANCHOR, "--epoch", EPOCH,
                             "--registry-timeout", "2s", "--result-file", "result.json",
                             *self.writes(results(), then="touch ran; while [ ! -e go ]; do sleep 0.05; done"))
        servers.until(lambda: (self.folder / "ran").exists(), "the tests run")
        self.registry.stop()
        self.write("go", "")
        answer = self.finish(process)
        self.assertEqual(answer.code, 3, answer.text)
        self.assertEqual(self.read_json("result.json")["reason"], "images_unknown")


class ArchiveTestCase(GateCase):
    def archive(self, code, reason, *words, sees=()):
        return self.gate(code, reason, "--results-repository", ARCHIVE, "--pipeline", "42", *words, sees=sees)

    def test_the_results_of_a_pass_are_kept_in_the_registry_byte_for_byte(self):
        content = results()
        answer = self.archive(0, "passed", *self.writes(content))
        manifest, files = self.artifact(ARCHIVE, f"{SHA}-42")
        self.assertEqual(manifest["artifactType"], TYPE)
        self.assertEqual(files, {f"{SHA}-42.json": json.dumps(content).encode()})
        self.assertEqual(manifest["annotations"]["io.stagegate.verdict"], "pass")
        self.assertEqual(manifest["annotations"][f"io.stagegate.image.{ANCHOR}"], self.build[ANCHOR].digest)
        self.assertIn(f"{ARCHIVE}:{SHA}-42@sha256:", "".join(answer.result["archived"]))

    def test_the_results_of_a_no_are_kept_with_all_attempts(self):
        self.archive(1, "tests_failed", "--retries", "1", *self.writes(results(failed=1)))
        manifest, files = self.artifact(ARCHIVE, f"{SHA}-42")
        self.assertEqual(sorted(files), [f"{SHA}-42.attempt-1.json", f"{SHA}-42.json"])
        self.assertEqual(manifest["annotations"]["io.stagegate.verdict"], "no")

    def test_an_archive_that_cannot_be_made_is_found_out_before_the_tests(self):
        self.write("not-a-folder", "")
        self.gate(3, None, "--archive-dir", "not-a-folder/archive", *self.script("touch ran"))
        self.assertFalse((self.folder / "ran").exists())

    def test_an_archive_that_fills_up_during_the_tests_is_not_a_pass(self):
        self.gate(3, "not_archived", "--archive-dir", "archive", *self.writes(
            results(), then="rmdir archive; touch archive"), sees=["archive"])
        self.assertEqual(self.marked(), {})

    def test_a_no_that_cannot_be_archived_stays_a_no(self):
        self.gate(1, "tests_failed", "--archive-dir", "archive", *self.writes(
            results(failed=1), then="rmdir archive; touch archive"), sees=["not archived"])

    def test_nothing_in_the_folder_is_ever_replaced(self):
        for passed in (3, 4):
            self.gate(0, "passed", "--archive-dir", "archive", "--pipeline", "42", *self.writes(results(passed=passed)))
        self.assertEqual(self.read_json(f"archive/{SHA}-42.json")["passed"], 3)
        self.assertEqual(self.read_json(f"archive/{SHA}-42-2.json")["passed"], 4)

    def test_results_are_not_put_where_images_are(self):
        self.gate(2, None, "--results-repository", NAMES[1], *self.script("touch ran"), sees=["holds images"])
        self.assertFalse((self.folder / "ran").exists())

    def test_attached_results_are_found_by_the_fallback_tag_and_that_is_warned_of(self):
        answer = self.gate(0, "passed", "--attach", *self.writes(results()), sees=["allowTagsRegexes"])
        digest = self.build[ANCHOR].digest
        _, _, body = self.api().ask("GET", f"/v2/{ANCHOR}/manifests/{digest.replace(':', '-')}", expect=(200,),
                                    Accept="application/vnd.oci.image.index.v1+json")
        (entry,) = json.loads(body)["manifests"]
        self.assertEqual(entry["artifactType"], TYPE)
        manifest, files = self.artifact(ANCHOR, entry["digest"])
        self.assertEqual(manifest["subject"]["digest"], digest)
        self.assertEqual(digest_of(list(files.values())[0]), digest_of((self.folder / RESULTS).read_bytes()))
        self.assertIn("(attached)", "".join(answer.result["archived"]))

    def test_a_second_attachment_keeps_the_first(self):
        for passed in (3, 4):
            self.gate(0, "passed", "--attach", *self.writes(results(passed=passed)))
        _, _, body = self.api().ask("GET", f"/v2/{ANCHOR}/manifests/{self.build[ANCHOR].digest.replace(':', '-')}",
                                    expect=(200,), Accept="application/vnd.oci.image.index.v1+json")
        self.assertEqual(len(json.loads(body)["manifests"]), 2)


class LoginTestCase(GateCase):
    auth = "htpasswd"

    def test_the_registry_is_asked_with_the_login_and_the_tests_do_not_see_it(self):
        answer = self.gate(0, "passed", "--results-repository", ARCHIVE, *self.writes(results(), then="env"),
                           env={"PLUGIN_USERNAME": USER, "PLUGIN_PASSWORD": PASSWORD})
        self.assertEqual(len(self.marked()), len(NAMES))
        self.assert_no_secret(answer, PASSWORD)

    def test_a_wrong_password_is_found_out_before_the_tests(self):
        self.gate(3, None, *self.script("touch ran"), env={"PLUGIN_USERNAME": USER, "PLUGIN_PASSWORD": "wrong"})
        self.assertFalse((self.folder / "ran").exists())


if __name__ == "__main__":
    unittest.main()
