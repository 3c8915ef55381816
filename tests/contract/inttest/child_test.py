"""inttest-runner: of the command nothing survives, it sees no secret, and its output is told as it comes."""

import os
import shutil
import signal
import subprocess
import time
import unittest

from inttest_case import SHA, InttestCase, results
import servers

QUICK = ["--grace", "300ms"]


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"


class ChildCase(InttestCase):
    def pids(self, name="pids"):
        return [int(pid) for pid in (self.folder / name).read_text().split()]

    def assert_gone(self):
        self.assertTrue(self.pids())
        for pid in self.pids():
            self.assertFalse(alive(pid), f"{pid} is still there")


class SurvivalTestCase(ChildCase):
    def test_what_the_command_leaves_in_the_background_is_ended_and_counted(self):
        answer = self.judged(0, "passed", *QUICK, *self.writes(
            results(), then="sleep 1000 & echo $! >> pids; setsid sleep 1001 & echo $! >> pids; sleep 0.2"),
            sees=["left 2 processes behind"])
        self.assert_gone()
        self.assertEqual(answer.result["attempts"][0]["left_behind"], 2)

    def test_a_daemon_that_left_the_group_and_ignores_the_request_is_killed(self):
        daemon = "(setsid sh -c 'trap \"\" TERM; echo $$ >> pids; while :; do sleep 0.1; done' &) ; sleep 0.3"
        self.judged(0, "passed", *QUICK, *self.writes(results(), then=daemon))
        self.assert_gone()

    def test_a_command_that_takes_too_long_is_asked_to_end_and_can_tidy_up(self):
        self.judged(1, "timed_out", "--grace", "20s", "--timeout", "500ms",
                    *self.script("trap 'echo tidy >> trace; exit 0' TERM; echo $$ >> pids\n"
                                 "while :; do sleep 0.1; done"), sees=["did not end in time"])
        self.assertEqual((self.folder / "trace").read_text(), "tidy\n")
        self.assert_gone()

    def test_a_command_that_does_not_listen_is_killed_with_all_it_started(self):
        self.judged(1, "timed_out", *QUICK, "--timeout", "500ms",
                    *self.script("trap '' TERM; echo $$ >> pids\n(sleep 1000) & echo $! >> pids\n"
                                 "while :; do sleep 0.1; done"))
        self.assert_gone()

    def test_good_results_of_a_run_that_did_not_end_do_not_count(self):
        self.judged(1, "timed_out", *QUICK, "--timeout", "500ms", *self.writes(results(), then="sleep 1000"))

    def test_a_command_that_stops_itself_is_killed(self):
        self.judged(1, "timed_out", *QUICK, "--timeout", "500ms", *self.script("echo $$ >> pids; kill -STOP $$"))
        self.assert_gone()

    def test_a_flood_of_output_does_not_keep_it_from_ending_in_time(self):
        self.judged(1, "timed_out", *QUICK, "--timeout", "500ms", "--no-timestamps", *self.script("yes"))

    def test_should_the_runner_be_killed_the_command_is_asked_to_end(self):
        self.write("tests.sh", "echo $$ > pids; exec sleep 1000")
        process = self.start("--tag", SHA, "--no-mark", "--", "sh", "tests.sh")
        servers.until(lambda: (self.folder / "pids").exists() and self.pids(), "the command runs")
        process.kill()
        process.communicate()
        servers.until(lambda: not alive(self.pids()[0]), "the command is gone")


class SignalTestCase(ChildCase):
    def interrupt(self, number, *words):
        process = self.start("--tag", SHA, "--no-mark", "--result-file", "result.json", *words)
        servers.until(lambda: (self.folder / "pids").exists() and self.pids(), "the command runs")
        begun = time.monotonic()
        process.send_signal(number)
        answer = self.finish(process)
        self.assertLess(time.monotonic() - begun, 15)  # the contract: cleaned up by then
        answer.result = self.read_json("result.json")
        self.assertEqual(answer.result["reason"], "interrupted")
        return answer

    def test_sigterm_ends_the_command_and_tidies_up(self):
        answer = self.interrupt(signal.SIGTERM, "--cleanup", "echo tidied > trace",
                                *self.script("echo $$ > pids; sleep 1000 & echo $! >> pids; wait"))
        self.assertEqual(answer.code, 143, answer.text)
        self.assertEqual((self.folder / "trace").read_text(), "tidied\n")
        self.assert_gone()

    def test_sigint_ends_a_command_and_a_cleanup_that_do_not_listen(self):
        answer = self.interrupt(signal.SIGINT, "--cleanup", "trap '' TERM; while :; do sleep 0.1; done",
                                *self.script("trap '' TERM INT; echo $$ > pids; while :; do sleep 0.1; done"))
        self.assertEqual(answer.code, 130, answer.text)
        self.assert_gone()

    def test_a_run_that_was_broken_off_is_not_tried_again(self):
        answer = self.interrupt(signal.SIGTERM, "--retries", "3", *self.script("echo $$ >> pids; sleep 1000"))
        self.assertEqual(len(answer.result["attempts"]), 1)


class CleanupTestCase(ChildCase):
    def test_the_cleanup_runs_after_every_attempt_however_it_ended(self):
        self.judged(1, "tests_failed", "--retries", "1", "--cleanup", "echo $STAGEGATE_ATTEMPT >> trace",
                    *self.writes(results(failed=1)))
        self.assertEqual((self.folder / "trace").read_text(), "1\n2\n")

    def test_a_cleanup_that_fails_is_told_and_changes_no_verdict(self):
        answer = self.judged(0, "passed", "--cleanup", "echo cannot; exit 9", *self.writes(results()),
                             sees=["the cleanup ended with exit code 9"])
        self.assertIn("exit code 9", answer.result["attempts"][0]["cleanup"])

    def test_a_cleanup_that_hangs_is_ended(self):
        self.judged(0, "passed", "--cleanup", "sleep 1000", "--cleanup-timeout", "300ms", *self.writes(results()),
                    sees=["the cleanup did not end in time"])


class EnvironmentTestCase(ChildCase):
    SECRETS = {"PLUGIN_PASSWORD": "open sesame", "PLUGIN_USERNAME": "robot", "CI_NETRC_PASSWORD": "netrc-pass",
               "CI_NETRC_MACHINE": "git.example", "GITEA_TOKEN": "tok-123", "DB_PASSWORD": "db-pass",
               "HARMLESS": "with open sesame in it", "KUBECONFIG": "/kube", "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/token"}

    def seen(self, *words, then="", env=None):
        self.judged(0, "passed", "--registry", "registry.example", *words,
                    *self.writes(results(), then="env > seen\n" + then), env=self.SECRETS | (env or {}))
        return dict(line.split("=", 1) for line in (self.folder / "seen").read_text().splitlines() if "=" in line)

    def test_the_command_sees_no_settings_no_tokens_and_no_known_secret(self):
        seen = self.seen()
        for name in ("PLUGIN_PASSWORD", "PLUGIN_USERNAME", "CI_NETRC_PASSWORD", "CI_NETRC_MACHINE", "GITEA_TOKEN",
                     "DB_PASSWORD", "HARMLESS"):
            self.assertNotIn(name, seen)
        self.assertEqual(seen["KUBECONFIG"], "/kube")
        self.assertEqual(seen["AWS_WEB_IDENTITY_TOKEN_FILE"], "/var/token")

    def test_what_is_named_is_passed_on_but_never_a_setting(self):
        seen = self.seen("--pass-env", "DB_PASSWORD,PLUGIN_PASSWORD", "--env", "STAGE=beta")
        self.assertEqual((seen.get("DB_PASSWORD"), seen.get("STAGE")), ("db-pass", "beta"))
        self.assertNotIn("PLUGIN_PASSWORD", seen)

    def test_the_command_knows_the_tag_the_results_file_and_the_attempt(self):
        seen = self.seen()
        self.assertEqual((seen["STAGEGATE_IMAGE_TAG"], seen["STAGEGATE_RESULTS_FILE"], seen["STAGEGATE_ATTEMPT"]),
                         (SHA, "inttest-results.json", "1"))

    def test_a_secret_in_the_output_is_masked(self):
        answer = self.judged(0, "passed", "--registry", "registry.example",
                             *self.writes(results(), then="echo the password is open sesame"), env=self.SECRETS)
        self.assertIn("the password is ***", answer.err)
        self.assert_no_secret(answer, "open sesame")

    def test_the_command_cannot_read_the_runners_environment_in_proc(self):
        """As a user without CAP_SYS_PTRACE, which is what a container has, root or not."""
        if os.getuid() != 0 or shutil.which("setpriv") is None:
            self.skipTest("needs root and setpriv")
        self.folder.chmod(0o777)
        program = self.folder / "inttest-runner"
        shutil.copy(self.program, program)
        self.write("prepared", results())
        self.write("tests.sh", 'cat prepared > "$STAGEGATE_RESULTS_FILE"\ntr "\\0" "\\n" < /proc/$PPID/environ\nexit 0\n')
        run = ["setpriv", "--reuid", "65532", "--regid", "65532", "--clear-groups", "--bounding-set=-all",
               str(program), "--tag", SHA, "--no-mark", "--registry", "registry.example", "--", "sh", "tests.sh"]
        done = subprocess.run(run, cwd=self.folder, env=self.environment | self.SECRETS, capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Permission denied", done.stderr)
        self.assertNotIn("sesame", done.stderr)


class OutputTestCase(ChildCase):
    def test_stdout_and_stderr_are_told_in_order_with_the_time(self):
        answer = self.judged(0, "passed", *self.writes(results(), then="echo one; echo two >&2; printf three"))
        lines = [line for line in answer.err.splitlines() if line.split(" ")[-1] in ("one", "two", "three")]
        self.assertEqual([line.split(" ")[-1] for line in lines], ["one", "two", "three"])
        for line in lines:
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ")
        self.assertNotIn("one", answer.out)

    def test_lines_come_when_they_are_written(self):
        process = self.start("--tag", SHA, "--no-mark", *self.script("echo early; while [ ! -e go ]; do sleep 0.05; done"))
        line = ""
        while "early" not in line:
            line = process.stderr.readline()
            self.assertTrue(line)
        self.write("go", "")
        process.communicate(timeout=60)

    def test_a_line_without_an_end_is_told_in_pieces_and_memory_stays_small(self):
        answer = self.judged(0, "passed", *self.writes(results(), then="head -c 3000000 /dev/zero | tr '\\0' x"))
        self.assertEqual(answer.err.count("x"), 3_000_000)

    def test_the_command_reads_an_empty_input(self):
        self.judged(0, "passed", *self.writes(results(), then="cat > got; test ! -s got"))


if __name__ == "__main__":
    unittest.main()
