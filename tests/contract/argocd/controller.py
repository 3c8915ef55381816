"""A small model of Argo CD's application controller and of the cluster behind it, for one Application.

It takes `.operation`, writes operationState (Running, then the end with its syncResult) and clears `.operation` with
it; pods roll from the old images over both to the new; it compares again after an operation and when asked to refresh;
it starts operations by itself where auto-sync is on. Knobs say what goes wrong, among them three known defects of it.

What it is not: there are no waves and hooks, and no diff: in sync is what has the same images and the same sources as
what was applied last. Of a partial sync nothing comes."""

import copy

from world import BLOCKED, REFRESH, TARGET, operation_of, plural, recorded, sources, state_of

# Where a canary can stand: phase and message of the Rollout, reason of its pause.
CANARY = {"pause": ("Paused", "CanaryPauseStep"), "inconclusive": ("Paused", "InconclusiveAnalysisRun"),
          "abort": ("Degraded", 'RolloutAborted: Rollout aborted update to revision 7: Metric "success-rate" assessed '
                                "Failed due to failed (2) > failureLimit (1)")}
HEALTHS = {"Paused": "Suspended", "Degraded": "Degraded"}


def result(kind, name, status="Synced", message="configured", group="apps", **more):
    return {"group": group, "version": "v1", "kind": kind, "namespace": TARGET, "name": name, "status": status,
            "message": message, "syncPhase": "Sync", **more}


class Controller:
    # How long things take, in seconds of the world.
    take, sync, roll, compare, comparing = 0.05, 0.1, 0.2, 0.02, 0.0
    # How an operation ends, with what words, about what resources; `retries` are the ends before that are failures.
    ends, words, retries = "Succeeded", "successfully synced (all tasks run)", 0
    results = None
    # Whether it asks for a comparison after an operation, as it should.
    compares_itself = True
    # Known defects. A permitted manual sync is blocked at first sight. What the operation before asked for leaks
    # into this one, where its state was left. A refresh that is asked for during a comparison is forgotten.
    blocks_first, leaks, forgets_refresh = False, False, False
    # The pods that are there do not follow the specification.
    deaf = False
    # The old pods stay beside the new.
    keeps_old = False
    # [(seconds after the sync, health, message)] in the place of Progressing and then Healthy.
    course = None
    # A Rollout instead of a Deployment: where it stands, a key of CANARY; or "goes" for one that does not stand.
    canary = None
    pause_seconds = None
    # A ComparisonError, while it is set.
    error = ""
    # Not in sync although all was applied.
    out_of_sync = False

    def __init__(self, **knobs):
        for name, value in knobs.items():
            assert hasattr(type(self), name), name
            setattr(self, name, value)

    def begin(self, world, name):
        self.world, self.name = world, name
        item = world.get(name)
        self.running = item["status"]["summary"]["images"]
        self.applied = copy.deepcopy(sources(item["spec"]))
        self.health = {"status": "Healthy"}
        self.taken = self.refreshing = self.terminating = False
        self.rolls = 0
        self.tries = 0
        self.attempted = None
        if self.canary:
            self.put_rollout("Healthy", "")
            item["status"]["resources"] = [{"group": "argoproj.io", "version": "v1alpha1", "kind": "Rollout",
                                            "namespace": TARGET, "name": "query-api", "status": "Synced"}]
            world.write(item)
        elif self.wants_sync(item):
            world.later(self.compare, self.compare_now)

    # What it sees

    def look(self, item):
        if operation_of(item) is None:
            self.taken = False
        elif not self.taken:
            self.taken, self.tries = True, 0
            self.world.later(self.take, self.take_operation)
        state = state_of(item)
        if state and state["phase"] == "Terminating" and not self.terminating:
            self.terminating = True
            self.world.later(self.take, self.terminate)
        if REFRESH in item["metadata"].get("annotations", {}) and not self.refreshing:
            self.refreshing = True
            self.world.later(self.compare, self.compare_now)

    def item(self):
        return self.world.get(self.name)

    def write(self, item):
        self.world.write(item)

    # Operations

    def take_operation(self):
        item = self.item()
        operation = operation_of(item)
        if operation is None or (state_of(item) or {}).get("phase") == "Terminating":
            return
        manual = not operation.get("initiatedBy", {}).get("automated", False)
        before = state_of(item)
        started = before["startedAt"] if before and before["phase"] == "Running" else self.world.stamp()
        state = {"phase": "Running", "startedAt": started, "message": "", "operation": self.leaked(operation, before)}
        if self.tries:
            state["retryCount"] = self.tries
        first = before is None or before["phase"] != "Running"
        if not self.world.may_sync(item, manual) or (self.blocks_first and first):
            state["message"] = BLOCKED
            if not before or before.get("message") != BLOCKED:
                item["status"]["operationState"] = state
                self.write(item)
            self.world.later(self.take, self.take_operation)
            return
        state["syncResult"] = self.sync_result(item, operation, [])
        item["status"]["operationState"] = state
        self.write(item)
        self.world.later(self.sync, self.end_operation)

    def leaked(self, operation, before):
        operation = copy.deepcopy(operation)
        if self.leaks and before:
            for field in ("resources", "prune", "revision"):
                if field in before["operation"].get("sync", {}):
                    operation.setdefault("sync", {}).setdefault(field, before["operation"]["sync"][field])
        return operation

    def sync_result(self, item, operation, resources):
        spec, sync = item["spec"], operation.get("sync", {})
        revisions = sync.get("revisions") or [sync["revision"]] if sync.get("revision") or sync.get("revisions") else \
            self.world.revisions(spec)
        applied = sync.get("sources") or ([sync["source"]] if "source" in sync else sources(spec))
        return {"revision": "", **plural(spec, "revision", revisions), **recorded(spec, copy.deepcopy(applied)),
                "resources": resources}

    def end_operation(self):
        item = self.item()
        state = state_of(item)
        if state is None or state["phase"] != "Running":
            return
        retrying = self.tries < self.retries
        ends = "Failed" if retrying else self.ends
        failed = ends != "Succeeded"
        words = "one or more objects failed to apply" if retrying else self.words
        resources = self.results or [result("Deployment", "query-api", *(
            ["SyncFailed", "admission webhook denied the request"] if failed else []))]
        state["syncResult"]["resources"] = resources
        state["finishedAt"], state["message"] = self.world.stamp(), words
        if retrying:
            self.tries += 1
            state["message"] = f"{words}. Retrying attempt #{self.tries} at 1:00PM."
            self.write(item)
            self.world.later(self.take, self.take_operation)
            return
        state["phase"] = ends
        operation = item.pop("operation", None) or {}
        partial = bool(state["operation"].get("sync", {}).get("resources"))
        if not failed and not partial:
            history = item["status"].setdefault("history", [])
            history.append({"id": history[-1]["id"] + 1 if history else 0, "deployedAt": state["finishedAt"],
                            "deployStartedAt": state["startedAt"], **state["syncResult"],
                            "initiatedBy": operation.get("initiatedBy", {})})
            history[-1].pop("resources")
            self.apply(state["syncResult"])
        self.write(item)
        if self.compares_itself:
            self.world.later(self.compare, self.compare_now)

    def terminate(self):
        """Not while a window blocks: then it waits for that, too."""
        item = self.item()
        state, self.terminating = state_of(item), False
        manual = not state["operation"].get("initiatedBy", {}).get("automated", False)
        if not self.world.may_sync(item, manual):
            self.terminating = True
            self.world.later(self.take, self.terminate)
            return
        item.pop("operation", None)
        state |= {"phase": "Failed", "message": "Operation terminated", "finishedAt": self.world.stamp()}
        self.write(item)

    # The pods

    def apply(self, done):
        self.applied = copy.deepcopy(done.get("sources") or [done["source"]])
        revisions = done.get("revisions") or [done["revision"]]
        spec = {"sources": self.applied}
        wanted = self.running if self.deaf else self.world.images(self.name, spec, revisions)
        self.rolls += 1
        if self.course is not None:
            for after, status, message in self.course:
                self.becomes(after, status, message, wanted)
        elif wanted != self.running or self.canary:
            self.becomes(0, "Progressing", "", sorted({*wanted, *self.running}))
            if self.canary in CANARY:
                self.stands(wanted)
            else:
                self.becomes(self.roll, "Healthy", "", wanted)

    def becomes(self, after, status, message, images):
        roll = self.rolls

        def now():
            if roll == self.rolls:
                self.is_now(status, message, images)
                self.observe()

        if after:
            self.world.later(after, now)
        else:
            self.is_now(status, message, images)

    def is_now(self, status, message, images):
        self.health = {"status": status} | ({"message": message} if message else {})
        self.running = sorted({*images, *self.running}) if self.keeps_old else images

    def stands(self, wanted):
        phase, message = CANARY[self.canary]
        both = sorted({*wanted, *self.running})

        def now():
            self.put_rollout(phase, message)
            self.wanted = wanted
            old = [image for image in both if image not in wanted]
            self.health = {"status": HEALTHS[phase], "message": message}
            self.running = old if phase == "Degraded" else both
            self.observe()
            if self.canary == "pause" and self.pause_seconds:
                self.world.later(self.pause_seconds, self.resume)

        self.world.later(self.roll, now)

    def put_rollout(self, phase, message):
        status = {"phase": phase, "currentPodHash": "new" if self.rolls else "old", "stableRS": "old",
                  "currentStepIndex": 1, "observedGeneration": "1"}
        if phase == "Healthy":
            status["stableRS"] = status["currentPodHash"]
        if message:
            status["message"] = message
        if phase == "Paused":
            status["controllerPause"] = True
            status["pauseConditions"] = [{"reason": message, "startTime": self.world.stamp()}]
        pause = {"pause": {"duration": f"{self.pause_seconds:g}s"} if self.pause_seconds else {}}
        self.world.cluster.put("rollouts", {
            "metadata": {"name": "query-api", "namespace": TARGET, "generation": 1},
            "spec": {"replicas": 2, "strategy": {"canary": {"steps": [{"setWeight": 20}, pause]}}}, "status": status})
        if phase == "Degraded":
            self.world.cluster.put("analysisruns", {
                "metadata": {"name": "query-api-new-7-1", "namespace": TARGET,
                             "labels": {"rollouts-pod-template-hash": "new"}},
                "spec": {"metrics": [{"name": "success-rate", "provider": {"job": {"spec": {"template": {}}}}}]},
                "status": {"phase": "Failed", "message": 'Metric "success-rate" assessed Failed', "metricResults": [{
                    "name": "success-rate", "phase": "Failed", "failed": 2, "count": 2, "measurements": [
                        {"phase": "Failed", "value": "[0.81]", "startedAt": self.world.stamp(),
                         "finishedAt": self.world.stamp()}]}]}})

    def look_at_rollout(self, item):
        """Somebody has taken its pause away."""
        status = item.get("status", {})
        if self.canary == "pause" and status.get("phase") == "Paused" and not status.get("pauseConditions"):
            self.world.later(0.02, self.resume)

    def resume(self):
        if self.health["status"] != "Suspended":
            return
        self.health = {"status": "Progressing"}
        self.observe()
        self.put_rollout("Healthy", "")
        self.becomes(self.roll, "Healthy", "", self.wanted)

    def observe(self):
        """Health and images, as of a small comparison: reconciledAt stays."""
        item = self.item()
        item["status"]["health"] = self.health
        item["status"]["summary"] = {"images": self.running}
        self.write(item)

    # Comparisons

    def compare_now(self):
        began, item = self.world.stamp(), self.item()
        wanted = copy.deepcopy(item["spec"]), self.world.revisions(item["spec"])
        if self.comparing:
            self.world.later(self.comparing, lambda: self.compared(began, *wanted))
        else:
            self.compared(began, *wanted)

    def compared(self, began, spec, revisions):
        item = self.item()
        status, annotations = item["status"], item["metadata"].get("annotations", {})
        status["reconciledAt"] = began
        status["sync"] = {"status": "Synced", **plural(spec, "revision", revisions),
                          "comparedTo": self.world.compared(spec)}
        images = self.world.images(self.name, spec, revisions)
        applied = self.world.images(self.name, {"sources": self.applied}, revisions)
        if self.out_of_sync or images != applied or sources(spec) != self.applied:
            status["sync"]["status"] = "OutOfSync"
        for resource in status["resources"]:
            resource["status"] = status["sync"]["status"]
        status["conditions"] = []
        if self.error:
            status["sync"]["status"] = "Unknown"
            status["conditions"] = [{"type": "ComparisonError", "message": self.error, "lastTransitionTime": began}]
        status["health"], status["summary"] = self.health, {"images": self.running}
        asked = annotations.pop(REFRESH, None)
        self.refreshing = False
        if asked and not self.forgets_refresh and self.comparing and began < self.world.stamp():
            self.refreshing = True  # it may have been asked for after this one had begun
            self.world.later(self.compare, self.compare_now)
        if self.wants_sync(item) and status["sync"]["status"] == "OutOfSync":
            self.start_auto_sync(item, spec, revisions)
        self.write(item)

    @staticmethod
    def wants_sync(item):
        automated = item["spec"].get("syncPolicy", {}).get("automated")
        return automated is not None and automated.get("enabled", True)

    def start_auto_sync(self, item, spec, revisions):
        if operation_of(item) is not None or self.attempted == (sources(spec), revisions):
            return
        if not self.world.may_sync(item, False):
            return
        self.attempted = (copy.deepcopy(sources(spec)), list(revisions))
        policy = spec["syncPolicy"]
        item["operation"] = {"initiatedBy": {"automated": True}, "retry": policy.get("retry", {"limit": 5}), "sync": {
            "prune": policy["automated"].get("prune", False), **plural(spec, "revision", revisions)}}
        item["status"].pop("operationState", None)
