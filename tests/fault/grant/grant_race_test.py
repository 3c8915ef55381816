"""Many gates ask for one grant at the same moment, and are killed at any: exactly one promotion gets through.

GRANT_RACE_ROUNDS says how many rounds (ctest: 12; the long form: 300), GRANT_RACE_SEED repeats a run.
"""

import os
import pathlib
import random
import subprocess
import tempfile
import time
import unittest

GATE = os.environ.get("STAGEGATE_BIN", "")
DESK = os.environ.get("STAGEGATE_GRANT_DESK", "")
ROUNDS = int(os.environ.get("GRANT_RACE_ROUNDS", "12"))
GATES = 8
ALLOWED, BLOCKED = 0, 1


class Gate:
    """One promotion before the gate; asks again whenever it is killed, as Kargo and a pipeline do."""

    def __init__(self, race, promotion, tag):
        self.race, self.promotion, self.tag = race, promotion, tag
        self.answer = None
        self.kills = 0
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [GATE, "check", "--calendar", "always-open", "--stage", "live", "--image-tag", self.tag,
             "--promotion", self.promotion, "--audit-log", self.race.log],
            env={"PATH": os.environ["PATH"], "PLUGIN_AUDIT_KEY": self.race.key},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        # Half of the first tries are killed, somewhere between their start and their end.
        doomed = self.kills < 2 and self.race.random.random() < 0.5
        self.dies_at = time.monotonic() + self.race.random.uniform(0, self.race.takes) if doomed else None

    def step(self):
        """True when it has its answer."""
        code = self.process.poll()
        if code is None:
            if self.dies_at and time.monotonic() >= self.dies_at:
                self.process.kill()
            return False
        errors = self.process.stderr.read().decode()
        self.process.stderr.close()
        if code < 0:
            self.kills += 1
            self.start()
            return False
        assert code in (ALLOWED, BLOCKED), f"exit {code}: {errors}"
        self.answer = code
        return True


class GrantRaceTestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = str(pathlib.Path(folder.name) / "log")
        self.key = self.desk("init", self.log).strip()
        self.seed = int(os.environ.get("GRANT_RACE_SEED", time.time_ns() % 1_000_000_000))
        self.random = random.Random(self.seed)
        self.takes = 0.05

    def desk(self, *words):
        return subprocess.run([DESK, *words], check=True, capture_output=True, text=True).stdout

    def ask(self, promotions, tag):
        """{promotion: exit code} of gates that ask all at once."""
        gates = [Gate(self, promotion, tag) for promotion in promotions]
        waiting = list(gates)
        began = time.monotonic()
        while waiting:
            waiting = [gate for gate in waiting if not gate.step()]
            time.sleep(0.0005)
        # So that kills hit every part of a run, however fast the machine is.
        self.takes = 0.7 * self.takes + 0.3 * (time.monotonic() - began)
        self.kills = getattr(self, "kills", 0) + sum(gate.kills for gate in gates)
        return {gate.promotion: gate.answer for gate in gates}

    def test_each_grant_lets_exactly_one_promotion_through_whoever_is_killed(self):
        winners = {}
        for number in range(ROUNDS):
            tag = f"tag{number}"
            self.desk("grant", self.log, self.key, tag)
            answers = self.ask([f"live.{number}.{gate}" for gate in range(GATES)], tag)
            won = [promotion for promotion, code in answers.items() if code == ALLOWED]
            self.assertEqual(len(won), 1, f"round {number}, seed {self.seed}: {answers}")
            winners[tag] = won[0]
            loser = next(promotion for promotion in answers if promotion != won[0])
            again = self.ask([won[0], loser], tag)
            self.assertEqual(again, {won[0]: ALLOWED, loser: BLOCKED}, f"round {number}, seed {self.seed}")
        lines = self.desk("uses", self.log, self.key).splitlines()
        uses = dict(line.split()[1:] for line in lines[:-1])
        self.assertEqual(uses, winners)
        self.assertEqual(lines[-1], f"consume records: {ROUNDS}")
        print(f"{ROUNDS} rounds x {GATES} gates, {self.kills} kills, one winner each; seed {self.seed}")


if __name__ == "__main__":
    unittest.main()
