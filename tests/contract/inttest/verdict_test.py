"""inttest-runner: a run passes only when everything speaks for it, and every other end has its name."""

import json
import unittest
import xml.etree.ElementTree as tree

from inttest_case import RESULTS, SHA, InttestCase, results


class VerdictTestCase(InttestCase):
    def test_a_good_run_passes(self):
        answer = self.judged(0, "passed", *self.writes(results(passed=3, skipped=1)), sees=["3 tests passed", "1 skipped"])
        self.assertEqual(answer.result["results"], {"form": answer.result["results"]["form"], "total": 4, "passed": 3,
                                                    "failed": 0, "errors": 0, "skipped": 1})

    def test_a_failed_test_is_a_no_and_is_named_with_its_message(self):
        answer = self.judged(1, "tests_failed", *self.writes(results(failed=2), then="exit 1"),
                             sees=["2 of 5 tests failed", "test_failed_0", "expected 200, got 501"])
        self.assertEqual([test["name"] for test in answer.result["failed_tests"]], ["test_failed_0", "test_failed_1"])

    def test_exit_code_0_with_failed_tests_is_a_no(self):
        self.judged(1, "tests_failed", *self.writes(results(failed=1)),
                    sees=["1 of 4 tests failed, although the command ended with exit code 0"])

    def test_exit_code_1_without_a_failed_test_is_a_no(self):
        self.judged(1, "exit_code", *self.writes(results(), then="exit 1"),
                    sees=["exit code 1, although no test failed"])

    def test_an_exit_code_in_the_results_that_is_not_0_is_a_no(self):
        self.judged(1, "exit_code", *self.writes(results(exit_code=2)), sees=["its results say 2"])

    def test_no_results_file_is_a_no_with_the_last_lines_of_the_output(self):
        answer = self.judged(1, "results_missing", *self.script("echo cannot reach the sandbox >&2; exit 7"),
                             sees=["no results file", "exit code 7"])
        self.assertIn("cannot reach the sandbox", answer.out)

    def test_results_of_an_earlier_run_do_not_count(self):
        self.write(RESULTS, results())
        self.judged(1, "results_missing", *self.script("exit 0"), sees=["no results file"])

    def test_an_empty_results_file_is_a_no(self):
        self.judged(1, "results_unreadable", *self.script(': > "$STAGEGATE_RESULTS_FILE"'), sees=["cannot be read"])

    def test_truncated_results_are_a_no(self):
        self.judged(1, "results_unreadable", *self.writes(json.dumps(results())[:-40]), sees=["cannot be read"])

    def test_results_of_an_unknown_form_are_a_no(self):
        self.judged(1, "results_unreadable", *self.writes({"success": True}), sees=["cannot be read"])

    def test_a_results_file_that_is_a_folder_or_a_pipe_is_a_no(self):
        self.judged(1, "results_unreadable", *self.script('mkdir "$STAGEGATE_RESULTS_FILE"'))
        (self.folder / RESULTS).rmdir()
        self.judged(1, "results_unreadable", *self.script('mkfifo "$STAGEGATE_RESULTS_FILE"'))

    def test_totals_that_are_not_those_of_the_tests_are_a_no(self):
        self.judged(1, "results_contradict", *self.writes(results(total=5)),
                    sees=["5 in all by their totals, 3 by their tests"])

    def test_no_test_at_all_is_a_no(self):
        self.judged(1, "too_few_tests", *self.writes(results(passed=0)), sees=["0 tests ran"])

    def test_skipped_tests_have_not_run(self):
        self.judged(1, "too_few_tests", *self.writes(results(passed=0, skipped=9)), sees=["0 tests ran, 9 skipped"])

    def test_fewer_tests_than_asked_for_are_a_no(self):
        self.judged(1, "too_few_tests", "--min-tests", "4", *self.writes(results(passed=3)), sees=["min_tests"])
        self.judged(0, "passed", "--min-tests", "3", *self.writes(results(passed=3)))

    def test_a_crash_is_a_no_that_names_the_signal(self):
        self.judged(1, "crashed", *self.writes(results(), then="kill -SEGV $$"), sees=["signal 11"])

    def test_a_crash_inside_a_shell_is_explained(self):
        self.judged(1, "exit_code", *self.writes(results(), then="sh -c 'kill -9 $$'; exit $?"),
                    sees=["exit code 137", "signal 9"])

    def test_a_command_that_does_not_exist_is_a_setting_that_is_wrong(self):
        answer = self.expect(2, "--tag", SHA, "--no-mark", "--", "no-such-program", sees=["cannot start"])
        self.assertIn("no-such-program", answer.text)

    def test_words_behind_two_dashes_are_run_without_a_shell(self):
        self.write("prepared", results())
        answer = self.finish(self.start("--tag", SHA, "--no-mark", "--", "cp", "prepared", RESULTS))
        self.assertEqual(answer.code, 0, answer.text)


class RetryTestCase(InttestCase):
    FLAKY = """
if [ "$STAGEGATE_ATTEMPT" = 1 ]; then cat first > "$STAGEGATE_RESULTS_FILE"; exit 1; fi
cat second > "$STAGEGATE_RESULTS_FILE"
"""

    def flaky(self):
        self.write("first", results(failed=1))
        self.write("second", results(passed=4))
        return self.script(self.FLAKY)

    def test_a_pass_after_a_retry_is_told_as_flaky_and_every_attempt_is_kept(self):
        answer = self.judged(0, "passed", "--retries", "2", "--archive-dir", "archive", "--pipeline", "42", *self.flaky(),
                             sees=["flaky", "attempt 2"])
        self.assertTrue(answer.result["flaky"])
        self.assertEqual(answer.result["flaky_tests"], ["test_failed_0"])
        self.assertEqual([attempt["reason"] for attempt in answer.result["attempts"]], ["tests_failed", "passed"])
        kept = sorted(path.name for path in (self.folder / "archive").iterdir())
        self.assertEqual(kept, [f"{SHA}-42.attempt-1.json", f"{SHA}-42.json"])
        self.assertEqual(self.read_json(f"archive/{SHA}-42.attempt-1.json")["failed"], 1)

    def test_without_retries_the_first_no_is_final(self):
        self.assertEqual(len(self.judged(1, "tests_failed", *self.flaky()).result["attempts"]), 1)

    def test_when_no_attempt_passes_the_last_one_decides(self):
        answer = self.judged(1, "tests_failed", "--retries", "2", *self.writes(results(failed=1), then="exit 1"))
        self.assertEqual(len(answer.result["attempts"]), 3)
        self.assertFalse(answer.result["flaky"])


class ReportTestCase(InttestCase):
    def test_the_junit_file_holds_every_test_and_can_be_read_again(self):
        self.judged(1, "tests_failed", "--junit-file", "junit.xml",
                    *self.writes(results(failed=1, skipped=1)))
        suite = tree.parse(self.folder / "junit.xml").getroot().find("testsuite")
        self.assertEqual({name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")},
                         {"tests": "5", "failures": "1", "errors": "0", "skipped": "1"})
        self.assertEqual(len(suite.findall("testcase")), 5)
        self.assertEqual(suite.find("testcase/failure").text, "expected 200, got 500")
        (self.folder / "again.xml").write_bytes((self.folder / "junit.xml").read_bytes())
        again = self.judged(1, "tests_failed", *self.script('cp again.xml "$STAGEGATE_RESULTS_FILE"'))
        self.assertEqual(again.result["results"]["total"], 5)

    def test_a_run_without_results_is_one_test_in_error_in_the_junit_file(self):
        self.judged(1, "results_missing", "--junit-file", "junit.xml", *self.script("exit 3"))
        self.assertIn('errors="1"', (self.folder / "junit.xml").read_text())

    def test_the_summary_in_markdown_names_what_failed(self):
        self.judged(1, "tests_failed", "--markdown-file", "summary.md", *self.writes(results(failed=1)))
        summary = (self.folder / "summary.md").read_text()
        self.assertIn("**not passed**", summary)
        self.assertIn("`test_failed_0`", summary)

    def test_the_slowest_five_are_told(self):
        answer = self.judged(0, "passed", *self.writes(results(passed=9)))
        self.assertEqual([test["name"] for test in answer.result["slowest"]],
                         [f"test_passed_{number}" for number in (8, 7, 6, 5, 4)])

    def test_the_last_words_of_the_pod_say_what_failed(self):
        self.write("last-words", "")
        self.judged(1, "tests_failed", "--termination-log", "last-words", *self.writes(results(failed=1)))
        self.assertIn("1 of 4 tests failed", (self.folder / "last-words").read_text())
        self.assertIn("test_failed_0", (self.folder / "last-words").read_text())


if __name__ == "__main__":
    unittest.main()
