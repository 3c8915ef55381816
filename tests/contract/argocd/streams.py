"""Streams of argocd-server, as lines of JSON or as server-sent events."""

import copy
import json
import queue

from world import NAMESPACE


class Streams:
    """The part of a request's handler that makes them."""

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
        tap, cluster = Tap(), self.argo.cluster
        with cluster.lock:
            cluster.watchers.add(tap)
            self.argo.streams.add(tap)
            self.passed = cluster.version
            there = [("ADDED", copy.deepcopy(one)) for one in cluster.objects["applications"].values() if self.meant(one)]
        try:
            self.begin_stream()
            self.last, self.number = None, 0
            while True:
                for change, item in there:
                    self.pass_on(change, item)
                self.wait_for_news(tap)
                there = self.news()
        except OSError:
            self.close_connection = True
        finally:
            with cluster.lock:
                cluster.watchers.discard(tap)
                self.argo.streams.discard(tap)

    def meant(self, item):
        return item["metadata"]["namespace"] == (self.seen.query.get("appNamespace") or NAMESPACE) and \
            self.seen.query.get("name") in (None, item["metadata"]["name"])

    def news(self):
        cluster = self.argo.cluster
        with cluster.lock:
            found = [(change, item) for version, resource, change, item in cluster.history
                     if version > self.passed and resource == "applications" and self.meant(item)]
            self.passed = cluster.version
        return found

    def wait_for_news(self, tap):
        while True:
            try:
                if tap.queue.get(timeout=self.argo.keep_alive) == "cut":
                    raise ConnectionError("cut")
                return
            except queue.Empty:
                if self.server_sent():
                    self.chunk(b":\n")

    def pass_on(self, change, item):
        if not self.wanted(item, int(self.seen.query.get("resourceVersion") or 0)):
            return
        self.number += 1
        event = {"result": {"type": change, "application": self.shown(item)}}
        if "fields" in self.seen.query:
            event = only(event, self.seen.query["fields"].split(","))
        if event == self.last or (self.drops and self.number % self.drops == 0):
            return
        self.last = event
        self.event(event)
        self.argo.world.saw(item)

    def wanted(self, item, least):
        """Without the right to get it, and for another project, the stream is silent."""
        project = self.project()
        return not self.mute and "get" not in self.argo.denied and int(item["metadata"]["resourceVersion"]) >= least and \
            project in (None, "", item["spec"]["project"])


class Tap:
    """Among the cluster's watchers: passes on that something is new."""

    def __init__(self):
        self.queue = queue.Queue()

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
