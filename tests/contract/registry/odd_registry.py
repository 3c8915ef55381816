"""A registry that lies, dawdles and babbles. The first part of a repository's name says how: /v2/gzip-bomb/app/... is
answered by do_gzip_bomb. Whatever is asked is kept in `requests`, of this server and of the stranger that it sends
clients to. By hand: odd_registry.py prints its address and serves until it is killed."""

import email.utils
import json
import re
import socketserver
import ssl
import threading
import time
import urllib.parse
import zlib

import images

TARGET = re.compile(r"/v2/(?P<name>.+)/(?P<kind>manifests|tags|blobs)/(?P<rest>[^/]+)")
IMAGE = images.Image("odd")
OTHER = images.Image("other")
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"
TOKEN = "a-token-of-the-odd-registry"


class Exchange(socketserver.StreamRequestHandler):
    """One connection, and the request at hand."""

    def handle(self):
        try:
            while self.one_request():
                pass
        except (OSError, ValueError):
            pass

    def one_request(self):
        line = self.rfile.readline()
        if not line:
            return False
        self.method, self.path, _ = line.decode("latin-1").split()
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        self.headers = {}
        while (line := self.rfile.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            self.headers[name.lower()] = value.strip()
        self.body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.kept = True
        with self.server.lock:
            self.server.requests.append((self.method, self.path, self.headers))
            key = (self.method, self.path)
            self.count = self.server.counts[key] = self.server.counts.get(key, 0) + 1
        self.match = TARGET.fullmatch(url.path)
        self.name = self.match["name"] if self.match else url.path.strip("/")
        getattr(self, "do_" + self.name.split("/")[0].replace("-", "_"), self.nothing)()
        return self.kept

    # Answers

    def raw(self, data):
        self.wfile.write(data if isinstance(data, bytes) else data.encode("latin-1"))
        self.wfile.flush()

    def head(self, status, headers):
        """Headers are pairs, or lists of values."""
        lines = [f"HTTP/1.1 {status} Some Reason"]
        for name, values in headers.items():
            lines += [f"{name}: {value}" for value in (values if isinstance(values, list) else [values])]
        self.raw("\r\n".join(lines) + "\r\n\r\n")

    def answer(self, status, body=b"", **headers):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.head(status, {"Content-Type": "application/json", "Content-Length": len(body)} | headers)
        if self.method != "HEAD":
            self.raw(body)

    def error(self, status, code, message, **headers):
        self.answer(status, {"errors": [{"code": code, "message": message}]}, **headers)

    def nothing(self):
        self.answer(404, b"404 page not found\n", Content_Type="text/plain; charset=utf-8")

    def manifest(self, document=IMAGE, **headers):
        if self.method == "PUT":
            self.answer(201, Docker_Content_Digest=images.digest_of(self.body))
        else:
            self.answer(200, document.body, **{"Content_Type": document.media_type,
                                               "Docker_Content_Digest": document.digest} | headers)

    def tags(self, tags, **headers):
        self.answer(200, {"name": self.name, "tags": tags}, **headers)

    def asks(self, kind):
        return self.match and self.match["kind"] == kind

    def do_fine(self):
        """As it should be; verified-* is not there yet."""
        if self.asks("tags"):
            self.tags(["v1", "v2"])
        elif self.match["rest"].startswith("verified-") and self.method != "PUT":
            self.error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        else:
            self.manifest()

    # Digests and types

    def do_no_digest(self):
        self.head(200, {"Content-Type": IMAGE.media_type, "Content-Length": len(IMAGE.body)})
        if self.method != "HEAD":
            self.raw(IMAGE.body)

    def do_false_digest(self):
        self.manifest(Docker_Content_Digest=OTHER.digest)

    def do_false_body(self):
        """HEAD tells the truth, GET brings something else under its name."""
        if self.method == "HEAD":
            self.manifest()
        else:
            self.manifest(OTHER, Docker_Content_Digest=IMAGE.digest)

    def do_odd_digest(self):
        self.manifest(Docker_Content_Digest="sha256:../../etc/passwd")

    def do_false_type(self):
        self.manifest(Content_Type="application/vnd.example.surprise")

    def do_html(self):
        self.answer(200, HTML, Content_Type="text/html")

    def do_half_json(self):
        self.answer(200, b'{"name":"half-json/app","tags":["v1","v2"', Content_Type="application/json")

    def do_number_tags(self):
        self.tags([1, {"a": 2}])

    # Errors

    def do_html_error(self):
        self.answer(500, HTML, Content_Type="text/html")

    def do_plain_error(self):
        self.answer(403, b"go away, \x1b[31mplease\x07\n", Content_Type="text/plain")

    def do_huge_error(self):
        self.answer(403, b'{"errors":[{"code":"DENIED","message":"' + b"x" * (32 << 20) + b'"}]}')

    def do_unavailable(self):
        self.error(503, "UNAVAILABLE", "service unavailable")

    def do_read_only(self):
        if self.method == "PUT":
            self.answer(405, b"405 method not allowed\n", Content_Type="text/plain")
        else:
            self.do_fine()

    # Too many requests: once, and then for ever

    def busy(self, **headers):
        if self.count == 1:
            self.error(429, "TOOMANYREQUESTS", "slow down", **headers)
        else:
            self.do_fine()

    def do_busy_seconds(self):
        self.busy(Retry_After="1")

    def do_busy_date(self):
        self.busy(Retry_After=email.utils.formatdate(time.time() + 2, usegmt=True))

    def do_busy(self):
        self.busy()

    def do_storm(self):
        self.answer(429, HTML, Content_Type="text/html", Retry_After="0")

    def do_long_storm(self):
        self.error(429, "TOOMANYREQUESTS", "come back tomorrow", Retry_After="86400")

    # Elsewhere

    def do_elsewhere(self):
        if self.server.stranger:
            self.answer(307, Location=f"{self.server.stranger.url}/v2/fine/app/{self.match['kind']}/"
                                      f"{self.match['rest']}")
        else:
            self.do_fine()

    def do_loop(self):
        self.answer(302, Location=self.path)

    # Bodies

    def do_gzip_bomb(self):
        """A gigabyte of zeros in a megabyte."""
        kind = IMAGE.media_type if self.asks("manifests") else "application/json"
        self.head(200, {"Content-Type": kind, "Content-Encoding": "gzip", "Connection": "close"})
        self.kept = False
        if self.method == "HEAD":
            return
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        zeros = bytes(1 << 20)
        for _ in range(1024):
            self.raw(packer.compress(zeros))
        self.raw(packer.flush())

    def chunks(self, first, piece, pause=0.0):
        """A body without an end. For HEAD: headers without one."""
        self.kept = False
        if self.method == "HEAD":
            self.raw("HTTP/1.1 200 OK\r\n")
            while True:
                self.raw(b"X-More: " + piece[:1000] + b"\r\n")
                time.sleep(pause)
        kind = IMAGE.media_type if self.asks("manifests") else "application/json"
        self.head(200, {"Content-Type": kind, "Transfer-Encoding": "chunked"})
        self.raw(b"%x\r\n%s\r\n" % (len(first), first))
        while True:
            self.raw(b"%x\r\n%s\r\n" % (len(piece), piece))
            time.sleep(pause)

    def do_endless(self):
        self.chunks(b'{"name":"endless/app","tags":["v0"', b"".join(b',"x%05d"' % number for number in range(9000)))

    def do_drip(self):
        """One byte a second."""
        self.chunks(b'{"', b"x", 1)

    def do_silent(self):
        self.kept = False
        self.server.closing.wait(600)

    def do_cut(self):
        """The connection ends in the middle of the body, or of the headers."""
        self.kept = False
        if self.method == "HEAD":
            self.raw("HTTP/1.1 200 OK\r\nDocker-Content-Di")
            return
        self.head(200, {"Content-Type": "application/json", "Content-Length": "1000"})
        self.raw('{"name":"cut/app","tags":["v1"]}')

    # Tag lists

    def page(self, tags, link):
        self.tags(tags, Link=f'<{link}>; rel="next"')

    def do_foreign_link(self):
        """The second page is on another server, says the first."""
        if "last" in self.query:
            self.tags(["v2"])
        else:
            self.page(["v1"], f"{self.server.stranger.url}/v2/foreign-link/app/tags/list?n=1&last=v1")

    def do_portless_link(self):
        if "last" in self.query:
            self.tags(["v2"])
        else:
            self.page(["v1"], "http://127.0.0.1/v2/portless-link/app/tags/list?n=1&last=v1")

    def do_relative_link(self):
        if "last" in self.query:
            self.tags(["v2"])
        else:
            self.page(["v1"], "/v2/relative-link/app/tags/list?n=1&last=v1")

    def do_other_path_link(self):
        self.page(["v1"], "/v2/_catalog?n=1&last=v1")

    def do_same_link(self):
        """The next page is this page."""
        self.page(["v1", "v2"], "/v2/same-link/app/tags/list?n=2&last=v2")

    def do_last_link(self):
        """As Gitea: a next page after every page that is not empty."""
        last = self.query.get("last", "")
        rest = [tag for tag in ("v1", "v2", "v3") if tag > last][:2]
        if rest:
            self.page(rest, f"/v2/last-link/app/tags/list?n=2&last={rest[-1]}")
        else:
            self.tags([])

    def do_null_tags(self):
        if "last" in self.query:
            self.tags(None)
        else:
            self.page(["v1", "v2"], "/v2/null-tags/app/tags/list?n=2&last=v2")

    def do_only_null(self):
        self.tags(None)

    def do_picky(self):
        """No more than 100 a page, and an error for who asks for more."""
        if int(self.query.get("n", 0)) > 100:
            self.error(400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested")
            return
        tags = [f"v{number:04}" for number in range(250)]
        rest = [tag for tag in tags if tag > self.query.get("last", "")]
        if len(rest) > 100:
            self.page(rest[:100], f"/v2/picky/app/tags/list?n=100&last={rest[99]}")
        else:
            self.tags(rest)

    def do_more(self):
        """A next page with one more tag, for ever."""
        number = int(self.query.get("last", "v0")[1:]) + 1
        self.page([f"v{number}"], f"/v2/more/app/tags/list?n=1&last=v{number}")

    # Challenges. Whoever brings the token, or the password, is let in.

    def challenge(self, *challenges):
        if self.headers.get("authorization") == f"Bearer {TOKEN}" or \
                self.server.basic and self.headers.get("authorization") == self.server.basic:
            self.do_fine()
        else:
            self.error(401, "UNAUTHORIZED", "authentication required", WWW_Authenticate=list(challenges))

    def bearer(self, realm=None, **more):
        scope = f"repository:{self.name}:pull,push"
        parts = {"realm": realm or f"{self.server.url}/token", "service": "odd", "scope": scope} | more
        return "Bearer " + ",".join(f'{name}="{value}"' for name, value in parts.items() if value is not None)

    def do_token(self):
        """The token server."""
        self.answer(200, {"token": TOKEN, "expires_in": 300})

    def do_many_challenges(self):
        """As Forgejo: several in one header."""
        self.challenge(self.bearer(scope="*") + ',Basic realm="Forgejo Package API"')

    def do_many_headers(self):
        self.challenge("Negotiate", 'Basic realm="odd"', self.bearer())

    def do_loose_challenge(self):
        """Cases, spaces and missing quotes as they come."""
        self.challenge(f"bEARER  realm={self.server.url}/token , SERVICE = odd ,, "
                       f'scope="repository:{self.name}:pull,push"')

    def do_no_service(self):
        self.challenge(self.bearer(service=None))

    def do_basic_without_realm(self):
        self.challenge("Basic")

    def do_relative_realm(self):
        self.challenge(self.bearer("/token"))

    def do_foreign_realm(self):
        self.challenge(self.bearer(f"{self.server.stranger.url}/token"))

    def do_http_realm(self):
        self.challenge(self.bearer(f"http://127.0.0.1:{self.server.server_address[1]}/token"))

    def do_link_local_realm(self):
        self.challenge(self.bearer("http://169.254.169.254/latest/token"))

    def do_file_realm(self):
        self.challenge(self.bearer("file:///etc/passwd"))

    def do_unknown_scheme(self):
        self.challenge("Negotiate")

    def do_no_challenge(self):
        self.challenge()

    def do_never_enough(self):
        """The token is taken, and does not suffice."""
        self.error(401, "UNAUTHORIZED", "insufficient scope",
                   WWW_Authenticate=self.bearer(error="insufficient_scope"))

    def do_odd_token(self):
        self.challenge(self.bearer(f"{self.server.url}/html"))


class OddRegistry(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, case=None, stranger=True, certificate=None):
        """`certificate` is (certificate file, key file): then it speaks TLS."""
        self.lock = threading.Lock()
        self.requests, self.counts = [], {}  # (method, path, headers), in order
        self.basic = None  # an Authorization header that is taken as well
        self.closing = threading.Event()
        super().__init__(("127.0.0.1", 0), Exchange)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.address = f"{'localhost' if certificate else '127.0.0.1'}:{self.server_address[1]}"
        self.url = f"{'https' if certificate else 'http'}://{self.address}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        if case:
            case.addCleanup(self.stop)
        self.stranger = OddRegistry(case, stranger=False) if stranger else None

    def handle_error(self, *_):
        pass  # clients that are killed hang up

    def stop(self):
        self.closing.set()
        self.shutdown()
        self.server_close()


if __name__ == "__main__":
    print(OddRegistry().address, flush=True)
    threading.Event().wait()
