"""What the tests of the verbs new and watch share: three images, one of which is listed."""

import collections
import queue
import shutil
import threading

import storage
import watch_case
from counting_proxy import CountingProxy
from images import Api, Image
from registry import Registry

ANCHOR, RISK, WEB = NAMES = ("team/api", "team/risk", "team/web")


class NewsCase(watch_case.WatchCase):
    state_file, every = "state.json", "30ms"

    def setUp(self):
        super().setUp()
        self.registry = Registry(self)
        self.proxy = CountingProxy(self, self.registry.address)
        self.build = {name: Image(name) for name in NAMES}
        self.seeded = set()

    def push_tag(self, *tags, names=NAMES):
        """The tags, of one and the same image."""
        with Api(self.registry.address) as api:
            for name in names:
                for tag in tags:
                    if name in self.seeded:
                        api.tag(name, tag, self.build[name])
                    else:
                        api.push(name, tag, self.build[name])
                        self.seeded.add(name)

    def push_many(self, tags, names=NAMES):
        """Thousands, past the API."""
        self.push_tag("first", names=names)
        tags = list(tags)
        for name in names:
            storage.add_tags(self.registry, name, tags, self.build[name].digest)

    def delete_tags(self, *tags, name=ANCHOR):
        for tag in tags:
            shutil.rmtree(storage.tags_folder(self.registry, name) / tag)

    def words(self, verb, *more, names=NAMES):
        anchor = ["--anchor", ANCHOR] if len(names) > 1 else []
        pace = ["--every", self.every] if verb == "watch" else []
        return [verb, "--registry", self.proxy.address, "--plain-http", "--repositories", ",".join(names), *anchor,
                "--state-file", self.state_file, *pace, *more]

    def new(self, *more, code=0, sees=(), names=NAMES):
        """The tags that `new` tells."""
        self.answer = self.expect(code, *self.words("new", *more, names=names), sees=sees)
        return self.answer.out.splitlines()

    def state(self):
        return self.read_json("state.json")

    def asked(self):
        """{what: how often}: HEAD, list."""
        return collections.Counter("list" if "/tags/list" in seen.path else seen.method for seen in self.proxy.requests)


class Lines:
    """The lines of a stream as they come."""

    def __init__(self, stream):
        self.queue = queue.Queue()
        self.all = []
        threading.Thread(target=self.read, args=(stream,), daemon=True).start()

    def read(self, stream):
        try:
            for line in stream:
                self.queue.put(line.rstrip("\n"))
        except ValueError:
            pass  # closed
        self.queue.put(None)

    def next(self):
        """The next line; None at the end."""
        line = self.queue.get(timeout=watch_case.PATIENCE)
        if line is not None:
            self.all.append(line)
        return line

    def take(self, count):
        return [self.next() for _ in range(count)]

    def until(self, words):
        """Up to the first line with these words; that line."""
        while (line := self.next()) is not None:
            if words in line:
                return line
        raise AssertionError(f"no line with {words!r}: {self.all}")

    def rest(self):
        lines = []
        while (line := self.next()) is not None:
            lines.append(line)
        return lines
