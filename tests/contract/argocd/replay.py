"""The recorded histories of data/argocd-wire/scenarios.json, played in the place of a controller.

A history begins with an Application that our operation has just been stored in. Here it begins one step earlier, with
what was compared to before, and is played from the second object on when a client has stored its operation. (What is
only to be waited for is there from its first object on, and goes on once somebody was shown that.) Each next object comes
when the former was shown to somebody and the time between the two is over, times `scale`; or after `patience` seconds.

Whatever run and tag the client has: where an object of the history holds our operation, the client's own is put there,
with what else this object adds to it; where it holds the source that we had asked for, the one that the client has
written; where the new tag stands in an image, the client's. Times are moved so that the history begins when the operation
is stored. Versions are those of the cluster, and rise. A refresh that is asked for is taken back at once and changes
nothing: the next comparison is the one that the history tells of."""

import copy
import json
import os
import pathlib
import re
import time

import world as worlds
from world import NEW, OLD, REFRESH, operation_of, stamp, state_of

RUN = "stagegate.run"
RECORDED = re.compile(r"2026-08-24T12:(\d\d):(\d\d)Z")  # all begin at 12:00:00


def scenarios():
    """{name: scenario}; None without data."""
    path = pathlib.Path(os.environ.get("STAGEGATE_DATA", ""), "argocd-wire/scenarios.json")
    if not os.environ.get("STAGEGATE_DATA") or not path.exists():
        return None
    return {one["name"]: one for one in json.loads(path.read_text())}


def is_ours(operation):
    return any(info["name"] == RUN for info in (operation or {}).get("info", []))


class Replay:
    def __init__(self, scenario, scale=0.01, patience=3.0, least=0.03):
        self.events = scenario["events"]
        self.wait_only = scenario.get("wait_only", False)
        self.scale, self.patience, self.least = scale, patience, least
        self.first = self.events[0]["application"]
        self.old_source = self.first["status"]["sync"]["comparedTo"]["source"]
        self.new_source = self.first["spec"]["source"]
        self.place = -1  # of the object that was played last
        self.finished = False

    def before(self):
        """The Application as the client finds it."""
        item = copy.deepcopy(self.first)
        del item["metadata"]["resourceVersion"]
        if not self.wait_only:
            item.pop("operation")
            item["spec"]["source"] = copy.deepcopy(self.old_source)
        return item

    def add(self, world):
        """Puts the Application into the world."""
        for item in self.events:
            revision = item["application"]["status"].get("operationState", {}).get("syncResult", {}).get("revision")
            key = (self.new_source["repoURL"], self.new_source["targetRevision"])
            world.heads[key] = revision or world.heads.get(key, NEW)
        item = self.before()
        self.began = time.time()
        status = self.timed(item["status"], self.began)
        world.add(item, self, history=[], **status)

    def begin(self, world, name):
        self.world, self.name = world, name
        if self.wait_only:
            self.played(0)

    @staticmethod
    def timed(value, began):
        def moved(match):
            return stamp(began + int(match[1]) * 60 + int(match[2]))
        return json.loads(RECORDED.sub(moved, json.dumps(value)))

    def look(self, item):
        if REFRESH in item["metadata"].get("annotations", {}):
            self.world.later(0.02, self.refreshed)
        if self.place < 0 and operation_of(item) is not None and not self.wait_only:
            self.operation = copy.deepcopy(item["operation"])
            self.source = copy.deepcopy(item["spec"]["source"])
            self.began = time.time()
            self.played(0)

    def look_at_rollout(self, item):
        pass

    def refreshed(self):
        item = self.world.get(self.name)
        if item["metadata"].get("annotations", {}).pop(REFRESH, None):
            self.world.write(item)

    # Playing

    def played(self, place):
        self.place = place
        self.version = self.version_now()
        self.since = time.monotonic()
        if place + 1 == len(self.events):
            self.finished = True
            return
        gap = (self.events[place + 1]["t"] - self.events[place]["t"]) * self.scale
        self.due = self.since + max(gap, self.least)
        self.world.later(0.01, self.play)

    def version_now(self):
        with self.world.cluster.lock:
            item = self.world.cluster.objects["applications"].get((worlds.NAMESPACE, self.name))
        return int(item["metadata"]["resourceVersion"])

    def play(self):
        now, seen = time.monotonic(), self.world.seen.get(self.name, 0) >= self.version
        if now < self.due or not (seen or now > self.since + self.patience):
            self.world.later(0.01, self.play)
            return
        item = self.adapted(self.events[self.place + 1]["application"])
        present = self.world.get(self.name)
        item["metadata"] = present["metadata"] | {"annotations": {}}
        self.world.write(item)
        self.played(self.place + 1)

    def adapted(self, recorded):
        item = copy.deepcopy(recorded)
        item = self.timed(item, self.began)
        if self.wait_only:
            return item
        item["spec"]["source"] = self.sourced(item["spec"]["source"])
        compared = item["status"]["sync"].get("comparedTo", {})
        if "source" in compared:
            compared["source"] = self.sourced(compared["source"])
        if operation_of(item):
            item["operation"] = self.operated(item["operation"])
        if state_of(item):
            state = item["status"]["operationState"]
            state["operation"] = self.operated(state["operation"])
            if "source" in state.get("syncResult", {}):
                state["syncResult"]["source"] = self.sourced(state["syncResult"]["source"])
        item["status"]["summary"]["images"] = [image.replace(NEW, self.tag()) for image in
                                               item["status"]["summary"].get("images", [])]
        return item

    def tag(self):
        return self.world.tag({"source": self.source}, [OLD])

    def sourced(self, source):
        return copy.deepcopy(self.source) if source == self.new_source else source

    def operated(self, operation):
        if not is_ours(operation):
            if "source" in operation.get("sync", {}):
                operation["sync"]["source"] = self.sourced(operation["sync"]["source"])
            return operation
        ours = copy.deepcopy(self.operation)
        known = self.first["operation"]["sync"]
        ours["sync"] |= {name: value for name, value in operation["sync"].items() if name not in known}
        return ours
