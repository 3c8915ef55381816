"""inttest-runner tells Kargo what has passed, and nothing else."""

import pathlib
import sys
import unittest

import inttest_case
from inttest_case import SHA, results

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "registry"))
from kargo_test import ANCHOR, EPOCH, WAYS, KargoCase  # noqa: E402


class PromotionCase(inttest_case.InttestCase, KargoCase):
    def running(self, content, *words, then="exit 0"):
        return ["--tag", SHA, "--plain-http", "--registry", self.registry.address, "--anchor", ANCHOR, "--epoch", EPOCH,
                *words, *self.writes(content, then)]


class PromotionTestCase(PromotionCase):
    def test_a_pass_marks_the_images_and_has_the_warehouse_look(self):
        for way in WAYS:
            before = self.kargo.refreshed()
            answer = self.expect(0, *self.running(results(), *self.told(way)))
            self.assert_marked()
            self.assertNotEqual(self.kargo.refreshed(), before)
            self.assertEqual(answer.result["kargo"]["did"], "refresh")

    def test_a_no_tells_nobody(self):
        self.expect(1, *self.running(results(failed=1), *self.told(WAYS[0])))
        self.expect(1, *self.running(results(failed=1), *self.freight(WAYS[1])))
        self.assert_unmarked()
        self.assertIsNone(self.kargo.refreshed())
        self.assertEqual(self.kargo.freights(), [])

    def test_a_pass_can_make_the_freight_instead_of_marking(self):
        for way in WAYS:
            self.expect(0, *self.running(results(passed=4, skipped=1), "--no-mark", *self.freight(way)))
            freight = self.one_freight()
            self.assertEqual(sorted(image["digest"] for image in freight["images"]),
                             sorted(image.digest for image in self.build.values()))
            self.assertEqual(freight["metadata"]["annotations"]["stagegate.dev/inttest"], "passed 4/5")
        self.assert_unmarked()

    def test_a_pass_whose_freight_cannot_be_made_is_not_done(self):
        self.kargo.cluster.denied.add(("create", "freights"))
        answer = self.expect(3, *self.running(results(), "--no-mark", "--registry-timeout", "5s", *self.freight(WAYS[0])),
                             sees=["the Freight was not made"])
        self.assertEqual(answer.result["reason"], "kargo_not_told")
        self.assertFalse(answer.result["passed"])

    def test_settings_of_kargo_that_make_no_sense_are_found_out_before_the_tests(self):
        self.expect(2, *self.running(results(), "--create-freight", then="touch ran"))
        self.assertFalse((self.folder / "ran").exists())

    def test_the_tests_do_not_see_the_token(self):
        answer = self.expect(0, *self.running(results(), *self.told(WAYS[1]), then="env"))
        self.assertNotIn("KARGO", answer.err)


if __name__ == "__main__":
    unittest.main()
