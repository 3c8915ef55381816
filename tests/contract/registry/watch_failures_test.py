"""Every row of registry-tag-watch's failure table: what happens, what is seen, and the exit code.

The table is in plugins/registry-tag-watch/docs.md. Each row carries its id in a comment, and `test_<id>` here is its test:
the exit code is one of those in the row's last cell, and what stands in backquotes under "what is seen" is in the output
(`...` stands for anything)."""

import pathlib
import re
import shutil
import signal
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import failure_table  # noqa: E402

import servers  # noqa: E402
import storage  # noqa: E402
import watch_case  # noqa: E402
from counting_proxy import CUT, CountingProxy, plain  # noqa: E402
from front import Front  # noqa: E402
from images import REVISION, Api, Image  # noqa: E402
from registry import PASSWORD, USER, Registry  # noqa: E402
from token_server import TokenServer  # noqa: E402
from watch_case import EPOCH, SHA, VERIFIED, WatchCase  # noqa: E402

ROWS = failure_table.cells("registry-tag-watch")
ANCHOR, *OTHERS = SOME = ("stonks-oracle/query-api", "stonks-oracle/risk", "stonks-oracle/parser")
DENIED = '{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}'


class TableTestCase(unittest.TestCase):
    def test_every_row_has_its_test_and_every_test_its_row(self):
        tested = {name.removeprefix("test_").replace("_", "-") for case in RowTestCase.__subclasses__()
                  for name in vars(case) if name.startswith("test_")}
        self.assertEqual(tested, set(ROWS))
        self.assertGreater(len(tested), 20)


class RowTestCase(WatchCase):
    def begin(self, auth=None, images=None):
        self.registry = Registry(self, auth)
        self.build = self.images(names=SOME) if images is None else images
        for name, image in self.build.items():
            storage.add_image(self.registry, name, SHA, image)
        self.proxy = CountingProxy(self, self.registry.address)
        self.address = self.proxy.address
        self.lock(self.address, self.build)

    def row(self, *words, env=None):
        """A run that ends as the row says."""
        name = self._testMethodName.removeprefix("test_").replace("_", "-")
        answer = self.run_program(*words, env=env)
        _, seen, _, codes = ROWS[name]
        self.assertIn(str(answer.code), re.findall(r"\d+", codes), answer.text)
        for words in re.findall(r"`([^`]+)`", seen):
            self.assertRegex(answer.text, ".*".join(map(re.escape, re.split(r"\s*\.\.\.\s*", words))))
        return answer

    def wait(self, *more, names=SOME, timeout="1s", env=None):
        return self.row("wait", *self.asked_for(self.address, names), "--interval", "20ms", "--interval-max", "50ms",
                        "--timeout", timeout, *more, env=env)

    def mark(self, *more, env=None, timeout="60s"):
        return self.row("mark", "--plain-http", "--anchor", ANCHOR, "--epoch", EPOCH, "--timeout", timeout, *more, env=env)

    def answers(self, answer, method=None):
        """What is said to every request instead of what the registry would say."""
        self.proxy.replace = lambda seen: answer if method in (None, seen.method) else None

    def marked(self):
        with Api(self.registry.address) as api:
            return [name for name in SOME if api.digest(name, VERIFIED)]


class NotThereTestCase(RowTestCase):
    def test_not_in_time(self):
        self.begin()
        storage.forget_tag(self.registry, OTHERS[0], SHA)
        self.wait()

    def test_not_there(self):
        self.begin()
        storage.forget_tag(self.registry, OTHERS[0], SHA)
        self.row("check", *self.asked_for(self.address, SOME))

    def test_no_repository(self):
        self.begin()
        self.wait(names=(ANCHOR, "stonks-oracle/rissk"))

    def test_accept_dropped(self):
        self.begin()
        front = Front(self, self.registry.address, more='proxy_set_header Accept "";')
        self.row("wait", "--registry", front.address, "--repositories", ANCHOR, "--tag", SHA, "--ca-file", front.ca_file,
                 "--timeout", "300ms")

    def test_older_build(self):
        self.begin()
        config = self.write("expected.yaml", {"expect_digests": {ANCHOR: Image("new").digest}})
        self.wait("--config", config)

    def test_other_revision(self):
        self.begin(images={name: Image(name, {REVISION: "0" * 40}) for name in SOME})
        self.wait("--require-revision", "--revision", SHA)

    def test_platform_missing(self):
        self.begin()
        self.wait("--platforms", "linux/amd64,linux/arm64")


class NoAnswerTestCase(RowTestCase):
    def test_too_many_requests(self):
        self.begin()
        self.answers(plain(429, RateLimit_Limit="100;w=21600", RateLimit_Remaining="0;w=21600"))
        self.wait()

    def test_registry_broken(self):
        self.begin()
        for answer in (plain(500), plain(502), plain(503), plain(504), CUT):
            self.answers(answer)
            self.wait()

    def test_nobody_there(self):
        self.address = "127.0.0.1:%d" % servers.reserve(self).getsockname()[1]
        self.wait()

    def test_wrong_login(self):
        self.begin("htpasswd")
        answer = self.wait(env={"PLUGIN_USERNAME": USER, "PLUGIN_PASSWORD": "wrong"}, timeout="60s")
        self.assertIn(USER, answer.text)
        self.assert_no_secret(self.wait(timeout="60s"), PASSWORD)

    def test_no_right(self):
        self.begin()
        self.answers(plain(403, body=DENIED), "PUT")
        self.mark()

    def test_scope_missing(self):
        tokens = TokenServer(self)
        tokens.allowed = lambda user, name: {"pull"}
        self.begin(tokens)
        self.mark(env={"PLUGIN_USERNAME": USER, "PLUGIN_PASSWORD": PASSWORD})

    def test_realm_unreachable(self):
        tokens = TokenServer(self)
        tokens.realm = "http://127.0.0.1:1/token"
        self.begin(tokens)
        self.row("check", *self.asked_for(self.address, SOME))

    def test_unknown_authority(self):
        self.begin()
        front = Front(self, self.registry.address)
        words = ("check", "--registry", front.address, "--repositories", ANCHOR, "--tag", SHA)
        self.row(*words)
        self.assertIn(front.other_ca_file, self.row(*words, "--ca-file", front.other_ca_file).text)

    def test_plain_http(self):
        self.begin()
        self.row("check", "--registry", self.registry.address, "--repositories", ANCHOR, "--tag", SHA)

    def test_no_image(self):
        self.begin()
        self.answers(plain(200, body="<html>Sign in", Content_Type="text/html"))
        self.wait(timeout="60s")

    def test_helper(self):
        self.begin()
        config = self.write("config.json", {"credHelpers": {self.address: "pass"}})
        self.row("check", *self.asked_for(self.address, SOME), "--docker-config", config)


class ConflictTestCase(RowTestCase):
    def test_moved(self):
        self.begin()
        new = Image("somebody built it anew")
        storage.add_image(self.registry, OTHERS[0], SHA, new)
        self.assertIn(new.digest, self.mark().text)
        self.assertEqual(self.marked(), [])

    def test_gone(self):
        self.begin()
        storage.forget_tag(self.registry, OTHERS[0], SHA)
        self.mark()
        self.assertEqual(self.marked(), [])

    def test_other_bits(self):
        self.begin()
        other = Image("of another run")
        storage.add_image(self.registry, OTHERS[0], VERIFIED, other)
        self.assertIn(other.digest, self.mark().text)
        self.assertEqual(self.marked(), [OTHERS[0]])

    def test_other_bits_published(self):
        self.begin()
        storage.add_image(self.registry, ANCHOR, VERIFIED, Image("published"))
        self.mark("--on-conflict", "replace_unpublished")
        self.assertEqual(self.marked(), [ANCHOR])

    def test_published_not_whole(self):
        self.begin()
        self.assertEqual(self.run_program("mark", "--plain-http", "--anchor", ANCHOR, "--epoch", EPOCH).code, 0)
        storage.add_image(self.registry, OTHERS[0], VERIFIED, Image("of a run that came too late"))
        answer = self.mark()
        self.assertNotIn("nothing", answer.text)


class MarkTestCase(RowTestCase):
    def test_read_only(self):
        self.begin()
        self.registry.restart(read_only=True)
        self.mark(timeout="1s")
        self.assertEqual(self.marked(), [])

    def test_parts_removed(self):
        self.begin()
        layers = self.registry.storage / "docker/registry/v2/repositories" / OTHERS[0] / "_layers"
        shutil.rmtree(layers)
        self.mark()

    def test_half_way(self):
        self.begin()
        self.proxy.replace = lambda seen: (plain(503) if seen.manifest()[:2] == ("PUT", OTHERS[1]) else None)
        self.mark(timeout="1s")
        self.assertEqual(self.marked(), [OTHERS[0]])
        self.proxy.replace = lambda seen: None
        self.assertEqual(self.run_program("mark", "--plain-http", "--anchor", ANCHOR, "--epoch", EPOCH).code, 0)
        self.assertEqual(self.marked(), list(SOME))


class SettingsTestCase(RowTestCase):
    def test_bad_name(self):
        self.address = "127.0.0.1:1"
        self.wait(names=("Stonks/Risk",))

    def test_no_lock(self):
        self.address = "127.0.0.1:1"
        self.mark()

    def test_no_anchor(self):
        self.begin()
        self.row("mark", "--plain-http", "--epoch", EPOCH)
        self.row("mark", "--plain-http", "--epoch", EPOCH, "--anchor", "stonks-oracle/none")

    def test_no_epoch(self):
        self.begin()
        self.row("mark", "--plain-http", "--anchor", ANCHOR)

    def test_two_registries(self):
        self.begin()
        self.row("check", "--plain-http", "--repositories", f"{self.address}/app,127.0.0.1:1/app", "--tag", SHA,
                 env={"PLUGIN_USERNAME": USER, "PLUGIN_PASSWORD": PASSWORD})


class EndTestCase(RowTestCase):
    def test_cancelled(self):
        self.begin(images={})
        for number in (signal.SIGTERM, signal.SIGINT):
            asked = threading.Event()
            self.proxy.asked = lambda seen, asked=asked: asked.set()
            process = self.start("wait", *self.asked_for(self.address, SOME))
            self.assertTrue(asked.wait(watch_case.PATIENCE))
            process.send_signal(number)
            self.run_program = lambda *words, env, process=process: self.finish(process)
            self.row()


if __name__ == "__main__":
    unittest.main()
