"""A log keeps what it has acknowledged when the power fails, on a disk that keeps what it has synced."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from injection import usable  # noqa: E402
from power import PowerCuts  # noqa: E402

if usable():
    print("skipped: " + usable())
    sys.exit(77)


class PowerTestCase(unittest.TestCase):
    def test_nothing_is_lost_whatever_an_ordinary_append_has_not_synced(self):
        with PowerCuts(records=1, appends=3) as cuts:
            self.assertEqual([], cuts.harm(images=2, seed=1))
            self.assertGreater(cuts.cuts, 40)

    def test_nothing_is_lost_when_the_append_also_removes_slots(self):
        with PowerCuts(records=767, appends=2) as cuts:
            self.assertEqual([], cuts.harm(images=1, seed=2, after=("fsync", "rename", "mkdir", "link")))

    def test_a_disk_that_promises_what_it_does_not_do_loses_records(self):
        with PowerCuts(records=1, appends=3) as cuts:
            self.assertNotEqual([], cuts.harm(images=1, seed=3, deaf=True))


if __name__ == "__main__":
    unittest.main()
