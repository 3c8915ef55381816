"""Writers of an audit log that are killed: what was acknowledged is there, once, and the log is whole."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trial import Trial, fast_directory  # noqa: E402

KILLS = 60  # in each test; long_run.py takes more


class KilledWritersTestCase(unittest.TestCase):
    def holds(self, by_step, lock):
        with Trial(fast_directory()) as trial:
            trial.kill_writers(writers=4, kills=KILLS, by_step=by_step, lock=lock, seed=f"{by_step}{lock}")
            self.assertEqual([], trial.faults())
            self.assertGreaterEqual(trial.kills, KILLS)
            self.assertGreater(len(trial.acknowledged), 4)

    def test_no_record_is_lost_or_doubled_when_writers_are_killed_at_any_moment(self):
        self.holds(by_step=False, lock="fair")

    def test_no_record_is_lost_or_doubled_when_writers_are_killed_between_steps(self):
        self.holds(by_step=True, lock="fair")

    def test_no_record_is_lost_or_doubled_without_a_lock(self):
        self.holds(by_step=True, lock="none")

    def breaks(self, by_step, lock):
        """A few kills may miss the moments at which it is vulnerable: many do not."""
        for attempt in range(10):
            with Trial(fast_directory(), protocol="lock-only") as trial:
                trial.kill_writers(writers=4, kills=KILLS, by_step=by_step, lock=lock, seed=f"control {attempt}")
                if trial.faults():
                    return
        self.fail(f"{10 * KILLS} kills did no harm to a protocol that is known to be wrong")

    def test_no_record_is_lost_or_doubled_when_the_lock_lies(self):
        self.holds(by_step=True, lock="lies")

    def test_a_log_that_trusts_its_lock_does_not_survive_this(self):
        self.breaks(by_step=True, lock="fair")

    def test_a_log_that_trusts_its_lock_does_not_survive_a_lock_that_lies(self):
        self.breaks(by_step=False, lock="lies")

    def test_the_control_keeps_its_records_as_long_as_nobody_is_killed(self):
        with Trial(fast_directory(), protocol="lock-only") as trial:
            trial.kill_writers(writers=4, kills=0, by_step=True, lock="fair", seed="calm")
            self.assertEqual([], trial.faults())


if __name__ == "__main__":
    unittest.main()
