"""Every row of the failure table: what happens, what the user sees, and the exit code.

The table is in plugins/market-hours-check/docs.md. Each row carries its id in a comment, and `test_<id>` here is its
test. What cannot be brought about from outside is tested in the process; IN_PROCESS says where.
"""

import contextlib
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
import unittest

import log_failures_test  # its rows are of the same table
from gate_case import EVENING, HEAD, HOURS, MIDDAY, PROGRAM, ROOT, Answer, FailureTestCase, rows

IN_PROCESS = {
    "clock_before_build": (
        "tests/unit/market-hours-gate/test_gatehouse.cpp",
        "a clock that shows a time before the build is not believed",
    ),
    "log_silent": (
        "tests/unit/market-hours-clearance/test_clerk.cpp",
        "a job that hangs is given up in time",
    ),
}


class TableTestCase(unittest.TestCase):
    def test_every_row_has_its_test_and_every_test_its_row(self):
        tested = {
            name.removeprefix("test_").replace("_", "-")
            for case in (*FailureTestCase.__subclasses__(), *log_failures_test.LogTestCase.__subclasses__())
            for name in vars(case)
            if name.startswith("test_")
        }
        for name, (path, promise) in IN_PROCESS.items():
            self.assertIn(f'TEST_CASE("{promise}', (ROOT / path).read_text())
            tested.add(name.replace("_", "-"))
        self.assertEqual(tested, set(rows()))
        self.assertGreater(len(tested), 30)


class TheAnswerIsNoTestCase(FailureTestCase):
    def test_market_open(self):
        answer = self.run_program("--at", MIDDAY)
        self.expect(answer, 1, out=["blocked: market open (us-equity-hours), closes 16:00 EST, in 4 h"])
        self.assertEqual(answer.err, "")

    def test_holiday_of_the_weekday_rule(self):
        answer = self.run_program("--at", "2026-11-26T12:00")
        self.expect(answer, 1, out=["blocked:", "Thanksgiving Day", "`calendar: xnys`"])

    def test_lint_faults(self):
        path = self.write("mine.yaml", HEAD + HOURS + "colour: red\n")
        answer = self.run_program("calendar", "lint", path)
        self.expect(answer, 1, out=[f'{path}:5:1: error: unknown key "colour"', "1 fault"])

    def test_diff_differs(self):
        path = self.write(
            "mine.yaml", "version: 1\nid: mine\nbase: xnys\noverrides: [{ date: 2026-11-27, state: closed }]\n"
        )
        answer = self.run_program("calendar", "diff", "xnys", path, "--year", "2026")
        self.expect(answer, 1, out=["2026-11-27", "1 day differs"])


class CalendarTestCase(FailureTestCase):
    def test_unknown_calendar(self):
        self.fails(3, "--calendar", "xnyz", sees=['unknown calendar "xnyz"', "did you mean xnys?", "us-equity-hours"])

    def test_unreadable_file(self):
        self.fails(3, "--calendar", "./none.yaml", sees=["./none.yaml cannot be read", "No such file or directory"])
        self.fails(3, "--calendar", "./", sees=["./ cannot be read"])

    def test_invalid_yaml(self):
        self.calendar_fails("version: 1\nid: mine\n  time_zone: [\n", "mine.yaml:3:12: ")

    def test_unknown_zone(self):
        self.calendar_fails(
            "version: 1\nid: mine\ntime_zone: America/New_Yrok\n" + HOURS,
            'mine.yaml:3:12: unknown time zone "America/New_Yrok"; did you mean America/New_York?',
        )

    def test_unknown_key(self):
        self.calendar_fails(
            HEAD + HOURS + "holidys: []\n", 'mine.yaml:5:1: unknown key "holidys"', "did you mean holidays?"
        )

    def test_unquoted_time(self):
        self.calendar_fails(
            HEAD + HOURS + "early_closes: [{ name: Eve, fixed: 12-24, close: 13:00 }]\n",
            'mine.yaml:5:50: close: write "13:00" in quotes',
        )

    def test_several_faults(self):
        answer = self.calendar_fails(HEAD + HOURS + "colour: red\nsize: 3\n", "mine.yaml:5:1: ", "mine.yaml:6:1: ")
        self.assertEqual(answer.err.count(" error "), 2)

    def test_wrong_freezes(self):
        freezes = "[{ name: audit, from: 2026-13-01, to: 2026-12-02 }]"
        self.fails(
            3, "--at", EVENING, "--freezes", freezes, sees=["setting freezes:1:", '"2026-13-01" is no date']
        )

    def test_past_the_horizon(self):
        self.fails(3, "--at", "2041-06-03T12:00", sees=["knows nothing about 2041-06-03", "ends on 2040-12-31"])
        self.fails(3, "calendar", "show", "xnys", "--year", "2041", sees=["ends on 2040-12-31"])

    def test_before_valid_from(self):
        self.fails(3, "--at", "1989-06-05T12:00", sees=["knows nothing about 1989-06-05", "begins on 1990-01-01"])

    def test_not_yet_published(self):
        question = ("--calendar", "xnys", "--at", "2029-06-05T20:00")
        answer = self.run_program(*question)
        self.expect(answer, 0, out=["by rule, not yet published: xnys is official through 2028-12-31"])
        self.fails(3, *question, "--beyond", "block", sees=["2029-06-05"])

    def test_tzdir_missing(self):
        self.fails(3, "--at", EVENING, "--tzdir", "/nonexistent", sees=['"/nonexistent" is no directory'])
        self.fails(3, "--at", EVENING, "--tzdir", str(self.folder), sees=['"America/New_York": no such file in tzdir'])

    def test_zone_corrupt(self):
        self.write("tz/America/New_York", b"TZif2 and then nothing")
        self.fails(
            3, "--at", EVENING, "--tzdir", "tz", sees=['"America/New_York": not a usable TZif file']
        )

    def test_no_zoneinfo(self):
        for instant, code in ((EVENING, 0), (MIDDAY, 1)):
            plain = self.run_program("--at", instant)
            elsewhere = self.run_program("--at", instant, env={"TZ": "Asia/Tokyo", "TZDIR": "/nonexistent"})
            self.expect(elsewhere, code)
            self.assertEqual((elsewhere.code, elsewhere.out), (plain.code, plain.out))


class SettingsTestCase(FailureTestCase):
    def test_at_malformed(self):
        self.fails(2, "--at", "yesterday", sees=['at: "yesterday" is no time', "write 2026-11-27T13:00:00-05:00"])

    def test_need_malformed(self):
        self.fails(2, "--need", "5x", sees=['--need: "5x" is no duration', "90s, 15m"])

    def test_number_shaped_tag(self):
        env = {"PLUGIN_IMAGE_TAG": "1.234567e+08"}
        self.fails(2, env=env, sees=["PLUGIN_IMAGE_TAG", "is a number that Woodpecker has rewritten", "quote it"])

    def test_unknown_setting(self):
        env = {"PLUGIN_CALENDER": "xnys"}
        self.fails(2, env=env, sees=["PLUGIN_CALENDER: there is no such setting", "did you mean PLUGIN_CALENDAR?"])

    def test_unknown_setting_tolerated(self):
        env = {"PLUGIN_CALENDER": "xnys", "PLUGIN_STRICT_SETTINGS": "false"}
        answer = self.run_program("--at", EVENING, env=env)
        self.expect(answer, 0, sees=["warning PLUGIN_CALENDER: there is no such setting"], out=["allowed:"])

    def test_unknown_flag(self):
        self.fails(2, "--calender=xnys", sees=["--calender: there is no such flag", "did you mean --calendar?"])

    def test_unknown_verb(self):
        self.fails(2, "chek", sees=['there is no verb "chek"', "did you mean check?", "calendar lint"])

    def test_flag_of_another_verb(self):
        self.fails(2, "check", "--count", "3", sees=["--count: check does not use it (only next, explain)"])

    def test_setting_of_another_verb(self):
        answer = self.run_program("--at", EVENING, env={"PLUGIN_TIMEOUT": "2h"})
        self.expect(answer, 0, sees=["warning PLUGIN_TIMEOUT is not used by check"], out=["allowed:"])

    def test_output_not_for_this_verb(self):
        answer = self.run_program("check", "--output=csv", "--at", EVENING)
        self.expect(answer, 2, sees=["output: check prints text or json, not csv"])

    def test_choice_unknown(self):
        self.fails(2, "--require", "ajar", sees=['--require: "ajar" is none of closed, open'])

    def test_value_and_file(self):
        env = {"PLUGIN_CALENDAR": "xnys", "PLUGIN_CALENDAR_FILE": self.write("calendar", "xnys")}
        self.fails(2, env=env, sees=["PLUGIN_CALENDAR and PLUGIN_CALENDAR_FILE are both set: use one"])

    def test_setting_file_missing(self):
        env = {"PLUGIN_CALENDAR_FILE": "/nonexistent"}
        self.fails(2, env=env, sees=["PLUGIN_CALENDAR_FILE: cannot open /nonexistent"])

    def test_several_settings_wrong(self):
        env = {"PLUGIN_CALENDER": "xnys"}
        self.fails(2, "--need=5x", "--require=ajar", env=env, sees=["--need", "--require", "PLUGIN_CALENDER"])

    def test_empty_settings(self):
        env = {"PLUGIN_CALENDAR": "", "PLUGIN_NEED": "", "PLUGIN_GATED_STAGES": "", "PLUGIN_CALENDAR_FILE": ""}
        plain = self.run_program("--at", MIDDAY)
        answer = self.expect(self.run_program("--at", MIDDAY, env=env), 1, out=["us-equity-hours"])
        self.assertEqual((answer.out, answer.err), (plain.out, plain.err))

    def test_config_file_wrong(self):
        path = self.write("gate.yaml", "calendar: xnys\ncalender: xlon\n")
        self.fails(2, "--config", path, sees=["gate.yaml, line 2, column 1", "did you mean calendar?"])


class OutputTestCase(FailureTestCase):
    def test_result_file_unwritable(self):
        answer = self.run_program("--at", EVENING, "--result-file", "/nonexistent/result.json")
        self.expect(answer, 3, sees=["result_file: cannot create /nonexistent/"], out=["allowed:"])

    def test_result_file_unwritable_while_blocked(self):
        answer = self.run_program("--at", MIDDAY, "--result-file", "/nonexistent/result.json")
        self.expect(answer, 1, sees=["result_file: cannot create /nonexistent/"], out=["blocked:"])

    def closed(self, fd, *words):
        """A run with one of the standard streams closed."""
        command = f'exec "$0" "$@" {fd}>&-'
        ended = subprocess.run(
            ["sh", "-c", command, PROGRAM, *words], env=self.environment, capture_output=True, text=True, check=False
        )
        return Answer(ended.returncode, ended.stdout, ended.stderr)

    def test_stdout_closed(self):
        # Whatever the length of the answer.
        for length in range(8):
            answer = self.closed(1, "--at", EVENING, "--stage", "s" * length)
            self.expect(answer, 3, sees=["cannot write the result to stdout: Bad file descriptor"])

    def test_stdout_full(self):
        with open("/dev/full", "w") as full:
            for form in ("text", "json"):
                answer = self.run_program("--at", EVENING, "--output", form, stdout=full)
                self.expect(answer, 3, sees=["cannot write the result to stdout: No space left on device"])

    def test_stdout_gone(self):
        reader, writer = os.pipe()
        os.close(reader)
        answer = self.run_program("--at", EVENING, stdout=writer)
        os.close(writer)
        self.expect(answer, 141)
        self.assertEqual(answer.err, "")

    def test_stdout_lost_while_blocked(self):
        with open("/dev/full", "w") as full:
            self.expect(self.run_program("--at", MIDDAY, stdout=full), 1)

    def test_stderr_closed(self):
        result = self.folder / "result.json"
        answer = self.closed(
            2, "wait", "--at", "2026-11-24T15:59:59", "--timeout", "60s", "--result-file", str(result)
        )
        self.expect(answer, 0, out=["allowed:"])
        self.assertEqual(json.loads(result.read_text())["exit_code"], 0)

    def terminal(self, env):
        """What a terminal shows of an error."""
        keyboard, screen = pty.openpty()
        answer = self.run_program("--calendar", "xnyz", env=env, stderr=screen)
        os.close(screen)
        with contextlib.suppress(OSError):
            answer.err = os.read(keyboard, 65536).decode()
        os.close(keyboard)
        return answer

    def test_no_color(self):
        self.assertIn("\x1b[", self.terminal({}).err)
        answer = self.terminal({"NO_COLOR": "1"})
        self.expect(answer, 3, sees=["unknown calendar"])
        self.assertNotIn("\x1b", answer.err)


class EndTestCase(FailureTestCase):
    def test_timeout(self):
        result = self.folder / "result.json"
        answer = self.run_program("wait", "--at", MIDDAY, "--timeout", "1s", "--result-file", str(result))
        self.expect(
            answer, 5, sees=["waiting: market_open", "gives up in"], out=["blocked:", "gave up      after 1s (timeout)"]
        )
        self.assertEqual(json.loads(result.read_text())["exit_code"], 5)

    def ended_while_waiting(self, number):
        result = self.folder / "result.json"
        process = self.start("wait", "--at", MIDDAY, "--result-file", str(result))
        self.assertIn("waiting:", process.stderr.readline())
        process.send_signal(number)
        out, err = process.communicate(timeout=15)
        self.assertEqual(json.loads(result.read_text())["exit_code"], process.returncode)
        return Answer(process.returncode, out, err)

    def test_sigterm_while_waiting(self):
        self.expect(self.ended_while_waiting(signal.SIGTERM), 143, out=["blocked:"])

    def test_sigint_while_waiting(self):
        self.expect(self.ended_while_waiting(signal.SIGINT), 130, out=["blocked:"])

    def test_sigterm_at_once(self):
        # Before its handler is there a signal ends the process by itself, which shells show as 143.
        for moment in range(40):
            process = self.start("wait", "--at", MIDDAY, "--timeout", "60s")
            time.sleep(moment / 4000)
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=15)
            code = 143 if process.returncode == -signal.SIGTERM else process.returncode
            self.expect(Answer(code, out, err), 143)


class ServeTestCase(FailureTestCase):
    def test_serve_without_token(self):
        self.fails(2, "serve", sees=["token: none is given", "--token-file", "--allow-anonymous"])

    def test_serve_token_unreadable(self):
        self.fails(2, "serve", "--token-file", "/nonexistent", sees=["--token-file: cannot open /nonexistent"])
        empty = self.write("token", "\n")
        self.fails(2, "serve", "--token-file", empty, sees=["--token-file", "is empty"])

    def test_serve_address_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            self.fails(3, "serve", "--allow-anonymous", "--listen", address, sees=[address, "Address already in use"])

    def test_serve_address_malformed(self):
        self.fails(2, "serve", "--allow-anonymous", "--listen", "127.0.0.1:99999", sees=["127.0.0.1:99999", "no port"])


if __name__ == "__main__":
    if not PROGRAM:
        sys.exit("STAGEGATE_BIN must name the program")
    unittest.main()
