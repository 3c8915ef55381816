"""What the tests of the whole chain share: a build of 14 images under a prefix of its own in a registry that serves all
rounds, the Warehouse that watches it, and marks that are watched after each request."""

import os
import random

import storage
from counting_proxy import CountingProxy
from images import Api
from registry import Registry
from warehouse import Warehouse
from watch_case import WatchCase

ROUNDS = int(os.environ.get("STAGEGATE_CHAIN_ROUNDS", "4"))
SERVICES = ("scheduler", "symbol-registry", "ingestion", "parser", "extractor", "aggregation", "recommendation", "risk",
            "broker-adapter", "lake-publisher", "query-api", "trading-engine", "dashboard", "superset")
ANCHOR = "query-api"
REQUESTS = 4 * len(SERVICES)  # of a mark that stores everything


class Commit:
    """A commit of the project, and what a registry may hold of it."""

    def __init__(self, number):
        self.random = random.Random(number)
        self.prefix = f"round-{number}/stonks-oracle"
        self.names = tuple(f"{self.prefix}/{service}" for service in SERVICES)
        self.anchor = f"{self.prefix}/{ANCHOR}"
        self.sha = f"{self.random.getrandbits(160):040x}"
        self.epoch = 1764000000 + 1000 * number

    def next_epoch(self):
        """The same images under another verified tag: a mark that finds nothing of the one before."""
        self.epoch += 1

    @property
    def verified(self):
        return f"verified-{self.epoch}-{self.sha}"


class ChainCase(WatchCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(self)
        self.proxy = CountingProxy(self, self.registry.address)
        self.api = Api(self.registry.address)
        self.addCleanup(self.api.close)

    def rounds(self):
        """(number, commit, Warehouse) of each; the number is in the names of its repositories."""
        for number in range(ROUNDS):
            commit = Commit(number)
            yield number, commit, Warehouse(self, self.registry.address, commit.names, commit.anchor)

    def built(self, commit, seed=""):
        """The images of a build, there at once."""
        images = self.images(commit.sha, seed, commit.names)
        for name, image in images.items():
            storage.add_image(self.registry, name, commit.sha, image)
        return images

    def mark_words(self, commit, lock="images.lock.json"):
        return ["mark", "--plain-http", "--lock-file", lock, "--anchor", commit.anchor, "--epoch", str(commit.epoch)]

    def allow(self, commit, warehouse, build):
        warehouse.tested[commit.verified] = {name: image.digest for name, image in build.items()}

    def watch(self, warehouse, proxy=None, then=lambda seen: None):
        """The Warehouse looks after each request, before the program hears of it."""
        def look(seen):
            warehouse.glance()
            then(seen)
        (proxy or self.proxy).answered = look

    def assert_seen(self, warehouse, *tags):
        """Exactly these builds, each whole, and never anything else up to now."""
        self.assertEqual(sorted(warehouse.look()), sorted(tags))
        self.assertEqual(warehouse.faults, [])

    def killed(self, words, proxy, stop, moment="answered"):
        """A run that is killed at its request `stop`, when the registry has got it or when it has answered."""
        proxy.forget()
        process = self.start(*words)
        before = getattr(proxy, moment)

        def kill(seen):
            before(seen)
            if len(proxy.requests) >= stop:
                process.kill()
                process.wait()
        setattr(proxy, moment, kill)
        answer = self.finish(process)
        setattr(proxy, moment, before)
        return answer
