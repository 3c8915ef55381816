"""registry-tag-watch new: every tag that is new since the state file, once it is complete, and none twice."""

import json
import os
import subprocess
import time
import unittest

import storage
import watch_case
from counting_proxy import CUT, plain
from images import Api
from listener import Listener
from news_case import ANCHOR, NAMES, RISK, WEB, NewsCase


class NewTestCase(NewsCase):
    def test_the_first_run_knows_what_is_there_and_tells_nothing(self):
        self.push_tag("a", "b")
        self.assertEqual(self.new(), [])
        self.assertTrue(self.answer.result["baseline"])
        self.assertEqual(self.answer.result["known"], 2)
        self.assertEqual(self.new(), [])
        self.assertFalse(self.answer.result["baseline"])

    def test_a_new_tag_is_told_once(self):
        self.push_tag("a")
        self.new()
        self.push_tag("c", "b")
        self.assertEqual(self.new(), ["b", "c"])
        self.assertEqual(self.new(), [])

    def test_what_is_there_is_told_by_the_first_run_when_asked_for(self):
        self.push_tag("a", "b")
        self.assertEqual(self.new("--report-initial"), ["a", "b"])
        self.assertEqual(self.new("--report-initial"), [])

    def test_a_tag_is_told_when_the_last_image_has_it(self):
        self.push_tag("a")
        self.new()
        self.push_tag("b", names=[ANCHOR])
        self.assertEqual(self.new(), [])
        self.assertEqual([one["tag"] for one in self.answer.result["pending"]], ["b"])
        self.push_tag("b", names=[WEB])
        self.assertEqual(self.new(), [])
        self.push_tag("b", names=[RISK])
        self.assertEqual(self.new(), ["b"])
        self.assertEqual(self.answer.result["pending"], [])
        self.assertEqual(self.new(), [])

    def test_a_tag_that_never_becomes_complete_is_given_up_with_a_word(self):
        self.push_tag("a")
        self.new()
        self.push_tag("b", names=[ANCHOR])
        self.new()
        state = self.state()
        state["pending"][0]["first_seen"] = "2026-01-01T00:00:00Z"
        self.write("state.json", state)
        self.assertEqual(self.new(sees=["b is given up", WEB]), [])
        self.assertEqual(self.answer.result["forgotten"], ["b"])
        self.push_tag("b", names=[RISK, WEB])
        self.assertEqual(self.new(), [])

    def test_the_digests_of_all_images_are_told_as_a_lock_file_has_them(self):
        self.push_tag("a")
        self.new()
        self.push_tag("b")
        self.new("--output", "json")
        told = json.loads(self.answer.out)
        self.assertEqual(told, self.answer.result)
        self.assertEqual((told["schema"], told["program"], told["verb"]), (1, "registry-tag-watch", "new"))
        [tag] = told["new"]
        self.assertEqual(tag["tag"], "b")
        self.assertEqual({one["image"]: one["digest"] for one in tag["images"]},
                         {f"{self.proxy.address}/{name}": image.digest for name, image in self.build.items()})
        self.write("images.lock.json", tag)
        self.expect(0, "mark", "--plain-http", "--anchor", f"{self.proxy.address}/{ANCHOR}", "--epoch", watch_case.EPOCH)

    def test_tags_that_are_no_builds_are_left_out(self):
        self.push_tag("a")
        self.new()
        self.push_tag("sha256-" + 64 * "0", "v1.sig", "buildcache-1", "main-1", "main-2", "test-1")
        self.assertEqual(self.new("--include", "^main-,^test-", "--exclude", "2$"), ["main-1", "test-1"])
        # Another filter does not bring up what is known.
        self.assertEqual(self.new("--exclude", "^nothing$"), [])

    def test_by_default_signatures_and_caches_are_no_builds(self):
        self.push_tag("a")
        self.new()
        self.push_tag("sha256-" + 64 * "0", "v1.sig", "buildcache-1", "b")
        self.assertEqual(self.new(), ["b"])

    def test_one_image_needs_no_anchor(self):
        self.push_tag("a")
        self.new(names=[ANCHOR])
        self.push_tag("b", names=[ANCHOR])
        self.assertEqual(self.new(names=[ANCHOR]), ["b"])

    def test_among_ten_thousand_tags_a_new_one_costs_a_list_and_a_request_an_image(self):
        self.push_many(f"{number:040x}" for number in range(10_000))
        self.assertEqual(self.new(), [])
        self.assertEqual(self.answer.result["known"], 10_001)
        self.assertEqual(self.asked(), {"list": 1})
        self.proxy.forget()
        self.push_tag("b", "c", "d")
        self.assertEqual(self.new(), ["b", "c", "d"])
        self.assertEqual(self.asked(), {"list": 1, "HEAD": 3 * len(NAMES)})

    def test_for_an_incomplete_tag_one_image_is_asked(self):
        self.push_tag("a")
        self.new()
        self.push_tag("b", names=[ANCHOR])
        self.proxy.forget()
        self.new()
        self.assertEqual(self.proxy.manifests(), [("HEAD", WEB, "b")])

    def test_more_tags_than_are_held_at_once_are_told_by_several_runs(self):
        self.push_many((f"{number:05}" for number in range(2_500)), names=[ANCHOR])
        tags = self.new("--report-initial", names=[ANCHOR], sees=["more new tags"])
        self.assertEqual(tags, [f"{number:05}" for number in range(2_000)])
        self.assertTrue(self.answer.result["more"])
        rest = self.new(names=[ANCHOR])
        self.assertEqual(rest, [f"{number:05}" for number in range(2_000, 2_500)] + ["first"])
        self.assertEqual(self.new(names=[ANCHOR]), [])


class MovingTagTestCase(NewsCase):
    def setUp(self):
        super().setUp()
        self.push_tag("a", "latest")
        self.new("--moving-tag", "latest")

    def look(self):
        """(what was told, what was asked)"""
        self.proxy.forget()
        return self.new("--moving-tag", "latest"), dict(self.asked())

    def test_while_it_stands_still_one_small_request_is_all(self):
        self.assertEqual(self.look(), ([], {"HEAD": 1}))

    def test_every_tenth_time_the_list_is_read_all_the_same(self):
        self.push_tag("b")  # a build of which everything was cached: latest has the digest it had
        told = [self.look() for _ in range(10)]
        self.assertEqual(told[:9], [([], {"HEAD": 1})] * 9)
        self.assertEqual(told[9], (["b"], {"HEAD": 1 + len(NAMES), "list": 1}))

    def test_when_it_moves_the_list_is_read(self):
        self.build[ANCHOR] = type(self.build[ANCHOR])("another")
        with Api(self.registry.address) as api:
            api.push(ANCHOR, "latest", self.build[ANCHOR])
        self.push_tag("b")
        self.assertEqual(self.look(), (["b"], {"HEAD": 1 + len(NAMES), "list": 1}))
        self.assertEqual(self.look(), ([], {"HEAD": 1}))

    def test_what_is_pending_is_asked_for_while_it_stands_still(self):
        self.push_tag("b", names=[ANCHOR])
        for _ in range(10):
            self.look()
        self.push_tag("b", names=[RISK, WEB])
        self.assertEqual(self.look(), (["b"], {"HEAD": 1 + len(NAMES)}))

    def test_where_there_is_none_the_list_is_read(self):
        self.proxy.forget()
        self.new("--moving-tag", "nightly")
        self.assertEqual(self.asked(), {"HEAD": 1, "list": 1})


class TroubleTestCase(NewsCase):
    def setUp(self):
        super().setUp()
        self.push_tag(*(f"build-{number:02}" for number in range(20)))
        self.new()
        self.push_tag("b")
        self.before = (self.folder / "state.json").read_bytes()

    def refused(self, *more, code=3, sees=()):
        """A run that leaves the state as it was."""
        self.assertEqual(self.new("--timeout", "1s", *more, code=code, sees=sees), [])
        self.assertEqual((self.folder / "state.json").read_bytes(), self.before)

    def test_a_registry_that_is_down_changes_nothing(self):
        self.registry.stop()
        self.refused(sees=[self.proxy.address])
        self.registry.start(address=self.registry.address)
        self.assertEqual(self.new(), ["b"])

    def test_trouble_that_passes_is_waited_out(self):
        troubles = [plain(503), plain(429, Retry_After="1"), plain(500)]
        self.proxy.replace = lambda seen: troubles.pop() if troubles else None
        self.assertEqual(self.new(), ["b"])
        self.assertEqual(troubles, [])

    def test_an_empty_list_is_not_believed(self):
        self.proxy.replace = lambda seen: plain(200, body='{"name":"team/api","tags":null}',
                                                Content_Type="application/json")
        self.refused(sees=["is empty"])
        self.refused("--accept-loss", sees=["is empty"])

    def test_a_repository_that_is_gone_is_not_believed(self):
        self.proxy.replace = lambda seen: plain(404, body='{"errors":[{"code":"NAME_UNKNOWN"}]}')
        self.refused(sees=["NAME_UNKNOWN", "first push"])

    def test_tags_that_are_really_gone_from_the_registry_are_not_believed_to_be(self):
        self.delete_tags(*(f"build-{number:02}" for number in range(11)))
        self.refused(sees=["lacks 11 of 20", "accept_loss"])
        self.assertEqual(self.new("--accept-loss"), ["b"])
        self.assertEqual(self.new(), [])

    def test_half_of_them_may_go(self):
        self.delete_tags(*(f"build-{number:02}" for number in range(10)))
        self.assertEqual(self.new(), ["b"])

    def test_a_list_that_is_cut_short_is_none(self):
        self.proxy.replace = lambda seen: plain(200, body='{"name":"team/api","tags":["build-00","c"',
                                                Content_Type="application/json")
        self.refused(sees=["no list of tags"])

    def test_a_first_run_on_nothing_makes_no_baseline(self):
        (self.folder / "state.json").unlink()
        self.proxy.replace = lambda seen: plain(200, body='{"tags":[]}', Content_Type="application/json")
        self.new(code=3, sees=["is empty"])
        self.assertFalse((self.folder / "state.json").exists())

    def test_one_tag_that_is_not_answered_keeps_no_other_from_being_told(self):
        self.push_tag("c")
        self.proxy.replace = lambda seen: plain(503) if seen.manifest() == ("HEAD", RISK, "b") else None
        self.assertEqual(self.new("--timeout", "2s", code=3, sees=["503"]), ["c"])
        self.proxy.replace = lambda seen: None
        self.assertEqual(self.new(), ["b"])

    def test_who_may_not_look_is_told_so(self):
        self.proxy.replace = lambda seen: plain(403, body='{"errors":[{"code":"DENIED"}]}')
        self.refused(sees=["403", "DENIED"])

    def test_what_could_not_be_printed_is_told_the_next_time(self):
        with open("/dev/full", "w") as full:
            code = subprocess.run([self.program, *self.words("new")], cwd=self.folder, env=self.environment, stdout=full,
                                  stderr=subprocess.DEVNULL, check=False).returncode
        self.assertEqual(code, 3)
        self.assertEqual(self.new(), ["b"])

    def test_what_nobody_read_is_told_the_next_time(self):
        reading, writing = os.pipe()
        os.close(reading)
        code = subprocess.run([self.program, *self.words("new")], cwd=self.folder, env=self.environment, stdout=writing,
                              stderr=subprocess.DEVNULL, check=False).returncode
        os.close(writing)
        self.assertEqual(code, 141)
        self.assertEqual(self.new(), ["b"])

    def test_a_state_that_cannot_be_written_is_a_failure(self):
        (self.folder / "ro").mkdir()
        self.write("ro/state.json", self.before.decode())
        words = self.words("new")
        words[words.index("state.json")] = "/proc/state.json"
        self.expect(3, *words, sees=["/proc/state.json"])


class OddTagTestCase(NewsCase):
    """One tag with which something is wrong keeps no other from being told."""

    def setUp(self):
        super().setUp()
        self.push_tag("a")
        self.new()
        self.push_tag("b", "c", "d")

    def answers(self, answer, tag="c", name=WEB):
        """What is said of this tag of this image."""
        self.proxy.replace = lambda seen: (answer if seen.manifest() and seen.manifest()[1:] == (name, tag) else None)

    def one_is_no_image(self, name):
        self.answers(plain(200, Content_Type="application/vnd.docker.distribution.manifest.v1+prettyjws",
                           Docker_Content_Digest="sha256:" + 64 * "0"), name=name)
        self.assertEqual(self.new(sees=["c is not told", name, "v1+prettyjws", "exclude"]), ["b", "d"])
        [odd] = self.answer.result["no_image"]
        self.assertEqual(odd["tag"], "c")
        self.assertIn("is no image", odd["why"])
        self.assertEqual([one["tag"] for one in self.answer.result["pending"]], ["c"])

    def test_a_kind_of_manifest_that_is_not_taken_is_named(self):
        self.one_is_no_image(WEB)
        self.assertEqual(self.new(sees=["c is not told"]), [])
        self.proxy.replace = lambda seen: None
        self.assertEqual(self.new(), ["c"])
        self.assertEqual(self.answer.result["no_image"], [])

    def test_whichever_image_it_is(self):
        self.one_is_no_image(RISK)

    def test_what_is_left_out_from_now_on_is_not_waited_for(self):
        self.one_is_no_image(WEB)
        self.assertEqual(self.new("--exclude", "^c$"), [])
        self.assertEqual(self.answer.result["pending"], [])
        self.assertNotIn("c is not told", self.answer.text)
        self.assertEqual(self.new(), [])

    def test_it_is_given_up_in_its_time(self):
        self.one_is_no_image(WEB)
        state = self.state()
        state["pending"][0]["first_seen"] = "2026-01-01T00:00:00Z"
        self.write("state.json", state)
        self.assertEqual(self.new(sees=["c is given up", "is no image"]), [])
        self.assertEqual(self.answer.result["forgotten"], ["c"])

    def test_a_page_instead_of_a_manifest_is_no_answer(self):
        self.answers(plain(200, body="<html>Sign in", Content_Type="text/html"))
        self.assertEqual(self.new(code=3, sees=["is no image", "text/html", "asked for again: c"]), ["b", "d"])
        self.proxy.replace = lambda seen: None
        self.assertEqual(self.new(), ["c"])

    def test_an_answer_that_makes_no_sense_is_none(self):
        self.answers(plain(400))
        self.assertEqual(self.new(code=3, sees=["400", "asked for again: c"]), ["b", "d"])
        self.proxy.replace = lambda seen: None
        self.assertEqual(self.new(), ["c"])

    def test_a_tag_that_is_deleted_after_it_was_listed_is_waited_for(self):
        self.answers(plain(404, body='{"errors":[{"code":"MANIFEST_UNKNOWN"}]}'), name=ANCHOR)
        self.assertEqual(self.new(), ["b", "d"])
        self.assertEqual([one["tag"] for one in self.answer.result["pending"]], ["c"])

    def test_a_body_that_breaks_off_is_no_answer(self):
        cut = (b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.oci.image.manifest.v1+json\r\n"
               b"Content-Length: 1000\r\nConnection: close\r\n\r\n")

        def replace(seen):
            method, *target = seen.manifest() or (None,)
            if target != [WEB, "c"]:
                return None
            # No digest in the answer to a HEAD: the manifest is read.
            return cut if method == "HEAD" else CUT
        self.proxy.replace = replace
        self.assertEqual(self.new("--timeout", "2s", code=3, sees=["asked for again: c"]), ["b", "d"])
        self.proxy.replace = lambda seen: None
        self.assertEqual(self.new(), ["c"])

    def test_a_manifest_that_the_registry_cannot_read_is_not_waited_for_to_the_end(self):
        self.answers(plain(500))
        begin = time.monotonic()
        self.assertEqual(self.new("--timeout", "10m", code=3, sees=["500", "asked for again: c"]), ["b", "d"])
        self.assertGreater(time.monotonic() - begin, 20)

    def test_so_many_of_them_are_named_and_the_rest_counted(self):
        self.push_tag(*(f"odd-{number:02}" for number in range(15)))
        self.proxy.replace = lambda seen: plain(400) if seen.manifest() and "odd-" in seen.path else None
        self.assertEqual(self.new(code=3, sees=["odd-09 and 5 more tags"]), ["b", "c", "d"])
        self.proxy.replace = lambda seen: (plain(200, Content_Type="application/vnd.other+json")
                                           if seen.manifest() and "odd-" in seen.path else None)
        self.assertEqual(self.new(sees=["odd-09 is not told", "and 5 more are no images"]), [])

    def test_a_moving_tag_that_is_no_image_spares_no_list_and_blocks_nothing(self):
        self.proxy.replace = lambda seen: (plain(200, Content_Type="application/vnd.other+json")
                                           if seen.path.endswith("/latest") else None)
        self.assertEqual(self.new("--moving-tag", "latest"), ["b", "c", "d"])


class StateTestCase(NewsCase):
    def setUp(self):
        super().setUp()
        self.push_tag("a")
        self.new()

    def test_a_state_of_other_images_is_refused_with_what_to_do(self):
        before = (self.folder / "state.json").read_bytes()
        self.new(code=2, names=[ANCHOR, RISK], sees=["state.json", "other images", "remove"])
        words = self.words("new")
        words[words.index(ANCHOR)] = RISK
        self.expect(2, *words, sees=["state.json", "anchor", "remove"])
        self.assertEqual((self.folder / "state.json").read_bytes(), before)

    def test_the_order_of_the_images_does_not_matter(self):
        self.push_tag("b")
        self.assertEqual(self.new(names=list(reversed(NAMES))), ["b"])

    def test_a_state_that_cannot_be_read_is_refused_and_left_alone(self):
        for content in ("", "{", "[]", '{"schema":2}', (self.folder / "state.json").read_text()[:-20]):
            with self.subTest(content=content):
                self.write("state.json", content)
                self.new(code=2, sees=["state.json", "remove"])
                self.assertEqual((self.folder / "state.json").read_text(), content)

    def test_settings_that_make_no_sense_are_refused_without_a_request(self):
        self.proxy.forget()
        self.expect(2, "new", "--registry", self.proxy.address, "--repositories", ANCHOR, sees=["state_file"])
        self.new("--include", "(", code=2, sees=["include", "("])
        self.new("--exclude", r"(a)\1", code=2, sees=["exclude", "back reference"])
        words = self.words("new")
        words[words.index(ANCHOR)] = "team/none"
        self.expect(2, *words, sees=["anchor", "team/none"])
        at = words.index("--anchor")
        self.expect(2, *words[:at], *words[at + 2:], sees=["anchor"])
        self.new("--webhook-url-file", self.write("hook", "ftp://somewhere"), code=2, sees=["webhook_url"])
        self.assertEqual(self.proxy.requests, [])


class WebhookTestCase(NewsCase):
    def setUp(self):
        super().setUp()
        self.listener = Listener(self)
        address = f"http://{self.listener.address}/hook/of-secret-name?token=abc-secret"
        self.hook = ("--webhook-url-file", self.write("hook", address))
        self.push_tag("a")
        self.new(*self.hook)
        self.assertEqual(self.listener.heard, [])

    def test_each_tag_is_sent_as_json(self):
        self.push_tag("b", "c")
        self.assertEqual(self.new(*self.hook), ["b", "c"])
        self.assertEqual(self.listener.heard, self.answer.result["new"])
        self.assertEqual(self.listener.headers[0]["Content-Type"], "application/json")

    def test_what_was_not_accepted_is_told_the_next_time(self):
        self.push_tag("b", "c", "d")
        self.listener.answer = lambda tag: 500 if tag == "c" else 204
        self.assertEqual(self.new(*self.hook, code=3, sees=["c: ", "webhook", "500"]), ["b"])
        self.assert_no_secret(self.answer, "of-secret-name", "abc-secret")
        self.listener.answer = lambda tag: 204
        self.assertEqual(self.new(*self.hook), ["c", "d"])
        self.assertEqual(self.listener.tags(), ["b", "c", "c", "d"])

    def test_a_tag_that_is_not_taken_keeps_no_other_from_being_told(self):
        self.push_tag("b", "c", "d")
        self.listener.answer = lambda tag: 422 if tag == "b" else 204
        self.assertEqual(self.new(*self.hook, code=3, sees=["b: ", "webhook", "422"]), ["c", "d"])
        self.listener.answer = lambda tag: 204
        self.assertEqual(self.new(*self.hook), ["b"])
        self.assertEqual(self.listener.tags(), ["b", "c", "d", "b"])

    def test_a_receiver_in_trouble_is_asked_again(self):
        self.push_tag("b")
        answers = [503, 503, 204]
        self.listener.answer = lambda tag: answers.pop(0)
        self.assertEqual(self.new(*self.hook), ["b"])

    def test_who_is_killed_between_telling_and_remembering_tells_again(self):
        self.push_tag("b")
        process = self.start(*self.words("new", *self.hook))

        def kill(_):
            process.kill()
            process.wait()
            return 204
        self.listener.answer = kill
        self.assertEqual(self.finish(process).code, -9)
        self.listener.answer = lambda tag: 204
        self.assertEqual(self.new(*self.hook), ["b"])
        self.assertEqual(self.listener.tags(), ["b", "b"])


if __name__ == "__main__":
    unittest.main()
