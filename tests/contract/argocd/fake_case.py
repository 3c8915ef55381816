"""What the tests of the stand-ins share: a world, its two front ends, and plain requests."""

import http.client
import json
import pathlib
import subprocess
import sys
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "registry"))
import servers  # noqa: E402
from servers import until  # noqa: E402,F401

import schema  # noqa: E402
from argocd_server import ArgoServer  # noqa: E402
from controller import Controller  # noqa: E402
from world import World, application  # noqa: E402

APP = "/api/v1/applications/stonks-beta"
KUBE_APP = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/stonks-beta"
INFOS = [{"name": "stagegate.run", "value": "run-1"}]
SYNC = {"name": "stonks-beta", "appNamespace": "argocd", "project": "stonks", "strategy": {"hook": {}}, "infos": INFOS}
PARAMETER = "/spec/source/helm/parameters/0"

MAKE_CERTIFICATES = pathlib.Path(__file__).resolve().parents[1] / "http/make_certificates.sh"


def certificates(case):
    """The folder with ca.pem, and good.pem and good.key for 127.0.0.1."""
    servers.need("openssl")
    folder = pathlib.Path(servers.temporary_folder(case))
    subprocess.run(["sh", str(MAKE_CERTIFICATES), str(folder)], check=True, capture_output=True)
    return folder


def needs_data(test):
    return unittest.skipUnless(schema.data(), "no data")(test)


class FakeCase(unittest.TestCase):
    def setUp(self):
        self.world = World(self, speed=10)
        self.argo = ArgoServer(self, self.world)

    def add(self, *, item=None, **knobs):
        self.controller = Controller(**knobs)
        return self.world.add(item or application(), self.controller)

    def send(self, method, path, body=None, base=None, timeout=30, **headers):
        """(status, answer) of one request, with what it needs unless `headers` say otherwise."""
        link = http.client.HTTPConnection(urllib.parse.urlsplit(base or self.argo.url).netloc, timeout=timeout)
        self.addCleanup(link.close)
        all_headers = {"Authorization": f"Bearer {self.argo.token}", "Content-Type": "application/json"}
        all_headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        link.request(method, path, json.dumps(body) if isinstance(body, (dict, list)) else body,
                     {name: value for name, value in all_headers.items() if value is not None})
        answer = link.getresponse()
        text = answer.read()
        self.type = answer.headers.get("Content-Type")
        return answer.status, json.loads(text) if self.type == "application/json" else text

    def kube(self, method, path, body=None, **headers):
        return self.send(method, path, body, self.world.cluster.url, **{"Authorization": "Bearer sesame"} | headers)

    def get(self):
        return self.send("GET", APP + "?project=stonks")[1]

    def wait_for(self, promise, what="the end"):
        return until(lambda: promise(self.world.get("stonks-beta")), what, 30)

    def assert_refused(self, status, code, words, answer):
        self.assertEqual(answer[0], status, answer)
        self.assertEqual(answer[1]["code"], code)
        self.assertIn(words, answer[1]["message"])
        self.assertEqual(answer[1]["error"], answer[1]["message"])

    def stream(self, query="", **headers):
        """A connection and the lines of a stream."""
        link = http.client.HTTPConnection(urllib.parse.urlsplit(self.argo.url).netloc, timeout=30)
        self.addCleanup(link.close)
        link.request("GET", "/api/v1/stream/applications?name=stonks-beta&project=stonks" + query,
                     headers={"Authorization": f"Bearer {self.argo.token}"} | headers)
        return link.getresponse()
