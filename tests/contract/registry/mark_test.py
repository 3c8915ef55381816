"""registry-tag-watch mark: the verified tag, on exactly the locked digests, once, and the anchor last."""

import concurrent.futures
import unittest

from counting_proxy import CountingProxy, plain
from images import Api, Image, Index
from registry import Registry
from watch_case import EPOCH, NAMES, SHA, VERIFIED, WatchCase

ANCHOR = NAMES[1]
OTHERS = [name for name in NAMES if name != ANCHOR]


class MarkCase(WatchCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(self)
        self.proxy = CountingProxy(self, self.registry.address)
        self.build = self.push(self.registry.address, self.images())
        self.lock(self.proxy.address, self.build)
        self.words = ["mark", "--plain-http", "--lock-file", "images.lock.json", "--anchor", ANCHOR, "--epoch", EPOCH]

    def marked(self):
        """{repository: digest of its verified tag}"""
        with Api(self.registry.address) as api:
            return {name: digest for name in NAMES if (digest := api.digest(name, VERIFIED))}

    def assert_all_marked(self):
        self.assertEqual(self.marked(), {name: image.digest for name, image in self.build.items()})


class MarkTestCase(MarkCase):
    def test_marking_takes_four_requests_an_image_and_the_anchor_is_last(self):
        self.expect(0, *self.words)
        self.assert_all_marked()
        count = len(NAMES)
        asked = self.proxy.manifests()
        self.assertEqual(len(self.proxy.requests), 4 * count)
        self.assertEqual(sorted(asked[:count]), sorted(("GET", name, SHA) for name in NAMES))
        self.assertEqual(asked[count], ("HEAD", ANCHOR, VERIFIED))
        self.assertEqual(asked[count + 1:count + 1 + 2 * (count - 1)],
                         [(method, name, VERIFIED) for name in OTHERS for method in ("HEAD", "PUT")])
        rest = asked[count + 1 + 2 * (count - 1):]
        self.assertEqual(sorted(rest[:-1]), sorted(("HEAD", name, VERIFIED) for name in NAMES))
        self.assertEqual(rest[-1], ("PUT", ANCHOR, VERIFIED))

    def test_marking_again_puts_nothing(self):
        self.expect(0, *self.words)
        self.proxy.forget()
        self.expect(0, *self.words)
        self.assertNotIn("PUT", [method for method, _, _ in self.proxy.manifests()])
        self.assertEqual(len(self.proxy.requests), 2 * len(NAMES))
        self.assert_all_marked()

    def test_an_image_that_changed_under_test_is_not_marked_and_neither_is_any_other(self):
        changed = Image("rebuilt")
        self.push(self.registry.address, {NAMES[5]: changed})
        self.expect(4, *self.words, sees=["image changed under test", NAMES[5], changed.digest,
                                          self.build[NAMES[5]].digest])
        self.assertEqual(self.marked(), {})
        self.assertEqual({method for method, _, _ in self.proxy.manifests()}, {"GET"})

    def test_an_image_that_is_gone_is_not_marked_and_neither_is_any_other(self):
        self.build["stonks-oracle/gone"] = Image("never pushed")
        self.lock(self.proxy.address, self.build)
        answer = self.run_program(*self.words)
        self.assertIn(answer.code, (3, 4), answer.text)
        self.assertIn("stonks-oracle/gone", answer.text)
        self.assertEqual(self.marked(), {})

    def test_a_verified_tag_with_another_digest_is_left_alone(self):
        other = Image("somebody else's")
        self.push(self.registry.address, {NAMES[7]: other}, tag=VERIFIED)
        self.expect(4, *self.words, sees=[NAMES[7], other.digest])
        marked = self.marked()
        self.assertEqual(marked[NAMES[7]], other.digest)
        self.assertNotIn(ANCHOR, marked)

    def test_what_was_never_published_may_be_replaced_when_asked_for(self):
        self.push(self.registry.address, {NAMES[7]: Image("half of an earlier run")}, tag=VERIFIED)
        self.expect(0, *self.words, "--on-conflict", "replace_unpublished")
        self.assert_all_marked()

    def test_what_was_published_is_never_replaced(self):
        other = Image("published")
        self.push(self.registry.address, {ANCHOR: other, NAMES[7]: Image("with it")}, tag=VERIFIED)
        before = self.marked()
        self.expect(4, *self.words, "--on-conflict", "replace_unpublished")
        self.assertEqual(self.marked(), before)

    def test_a_tag_that_is_taken_between_marking_and_the_anchor_keeps_the_anchor_unmarked(self):
        other = Image("of a run that does not look")

        def take(seen):
            if seen.manifest() == ("PUT", OTHERS[-1], VERIFIED):
                self.push(self.registry.address, {NAMES[0]: other}, tag=VERIFIED)
        self.proxy.answered = take
        self.expect(4, *self.words, sees=[NAMES[0]])
        self.assertNotIn(ANCHOR, self.marked())

    def test_without_an_anchor_many_images_are_not_marked(self):
        words = self.words[:self.words.index("--anchor")] + ["--epoch", EPOCH]
        self.expect(2, *words, sees=["anchor"])
        self.expect(2, *words, "--anchor", "stonks-oracle/none", sees=["stonks-oracle/none"])
        self.assertEqual(self.marked(), {})

    def test_one_image_needs_no_anchor(self):
        self.lock(self.proxy.address, {ANCHOR: self.build[ANCHOR]})
        self.expect(0, "mark", "--plain-http", "--epoch", EPOCH)
        self.assertEqual(list(self.marked()), [ANCHOR])
        self.assertEqual([method for method, _, _ in self.proxy.manifests()], ["GET", "HEAD", "HEAD", "PUT"])

    def test_the_commits_time_is_the_epoch(self):
        words = self.words[:self.words.index("--epoch")]
        self.expect(0, *words, env={"CI_COMMIT_TIMESTAMP": EPOCH, "CI_PIPELINE_CREATED": "1"})
        self.assert_all_marked()

    def test_an_index_is_marked_with_all_that_it_holds(self):
        index = Index([Image("a"), Image("b", platform="linux/arm64")])
        self.push(self.registry.address, {"multi": index})
        self.lock(self.proxy.address, {"multi": index})
        self.expect(0, "mark", "--plain-http", "--epoch", EPOCH)
        with Api(self.registry.address) as api:
            self.assertEqual(api.digest("multi", VERIFIED), index.digest)

    def test_a_lock_file_that_is_none_is_refused(self):
        for content in ("", "{", "[]", '{"schema":2}', '{"schema":1,"tag":"x","images":[]}'):
            with self.subTest(content=content):
                self.write("images.lock.json", content)
                answer = self.run_program(*self.words)
                self.assertIn(answer.code, (2, 3), answer.text)
                self.assertIn("images.lock.json", answer.text)
        self.assertEqual(self.proxy.requests, [])


class InterruptedTestCase(MarkCase):
    def test_a_kill_after_any_request_publishes_nothing_half_and_the_next_run_ends_it(self):
        """Three images are enough for every kind of request."""
        names = [NAMES[0], NAMES[1], NAMES[2]]
        for stop in range(1, 4 * len(names) + 1):
            sha = f"{stop:040x}"
            tag = f"verified-{EPOCH}-{sha}"
            build = self.push(self.registry.address, self.images(sha, names=names), sha)
            self.lock(self.proxy.address, build, sha)
            self.proxy.forget()
            process = self.start(*self.words)

            def kill(seen, process=process, stop=stop):
                if len(self.proxy.requests) >= stop:
                    process.kill()
                    process.wait()
            self.proxy.answered = kill
            self.assertEqual(self.finish(process).code, -9)
            self.proxy.answered = lambda seen: None
            with Api(self.registry.address) as api:
                found = {name: api.digest(name, tag) for name in names}
                if found[ANCHOR]:
                    self.assertEqual(found, {name: image.digest for name, image in build.items()})
                self.expect(0, *self.words)
                self.assertEqual({name: api.digest(name, tag) for name in names},
                                 {name: image.digest for name, image in build.items()})

    def test_two_at_once_both_find_it_done(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            running = [pool.submit(self.finish, self.start(*self.words)) for _ in range(2)]
            for answer in [one.result() for one in running]:
                self.assertEqual(answer.code, 0, answer.text)
        self.assert_all_marked()

    def test_a_registry_in_maintenance_is_waited_for_until_the_deadline(self):
        puts = []

        def refuse_first(seen):
            if seen.method == "PUT":
                puts.append(seen)
                return plain(405, "Method Not Allowed", "", Content_Type="text/plain") if len(puts) < 3 else None
            return None
        self.proxy.replace = refuse_first
        self.expect(0, *self.words)
        self.assert_all_marked()

    def test_at_the_deadline_maintenance_is_named(self):
        self.registry.restart(read_only=True)
        answer = self.run_program(*self.words, "--timeout", "1s")
        self.assertIn(answer.code, (3, 5), answer.text)
        self.assertIn("read-only", answer.text)
        self.assertEqual(self.marked(), {})

    def test_trouble_that_passes_is_waited_out(self):
        troubled = set()

        def once_each(seen):
            if seen.manifest() in troubled:
                return None
            troubled.add(seen.manifest())
            return plain(503, "Service Unavailable")
        names = [NAMES[0], ANCHOR]
        self.lock(self.proxy.address, {name: self.build[name] for name in names})
        self.proxy.replace = once_each
        self.expect(0, *self.words)
        self.assertEqual(sorted(self.marked()), sorted(names))


if __name__ == "__main__":
    unittest.main()
