"""registry-tag-watch watch in bad hours: nothing is lost, nothing is told twice but what was not accepted, and the log
stays readable."""

import signal
import unittest

from news_case import Lines, NewsCase


class WatchTroubleCase(NewsCase):
    def setUp(self):
        super().setUp()
        self.push_tag("a")
        self.new()  # what is known from here on

    def watch(self, *more):
        self.process = self.start(*self.words("watch", *more))
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


if __name__ == "__main__":
    unittest.main()
