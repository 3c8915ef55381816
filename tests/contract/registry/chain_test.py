"""The whole chain: wait, test, mark, while a Warehouse looks. It never sees a build that is untested or half marked.

STAGEGATE_CHAIN_ROUNDS says how many rounds; each has a commit of its own, with 14 images. Long form: 100 (.ci/deep)."""

import os
import subprocess
import threading
import time
import unittest

import watch_case
from chain_case import REQUESTS, ROUNDS, SERVICES, ChainCase, Commit
from counting_proxy import CountingProxy
from images import Image
from warehouse import Warehouse

RUNNER = os.environ.get("INTTEST_RUNNER", "")
RESULTS = {"exit_code": 0, "total": 3, "passed": 3, "failed": 0, "skipped": 0,
           "tests": [{"name": f"test_{number}", "status": "passed", "duration": 0.1} for number in range(3)]}


class ChainTestCase(ChainCase):
    def start_wait(self, commit):
        return self.start("wait", "--registry", self.proxy.address, "--plain-http", "--repositories",
                          ",".join(commit.names), "--tag", commit.sha, "--interval", "10ms", "--interval-max", "10ms")

    def pushed_while_waited_for(self, commit, warehouse, images):
        process = self.start_wait(commit)
        for name in commit.random.sample(commit.names, len(commit.names)):
            self.assertIsNone(process.poll(), "it has not waited for all")
            self.push(self.registry.address, {name: images[name]}, commit.sha)
            self.assert_seen(warehouse)
        self.assertEqual((answer := self.finish(process)).code, 0, answer.text)
        self.assertEqual(list(self.locked().values()), [images[name].digest for name in commit.names])

    def run_tests(self, commit, passed, *words):
        """The integration tests, by inttest-runner; its exit code."""
        self.write("prepared.json", RESULTS if passed else RESULTS | {"passed": 2, "failed": 1})
        command = f'cat prepared.json > "$STAGEGATE_RESULTS_FILE"; exit {0 if passed else 1}'
        done = subprocess.run(
            [RUNNER, "--command", command, "--tag", commit.sha, "--plain-http", "--registry", self.proxy.address,
             "--anchor", commit.anchor, "--epoch", str(commit.epoch), *words],
            env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=watch_case.PATIENCE)
        return done.returncode

    def moved(self, commit, images, seed):
        """Somebody builds one of the images anew, under the same tag."""
        name = commit.random.choice(commit.names)
        self.push(self.registry.address, {name: Image(f"{name} {commit.sha} {seed}")}, commit.sha)
        return images | {name: Image(f"{name} {commit.sha} {seed}")}

    def test_a_warehouse_never_sees_a_build_that_is_untested_or_half_marked(self):
        for number, commit, warehouse in self.rounds():
            self.watch(warehouse)
            images = self.images(commit.sha, names=commit.names)
            self.pushed_while_waited_for(commit, warehouse, images)

            self.assertEqual(self.run_tests(commit, False), 1)
            self.assert_seen(warehouse)
            self.assertEqual(self.run_tests(commit, True, "--no-mark"), 0)
            self.assert_seen(warehouse)

            images = self.moved(commit, images, "moved")
            self.expect(4, *self.mark_words(commit), sees=["image changed under test"])
            self.assert_seen(warehouse)
            self.assertEqual(self.finish(self.start_wait(commit)).code, 0)

            self.allow(commit, warehouse, images)
            if number % 2:
                self.assertEqual(self.run_tests(commit, True), 0)
            else:
                stop = commit.random.randint(1, REQUESTS - 1)
                self.assertEqual(self.killed(self.mark_words(commit), self.proxy, stop).code, -9)
                self.assert_seen(warehouse)
                self.expect(0, *self.mark_words(commit))
            self.assert_seen(warehouse, commit.verified)

            self.moved(commit, images, "moved after it was published")
            self.expect(4, *self.mark_words(commit), sees=["image changed under test"])
            self.assert_seen(warehouse, commit.verified)


class KillTestCase(ChainCase):
    STRIDE = 14

    def stops(self, number):
        """A part of all requests in each round: all of them in 14 rounds."""
        return [stop for stop in range(1, REQUESTS + 1) if stop % self.STRIDE == number % self.STRIDE]

    def test_killed_at_any_request_a_mark_shows_nothing_half_and_the_next_one_ends_it(self):
        for number, commit, warehouse in self.rounds():
            build = self.built(commit)
            self.lock(self.proxy.address, build, commit.sha)
            seen = []
            for stop in self.stops(number):
                # Every request is the last one both ways: it reaches the registry, or is answered as well.
                for moment in ("asked", "answered") if ROUNDS > self.STRIDE else (("asked", "answered")[stop % 2],):
                    commit.next_epoch()
                    self.allow(commit, warehouse, build)
                    self.watch(warehouse)
                    answer = self.killed(self.mark_words(commit), self.proxy, stop, moment)
                    self.assertEqual(answer.code, -9, f"killed at {stop} of {REQUESTS}: {answer.text}")
                    tags = warehouse.look()
                    self.assertIn(tags.count(commit.verified), (0, 1) if stop == REQUESTS else (0,), stop)
                    self.expect(0, *self.mark_words(commit))
                    seen.append(commit.verified)
            self.assert_seen(warehouse, *seen)


class TwoTestCase(ChainCase):
    def test_two_marks_of_one_lock_at_once_both_end_well_and_alike(self):
        for _, commit, warehouse in self.rounds():
            build = self.built(commit)
            self.lock(self.proxy.address, build, commit.sha)
            self.allow(commit, warehouse, build)
            self.watch(warehouse)
            running = [self.start(*self.mark_words(commit)) for _ in range(2)]
            for answer in [self.finish(process) for process in running]:
                self.assertEqual(answer.code, 0, answer.text)
            self.assert_seen(warehouse, commit.verified)


class OtherBitsTestCase(ChainCase):
    """The tag of a commit is moved while its images are being marked: what was tested before and what was tested after
    are marked at once, with one verified tag. The registry has no compare-and-swap. What is true:

    - The anchor is marked by one of the two at most, and what it is marked with is what this run has tested.
    - Of three or more images: at most one run says that it is done, and the other says that there is a conflict.
    - The other images are those of the anchor, but for one order of requests: the run that loses has looked at an
      image before the run that wins marked it, and writes after that one's last look. The last test brings it about.
    """

    def setUp(self):
        super().setUp()
        self.proxies = [self.proxy, CountingProxy(self, self.registry.address)]
        self.trace = []  # (run, method, repository, tag), as they were answered

    def prepare(self, commit):
        """The builds of both runs and their locks; the first one's is what the registry has."""
        builds = [self.built(commit, seed) for seed in ("second", "first")][::-1]
        for run, (proxy, build) in enumerate(zip(self.proxies, builds)):
            self.lock(proxy.address, build, commit.sha, f"{run}.lock.json")
            proxy.forget()
        self.trace.clear()
        return builds

    def both(self, commit, builds, before=lambda run, seen: None):
        """Both runs, which have read what they have tested, each in its time, before either goes on. The answers."""
        have_read = [threading.Semaphore(0), threading.Semaphore(0)]
        moved, go = threading.Event(), threading.Event()

        def arrange(run, proxy):
            def asked(seen):
                if seen.method != "GET":
                    go.wait(watch_case.PATIENCE)
                    before(run, seen)
                elif run == 1:
                    moved.wait(watch_case.PATIENCE)

            def answered(seen):
                self.trace.append((run, *seen.manifest()))
                if seen.method == "GET":
                    have_read[run].release()
            proxy.asked, proxy.answered = asked, answered
        for run, proxy in enumerate(self.proxies):
            arrange(run, proxy)
        processes = [self.start(*self.mark_words(commit, f"{run}.lock.json")) for run in range(2)]
        for run in range(2):
            for _ in SERVICES:
                self.assertTrue(have_read[run].acquire(timeout=watch_case.PATIENCE))
            if run == 0:
                for name in commit.names:
                    self.api.tag(name, commit.sha, builds[1][name])
                moved.set()
        go.set()
        return [self.finish(process) for process in processes]

    def winner(self, commit, builds):
        """The run whose bits the anchor has."""
        digest = self.api.digest(commit.anchor, commit.verified)
        return next((run for run in range(2) if builds[run][commit.anchor].digest == digest), None)

    def wrote_too_late(self, commit, loser):
        """Whether the loser has written after the winner's last look began."""
        published = self.trace.index((1 - loser, "PUT", commit.anchor, commit.verified))
        last_look = published - 1
        while self.trace[last_look][:2] in ((1 - loser, "HEAD"), (loser, "HEAD"), (loser, "PUT")):
            last_look -= 1
        return any(one[:2] == (loser, "PUT") for one in self.trace[last_look + 1:])

    def test_of_two_marks_with_different_bits_at_once_one_is_published_at_most(self):
        outcomes = []
        for _, commit, warehouse in self.rounds():
            builds = self.prepare(commit)
            late = {commit.random.randrange(2): commit.random.random() ** 2 * 0.3}

            def dawdle(run, seen, late=late, commit=commit):
                time.sleep(late.pop(run, 0) + commit.random.random() * 0.004)
            answers = self.both(commit, builds, dawdle)
            codes = [answer.code for answer in answers]
            winner = self.winner(commit, builds)
            outcomes.append((*codes, winner))
            if winner is None:
                self.assertEqual(codes, [4, 4], answers[0].text + answers[1].text)
                self.assert_seen(warehouse)
                continue
            self.assertEqual((codes[winner], codes[1 - winner]), (0, 4), answers[0].text + answers[1].text)
            if not self.wrote_too_late(commit, 1 - winner):
                self.allow(commit, warehouse, builds[winner])
                self.assert_seen(warehouse, commit.verified)
        print("exit codes of both and the winner:", {one: outcomes.count(one) for one in set(outcomes)}, flush=True)

    def test_what_no_look_can_see_is_told_by_the_run_that_loses(self):
        """The hole: a write that is under way while the other run looks for the last time and publishes."""
        commit = Commit(0)
        warehouse = Warehouse(self, self.registry.address, commit.names, commit.anchor)
        builds = self.prepare(commit)
        first, rest = commit.names[0], commit.names[1:]
        looked, marked = threading.Event(), threading.Event()

        def before(run, seen):
            what = seen.manifest()
            if run == 1 and what == ("PUT", first, commit.verified):
                looked.set()
                marked.wait(watch_case.PATIENCE)
            if run == 0 and what == ("PUT", first, commit.verified):
                looked.wait(watch_case.PATIENCE)
            if run == 0 and what == ("PUT", commit.anchor, commit.verified):
                marked.set()
        codes = [answer.code for answer in self.both(commit, builds, before)]
        self.assertEqual(codes, [0, 4])
        deployed = warehouse.deployed(commit.verified)
        self.assertEqual(deployed[first], builds[1][first].digest, "the hole is closed: say so in docs.md")
        self.assertEqual({name: deployed[name] for name in rest}, {name: builds[0][name].digest for name in rest})


if __name__ == "__main__":
    print(f"{ROUNDS} rounds", flush=True)
    unittest.main()
