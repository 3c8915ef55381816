"""registry-tag-watch through nginx with TLS, and through a registry's bad hours."""

import pathlib
import threading
import time
import unittest

import watch_case
from counting_proxy import CountingProxy, plain
from front import Front
from images import Api
from registry import PASSWORD, USER, Registry
from token_server import TokenServer
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


class TokenTestCase(FrontCase):
    """The login by token, as with a registry on the internet: both servers behind TLS and HTTP/2."""

    def setUp(self):
        super().setUp()
        self.tokens = TokenServer(self)
        self.token_front = Front(self, self.tokens.realm.split("/")[2])
        self.tokens.realm = f"https://{self.token_front.address}/auth/token"
        # Pushed to an open registry over the same folder.
        with_login = Registry(self, self.tokens)
        pushed_to = Registry(self, folder=None)
        pushed_to.stop()
        pushed_to.storage = with_login.storage
        pushed_to.start()
        self.registry, self.credential = pushed_to, ()
        self.build = self.push(pushed_to.address, self.images())
        self.behind = CountingProxy(self, with_login.address)  # sees what nginx passes on
        self.front = Front(self, self.behind.address)
        both = "".join(pathlib.Path(front.ca_file).read_text() for front in (self.front, self.token_front))
        self.environment |= {"PLUGIN_CA_FILE": self.write("both.pem", both), "PLUGIN_USERNAME": USER,
                             "PLUGIN_PASSWORD": PASSWORD}

    def look_words(self, verb):
        return [verb, *self.wait_words()[1:]]

    def assert_who_saw_what(self, scopes):
        """The password went to the token server alone, the token to the registry alone, once for all images."""
        sent = [seen.headers.get("authorization") for seen in self.behind.requests]
        self.assertIsNone(sent[0], "nothing is sent before it is asked for")
        [token] = set(sent[1:])
        self.assertTrue(token.startswith("Bearer "))
        self.assertEqual([(method, user) for method, user, *_ in self.tokens.requests], [("GET", USER)])
        self.assertEqual(sorted(self.tokens.scopes()[0]), sorted(f"repository:{name}:{scopes}" for name in NAMES))
        for front in (self.front, self.token_front):
            requests = front.requests()
            self.assertEqual({one["protocol"] for one in requests}, {"HTTP/2.0"})
            self.assertEqual(self.connections(requests), 1)
            self.assertNotIn(PASSWORD, (front.folder / "access.log").read_text())

    def assert_quiet(self, answer):
        self.assert_no_secret(answer, PASSWORD, *(seen.headers.get("authorization", "Bearer -").split()[1]
                                                  for seen in self.behind.requests[1:]))

    def test_wait(self):
        self.assert_quiet(self.expect(0, *self.look_words("wait")))
        self.assertEqual(len(self.behind.requests), 1 + len(NAMES))
        self.assert_who_saw_what("pull")

    def test_check(self):
        self.assert_quiet(self.expect(0, *self.look_words("check")))
        self.assertEqual(len(self.behind.requests), 1 + len(NAMES))
        self.assert_who_saw_what("pull")

    def test_mark(self):
        self.lock(self.front.address, self.build)
        self.assert_quiet(self.expect(0, *MARK))
        self.assert_all_marked()
        self.assertEqual(len(self.behind.requests), 1 + 4 * len(NAMES))
        self.assert_who_saw_what("pull,push")

    def test_a_token_server_elsewhere_gets_no_credential_unless_it_is_named(self):
        elsewhere = f"https://127.0.0.1:{self.token_front.port}/auth/token"  # another host than localhost
        challenge = f'Bearer realm="{elsewhere}",service="{self.tokens.service}"'
        self.behind.replace = lambda seen: (None if seen.headers.get("authorization")
                                            else plain(401, WWW_Authenticate=challenge))
        self.expect(3, *self.look_words("check"), sees=["another host", "token_realm", elsewhere])
        self.assertEqual(self.tokens.requests, [])
        self.assertEqual({seen.headers.get("authorization") for seen in self.behind.requests}, {None})
        self.expect(0, *self.look_words("check"), "--token-realm", elsewhere)
        self.assertEqual(len(self.tokens.requests), 1)


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
