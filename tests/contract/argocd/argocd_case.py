"""What the tests of argocd-sync share: running it on both ways, against the stand-ins."""

import functools
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "registry"))
import watch_case  # noqa: E402
from servers import until  # noqa: E402,F401

from argocd_server import ArgoServer  # noqa: E402
from controller import Controller  # noqa: E402
from world import IMAGE, NEW, World, application, operation_of, state_of  # noqa: E402

RUN = "stagegate.run"
WAYS = ("api", "core")
# Patience that is short enough for tests, in the proportions of the defaults.
QUICK = {"settle": "150ms", "degraded_grace": "600ms", "error_grace": "600ms", "out_of_sync_grace": "400ms",
         "image_grace": "600ms", "window_grace": "600ms", "poll_min": "20ms", "poll_max": "150ms", "timeout": "60s",
         "heartbeat": "5s"}


def flags(settings):
    return [word for name, value in settings.items() for word in ("--" + name.replace("_", "-"), value)]


def run_of(operation):
    """Whose operation it is."""
    return next((info["value"] for info in (operation or {}).get("info", []) if info["name"] == RUN), None)


def both_ways(test):
    """The test is run with each way, in a world of its own."""
    @functools.wraps(test)
    def run(self):
        for number, way in enumerate(WAYS):
            with self.subTest(way):
                if number:
                    self.begin()
                test(self, way)
                self.assert_fit()
    return run


class ArgocdCase(watch_case.WatchCase):
    program = os.environ.get("ARGOCD_SYNC", "")
    speed = 10

    def setUp(self):
        super().setUp()
        self.begin()
        self.addCleanup(self.assert_fit)

    def begin(self):
        """A world of its own; for each way that a test goes."""
        self.world = World(self, speed=self.speed)
        self.argo = ArgoServer(self, self.world)
        self.environment["PLUGIN_TOKEN"] = self.argo.token
        self.write("kube-token", "sesame\n")

    def assert_fit(self):
        """Nothing was sent that a schema does not know."""
        self.assertEqual(self.argo.violations, [])
        self.assertEqual(self.world.cluster.violations, [])
        self.assertNotIn(415, [one.status for one in self.argo.requests])

    def add(self, item=None, **knobs):
        """An Application with a controller; the controller."""
        controller = Controller(**knobs)
        self.world.add(item or application(), controller)
        return controller

    def access(self, way):
        if way == "api":
            return ["--server", self.argo.url]
        self.environment.pop("PLUGIN_TOKEN", None)
        return ["--kube-api", self.world.cluster.url, "--kube-token-path", "kube-token"]

    def words(self, way, verb="sync", app="stonks-beta", tag=NEW, images=IMAGE, run="run-1", **settings):
        words = [verb, *self.access(way), "--apps", app, "--project", "stonks"]
        words += ["--tag", tag] if tag else []
        words += ["--expect-images", images] if images else []
        words += ["--run-id", run] if run and verb == "sync" else []
        return words + flags({name: value for name, value in (QUICK | settings).items() if value is not None})

    def deploy(self, way, code, result=None, *more, sees=(), env=None, **settings):
        """A run that is to end so."""
        answer = self.expect(code, *self.words(way, **settings), *more, sees=sees, env=env)
        if result is not None:
            self.assertEqual([app["result"] for app in answer.result["apps"]],
                             [result] if isinstance(result, str) else result, answer.text)
        return answer

    # What has become of it

    def operations(self, name="stonks-beta"):
        """The runs whose operations were stored, in order; None for other people's. An operation is stored once."""
        found, before = [], None
        for _, kind, _, item in self.world.cluster.history:
            if kind == "applications" and item["metadata"]["name"] == name:
                if operation_of(item) is not None and before is None:
                    found.append(run_of(operation_of(item)))
                before = operation_of(item)
        return found

    def tag_of(self, name="stonks-beta"):
        spec = self.world.get(name)["spec"]
        return self.world.tag(spec, self.world.revisions(spec))

    def state(self, name="stonks-beta"):
        return state_of(self.world.get(name))
