"""registry-tag-watch check: wait's question, asked once."""

import json
import unittest

from counting_proxy import CountingProxy, plain
from registry import Registry
from watch_case import NAMES, SHA, WatchCase


class CheckTestCase(WatchCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(self)
        self.proxy = CountingProxy(self, self.registry.address)
        self.build = self.images()
        self.words = ["check", *self.asked_for(self.proxy.address)]

    def test_all_there_is_yes_for_one_request_an_image(self):
        self.push(self.registry.address, self.build)
        self.expect(0, *self.words)
        self.assertEqual(sorted(self.proxy.manifests()), sorted(("HEAD", name, SHA) for name in NAMES))
        self.assertEqual(len(self.proxy.requests), len(NAMES))

    def test_one_missing_is_no_and_is_named(self):
        self.push(self.registry.address, {name: image for name, image in self.build.items() if name != NAMES[3]})
        answer = self.expect(1, *self.words, sees=[NAMES[3]])
        self.assertEqual(answer.result["verb"], "check")

    def test_no_answer_is_no_answer(self):
        self.push(self.registry.address, self.build)
        self.proxy.replace = lambda seen: plain(403) if seen.manifest()[1] == NAMES[0] else None
        self.expect(3, *self.words)

    def test_with_one_missing_and_one_unknown_it_could_not_find_out_or_says_no(self):
        self.push(self.registry.address, {name: image for name, image in self.build.items() if name != NAMES[3]})
        self.proxy.replace = lambda seen: plain(403) if seen.manifest()[1] == NAMES[0] else None
        self.assertIn(self.run_program(*self.words).code, (1, 3))

    def test_what_is_printed_as_json_is_the_result(self):
        self.push(self.registry.address, self.build)
        answer = self.run_program(*self.words, "--output", "json")
        printed = json.loads(answer.out)
        self.assertEqual(printed, answer.result)
        self.assertEqual((printed["schema"], printed["program"], printed["verb"]), (1, "registry-tag-watch", "check"))


if __name__ == "__main__":
    unittest.main()
