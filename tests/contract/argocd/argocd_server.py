"""A stand-in for argocd-server: its REST API, as far as argocd-sync asks it, with the traps of the real one.

All that is not a GET must carry exactly `Content-Type: application/json`; a bearer token that is not three parts with dots
between them is no token; a failed test of a JSON patch is a 500; an Application that is not there is a bare 403 where no
project is named; sync windows are looked at before the right to sync; 64-bit integers are numbers; `refresh` blocks until
somebody has refreshed; answers have no kind, but managedFields. Errors are {"error", "code", "message"}. With TLS, whoever
negotiates HTTP/2 is hung up on. Bodies are held against the swagger file; what it has against them is kept in `violations`.

What it is not: read in the source, not compared with a running one. Nothing is rendered or validated (`invalid` says
what validation finds). A patch writes specification, labels, annotations and finalizers, as the real one; what other
people write in the moment between its read and its write (`between`) is lost, as there. There is one account for each
token, and rights are a set of denied ones. `fields` of a stream knows inclusion only. No gRPC, no web interface."""

import base64
import copy
import hashlib
import http.server
import json
import queue
import re
import ssl
import threading
import time
import urllib.parse

import schema
import world as worlds
from cluster import Refused as Status
from cluster import apply_json_patch, merge
from world import NAMESPACE, REFRESH, operation_of, plural, sources, state_of

HTTP_OF = {2: 500, 3: 400, 5: 404, 7: 403, 9: 400, 10: 409, 12: 501, 13: 500, 14: 503, 16: 401}
UNKNOWN, INVALID, NOT_FOUND, DENIED, PRECONDITION, INTERNAL, NOBODY = 2, 3, 5, 7, 9, 13, 16
LONGS = {"sourcePositions": True, "limit": True, "factor": True, "id": True}
NAME = r"/api/v1/applications/(?P<name>[^/]+)"
MASK = "***"


def token(subject="proj:stonks:promoter", expires=None):
    """Three parts; nothing is signed."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    claims = {"iss": "argocd", "sub": subject, "iat": int(time.time()) - 60}
    if expires is not None:
        claims["exp"] = int(expires)
    signature = hashlib.sha256(subject.encode()).hexdigest()
    return f'{part({"alg": "HS256", "typ": "JWT"})}.{part(claims)}.{signature}'


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


class Seen:
    """A request. `version`: of the Application that was in the answer."""

    def __init__(self, method, path, query, headers, body):
        self.method, self.path, self.query, self.body = method, path, query, body
        self.headers = {name.lower(): value for name, value in headers.items()}
        if "authorization" in self.headers:
            self.headers["authorization"] = "Bearer " + MASK
        self.time = time.monotonic()
        self.status = None

    def __repr__(self):
        return f"{self.method} {self.path} {self.query} {self.status}"

    def json(self):
        return json.loads(self.body)


class ArgoServer:
    def __init__(self, case, world, tls=None):
        """`tls`: the paths of a certificate and its key."""
        self.world, self.cluster = world, world.cluster
        self.version = "v3.5.1+6543f49"
        self.token = token()
        self.tokens = {self.token: "proj:stonks:promoter"}
        self.expired = set()
        self.passwords = {}  # user: password
        self.denied = set()  # "sync", "get", "update", "projects", "logs", "action/argoproj.io/Rollout/query-api"
        self.invalid = None  # what validation has against every specification
        self.between = None  # done between the read and the write of a patch
        self.keep_alive = 15.0
        self.requests, self.violations, self.logins = [], [], []
        self.planned = []  # [pattern, fault, how often]
        self.http2 = 0  # connections that wanted it
        self.streams = set()
        self.ended = False
        handler = type("Handler", (Handler,), {"argo": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # clients that are killed hang up
        self.context = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*tls)
            self.context.set_alpn_protocols(["h2", "http/1.1"])
        self.url = f'{"https" if tls else "http"}://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        case.addCleanup(self.stop)

    def stop(self):
        self.ended = True
        self.cut_streams()
        self.server.shutdown()
        self.server.server_close()

    def plan(self, pattern, *faults, times=1):
        """What happens to the next requests whose "METHOD /path?query" this pattern is found in: a function of the
        handler, whose `proceed` is what would be done, or a Refused. times=None: to all of them."""
        self.planned += [[re.compile(pattern), fault, times] for fault in faults]

    def fault_for(self, line):
        with self.cluster.lock:
            for plan in self.planned:
                if plan[0].search(line):
                    if plan[2] is not None:
                        plan[2] -= 1
                        if plan[2] == 0:
                            self.planned.remove(plan)
                    return plan[1]
        return None

    def asked(self, method=None, pattern="", since=0.0):
        """The requests of this kind."""
        with self.cluster.lock:
            return [one for one in self.requests if method in (None, one.method) and one.time >= since
                    and re.search(pattern, one.path)]

    def cut_streams(self):
        with self.cluster.lock:
            for stream in self.streams:
                stream.put("cut")


# Faults


def silence(handler):
    """Says nothing, and keeps the connection."""
    handler.close_connection = True
    while not handler.argo.ended:
        time.sleep(0.02)


def lose_answer(handler):
    """Does what is asked, and hangs up without a word."""
    handler.send = lambda *_, **__: None
    handler.proceed()
    handler.close_connection = True


def lose_request(handler):
    """Hangs up without a word, and without doing anything."""
    handler.close_connection = True


def cut_body(handler):
    """Half of the answer, and then the end of the connection."""
    handler.half = True
    handler.proceed()
    handler.close_connection = True


def page(status):
    """What a proxy says."""
    def fault(handler):
        body = f"<html><head><title>{status}</title></head><body>An <b>ingress</b> says {status}</body></html>".encode()
        handler.send(status, body, "text/html")
    return fault


def expire(handler):
    raise Refused(NOBODY, "invalid session: token has invalid claims: token is expired")


def slow(seconds):
    def fault(handler):
        time.sleep(seconds)
        handler.proceed()
    return fault


def to_https(handler):
    handler.send(307, b"", "text/html", headers={"Location": handler.argo.url.replace("http:", "https:") + handler.path})


def stream_without_events(handler):
    handler.mute = True
    handler.proceed()


def stream_that_ends(handler):
    """At once, and as if all were well."""
    handler.begin_stream()
    handler.end_stream()


def stream_of_errors(handler):
    """An error in a stream that had begun, without an end of the line."""
    handler.begin_stream()
    error = {"error": {"grpc_code": 14, "http_code": 503, "message": "upstream is gone",
                       "http_status": "Service Unavailable"}}
    handler.chunk((b"data: " if handler.server_sent() else b"") + json.dumps(error).encode())
    handler.end_stream()


def stream_that_drops(every):
    """One event of so many is lost."""
    def fault(handler):
        handler.drops = every
        handler.proceed()
    return fault


def stream_that_is_cut(after):
    """In the middle of the event after so many."""
    def fault(handler):
        handler.cut_after = after
        handler.proceed()
    return fault


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    argo = None
    half = mute = False
    drops = cut_after = None

    def setup(self):
        if self.argo.context:
            self.request = self.argo.context.wrap_socket(self.request, server_side=True)
            if self.request.selected_alpn_protocol() == "h2":
                self.argo.http2 += 1
                raise ConnectionError("nothing for HTTP/2 here but gRPC")
        super().setup()

    def finish(self):
        super().finish()
        if self.argo.context:
            self.request.close()

    def log_message(self, *_):
        pass

    # Answers

    def send(self, status, body, content_type="application/json", headers=()):
        self.seen.status = status
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": len(body), **dict(headers)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2] if self.half else body)

    def answer(self, value):
        self.send(200, json.dumps(value).encode())

    def show(self, item):
        """An Application as this server gives it."""
        self.answer(self.shown(item))
        if not self.half:
            self.argo.world.saw(item)

    def shown(self, item):
        item = copy.deepcopy(item)
        item.pop("kind", None)
        item.pop("apiVersion", None)
        item["metadata"]["managedFields"] = [{"manager": "argocd-application-controller", "operation": "Update",
                                              "apiVersion": "argoproj.io/v1alpha1", "fieldsType": "FieldsV1",
                                              "fieldsV1": {"f:status": {".": {}, "f:health": {}}}}]
        for resource in item.get("status", {}).get("resources", []):
            key = (item["metadata"]["name"], resource.get("group", ""), resource["kind"], resource["name"])
            resource["health"] = self.argo.world.healths.get(key) or dict(item["status"]["health"])
        return item

    def refuse(self, refused):
        body = {"error": refused.message, "code": refused.code, "message": refused.message}
        self.send(HTTP_OF[refused.code], json.dumps(body).encode())

    # Requests

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        self.seen = Seen(self.command, url.path, query, self.headers, body)
        self.half = self.mute = False
        self.drops = self.cut_after = None
        with self.argo.cluster.lock:
            self.argo.requests.append(self.seen)
        fault = self.argo.fault_for(f"{self.command} {self.path}")
        self.proceed = self.do
        try:
            if isinstance(fault, Refused):
                raise fault
            (fault or (lambda handler: handler.proceed()))(self)
        except Refused as refused:
            self.refuse(refused)
        self.__dict__.pop("send", None)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = lambda self: self.handle_request()

    ROUTES = [  # method, path, what does it, the definition of its body
        ("GET", r"/api/version", "get_version", None),
        ("POST", r"/api/v1/session", "post_session", "sessionSessionCreateRequest"),
        ("GET", r"/api/v1/session/userinfo", "get_userinfo", None),
        ("GET", r"/api/v1/account/can-i/(?P<kind>[^/]+)/(?P<action>[^/]+)/(?P<object>.+)", "get_can_i", None),
        ("GET", NAME, "get_application", None),
        ("PATCH", NAME, "patch_application", "applicationApplicationPatchRequest"),
        ("POST", NAME + "/sync", "post_sync", "applicationApplicationSyncRequest"),
        ("DELETE", NAME + "/operation", "delete_operation", None),
        ("GET", NAME + "/syncwindows", "get_windows", None),
        ("GET", NAME + "/resource", "get_resource", None),
        ("GET", NAME + "/resource-tree", "get_tree", None),
        ("GET", NAME + "/events", "get_events", None),
        ("GET", NAME + "/pods/(?P<pod>[^/]+)/logs", "get_logs", None),
        ("POST", NAME + "/resource/actions/v2", "post_action", "applicationResourceActionRunRequestV2"),
        ("GET", r"/api/v1/projects/(?P<project>[^/]+)", "get_project", None),
        ("GET", r"/api/v1/stream/applications", "get_stream", None),
    ]

    def do(self):
        if self.command != "GET" and (self.headers.get("Content-Type") or "").lower() != "application/json":
            self.send(415, b"Invalid content type\n", "text/plain; charset=utf-8")
            return
        for method, path, name, definition in self.ROUTES:
            match = re.fullmatch(path, self.seen.path)
            if match and method == self.command:
                parts = {key: urllib.parse.unquote(value) for key, value in match.groupdict().items()}
                if name not in ("get_version", "post_session", "get_userinfo"):
                    self.user = self.known()
                if definition:
                    parts["body"] = self.read_body(definition)
                getattr(self, name)(**parts)
                return
        raise Refused(NOT_FOUND, "Not Found")

    def read_body(self, definition):
        try:
            body = json.loads(self.seen.body)
        except ValueError as error:
            raise Refused(INVALID, str(error)) from None
        self.check_longs(body)
        self.argo.violations += schema.body_faults(definition, body)
        return body

    def check_longs(self, value, name=""):
        """64-bit integers, where the swagger file says string."""
        if isinstance(value, dict):
            for key, part in value.items():
                self.check_longs(part, key)
        elif isinstance(value, list):
            for part in value:
                self.check_longs(part, name)
        elif name in LONGS and (not isinstance(value, int) or isinstance(value, bool)):
            raise Refused(INVALID, f"json: cannot unmarshal {type(value).__name__} into Go struct field .{name} of type "
                          "int64")

    # Who asks, and what they may

    def known(self):
        kind, _, bearer = (self.headers.get("Authorization") or "").partition(" ")
        if kind != "Bearer" or len(bearer.split(".")) != 3:
            raise Refused(NOBODY, "no session information")
        if bearer in self.argo.expired:
            raise Refused(NOBODY, "invalid session: token has invalid claims: token is expired")
        if bearer not in self.argo.tokens:
            raise Refused(NOBODY, "invalid session: signature is invalid")
        return self.argo.tokens[bearer]

    def permit(self, action, item, kind="applications"):
        if action in self.argo.denied:
            where = f'{item["spec"]["project"]}/{item["metadata"]["name"]}' if kind != "projects" else item
            raise Refused(DENIED, f"permission denied: {kind}, {action}, {where}, sub: {self.user}, "
                          f"iat: {worlds.stamp(time.time())}")

    def find(self, name, project, action="get"):
        """The Application, or what the server says instead: without a project, nothing is said of what is not there."""
        asked = self.seen.query.get("appNamespace") or NAMESPACE
        item = self.argo.cluster.objects["applications"].get((asked, name))
        if item is None or (project and item["spec"]["project"] != project):
            if project and "get" not in self.argo.denied:
                raise Refused(NOT_FOUND, f'applications.argoproj.io "{name}" not found')
            raise Refused(DENIED, "permission denied")
        if "get" in self.argo.denied and not project:
            raise Refused(DENIED, "permission denied")
        self.permit("get", item)
        if action != "get":
            self.permit(action, item)
        return copy.deepcopy(item)

    def project(self):
        return self.seen.query.get("project") or self.seen.query.get("projects")

    # Endpoints

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

    def get_project(self, project):
        self.permit("projects", project, "projects")
        item = self.argo.cluster.objects["appprojects"].get((NAMESPACE, project))
        if item is None:
            raise Refused(NOT_FOUND, f'appprojects.argoproj.io "{project}" not found')
        self.answer({key: value for key, value in item.items() if key not in ("kind", "apiVersion")})

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

    # Streams

    def server_sent(self):
        return self.headers.get("Accept") == "text/event-stream"

    def begin_stream(self):
        self.seen.status = 200
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if self.server_sent() else "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def end_stream(self):
        self.wfile.write(b"0\r\n\r\n")

    def event(self, value):
        data = json.dumps(value).encode()
        data = b"data: " + data + b" \n\n\n" if self.server_sent() else data + b"\n"
        if self.cut_after is not None:
            self.cut_after -= 1
            if self.cut_after < 0:
                self.wfile.write(b"%x\r\n%s" % (len(data), data[:len(data) // 2]))
                self.wfile.flush()
                raise ConnectionError("cut")
        self.chunk(data)

    def get_stream(self):
        name, cluster = self.seen.query.get("name"), self.argo.cluster
        namespace = self.seen.query.get("appNamespace") or NAMESPACE
        least = int(self.seen.query.get("resourceVersion") or 0)
        mine, last, number = queue.Queue(), None, 0
        told = time.monotonic()
        with cluster.lock:
            tap = Tap(mine)
            cluster.watchers.add(tap)
            self.argo.streams.add(mine)
            seen = cluster.version
            there = [("ADDED", copy.deepcopy(one)) for (where, which), one in cluster.objects["applications"].items()
                     if where == namespace and name in (None, which)]
        try:
            self.begin_stream()
            while True:
                for change, item in there:
                    if not self.wanted(item, least):
                        continue
                    number += 1
                    event = {"result": {"type": change, "application": self.shown(item)}}
                    if "fields" in self.seen.query:
                        event = only(event, self.seen.query["fields"].split(","))
                    if event == last or (self.drops and number % self.drops == 0):
                        continue
                    last = event
                    self.event(event)
                    self.argo.world.saw(item)
                    told = time.monotonic()
                try:
                    if mine.get(timeout=max(0.0, self.argo.keep_alive - (time.monotonic() - told))) == "cut":
                        raise ConnectionError("cut")
                except queue.Empty:
                    told = time.monotonic()
                    if self.server_sent():
                        self.chunk(b":\n")
                with cluster.lock:
                    there = [(change, item) for version, resource, change, item in cluster.history
                             if version > seen and resource == "applications"
                             and item["metadata"]["namespace"] == namespace and name in (None, item["metadata"]["name"])]
                    seen = cluster.version
        except OSError:
            self.close_connection = True
        finally:
            with cluster.lock:
                cluster.watchers.discard(tap)
                self.argo.streams.discard(mine)

    def wanted(self, item, least):
        """Without the right to get it, and for another project, the stream is silent."""
        project = self.project()
        return not self.mute and "get" not in self.argo.denied and int(item["metadata"]["resourceVersion"]) >= least and \
            project in (None, "", item["spec"]["project"])


class Tap:
    """Among the cluster's watchers: passes on that something is new."""

    def __init__(self, target):
        self.queue = target

    def put(self, what):
        self.queue.put("new")
        if what[1] is not None:
            what[1].set()


def only(value, fields):
    """What of it these paths with dots name."""
    if isinstance(value, list):
        return [only(one, fields) for one in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, part in value.items():
        below = [field.partition(".")[2] for field in fields if field.partition(".")[0] == name]
        if "" in below:
            found[name] = part
        elif below:
            found[name] = only(part, below)
    return found
