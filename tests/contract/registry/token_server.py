"""The token server of a registry: checks credentials, grants scopes, signs tokens that docker-registry believes."""

import base64
import http.server
import json
import pathlib
import subprocess
import threading
import time
import urllib.parse

import servers
from registry import PASSWORD, USER


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class TokenServer:
    """What it grants and answers can be changed while it runs."""

    service, issuer = "registry, of the tests", "the token server"

    def __init__(self, case):
        servers.need("openssl")
        self.folder = pathlib.Path(servers.temporary_folder(case))
        self.key, self.certificate = self.folder / "token.key", self.folder / "token.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(self.key), "-out",
                        str(self.certificate), "-subj", "/CN=token server", "-days", "30"],
                       check=True, capture_output=True)
        self.users = {USER: PASSWORD}
        self.refresh_tokens = {"identity-token-of-robot": USER}
        self.anonymous = ()  # actions that everybody may
        self.allowed = lambda user, name: {"pull", "push"}
        self.first_scope_only = False
        self.lifetime = 300
        self.says_lifetime = True
        self.field = "token"  # or access_token
        self.takes_post = True
        self.planned = []  # (status, headers, body) to answer instead, in order
        self.requests = []  # (method, user, [scope], form), in order
        self.lock = threading.Lock()
        handler = type("TokenHandler", (Handler,), {"owner": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # clients that are killed hang up
        self.realm = f"http://127.0.0.1:{self.server.server_port}/auth/token"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        case.addCleanup(self.stop)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def scopes(self):
        """The scopes of each request."""
        return [request[2] for request in self.requests]

    def granted(self, user, scopes):
        """The access claims for what was asked; whatever is not allowed is left out without a word, as the
        protocol has it."""
        claims = []
        for scope in scopes[:1] if self.first_scope_only else scopes:
            kind, _, rest = scope.partition(":")
            name, _, actions = rest.rpartition(":")
            may = set(self.anonymous) | (set(self.allowed(user, name)) if user else set())
            if kind == "repository" and (actions := [one for one in actions.split(",") if one in may]):
                claims.append({"type": kind, "name": name, "actions": actions})
        return claims

    def token(self, user, scopes):
        """A JSON Web Token, RS256, whose key the registry knows by the certificate in the header."""
        der = base64.b64encode(subprocess.run(["openssl", "x509", "-in", str(self.certificate), "-outform", "DER"],
                                              check=True, capture_output=True).stdout).decode()
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": user or "", "aud": self.service, "iat": now, "nbf": now - 60,
                  "exp": now + self.lifetime, "jti": str(time.monotonic_ns()), "access": self.granted(user, scopes)}
        signed = ".".join(base64url(json.dumps(part).encode())
                          for part in ({"typ": "JWT", "alg": "RS256", "x5c": [der]}, claims))
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", str(self.key)], input=signed.encode(),
                                   check=True, capture_output=True).stdout
        return f"{signed}.{base64url(signature)}"

    def answer(self, user, scopes):
        body = {self.field: self.token(user, scopes)}
        if self.says_lifetime:
            body["expires_in"] = self.lifetime
        return body


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner = None

    def log_message(self, *_):
        pass

    def say(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(data), **dict(headers)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def basic_user(self):
        """(user that was claimed, whether the password is right)."""
        scheme, _, rest = (self.headers.get("Authorization") or "").partition(" ")
        if scheme.lower() != "basic":
            return None, not scheme
        user, _, password = base64.b64decode(rest).decode().partition(":")
        return user, self.owner.users.get(user) == password

    def serve(self, user, right, scopes, form):
        owner = self.owner
        with owner.lock:
            owner.requests.append((self.command, user, scopes, form))
            planned = owner.planned.pop(0) if owner.planned else None
        if planned:
            status, headers, body = planned
            self.say(status, body, headers)
        elif not right or form.get("service") != owner.service:
            self.say(401, {"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]})
        else:
            self.say(200, owner.answer(user, scopes))

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        user, right = self.basic_user()
        self.serve(user, right, query.get("scope", []), {name: values[0] for name, values in query.items()})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if not self.owner.takes_post:
            self.say(404, b"404 page not found\n", {"Content-Type": "text/plain"})
            return
        form = dict(urllib.parse.parse_qsl(body))
        if form.get("grant_type") == "refresh_token":
            user = self.owner.refresh_tokens.get(form.get("refresh_token"))
        else:
            user = form.get("username")
            if self.owner.users.get(user) != form.get("password"):
                user = None
        self.serve(user, user is not None, form.get("scope", "").split(), form)
