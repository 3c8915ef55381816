"""Breaking the glass over HTTP, with a stand-in for the Kubernetes API that says who people are and what they may, and one
for Kargo's API that is woken. By the real clock, with a calendar that is always open.
"""

import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

from gate_case import PROGRAM, ROOT

sys.path.insert(0, str(ROOT / "tests/contract/kube"))
import cluster  # noqa: E402

DESK = os.environ.get("STAGEGATE_GRANT_DESK", "")
PROJECT = "stonks-pipeline"
WHY = "orders are lost, INC-42"


class Kargo:
    """Writes down what it is asked."""

    def __init__(self):
        self.asked = []
        kargo = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                kargo.asked.append((self.path, self.headers["Authorization"]))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class ReleaseTestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log = str(self.folder / "audit")
        self.key = self.write("key", subprocess.run([DESK, "init", self.log], check=True, capture_output=True,
                                                    text=True).stdout)
        self.cluster = cluster.Cluster()
        self.addCleanup(self.cluster.stop)
        self.cluster.reviewed["ann-token"] = {"username": "ann@example.com", "groups": ["oncall"]}
        self.kargo = Kargo()
        self.addCleanup(self.kargo.stop)

    def write(self, name, content):
        path = self.folder / name
        path.write_text(content)
        return str(path)

    def serve(self, *words):
        errors = open(self.folder / "serve.log", "w")
        self.addCleanup(errors.close)
        process = subprocess.Popen(
            [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--allow-anonymous", "--calendar", "always-open",
             "--audit-log", self.log, "--audit-key-file", self.key, *words],
            stdout=subprocess.DEVNULL, stderr=errors, stdin=subprocess.DEVNULL,
            # How it ends is not looked at: a race is told where the thread sanitizer has been told to.
            env={name: os.environ[name] for name in ("PATH", "TSAN_OPTIONS") if name in os.environ})
        self.addCleanup(process.wait, 30)
        self.addCleanup(process.terminate)
        for _ in range(600):
            said = (self.folder / "serve.log").read_text()
            found = re.search(r"http://127\.0\.0\.1:\d+/", said)
            if found:
                self.url = found[0]
                return
            self.assertIsNone(process.poll(), said)
            time.sleep(0.05)
        self.fail("serve named no address: " + said)

    def serve_kubernetes(self, *words):
        self.serve("--identity", "kubernetes", "--kube-api", self.cluster.url,
                   "--kube-token-path", self.write("token", "sesame"), "--kargo-url", self.kargo.url,
                   "--kargo-token-file", self.write("kargo-token", "wake-up"), *words)

    def post(self, path, body, headers=None):
        """(status, answer)"""
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(),
                                         {"Content-Type": "application/json", **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def check(self, promotion="live.p1"):
        return self.post("v1/check", {"project": PROJECT, "stage": "live", "promotion": promotion,
                                      "image_tag": "abc123", "actor": "bob@example.com"})[1]

    def break_glass(self, token="ann-token", promotion="live.p1", **headers):
        headers = {"Authorization": "Bearer " + token, **headers} if token else headers
        return self.post("v1/break-glass", {"project": PROJECT, "stage": "live", "promotion": promotion,
                                            "justification": WHY}, headers)


class KubernetesTestCase(ReleaseTestCase):
    def test_who_may_break_the_glass_releases_the_promotion_that_waits_and_kargo_is_woken(self):
        self.cluster.allowed.add(("ann@example.com", "break-glass", "live"))
        self.serve_kubernetes()
        self.assertEqual(self.check()["decision"], "wait")
        status, answer = self.break_glass()
        self.assertEqual((status, answer["operator"], answer["woken"]), (201, "ann@example.com", True), answer)
        self.assertEqual(self.kargo.asked, [(f"/v1beta1/projects/{PROJECT}/promotions/live.p1/refresh",
                                             "Bearer wake-up")])
        allowed = self.check()
        self.assertEqual((allowed["decision"], allowed["operator"], allowed["justification"]),
                         ("allow", "ann@example.com", WHY))
        self.assertIn('"live.p1"', self.check("live.p2")["message"])
        self.assertNotIn("ann-token", (self.folder / "serve.log").read_text())

    def test_who_may_approve_may_not_therefore_break_the_glass(self):
        self.cluster.allowed.add(("ann@example.com", "approve", "live"))
        self.serve_kubernetes()
        self.check()
        status, answer = self.break_glass()
        self.assertEqual(status, 403, answer)
        self.assertIn("may not break-glass stages.kargo.akuity.io live", answer["message"])
        self.assertEqual(self.break_glass("mallory-token")[0], 401)
        self.assertEqual(self.break_glass("")[0], 401)
        self.assertEqual(self.check()["decision"], "wait")

    def test_what_a_token_is_restricted_to_is_told_to_whoever_says_what_it_may(self):
        scopes = {"scopes.authorization.openshift.io": ["user:info"]}
        self.cluster.reviewed["ann-token"] |= {"uid": "7f3a", "extra": scopes}
        self.serve_kubernetes()
        self.check()
        self.assertEqual(self.break_glass()[0], 403)
        asked = self.cluster.accesses[-1]
        self.assertEqual((asked["user"], asked["uid"], asked["extra"]), ("ann@example.com", "7f3a", scopes))

    def test_a_kubernetes_that_does_not_say_lets_nobody(self):
        self.serve_kubernetes()
        self.check()
        self.cluster.denied.add(("create", "tokenreviews"))
        self.assertEqual(self.break_glass()[0], 503)
        self.assertEqual(self.check()["decision"], "wait")

    def test_a_kubernetes_that_never_answers_does_not_keep_the_gate_from_answering_kargo(self):
        self.serve_kubernetes()
        over = threading.Event()
        self.addCleanup(over.set)
        self.cluster.plan("create", *[lambda handler: over.wait()] * 20)
        self.assertEqual(self.break_glass()[0], 503)
        self.assertEqual(self.check()["decision"], "wait")

    def test_two_people_by_the_word_of_kargo_and_not_of_whoever_asks(self):
        self.cluster.allowed.add(("ann@example.com", "break-glass", "live"))
        for name, creator in (("live.p1", "email:ann@example.com"), ("live.p2", "email:bob@example.com")):
            self.cluster.put("promotions", {
                "metadata": {"name": name, "namespace": PROJECT,
                             "annotations": {"kargo.akuity.io/create-actor": creator}},
                "spec": {"stage": "live", "freight": "f1", "steps": [{"uses": "http"}]}})
        self.serve_kubernetes("--require-second-person")
        for name, decision in (("live.p1", "wait"), ("live.p2", "allow"), ("live.p3", "wait")):
            self.check(name)
            self.assertEqual(self.break_glass(promotion=name)[0], 201)
            self.assertEqual(self.check(name)["decision"], decision, name)
        self.assertIn("it needs a second person", self.check("live.p1")["message"])


class ProxyTestCase(ReleaseTestCase):
    def test_a_signed_in_user_counts_beside_the_secret_of_the_proxy_alone(self):
        self.serve("--identity", "proxy", "--proxy-secret-file", self.write("secret", "of the proxy\n"),
                   "--break-glass-groups", "oncall")
        self.check()
        user = {"X-Forwarded-User": "ann@example.com", "X-Forwarded-Groups": "dev,oncall"}
        self.assertEqual(self.break_glass("", **user)[0], 401)
        self.assertEqual(self.break_glass("", **user, **{"X-Stagegate-Proxy-Secret": "guess"})[0], 401)
        secret = {"X-Stagegate-Proxy-Secret": "of the proxy"}
        self.assertEqual(self.break_glass("", **secret, **user, Origin="https://evil.example.com")[0], 403)
        self.assertEqual(self.break_glass("", **secret, **user)[0], 201)
        self.assertEqual(self.check()["decision"], "allow")


if __name__ == "__main__":
    unittest.main()
