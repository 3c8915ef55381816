"""A server that does what its path says, mostly what no server should. Writes what it is asked to requests.jsonl in
the folder given, one line a request, and its port to standard output."""
import email.utils
import json
import socketserver
import sys
import threading
import time
import urllib.parse

LOG = open(sys.argv[1] + "/requests.jsonl", "w", encoding="utf-8")
LOCK = threading.Lock()
COUNTS = {}


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            while self.one_request():
                pass
        except (ConnectionError, ValueError):
            pass

    def one_request(self):
        line = self.rfile.readline()
        if not line:
            return False
        self.method, target, _ = line.decode("latin-1").split()
        self.target = urllib.parse.urlsplit(target)
        self.query = dict(urllib.parse.parse_qsl(self.target.query, keep_blank_values=True))
        self.headers = {}
        while (line := self.rfile.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            self.headers[name.lower()] = value.strip()
        self.body = None
        with LOCK:
            self.count = COUNTS[target] = COUNTS.get(target, 0) + 1
            # Before it is answered: whoever has the answer finds its request in the log.
            print(json.dumps({"method": self.method, "path": self.target.path, "headers": self.headers}),
                  file=LOG, flush=True)
        name = self.target.path.strip("/").replace("-", "_")
        return getattr(self, "do_" + name)()

    def read_body(self):
        if self.body is not None:
            return
        if self.headers.get("transfer-encoding") == "chunked":
            self.body = b""
            while size := int(self.rfile.readline(), 16):
                self.body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            self.body = self.rfile.read(int(self.headers.get("content-length", 0)))

    def raw(self, data):
        self.wfile.write(data if isinstance(data, bytes) else data.encode("latin-1"))
        self.wfile.flush()

    def answer(self, status, body="", **headers):
        self.read_body()
        lines = [f"HTTP/1.1 {status} Some Reason", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.raw("\r\n".join(lines) + "\r\n\r\n" + ("" if self.method == "HEAD" else body))
        return True

    # Good manners.
    def do_echo(self):
        self.read_body()
        return self.answer(200, json.dumps({"method": self.method, "headers": self.headers,
                                            "length": len(self.body), "start": self.body[:200].decode("latin-1")}))

    def do_fail(self):
        """?status=503&times=2[&retry_after=..]: fails so many times, then answers 200."""
        if self.count > int(self.query.get("times", 1000)):
            return self.answer(200, "recovered")
        extra = {}
        if "retry_after" in self.query:
            extra["Retry_After"] = self.query["retry_after"]
        if "retry_date_in" in self.query:
            extra["Retry_After"] = email.utils.formatdate(time.time() + int(self.query["retry_date_in"]), usegmt=True)
        return self.answer(int(self.query["status"]), "failed", **extra)

    def do_redirect(self):
        return self.answer(int(self.query.get("status", 302)), "", Location=self.query["to"])

    def do_loop(self):
        return self.answer(302, "", Location="/loop")

    def do_two_challenges(self):
        return self.answer(401, "", WWW_Authenticate="Bearer realm=\"a\"", www_authenticate="Basic")

    def do_lines(self):
        """Lines in chunks that do not end where the lines do."""
        self.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in ("one\ntw", "o\r\nthr", "ee"):
            self.raw(f"{len(piece):x}\r\n{piece}\r\n")
        if "cut" in self.query:
            return False
        self.raw("0\r\n\r\n")
        return True

    # Slow ones.
    def do_silent(self):
        time.sleep(60)
        return False

    def do_slow_header(self):
        self.raw("HTTP/1.1 200 OK\r\n")
        for _ in range(600):
            self.raw("X-Slow: 1\r\n")
            time.sleep(0.1)

    def do_stalled_body(self):
        self.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        time.sleep(60)

    def do_whispers(self):
        """Now and then a byte, as streams keep alive that have nothing to tell."""
        self.raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
        for _ in range(4):
            time.sleep(1.2)
            self.raw(":")
        return True

    # Broken ones.
    def do_close(self):
        """Closes without an answer, ?times= often."""
        if self.count > int(self.query.get("times", 1000)):
            return self.answer(200, "recovered")
        self.read_body()
        return False

    def do_cut(self):
        self.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        return False

    def do_cut_header(self):
        self.raw("HTTP/1.1 200 OK\r\nContent-Le")
        return False

    def do_too_much(self):
        """More bytes than announced: they must not become the next answer."""
        self.raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbodyHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
        return True

    def do_two_lengths(self):
        self.raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 8\r\n\r\nbodybody")
        return False

    def do_bad_chunk(self):
        self.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbody\r\n0\r\n\r\n")
        return False

    def do_garbage(self):
        self.raw("SSH-2.0-OpenSSH_9.2p1\r\n")
        return False

    def do_endless_body(self):
        self.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            self.raw(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")

    def do_endless_header(self):
        self.raw("HTTP/1.1 200 OK\r\n")
        while True:
            self.raw("X-More: " + "x" * 1000 + "\r\n")

    def do_early_no(self):
        """Says no before it has read the body, and reads no more."""
        self.raw("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno!")
        time.sleep(0.2)
        return False

    def do_never_continue(self):
        """Leaves whoever waits for a 100 Continue waiting."""
        if "expect" in self.headers:
            return self.do_silent()
        return self.answer(200, "taken")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64


with Server(("127.0.0.1", 0), Connection) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
