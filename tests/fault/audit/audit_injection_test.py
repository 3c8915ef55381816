"""A log whose file system fails at some call keeps what it has acknowledged, and takes the record again."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from injection import Injection, spread, usable  # noqa: E402

SITES = 8  # in each test, and some; long_run.py takes all

if usable():
    print("skipped: " + usable())
    sys.exit(77)


class InjectionTestCase(unittest.TestCase):
    def survives(self, fault, ending):
        with Injection(records=1) as injection:
            sites = injection.sites()
            self.assertGreater(len(sites), 40)
            for call, number in spread(sites, SITES):
                self.assertEqual([], injection.strike(call, number, fault))
            self.assertGreater(injection.endings[ending], SITES // 2, "the faults have not hit")

    def test_calls_that_end_in_an_input_or_output_error_lose_nothing(self):
        self.survives("EIO", ending=3)

    def test_calls_that_find_the_disk_full_lose_nothing(self):
        self.survives("ENOSPC", ending=3)

    def test_calls_that_are_the_last_ones_lose_nothing(self):
        self.survives("KILL", ending=-9)


if __name__ == "__main__":
    unittest.main()
