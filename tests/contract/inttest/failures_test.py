"""Every row of inttest-runner's failure table is a run that really ended so.

The table is in plugins/inttest-runner/docs.md. Each row carries its id in a comment; TESTED says which test brings it
about. Reason and exit code of the row are those that this test asserts.
"""

import inspect
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import failure_table  # noqa: E402

import child_test  # noqa: E402
import gate_test  # noqa: E402
import promotion_test  # noqa: E402
import verdict_test  # noqa: E402

TESTED = {
    "tests-failed": verdict_test.VerdictTestCase.test_a_failed_test_is_a_no_and_is_named_with_its_message,
    "failures-with-exit-0": verdict_test.VerdictTestCase.test_exit_code_0_with_failed_tests_is_a_no,
    "exit-1-without-failures": verdict_test.VerdictTestCase.test_exit_code_1_without_a_failed_test_is_a_no,
    "exit-code-in-results": verdict_test.VerdictTestCase.test_an_exit_code_in_the_results_that_is_not_0_is_a_no,
    "crash-in-shell": verdict_test.VerdictTestCase.test_a_crash_inside_a_shell_is_explained,
    "crash": verdict_test.VerdictTestCase.test_a_crash_is_a_no_that_names_the_signal,
    "timeout": child_test.SurvivalTestCase.test_a_command_that_does_not_listen_is_killed_with_all_it_started,
    "results-missing": verdict_test.VerdictTestCase.test_no_results_file_is_a_no_with_the_last_lines_of_the_output,
    "results-stale": verdict_test.VerdictTestCase.test_results_of_an_earlier_run_do_not_count,
    "results-truncated": verdict_test.VerdictTestCase.test_truncated_results_are_a_no,
    "results-unknown": verdict_test.VerdictTestCase.test_results_of_an_unknown_form_are_a_no,
    "contradiction": verdict_test.VerdictTestCase.test_totals_that_are_not_those_of_the_tests_are_a_no,
    "no-tests": verdict_test.VerdictTestCase.test_no_test_at_all_is_a_no,
    "min-tests": verdict_test.VerdictTestCase.test_fewer_tests_than_asked_for_are_a_no,
    "no-command": verdict_test.VerdictTestCase.test_a_command_that_does_not_exist_is_a_setting_that_is_wrong,
    "no-lock": gate_test.MarkTestCase.test_without_a_lock_nothing_is_run_that_would_be_marked,
    "other-lock": gate_test.MarkTestCase.test_a_lock_of_another_build_is_refused_before_the_tests,
    "wrong-anchor": gate_test.MarkTestCase.test_an_anchor_that_is_not_in_the_lock_is_refused_before_the_tests,
    "changed-before": gate_test.MarkTestCase.test_images_that_changed_before_the_tests_keep_them_from_running,
    "changed-during": gate_test.MarkTestCase.test_an_image_that_changes_during_the_tests_is_a_conflict_and_nothing_is_marked,
    "verified-conflict": gate_test.MarkTestCase.test_a_verified_tag_for_other_bits_is_a_conflict,
    "wrong-login": gate_test.LoginTestCase.test_a_wrong_password_is_found_out_before_the_tests,
    "registry-gone": gate_test.MarkTestCase.test_a_registry_that_is_gone_after_the_tests_is_not_a_pass,
    "archive-full": gate_test.ArchiveTestCase.test_an_archive_that_fills_up_during_the_tests_is_not_a_pass,
    "no-freight": promotion_test.PromotionTestCase.test_a_pass_whose_freight_cannot_be_made_is_not_done,
    "cancelled": child_test.SignalTestCase.test_sigterm_ends_the_command_and_tidies_up,
}


class TableTestCase(unittest.TestCase):
    def test_every_row_has_its_test(self):
        self.assertEqual(set(TESTED), set(failure_table.rows("inttest-runner")))

    def test_every_row_names_the_reason_and_the_exit_code_that_its_test_sees(self):
        for name, (_, reason, _, codes) in failure_table.cells("inttest-runner").items():
            seen = inspect.getsource(TESTED[name])
            code = r"\b(?:{})\b".format("|".join(re.findall(r"\d+", codes)))
            self.assertRegex(seen, rf"(judged|gate|expect)\({code}|answer\.code, {code}", name)
            if reason and name != "cancelled":  # asserted for all its signals in one place
                self.assertIn(reason.strip("`"), seen, name)


if __name__ == "__main__":
    unittest.main()
