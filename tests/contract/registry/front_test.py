"""registry-tag-watch through nginx with TLS, and through a registry's bad hours."""

import threading
import time
import unittest

import watch_case
from counting_proxy import CountingProxy, plain
from front import Front
from images import Api
from registry import PASSWORD, USER, Registry
from watch_case import EPOCH, NAMES, SHA, VERIFIED, WatchCase

ANCHOR = NAMES[1]
MARK = ("mark", "--anchor", ANCHOR, "--epoch", EPOCH)


class FrontCase(WatchCase):
    def begin(self, http2, auth=None):
        self.registry = Registry(self, auth)
        self.credential = (USER, PASSWORD) if auth else ()
        self.build = self.push(self.registry.address, self.images(), credential=self.credential)
        self.front = Front(self, self.registry.address, http2)
        self.environment["PLUGIN_CA_FILE"] = self.front.ca_file

    def wait_words(self, *more):
        return ["wait", "--registry", self.front.address, "--repositories", ",".join(NAMES), "--tag", SHA, *more]

    def connections(self, requests):
        return len({one["connection"] for one in requests})

    def marked(self):
        with Api(self.registry.address, *self.credential) as api:
            return {name: api.digest(name, VERIFIED) for name in NAMES}

    def assert_all_marked(self):
        self.assertEqual(self.marked(), {name: image.digest for name, image in self.build.items()})


class ConnectionsTestCase(FrontCase):
    def test_over_http1_there_are_eight_connections_at_most(self):
        self.begin(http2=False)
        self.expect(0, *self.wait_words())
        requests = self.front.requests()
        self.assertEqual(len(requests), len(NAMES))
        self.assertEqual({one["protocol"] for one in requests}, {"HTTP/1.1"})
        self.assertIn(self.connections(requests), range(2, 9))

    def test_concurrency_sets_their_number(self):
        self.begin(http2=False)
        self.expect(0, *self.wait_words("--concurrency", "1"))
        requests = self.front.requests()
        self.assertEqual((len(requests), self.connections(requests)), (len(NAMES), 1))

    def test_marking_over_http2_takes_one_connection_and_four_requests_an_image(self):
        self.begin(http2=True)
        self.lock(self.front.address, self.build)
        self.expect(0, *MARK)
        self.assert_all_marked()
        requests = self.front.requests()
        self.assertEqual((len(requests), self.connections(requests)), (4 * len(NAMES), 1))
        self.assertEqual({one["protocol"] for one in requests}, {"HTTP/2.0"})

    def test_with_a_password_it_is_one_connection_and_one_request_more(self):
        self.begin(http2=True, auth="htpasswd")
        credential = {"PLUGIN_USERNAME": USER, "PLUGIN_PASSWORD": PASSWORD}
        self.assert_no_secret(self.expect(0, *self.wait_words(), env=credential), PASSWORD)
        self.expect(0, *MARK, env=credential)
        self.assert_all_marked()
        requests = self.front.requests()
        self.assertEqual(len(requests), len(NAMES) + 1 + 4 * len(NAMES) + 1)
        self.assertEqual(self.connections(requests), 2, "one for each run")
        self.assertEqual([one["status"] for one in requests].count(401), 2)


class BadHoursTestCase(WatchCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(self)
        self.proxy = CountingProxy(self, self.registry.address)
        self.build = self.push(self.registry.address, self.images())
        self.lock(self.proxy.address, self.build)

    def test_a_mark_goes_on_when_the_registry_is_back_from_maintenance(self):
        self.registry.restart(read_only=True)
        refused = threading.Event()
        self.proxy.answered = lambda seen: seen.status == 405 and refused.set()
        process = self.start(*MARK, "--plain-http")
        self.assertTrue(refused.wait(watch_case.PATIENCE))
        self.registry.restart()
        answer = self.finish(process)
        self.assertEqual(answer.code, 0, answer.text)
        with Api(self.registry.address) as api:
            self.assertEqual({name: api.digest(name, VERIFIED) for name in NAMES},
                             {name: image.digest for name, image in self.build.items()})

    def moments_after_429(self, method, *words):
        """How long after a 429 with `Retry-After: 2` the next request came."""
        moments, refused = [], []

        def refuse_once(seen):
            moments.append(time.monotonic())
            if seen.method == method and not refused:
                refused.append(len(moments))
                return plain(429, "Too Many Requests", Retry_After="2")
            return None
        self.proxy.replace = refuse_once
        self.expect(0, *words, "--concurrency", "1")
        after = refused[0]
        return moments[after] - moments[after - 1]

    def test_whoever_is_asked_to_come_back_later_does_so(self):
        """Not earlier, that is; when exactly is nobody's promise."""
        wait = ("wait", *self.asked_for(self.proxy.address), "--interval", "10ms", "--interval-max", "20ms")
        self.assertGreaterEqual(self.moments_after_429("HEAD", *wait), 2)
        self.assertGreaterEqual(self.moments_after_429("PUT", *MARK, "--plain-http"), 2)


if __name__ == "__main__":
    unittest.main()
