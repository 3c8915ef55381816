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

import copy
import http.server
import json
import re
import ssl
import threading
import time
import urllib.parse

import schema
import world as worlds
from endpoints import Endpoints, token
from errors import DENIED, HTTP_OF, INVALID, NOBODY, NOT_FOUND, Refused
from streams import Streams
from world import NAMESPACE

LONGS = ("sourcePositions", "limit", "factor", "id")
NAME = r"/api/v1/applications/(?P<name>[^/]+)"
MASK = "***"


class Seen:
    """A request. What it brought as a secret is not kept."""

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
        self.global_projects = []  # whose windows hold for all projects; not in the answers about an Application here
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
                stream.queue.put("cut")


class Handler(Streams, Endpoints, http.server.BaseHTTPRequestHandler):
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
        ("GET", r"/api/v1/projects/(?P<project>[^/]+)/detailed", "get_detailed_project", None),
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
