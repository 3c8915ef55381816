"""What both front ends show: Applications, AppProjects and what belongs to them, in one stand-in cluster, and a clock.
Who moves an Application is a controller: one of controller.py (a model), or one of replay.py (a recorded history); an
Application without one stands still, as with Argo CD's controller down.

What is imitated was read in the source of Argo CD, not seen on a running one. What this is not: nothing is rendered,
and no repository is read. The images that a specification comes to are those of its tag (a Helm parameter, a Kustomize
image, or what `committed` says of a revision), for the repositories of `repositories`. There is one control plane
namespace. Times are stamps of this world's clock, cut to seconds; with `speed` its seconds are short ones."""

import copy
import datetime
import heapq
import itertools
import threading
import time
import zoneinfo

import kube_front

NAMESPACE, PROJECT, TARGET = "argocd", "stonks", "stonks-beta"
OLD, NEW = "1" * 40, "2" * 40
REPOSITORY = "http://gitea-http.git-server.svc.cluster.local:3000/admin/stonks-oracle.git"
IMAGE = "registry.celestium.life/stonks-oracle/query-api"
REFRESH = "argocd.argoproj.io/refresh"
BLOCKED = "Sync operation blocked by sync window"


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def sources(spec):
    return spec["sources"] if "sources" in spec else [spec["source"]]


def plural(spec, name, values):
    """{"source": x} or {"sources": [x, y]}, as the specification has it."""
    return {name + "s": list(values)} if "sources" in spec else {name: values[0]}


def recorded(spec, values):
    """The sources in a status, where Go writes an empty `source` beside several."""
    return {"source": {"repoURL": ""}, "sources": list(values)} if "sources" in spec else {"source": values[0]}


def helm_source(tag, **more):
    return {"repoURL": REPOSITORY, "path": "infra/helm/stonks-oracle", "targetRevision": "main", "helm": {
        "valueFiles": ["values-beta.yaml"],
        "parameters": [{"name": "image.tag", "value": tag, "forceString": True}]}} | more


def application(name="stonks-beta", source=None, **more):
    """One that is Synced and Healthy at OLD. `more`: of the specification, as `sources` instead of `source`."""
    spec = {"project": PROJECT, "destination": {"server": "https://kubernetes.default.svc", "namespace": TARGET}} | more
    if "sources" not in spec:
        spec["source"] = source or helm_source(OLD)
    return {"metadata": {"name": name, "namespace": NAMESPACE}, "spec": spec}


def project(name=PROJECT, windows=(), **more):
    return {"metadata": {"name": name, "namespace": NAMESPACE}, "spec": {
        "sourceRepos": ["*"], "destinations": [{"server": "*", "namespace": "*"}], "syncWindows": list(windows)} | more}


def operation_of(item):
    return item.get("operation")


def state_of(item):
    return item.get("status", {}).get("operationState")


class World:
    def __init__(self, case, speed=1.0):
        self.speed, self.begun, self.began_at = speed, time.monotonic(), time.time()
        self.clock = time.time  # that sync windows go by
        self.heads = {}  # (repoURL, targetRevision): what it resolves to; otherwise OLD
        self.committed = {}  # revision: the tag in its values file
        self.repositories = {}  # application: the names of its images; otherwise IMAGE
        self.controllers = {}  # application
        self.seen = {}  # application: the newest version that somebody was shown
        self.trees = {}  # application: nodes of its resource tree beside its own resources
        self.healths = {}  # (application, group, kind, name): {status, message} of a resource
        self.agenda, self.numbers = [], itertools.count()
        self.cluster = kube_front.ArgoCluster(self)
        self.awake = threading.Condition(self.cluster.lock)
        self.ended = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        self.cluster.put("appprojects", project())
        case.addCleanup(self.stop)

    def stop(self):
        with self.awake:
            self.ended = True
            self.awake.notify_all()
        self.thread.join(30)
        self.cluster.stop()

    # Time

    def now(self):
        return self.began_at + (time.monotonic() - self.begun) * self.speed

    def stamp(self):
        return stamp(self.now())

    def later(self, seconds, act):
        """Does it after that many seconds of this world."""
        with self.awake:
            heapq.heappush(self.agenda, (time.monotonic() + seconds / self.speed, next(self.numbers), act))
            self.awake.notify_all()

    def run(self):
        while True:
            with self.awake:
                if self.ended:
                    return
                left = self.agenda[0][0] - time.monotonic() if self.agenda else None
                if left is None or left > 0:
                    self.awake.wait(left)
                    continue
                heapq.heappop(self.agenda)[2]()

    # Applications

    def add(self, item, controller=None, **status):
        """An Application that was synced once, and whose pods run what its specification asks for."""
        item = copy.deepcopy(item)
        name, spec = item["metadata"]["name"], item["spec"]
        revisions = self.revisions(spec)
        item["status"] = {
            "sync": {"status": "Synced", **plural(spec, "revision", revisions), "comparedTo": self.compared(spec)},
            "health": {"status": "Healthy"}, "reconciledAt": stamp(self.now() - 60), "resourceHealthSource": "appTree",
            "sourceType": "Helm", "summary": {"images": self.images(name, spec, revisions)},
            "resources": [{"group": "apps", "version": "v1", "kind": "Deployment", "namespace": TARGET,
                           "name": "query-api", "status": "Synced"}],
            "history": [{"id": 0, **plural(spec, "revision", revisions), **recorded(spec, sources(spec)),
                         "deployedAt": stamp(self.now() - 3600), "deployStartedAt": stamp(self.now() - 3601)}],
        } | item.get("status", {}) | status
        with self.cluster.lock:
            stored = self.cluster.put("applications", item)
            if controller:
                self.controllers[name] = controller
                controller.begin(self, name)
            return stored

    def get(self, name):
        with self.cluster.lock:
            return copy.deepcopy(self.cluster.objects["applications"][NAMESPACE, name])

    def write(self, item):
        return self.cluster.put("applications", item)

    def change(self, name, patch):
        """A merge patch, as somebody else's."""
        return self.cluster.change("applications", NAMESPACE, name, patch)

    def state(self, name="stonks-beta"):
        return state_of(self.get(name))

    def revisions(self, spec):
        return [self.heads.get((one["repoURL"], one.get("targetRevision", "HEAD")), OLD) for one in sources(spec)]

    @staticmethod
    def compared(spec):
        return {**recorded(spec, copy.deepcopy(sources(spec))), "destination": spec["destination"]}

    def tag(self, spec, revisions):
        """What it asks for, wherever that is said."""
        for source, revision in zip(sources(spec), revisions):
            for parameter in source.get("helm", {}).get("parameters", []):
                if parameter["name"] == "image.tag":
                    return parameter["value"]
            for image in source.get("kustomize", {}).get("images", []):
                return image.rsplit(":", 1)[1]
            if revision in self.committed:
                return self.committed[revision]
        return OLD

    def images(self, name, spec, revisions):
        tag = self.tag(spec, revisions)
        return sorted(f"{one}:{tag}" for one in self.repositories.get(name, [IMAGE]))

    def noticed(self, resource, item, change):
        """From the cluster: it has a new object."""
        if resource == "applications" and change != "DELETED":
            controller = self.controllers.get(item["metadata"]["name"])
            if controller:
                controller.look(item)
        if resource == "rollouts":
            for controller in self.controllers.values():
                controller.look_at_rollout(item)

    def saw(self, item):
        """From a front end: somebody was shown this."""
        if not isinstance(item, dict) or "resourceVersion" not in item.get("metadata", {}):
            return
        name, version = item["metadata"].get("name"), int(item["metadata"]["resourceVersion"])
        with self.cluster.lock:
            self.seen[name] = max(self.seen.get(name, 0), version)

    # Sync windows

    def windows(self, item):
        """(active, assigned) of the Application's project."""
        found = self.cluster.objects["appprojects"].get((NAMESPACE, item["spec"]["project"]))
        assigned = [window for window in (found or {"spec": {}})["spec"].get("syncWindows", [])
                    if meant(window, item)]
        return [window for window in assigned if active(window, self.clock())], assigned

    def may_sync(self, item, manual):
        now, assigned = self.windows(item)
        denies = [window for window in now if window["kind"] == "deny"]
        if denies:
            return manual and all(window.get("manualSync") for window in denies)
        allows = [window for window in assigned if window["kind"] == "allow"]
        if not allows or any(window["kind"] == "allow" for window in now):
            return True
        return manual and all(window.get("manualSync") for window in allows)


def meant(window, item):
    """Names only, with a star for any."""
    return any(glob in ("*", item["metadata"]["name"]) for glob in window.get("applications", [])) or \
        any(glob in ("*", item["spec"]["destination"].get("namespace")) for glob in window.get("namespaces", []))


def field_matches(field, value, lowest):
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span == "*":
            first, last = lowest, value
        elif not last:
            last = first if not step else value
        if int(first) <= value <= int(last) and (value - int(first)) % int(step or 1) == 0:
            return True
    return False


def begins(schedule, when):
    minute, hour, day, month, weekday = schedule.split()
    days = field_matches(day, when.tm_mday, 1), field_matches(weekday, (when.tm_wday + 1) % 7, 0)
    return field_matches(minute, when.tm_min, 0) and field_matches(hour, when.tm_hour, 0) and \
        field_matches(month, when.tm_mon, 1) and (any(days) if "*" not in (day, weekday) else all(days))


def active(window, now):
    """As Argo CD: with the zone's present distance from UTC, whenever the window began."""
    try:
        zone = zoneinfo.ZoneInfo(window.get("timeZone") or "UTC")
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        zone = zoneinfo.ZoneInfo("UTC")
    wall = now + datetime.datetime.fromtimestamp(now, zone).utcoffset().total_seconds()
    earliest = wall - seconds_of(window["duration"])
    minute = wall // 60 * 60
    while minute > earliest:
        if minute < wall and begins(window["schedule"], time.gmtime(minute)):
            return True
        minute -= 60
    return False


def seconds_of(duration):
    """Of a Go duration."""
    total, number = 0, ""
    for letter in duration:
        if letter in "hms":
            total += float(number) * {"h": 3600, "m": 60, "s": 1}[letter]
            number = ""
        else:
            number += letter
    return total
