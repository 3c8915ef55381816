"""How little argocd-sync asks while nothing happens, and how little memory it needs for large Applications."""

import time
import unittest

from argocd_case import ArgocdCase, both_ways, until
from world import NEW, TARGET, application, operation_of

MEBIBYTE = 1 << 20


class PoliteTestCase(ArgocdCase):
    def asked(self, way):
        """How many requests there were; a line that stands is one."""
        return len(self.argo.requests if way == "api" else self.world.cluster.requests)

    def waiting(self, way, name="stonks-beta", **settings):
        self.add(application(name), sync=100000)
        process = self.start(*self.words(way, app=name, timeout="10m", **settings))
        until(lambda: self.state(name), "the sync")
        return process

    @both_ways
    def test_while_nothing_happens_the_pauses_grow_to_their_longest(self, way):
        """A fifteenth of the defaults: at most one request a second, after the first pauses."""
        self.waiting(way, poll_min="133ms", poll_max="1s")
        time.sleep(3)
        before = self.asked(way)
        time.sleep(10)
        self.assertLessEqual(self.asked(way) - before, 11)

    def test_with_the_defaults_it_is_asked_once_in_fifteen_seconds(self):
        """After the first three quarters of a minute, in which the pauses grow."""
        names = {"api": "stonks-beta", "core": "stonks-paper"}
        processes = [self.waiting(way, name, poll_min=None, poll_max=None) for way, name in names.items()]
        time.sleep(45)
        before = {way: self.asked(way) for way in names}
        time.sleep(60)
        for way in names:
            self.assertLessEqual(self.asked(way) - before[way], 4, way)
        self.assertEqual([process.poll() for process in processes], [None, None])

    @both_ways
    def test_a_change_is_looked_at_once_and_not_once_for_each_event(self, way):
        self.waiting(way, poll_min="1s", poll_max="5s")
        time.sleep(2)
        before, earlier = time.monotonic(), len(self.world.cluster.asked("get", "applications"))
        for number in range(100):
            self.world.change("stonks-beta", {"metadata": {"labels": {"number": str(number)}}})
            time.sleep(0.02)
        took = time.monotonic() - before
        requests = [one for one in self.argo.requests if one.time > before and "/stream/" not in one.path] \
            if way == "api" else self.world.cluster.asked("get", "applications")[earlier:]
        self.assertLessEqual(len(requests), took + 6)

    @both_ways
    def test_a_controller_that_does_not_compare_is_not_pestered(self, way):
        """Nobody asks for a refresh more often than in ten seconds."""
        self.add(compares_itself=False)
        controller = self.world.controllers["stonks-beta"]
        controller.compare = 100000
        process = self.start(*self.words(way, timeout="10m"))
        until(lambda: self.state() and self.state()["phase"] == "Succeeded", "the sync")
        time.sleep(12)
        self.assertIsNone(process.poll())
        asked = [one for one in self.argo.requests if "refresh" in one.query] if way == "api" else \
            [one for one in self.world.cluster.bodies if "annotations" in str(one)]
        self.assertLessEqual(len(asked), 3)


class MemoryTestCase(ArgocdCase):
    def large(self, size=5 * MEBIBYTE):
        """An Application of that size, as of very many resources."""
        one = {"group": "apps", "version": "v1", "kind": "Deployment", "namespace": TARGET, "status": "Synced",
               "name": "x" * 60}
        return [one | {"name": f"{one['name']}{number}"} for number in range(size // 180)]

    @staticmethod
    def peak(process):
        with open(f"/proc/{process.pid}/status") as status:
            lines = dict(line.split(":", 1) for line in status)
        return int(lines["VmHWM"].split()[0]) * 1024

    @both_ways
    def test_an_application_of_five_megabytes_needs_less_than_sixteen(self, way):
        """Not with sanitizers, which take more for themselves."""
        self.add(sync=1000)
        item = self.world.get("stonks-beta")
        item["status"]["resources"] = self.large()
        self.world.cluster.check = lambda *_: None  # it would take a while
        self.world.write(item)
        process = self.start(*self.words(way, timeout="10m"))
        until(lambda: operation_of(self.world.get("stonks-beta")), "the sync", 200)
        until(self.state, "the controller", 200)
        time.sleep(5)
        self.assertIsNone(process.poll())
        with open(self.program, "rb") as program:
            sanitized = b"san_init" in program.read()
        if not sanitized:
            self.assertLess(self.peak(process), 16 * MEBIBYTE)
        self.assertEqual(self.tag_of(), NEW)


if __name__ == "__main__":
    unittest.main()
