"""registry-tag-watch wait: all images of a build, with as few requests as can be, and their digests locked."""

import signal
import threading
import unittest

import images
import servers
import watch_case
from counting_proxy import CUT, CountingProxy, plain
from front import Front
from images import Api, Image, Index
from registry import Registry
from watch_case import NAMES, SHA, WatchCase

QUICK = ("--interval", "50ms", "--interval-max", "50ms", "--roll-call", "0s")


class WaitCase(WatchCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(self)
        self.proxy = CountingProxy(self, self.registry.address)
        self.build = self.images()

    def words(self, *more, names=NAMES):
        return ["wait", *self.asked_for(self.proxy.address, names), *QUICK, *more]

    def push_all(self):
        self.push(self.registry.address, self.build)

    def statuses(self):
        return [seen.status for seen in self.proxy.requests]


class WaitTestCase(WaitCase):
    def test_what_is_there_takes_one_request_an_image_and_is_locked(self):
        self.push_all()
        self.expect(0, *self.words())
        self.assertEqual(sorted(self.proxy.manifests()), sorted(("HEAD", name, SHA) for name in NAMES))
        self.assertEqual(len(self.proxy.requests), len(NAMES))
        self.assertEqual(self.proxy.requests[0].manifest()[1], NAMES[-1], "the last of the list is asked first")
        lock = self.read_json("images.lock.json")
        self.assertEqual((lock["schema"], lock["tag"]), (1, SHA))
        self.assertEqual([(one["image"], one["digest"], one["media_type"], one["size"]) for one in lock["images"]],
                         [(f"{self.proxy.address}/{name}", image.digest, image.media_type, len(image.body))
                          for name, image in self.build.items()])

    def test_images_built_one_after_another_take_a_request_a_poll_and_one_an_image(self):
        """polls + N - 1: each poll but the last is one 404, the last finds all N."""
        waiting = list(self.build.items())

        def one_more(seen):
            if waiting:
                self.push(self.registry.address, dict([waiting.pop(0)]))
        self.proxy.answered = one_more  # the next image is pushed when a poll has come to nothing
        self.expect(0, *self.words())
        self.assertEqual(len(self.proxy.requests), len(NAMES) + len(NAMES))
        self.assertEqual(self.proxy.manifests()[:len(NAMES) + 1], [("HEAD", NAMES[-1], SHA)] * (len(NAMES) + 1))
        self.assertEqual(self.statuses(), [404] * len(NAMES) + [200] * len(NAMES))

    def test_what_was_found_is_not_asked_for_again(self):
        late, *others = reversed(NAMES[:3])
        self.push(self.registry.address, {name: self.build[name] for name in NAMES[1:3]})

        def push_when_missed(seen):
            if seen.manifest()[1] == NAMES[0] and seen.status == 404:
                self.push(self.registry.address, {NAMES[0]: self.build[NAMES[0]]})
        self.proxy.answered = push_when_missed
        self.expect(0, *self.words(names=NAMES[:3]))
        self.assertEqual(self.statuses().count(200), 3)
        self.assertEqual(self.statuses().count(404), 1)

    def test_over_http2_all_is_asked_on_one_connection(self):
        self.push_all()
        front = Front(self, self.registry.address)
        self.expect(0, "wait", "--registry", front.address, "--repositories", ",".join(NAMES), "--tag", SHA,
                    "--ca-file", front.ca_file, *QUICK)
        requests = front.requests()
        self.assertEqual(sorted(one["path"] for one in requests),
                         sorted(f"/v2/{name}/manifests/{SHA}" for name in NAMES))
        self.assertEqual({(one["method"], one["status"], one["protocol"]) for one in requests},
                         {("HEAD", 200, "HTTP/2.0")})
        self.assertEqual(len({one["connection"] for one in requests}), 1)

    def test_a_certificate_of_another_authority_is_no_answer(self):
        self.push_all()
        front = Front(self, self.registry.address)
        self.expect(3, "wait", "--registry", front.address, "--repositories", NAMES[0], "--tag", SHA, "--ca-file",
                    front.other_ca_file, "--timeout", "5s", sees=["certificate"])
        self.assertEqual(front.requests(), [])

    def test_among_ten_thousand_tags_nothing_is_listed(self):
        import storage
        self.push(self.registry.address, dict([next(iter(self.build.items()))]))
        image = self.build[NAMES[0]]
        storage.add_tags(self.registry, NAMES[0], (f"{number:040x}" for number in range(10_000)), image.digest)
        self.expect(0, *self.words(names=NAMES[:1]))
        self.assertEqual(self.proxy.manifests(), [("HEAD", NAMES[0], SHA)])

    def test_prefix_and_images_are_repositories(self):
        self.push_all()
        names = ",".join(watch_case.SERVICES)
        self.expect(0, "wait", "--plain-http", "--prefix", f"{self.proxy.address}/stonks-oracle", "--images", names,
                    "--tag", SHA, *QUICK)
        self.assertEqual(self.locked(), {f"{self.proxy.address}/{name}": image.digest
                                         for name, image in self.build.items()})

    def test_woodpeckers_settings_are_enough(self):
        self.push_all()
        self.expect(0, env={"PLUGIN_REGISTRY": self.proxy.address, "PLUGIN_REPOSITORIES": ",".join(NAMES),
                            "PLUGIN_PLAIN_HTTP": "true", "CI_COMMIT_SHA": SHA})
        self.assertEqual(len(self.locked()), len(NAMES))

    def test_an_index_is_locked_as_such(self):
        index = Index([Image("a"), Image("b", platform="linux/arm64/v8")])
        self.push(self.registry.address, {"multi": index})
        self.expect(0, *self.words(names=["multi"]))
        self.assertEqual(self.locked(), {f"{self.proxy.address}/multi": index.digest})
        self.assertEqual(self.read_json("images.lock.json")["images"][0]["media_type"], images.OCI_INDEX)


class TroubleTestCase(WaitCase):
    def once(self, *answers):
        answers = list(answers)
        self.proxy.replace = lambda seen: answers.pop(0) if answers else None

    def test_what_passes_is_waited_out(self):
        self.push_all()
        for answers in ([plain(503), plain(502, body="<html>"), CUT], [plain(429, Retry_After="1")], [plain(500)]):
            with self.subTest(answers=answers):
                self.once(*answers)
                self.expect(0, *self.words("--timeout", "60s"))

    def test_what_does_not_pass_is_said_at_once(self):
        self.push_all()
        self.proxy.replace = lambda seen: plain(403, body='{"errors":[{"code":"DENIED","message":"not yours"}]}')
        self.expect(3, *self.words("--timeout", "60s"), sees=["403"])

    def test_at_the_deadline_every_image_is_told_with_what_is_wrong_with_it(self):
        self.push(self.registry.address, {name: image for name, image in self.build.items() if name != NAMES[4]})
        names = [*NAMES[:4], "stonks-oracle/rissk", *NAMES[5:]]
        answer = self.expect(5, *self.words("--timeout", "1s", names=names))
        self.assertIn("stonks-oracle/rissk", answer.text)
        self.assertFalse((self.folder / "images.lock.json").exists())
        for name in NAMES[:4]:
            self.assertIn(name, answer.text)

    def test_a_repository_that_is_not_there_is_told_from_a_tag_that_is_not(self):
        other = {"shop/app": Image("x")}
        self.push(self.registry.address, other, tag="another-tag")
        answer = self.expect(5, *self.words("--timeout", "500ms", names=["shop/app", "shop/none"]))
        self.assertRegex(answer.text, "no repository.*shop/none|shop/none.*no repository")
        self.assertNotRegex(answer.text, "no repository[^\n]*shop/app")

    def test_a_name_that_no_registry_takes_is_refused_without_a_request(self):
        for names in (["Shop/App"], ["shop//app"], ["shop/app", "-x"]):
            self.expect(2, *self.words(names=names), sees=[names[-1]])
        self.expect(2, "wait", *self.asked_for(self.proxy.address)[:-1], "no spaces", sees=["no spaces"])
        self.assertEqual(self.proxy.requests, [])

    def test_plain_http_is_not_guessed(self):
        self.push_all()
        self.expect(3, "wait", "--registry", self.registry.address, "--repositories", NAMES[0], "--tag", SHA, "--timeout",
                    "5s", sees=["plain_http"])

    def test_a_signal_ends_it_with_its_number(self):
        for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            asked = threading.Event()
            self.proxy.asked = lambda seen, asked=asked: asked.set()
            process = self.start(*self.words())
            self.assertTrue(asked.wait(watch_case.PATIENCE))
            process.send_signal(number)
            answer = self.finish(process)
            self.assertEqual(answer.code, code, answer.text)
            self.assertFalse((self.folder / "images.lock.json").exists())

    def test_nobody_at_the_address_is_no_answer(self):
        address = "127.0.0.1:%d" % servers.reserve(self).getsockname()[1]
        self.expect(3, "wait", *self.asked_for(address), *QUICK, "--timeout", "2s", sees=[address])


class ExactTestCase(WaitCase):
    """After a restart the tags of the build before are still there."""

    def test_the_digest_of_an_older_build_is_waited_away(self):
        names = NAMES[:2]
        old, new = self.images(seed="old", names=names), self.images(seed="new", names=names)
        self.push(self.registry.address, old)
        self.push(self.registry.address, {names[0]: new[names[0]]})
        digests = ",".join(f"{name}={image.digest}" for name, image in new.items())
        expected = self.write("expected.yaml", {"expect_digests": {name: new[name].digest for name in names}})
        self.expect(5, *self.words("--config", expected, "--timeout", "1s", names=names), sees=[names[1]])

        def push_when_old(seen):
            if seen.manifest() and seen.manifest()[1] == names[1]:
                self.push(self.registry.address, {names[1]: new[names[1]]})
        self.proxy.answered = push_when_old
        self.expect(0, *self.words("--config", expected, names=names))
        self.assertEqual(list(self.locked().values()), [image.digest for image in new.values()], digests)

    def test_buildx_metadata_and_kanikos_digest_files_name_the_build(self):
        names = NAMES[:2]
        old, new = self.images(seed="old", names=names), self.images(seed="new", names=names)
        self.push(self.registry.address, old)
        first, second = (f"{self.proxy.address}/{name}" for name in names)
        buildx = self.write("buildx.json", {"containerimage.digest": new[names[0]].digest,
                                            "image.name": f"{first}:{SHA}"})
        kaniko = self.write("kaniko.txt", f"{second}@{new[names[1]].digest}\n")
        words = self.words("--metadata-files", f"{buildx},{kaniko}", names=names)
        self.expect(5, *words, "--timeout", "500ms")
        self.push(self.registry.address, new)
        self.expect(0, *words)
        self.assertEqual(self.locked(), {first: new[names[0]].digest, second: new[names[1]].digest})

    def test_an_image_of_another_revision_is_not_this_build(self):
        image = Image("other", {images.REVISION: "0" * 40})
        self.push(self.registry.address, {"app": image})
        words = self.words("--require-revision", "--revision", SHA, names=["app"])
        self.expect(5, *words, "--timeout", "500ms", sees=["0" * 40])
        right = Image("right", {images.REVISION: SHA})
        self.push(self.registry.address, {"app": right})
        self.expect(0, *words)
        self.assertEqual(self.read_json("images.lock.json")["revision"], SHA)

    def test_a_platform_that_is_missing_is_named(self):
        self.push(self.registry.address, {"app": Index([Image("a")]), "single": Image("b", platform="linux/arm64")})
        words = self.words("--platforms", "linux/amd64,linux/arm64", "--timeout", "500ms", names=["app"])
        self.expect(5, *words, sees=["linux/arm64"])
        self.push(self.registry.address, {"app": Index([Image("a"), Image("b", platform="linux/arm64")])})
        self.expect(0, *words)
        single = self.words("--platforms", "linux/arm64", "--timeout", "500ms", names=["single"])
        self.expect(0, *single)
        with Api(self.registry.address) as api:
            self.assertEqual(self.locked()[f"{self.proxy.address}/single"], api.digest("single", SHA))


if __name__ == "__main__":
    unittest.main()
