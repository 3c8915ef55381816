"""registry-tag-watch watch in bad hours: nothing is lost, nothing is told twice but what was not accepted, and the log
stays readable."""

import json
import signal
import subprocess
import unittest

import servers
import watch_case
from counting_proxy import plain
from listener import Listener
from news_case import ANCHOR, WEB, Lines, NewsCase
from registry import PASSWORD, USER


class WatchTroubleCase(NewsCase):
    def setUp(self):
        super().setUp()
        (self.folder / self.state_file).parent.mkdir(exist_ok=True)
        self.push_tag("a")
        self.new()  # what is known from here on

    def watch(self, *more, env=None):
        self.process = self.start(*self.words("watch", *more), env=env)
        self.lines, self.log = Lines(self.process.stdout), Lines(self.process.stderr)
        return self.lines

    def end(self, code=143):
        """What else was told."""
        self.process.send_signal(signal.SIGTERM)
        return self.ended(code)

    def ended(self, code):
        rest = self.lines.rest()
        self.log.rest()
        self.assertEqual(self.process.wait(timeout=60), code, self.log.all)
        return rest

    def logged(self, words):
        return [line for line in self.log.all if words in line]


class LogTestCase(WatchTroubleCase):
    def test_a_look_that_brings_nothing_is_no_line(self):
        self.watch("--watch-for", "1500ms")
        self.assertEqual(self.ended(0), [])
        self.assertGreater(self.asked()["list"], 10)
        self.assertEqual(len(self.logged("watching ")), 1, self.log.all)

    def test_what_a_look_has_brought_is_one_line(self):
        self.watch()
        self.log.until("0 told")
        self.push_tag("b")
        self.log.until("1 told")
        self.push_tag("c")
        self.log.until("2 told")
        self.end()
        self.assertEqual(self.lines.all, ["b", "c"])
        self.assertLessEqual(len(self.logged("watching ")), 5, self.log.all)  # and while a tag was incomplete

    def test_the_heartbeat_goes_on(self):
        self.watch("--heartbeat", "1s", "--watch-for", "2500ms")
        self.assertEqual(self.ended(0), [])
        self.assertIn(len(self.logged("watching ")), (2, 3), self.log.all)

    def test_trouble_is_said_once_and_so_is_its_end(self):
        self.watch()
        self.log.until("0 told")
        self.proxy.replace = lambda seen: plain(503)
        self.log.until("answered 503")
        self.proxy.forget()
        servers.until(lambda: len(self.proxy.requests) > 3, "it goes on looking", process=self.process)
        self.proxy.replace = lambda seen: None
        self.log.until("all is well again")
        self.end()
        self.assertEqual(len(self.logged("answered 503")), 1, self.log.all)


class RegistryTroubleTestCase(WatchTroubleCase):
    def answers(self, answer, *target):
        """What is said of this tag of this image."""
        self.proxy.replace = lambda seen: answer if (seen.manifest() or (None,))[1:] == target else None

    def test_a_registry_that_goes_and_comes_costs_no_tag_and_repeats_none(self):
        lines = self.watch()
        for number, tag in enumerate(("b", "c"), 1):
            self.push_tag(tag)
            self.assertEqual(lines.next(), tag)
            self.log.until(f"{number} told")
            self.registry.stop()
            self.log.until("warning")
            self.registry.restart()
            self.log.until("all is well again")
        self.push_tag("d")
        self.assertEqual(lines.next(), "d")
        self.assertEqual(self.end(), [])
        self.assertEqual(self.new(), [])

    def test_a_registry_that_goes_between_the_list_and_the_images_costs_no_tag(self):
        away = []
        self.proxy.replace = lambda seen: plain(503) if away and seen.manifest() else None
        lines = self.watch()
        self.log.until("0 told")
        away.append(True)
        self.push_tag("b", "c")
        self.log.until("asked for again: b, c")
        away.clear()
        self.assertEqual(lines.take(2), ["b", "c"])
        self.assertEqual(self.end(), [])
        self.assertEqual(self.new(), [])

    def test_a_tag_that_is_no_image_is_named_once_and_keeps_no_other_from_being_told(self):
        self.answers(plain(200, Content_Type="application/vnd.other+json"), WEB, "odd")
        lines = self.watch()
        self.push_tag("odd", "b")
        self.assertEqual(lines.next(), "b")
        self.push_tag("c")
        self.assertEqual(lines.next(), "c")
        self.proxy.replace = lambda seen: None
        self.assertEqual(lines.next(), "odd")
        self.assertEqual(self.end(), [])
        self.assertEqual(len(self.logged("odd is not told")), 1, self.log.all)

    def test_a_tag_that_is_never_answered_for_makes_no_other_wait(self):
        self.answers(plain(500), WEB, "odd")
        lines = self.watch()
        self.push_tag("odd", "b")
        self.assertEqual(lines.next(), "b")
        self.log.until("asked for again: odd")
        self.proxy.forget()
        servers.until(lambda: self.asked()["list"] > 30, "it looks as often as ever", process=self.process)
        self.proxy.replace = lambda seen: None
        self.assertEqual(lines.next(), "odd")
        self.assertEqual(self.end(), [])

    def test_a_login_that_is_asked_for_in_between_is_given(self):
        lines = self.watch(env={"PLUGIN_USERNAME": USER, "PLUGIN_PASSWORD": PASSWORD})
        self.log.until("0 told")
        self.proxy.replace = lambda seen: (None if seen.headers.get("authorization")
                                           else plain(401, WWW_Authenticate='Basic realm="r"'))
        self.push_tag("b")
        self.assertEqual(lines.next(), "b")
        self.assertEqual(self.end(), [])

    def test_a_login_that_is_wrong_in_between_ends_it_and_costs_no_tag(self):
        lines = self.watch()
        self.push_tag("b")
        self.assertEqual(lines.next(), "b")
        self.proxy.replace = lambda seen: plain(401, WWW_Authenticate='Basic realm="r"')
        self.push_tag("c")
        self.assertEqual(self.ended(3), [])
        self.assertTrue(self.logged("401"))
        self.proxy.replace = lambda seen: None
        self.assertEqual(self.new(), ["c"])


class StateTroubleTestCase(WatchTroubleCase):
    """The folder of the state file goes away and comes back."""

    state_file = "kept/state.json"

    def begin(self):
        lines = self.watch()
        self.log.until("0 told")
        (self.folder / "kept").rename(self.folder / "away")
        self.push_tag("b")
        self.assertEqual(lines.next(), "b")
        self.log.until("kept/state.json")
        return lines

    def test_what_could_not_be_remembered_at_once_is_later(self):
        self.begin()
        (self.folder / "away").rename(self.folder / "kept")
        self.log.until("all is well again")
        self.assertEqual(self.end(), [])
        self.assertEqual(self.new(), [])

    def test_it_is_tried_again_at_the_end(self):
        self.begin()
        (self.folder / "away").rename(self.folder / "kept")
        self.assertEqual(self.end(), [])
        self.assertEqual(self.new(), [])

    def test_while_it_runs_it_knows_what_it_has_told(self):
        lines = self.begin()
        self.push_tag("c")
        self.assertEqual(lines.next(), "c")
        self.assertEqual(self.end(), [])
        self.assertTrue(self.logged(" error "))
        # Who has remembered nothing tells it again, and loses none.
        (self.folder / "away").rename(self.folder / "kept")
        self.assertEqual(self.new(), ["b", "c"])


class TellingTroubleTestCase(WatchTroubleCase):
    def setUp(self):
        super().setUp()
        self.listener = Listener(self)
        self.hook = ("--webhook-url-file", self.write("hook", f"http://{self.listener.address}/"))

    def test_a_tag_that_is_not_taken_is_told_when_it_is_and_no_other_twice(self):
        refused = ["c"]
        self.listener.answer = lambda tag: 422 if tag in refused else 204
        self.push_tag("b", "c", "d")
        lines = self.watch(*self.hook)
        self.assertEqual(lines.take(2), ["b", "d"])
        self.push_tag("e")
        self.assertEqual(lines.next(), "e")
        servers.until(lambda: self.listener.tags().count("c") > 1, "it is told again", process=self.process)
        refused.clear()
        self.assertEqual(lines.next(), "c")
        self.assertEqual(self.end(), [])
        self.assertEqual([self.listener.tags().count(tag) for tag in "bde"], [1, 1, 1])
        self.assertEqual(len(self.logged("422")), 1, self.log.all)

    def test_a_receiver_that_is_away_for_one_tag_gets_it_and_those_after_it_later(self):
        self.listener.answer = lambda tag: 500 if tag == "c" and self.listener.tags().count("c") < 3 else 204
        self.push_tag("b", "c", "d")
        lines = self.watch(*self.hook)
        self.assertEqual(lines.take(3), ["b", "c", "d"])
        self.assertEqual(self.end(), [])
        self.assertEqual(self.listener.tags(), ["b", "c", "c", "c", "d"])
        self.assertEqual(self.new(), [])

    def test_a_signal_while_it_tells_loses_nothing_and_repeats_what_was_not_accepted(self):
        self.listener.answer = lambda tag: 204 if tag == "b" else self.signalled()
        self.push_tag("b", "c", "d")
        self.watch(*self.hook)
        self.assertEqual(self.ended(143), ["b"])
        self.listener.answer = lambda tag: 204
        self.assertEqual(self.new(*self.hook), ["c", "d"])
        self.assertEqual(self.listener.tags(), ["b", "c", "c", "d"])

    def signalled(self):
        """Answers when nobody waits for it any more."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return 204

    def test_a_signal_while_it_looks_loses_nothing(self):
        def stop(seen):
            if seen.manifest() and seen.manifest()[1:] == (ANCHOR, "c"):
                self.process.send_signal(signal.SIGTERM)
                self.process.wait(60)
        self.push_tag("b", "c")
        self.proxy.asked = stop
        self.watch()
        self.assertEqual(self.ended(143), [])
        self.proxy.asked = lambda seen: None
        self.assertEqual(self.new(), ["b", "c"])


class ManyTestCase(NewsCase):
    """50,000 new tags at once. The registry is played: it would take minutes to give them to a real one."""

    every = "1h"
    COUNT = 50_000
    MOST = 24 << 10  # KiB

    def setUp(self):
        super().setUp()
        servers.need("time")
        tags = ",".join(f'"{number:040x}"' for number in range(self.COUNT))
        listed = plain(200, body=f'{{"name":"{ANCHOR}","tags":[{tags}]}}', Content_Type="application/json")
        found = plain(200, Content_Type=self.build[ANCHOR].media_type, Docker_Content_Digest=self.build[ANCHOR].digest)

        def answer(seen):
            self.proxy.forget()
            return found if seen.manifest() else listed
        self.proxy.replace = answer

    def peak(self, *words):
        """(what it told, what it logged) of a run that stays within its memory."""
        ran = subprocess.run(["time", "-f", "peak %M", self.program, *words, "--report-initial"], cwd=self.folder,
                             env=self.environment, capture_output=True, text=True, check=True,
                             timeout=watch_case.PATIENCE)
        *logged, last = ran.stderr.splitlines()
        with open(self.program, "rb") as program:
            sanitized = b"san_init" in program.read()
        if not sanitized:
            self.assertLess(int(last.removeprefix("peak ")), self.MOST)
        return ran.stdout.splitlines(), logged

    def test_new_tells_them_in_parts(self):
        tags, logged = self.peak(*self.words("new", names=[ANCHOR]), "--result-file", "result.json")
        self.assertEqual(tags, [f"{number:040x}" for number in range(2_000)])
        self.assertEqual(len(self.read_json("result.json")["new"]), 2_000)
        self.assertEqual(len(logged), 1, logged)
        [line], _ = self.peak(*self.words("new", names=[ANCHOR]), "--output", "json")
        self.assertEqual(json.loads(line)["new"][0]["tag"], f"{2_000:040x}")

    def test_watch_goes_on_at_once_and_logs_a_line_for_thousands(self):
        count = 10_000
        tags, logged = self.peak(*self.words("watch", "--count", str(count), names=[ANCHOR]))
        self.assertEqual(tags, [f"{number:040x}" for number in range(count)])
        self.assertLess(len(logged), 20, logged[:20])


if __name__ == "__main__":
    unittest.main()
