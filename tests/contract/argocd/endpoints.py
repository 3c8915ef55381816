"""What argocd-server's endpoints do."""

import base64
import copy
import hashlib
import json
import time

from cluster import Refused as Status
from cluster import apply_json_patch, merge
from errors import DENIED, INVALID, NOBODY, NOT_FOUND, PRECONDITION, UNKNOWN, Refused
from world import NAMESPACE, REFRESH, operation_of, plural, sources, state_of


def token(subject="proj:stonks:promoter", expires=None):
    """Three parts; nothing is signed."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    claims = {"iss": "argocd", "sub": subject, "iat": int(time.time()) - 60}
    if expires is not None:
        claims["exp"] = int(expires)
    signature = hashlib.sha256(subject.encode()).hexdigest()
    return f'{part({"alg": "HS256", "typ": "JWT"})}.{part(claims)}.{signature}'


class Endpoints:
    """The part of a request's handler that knows what is asked."""

    def get_version(self):
        self.answer({"Version": self.argo.version, "BuildDate": "2026-08-12T08:00:00Z", "GoVersion": "go1.25.0"})

    def post_session(self, body):
        self.argo.logins.append(body.get("username"))
        if not body.get("password") or self.argo.passwords.get(body.get("username")) != body["password"]:
            raise Refused(NOBODY, "Invalid username or password")
        if self.argo.logins.count(body["username"]) > 5:
            raise Refused(NOBODY, "Invalid username or password")
        made = token(body["username"], time.time() + 86400)
        self.argo.tokens[made] = body["username"]
        self.answer({"token": made})

    def get_userinfo(self):
        try:
            self.answer({"loggedIn": True, "username": self.known(), "iss": "argocd"})
        except Refused:
            self.answer({})

    def get_can_i(self, kind, action, object):
        if kind == "applications" and action not in ("get", "create", "update", "delete", "sync", "override"):
            raise Refused(INVALID, f"unknown action {action}")
        self.answer({"value": "no" if action in self.argo.denied else "yes"})

    def get_application(self, name):
        refresh = self.seen.query.get("refresh")
        with self.argo.cluster.lock:
            item = self.find(name, self.project())
            if refresh:
                item = self.argo.world.change(name, {"metadata": {"annotations": {
                    REFRESH: "hard" if refresh == "hard" else "normal"}}})
        if refresh:
            item = self.refreshed(name, int(item["metadata"]["resourceVersion"]))
        if item:
            self.show(item)

    def refreshed(self, name, version):
        """Blocks: for ever where nobody refreshes."""
        while not self.argo.ended:
            item = self.argo.world.get(name)
            if int(item["metadata"]["resourceVersion"]) > version and \
                    REFRESH not in item["metadata"].get("annotations", {}):
                return item
            time.sleep(0.01)
        return None

    def body_scope(self, body, name):
        """Of bodies that name the Application again: what the path says counts."""
        if body.get("name", name) != name:
            self.argo.violations.append(f'the path names {name}, the body {body["name"]}')
        if body.get("appNamespace"):
            self.seen.query = self.seen.query | {"appNamespace": body["appNamespace"]}
        return body.get("project") or self.project()

    def patch_application(self, name, body):
        project = self.body_scope(body, name)
        with self.argo.cluster.lock:
            item = self.find(name, project, "update")
            try:
                patch = json.loads(body["patch"])
                if body.get("patchType") in (None, "", "json"):
                    new = apply_json_patch(item, patch)
                elif body["patchType"] == "merge":
                    new = merge(item, patch)
                else:
                    raise Refused(INVALID, f'Patch type \'{body["patchType"]}\' is not supported')
            except (Status, ValueError, LookupError, TypeError):
                raise Refused(UNKNOWN, "error applying patch: testing value failed: test failed") from None
            if self.argo.invalid:
                raise Refused(INVALID, f"application spec for {name} is invalid: {self.argo.invalid}")
            if self.argo.between:
                between, self.argo.between = self.argo.between, None
                between()
            fresh = self.argo.world.get(name)
            fresh["spec"] = new["spec"]
            for field in ("labels", "annotations", "finalizers"):
                if field in new["metadata"]:
                    fresh["metadata"][field] = new["metadata"][field]
            try:
                stored = self.argo.world.write(fresh)
            except Status as refused:
                raise Refused(INVALID, f"application spec for {name} is invalid: InvalidSpecError: {refused}") from None
        self.show(stored)

    def post_sync(self, name, body):
        project = self.body_scope(body, name)
        world = self.argo.world
        with self.argo.cluster.lock:
            item = self.find(name, project)
            if not world.may_sync(item, True):
                raise Refused(DENIED, "cannot sync: blocked by sync window")
            self.permit("sync", item)
            if "deletionTimestamp" in item["metadata"]:
                raise Refused(PRECONDITION, "application is deleting")
            revisions = self.resolve(item, body)
            if operation_of(item) is not None:
                raise Refused(PRECONDITION, "another operation is already in progress")
            item["operation"] = self.operation(item["spec"], body, revisions)
            item["status"].pop("operationState", None)
            stored = world.write(item)
        self.show(stored)

    def resolve(self, item, body):
        """The revisions; refused where others are asked for than auto-sync would take."""
        spec = item["spec"]
        found = self.argo.world.revisions(spec)
        asked = {}
        if "sources" in spec:  # `revision` is ignored
            if len(body.get("revisions", [])) != len(body.get("sourcePositions", [])):
                raise Refused(PRECONDITION, "source positions and revisions are not of the same length")
            for place, revision in zip(body.get("sourcePositions", []), body.get("revisions", [])):
                if not 1 <= place <= len(found):
                    raise Refused(PRECONDITION, "source position is out of range")
                asked[place - 1] = revision
        elif body.get("revision"):
            asked[0] = body["revision"]
        automated = spec.get("syncPolicy", {}).get("automated")
        for place, revision in asked.items():
            target = sources(spec)[place].get("targetRevision", "HEAD")
            if revision == target:
                continue
            if automated is not None and automated.get("enabled", True) and not body.get("dryRun"):
                raise Refused(PRECONDITION, f"Cannot sync to {revision}: auto-sync currently set to {target}")
            found[place] = revision
        return found

    def operation(self, spec, body, revisions):
        sync = {**plural(spec, "revision", revisions), **plural(spec, "source", copy.deepcopy(sources(spec))),
                "syncStrategy": body.get("strategy") or {"hook": {}}}
        for name in ("prune", "dryRun", "resources"):
            if body.get(name):
                sync[name] = body[name]
        policy = spec.get("syncPolicy", {})
        options = body["syncOptions"].get("items", []) if "syncOptions" in body else policy.get("syncOptions")
        if options:
            sync["syncOptions"] = options
        made = {"initiatedBy": {"username": self.user}, "sync": sync}
        if body.get("infos"):
            made["info"] = body["infos"]
        retry = body.get("retryStrategy") or policy.get("retry")
        if retry:
            made["retry"] = retry
        return made

    def delete_operation(self, name):
        with self.argo.cluster.lock:
            item = self.find(name, self.project(), "sync")
            state = state_of(item)
            if operation_of(item) is None or state is None:
                raise Refused(INVALID, "Unable to terminate operation. No operation is in progress")
            state["phase"] = "Terminating"
            self.argo.world.write(item)
        self.answer({})

    def get_windows(self, name):
        with self.argo.cluster.lock:
            item = self.find(name, self.project())
            now, assigned = self.argo.world.windows(item)
            can = self.argo.world.may_sync(item, True)

        def plain(window):
            return {key: window[key] for key in ("kind", "schedule", "duration", "manualSync") if key in window}
        self.answer({**{key: [plain(one) for one in value] for key, value in
                        (("activeWindows", now), ("assignedWindows", assigned)) if value},
                     **({"canSync": True} if can else {})})

    def project_of(self, project):
        self.permit("projects", project, "projects")
        item = self.argo.cluster.objects["appprojects"].get((NAMESPACE, project))
        if item is None:
            raise Refused(NOT_FOUND, f'appprojects.argoproj.io "{project}" not found')
        return {key: value for key, value in item.items() if key not in ("kind", "apiVersion")}

    def get_project(self, project):
        self.answer(self.project_of(project))

    def get_detailed_project(self, project):
        self.answer({"project": self.project_of(project), "globalProjects": self.argo.global_projects})

    def get_resource(self, name):
        item = self.find(name, self.project())
        query = self.seen.query
        plurals = {"Rollout": "rollouts", "Pod": "pods", "AnalysisRun": "analysisruns"}
        found = self.argo.cluster.objects[plurals.get(query.get("kind"), "-")].get(
            (query.get("namespace"), query.get("resourceName")))
        managed = any(one["kind"] == query.get("kind") and one["name"] == query.get("resourceName")
                      for one in item["status"]["resources"] + self.argo.world.trees.get(name, []))
        if found is None or not managed:
            raise Refused(INVALID, f'{query.get("kind")} {query.get("group")} {query.get("resourceName")} not found as '
                          f"part of application {name}")
        self.answer({"manifest": json.dumps(found)})

    def get_tree(self, name):
        item = self.find(name, self.project())
        nodes = [{**{key: one[key] for key in ("group", "version", "kind", "namespace", "name") if key in one},
                  "health": dict(item["status"]["health"])} for one in item["status"]["resources"]]
        self.answer({"nodes": nodes + self.argo.world.trees.get(name, [])})

    def get_events(self, name):
        self.find(name, self.project())
        wanted = self.seen.query.get("resourceName", name)
        self.answer({"metadata": {}, "items": [
            one for one in self.argo.cluster.objects["events"].values() if one["involvedObject"]["name"] == wanted]})

    def get_logs(self, name, pod):
        item = self.find(name, self.project())
        self.permit("logs", item, "logs")
        lines = self.argo.cluster.logs.get((self.seen.query.get("namespace"), pod), "").splitlines()
        lines = lines[-int(self.seen.query.get("tailLines", len(lines) or 1)):]
        entries = [{"result": {"content": line, "timeStampStr": "2026-08-24T12:00:00Z", "podName": pod}} for line in lines]
        entries.append({"result": {"last": True, "timeStampStr": "2026-08-24T12:00:00Z", "podName": pod}})
        self.begin_stream()
        for entry in entries:
            self.event(entry)
        self.end_stream()

    def post_action(self, name, body):
        project = self.body_scope(body, name)
        with self.argo.cluster.lock:
            item = self.find(name, project)
            action = f'action/{body["group"]}/{body["kind"]}/{body["action"]}'
            self.permit(action, item)
            key = (body["namespace"], body["resourceName"])
            rollout = self.argo.cluster.objects["rollouts"].get(key)
            if rollout is None or body["action"] != "resume":
                raise Refused(INVALID, f'{body["action"]} is not an action of {body["resourceName"]}')
            rollout = copy.deepcopy(rollout)
            rollout["status"].pop("pauseConditions", None)
            self.argo.cluster.put("rollouts", rollout)
        self.answer({})
