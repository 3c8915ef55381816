"""registry-tag-watch watch: each new tag is told once, when all images have it, whatever happens in between."""

import json
import pathlib
import signal
import sys
import unittest

import servers
from listener import Listener
from news_case import ANCHOR, NAMES, Lines, NewsCase

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "kube"))
from kargo import PROJECT, TOKEN, WAREHOUSE, Kargo  # noqa: E402


class WatchTagsTestCase(NewsCase):
    def setUp(self):
        super().setUp()
        self.push_tag("a")
        self.new()  # what is known from here on

    def watch(self, *more):
        self.process = self.start(*self.words("watch", *more))
        self.lines = Lines(self.process.stdout)
        return self.lines

    def end(self, code=143):
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(timeout=60), code)

    def test_each_new_tag_is_a_line_at_once(self):
        lines = self.watch()
        for tag in ("b", "c"):
            self.push_tag(tag)
            self.assertEqual(lines.next(), tag)
        self.end()
        self.assertEqual(lines.rest(), [])

    def test_as_json_each_line_is_a_lock_file(self):
        lines = self.watch("--output", "json")
        self.push_tag("b")
        told = json.loads(lines.next())
        self.assertEqual({image["digest"] for image in told["images"]}, {one.digest for one in self.build.values()})
        self.end()

    def test_a_tag_that_one_image_lacks_is_told_when_it_has_it(self):
        lines = self.watch()
        self.push_tag("b", names=[ANCHOR])
        self.push_tag("c")
        self.assertEqual(lines.next(), "c")
        self.push_tag("b", names=NAMES[1:])
        self.assertEqual(lines.next(), "b")
        self.end()

    def test_a_registry_that_is_away_for_a_while_costs_no_tag(self):
        lines = self.watch()
        self.registry.stop()
        self.push_after_restart("b")
        self.assertEqual(lines.next(), "b")
        self.end()

    def push_after_restart(self, tag):
        self.registry.restart()
        self.push_tag(tag)

    def test_what_was_told_is_not_told_again_after_it_has_ended(self):
        lines = self.watch()
        self.push_tag("b")
        self.assertEqual(lines.next(), "b")
        self.end()
        self.push_tag("c")
        self.assertEqual(self.watch().next(), "c")
        self.end()

    def test_it_ends_when_enough_were_told(self):
        lines = self.watch("--count", "1")
        self.push_tag("b")
        self.assertEqual(lines.rest(), ["b"])
        self.assertEqual(self.process.wait(timeout=60), 0)

    def test_a_receiver_that_fails_is_told_again(self):
        listener = Listener(self)
        answers = [500, 204]
        listener.answer = lambda tag: answers.pop(0)
        lines = self.watch("--webhook-url-file", self.write("hook", f"http://{listener.address}/"))
        self.push_tag("b")
        self.assertEqual(lines.next(), "b")
        self.end()
        self.assertEqual(listener.tags(), ["b", "b"])

    def test_kargo_looks_when_a_tag_is_complete(self):
        kargo = Kargo(self, [f"{self.proxy.address}/{name}" for name in NAMES])
        lines = self.watch("--kargo-project", PROJECT, "--kargo-warehouse", WAREHOUSE, "--kube-api", kargo.cluster.url,
                           "--kube-token-path", self.write("token", TOKEN))
        self.assertIsNone(kargo.refreshed())
        self.push_tag("b")
        self.assertEqual(lines.next(), "b")
        servers.until(kargo.refreshed, "the Warehouse is refreshed")
        self.end()


if __name__ == "__main__":
    unittest.main()
