"""What the tests of the failure table share: running the program, and reading the table."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/contract"))
import failure_table  # noqa: E402
PROGRAM = os.environ.get("STAGEGATE_BIN", "")
PLUGIN = ROOT / "plugins/market-hours-check"
EVENING = "2026-11-24T20:00"  # allowed
MIDDAY = "2026-11-24T12:00"  # blocked
HOURS = 'sessions: [{ at: ["09:30-16:00"] }]\n'
HEAD = "version: 1\nid: mine\ntime_zone: America/New_York\n"


def rows():
    return failure_table.rows("market-hours-check")


class Answer:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


class FailureTestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        # Nothing of the caller's: neither settings nor zones.
        self.environment = {"PATH": os.environ["PATH"]}

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def start(self, *words, env=None, **streams):
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL} | streams
        process = subprocess.Popen(
            [PROGRAM, *words], env=self.environment | (env or {}), cwd=self.folder, text=True, **streams
        )
        self.addCleanup(self.stop, process)
        return process

    @staticmethod
    def stop(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()

    def run_program(self, *words, env=None, **streams):
        process = self.start(*words, env=env, **streams)
        out, err = process.communicate(timeout=60)
        return Answer(process.returncode, out or "", err or "")

    def row(self):
        """The id of the row that the running test is about."""
        return self.id().rsplit(".test_", 1)[1].replace("_", "-")

    def expect(self, answer, code, sees=(), out=()):
        self.assertEqual(answer.code, code, answer.err + answer.out)
        self.assertIn(code, rows().get(self.row(), ()), "the table names another exit code")
        for words in sees:
            self.assertIn(words, answer.err)
        for words in out:
            self.assertIn(words, answer.out)
        if code in (2, 3) and not out:
            self.assertEqual(answer.out, "", "a failure is no result")
        return answer

    def fails(self, code, *words, sees, env=None):
        """A run without an answer: told on stderr, nothing on stdout, and as JSON for who asked for it."""
        answer = self.expect(self.run_program(*words, env=env), code, sees)
        as_json = self.run_program(*words, "--output=json", env=env)
        self.assertEqual(as_json.code, code)
        result = json.loads(as_json.out)
        self.assertEqual(result["exit_code"], code)
        self.assertIn(sees[0], result["message"])
        return answer

    def calendar_fails(self, content, *sees):
        path = self.write("mine.yaml", content)
        return self.fails(3, "check", "--calendar", path, "--at", EVENING, sees=sees)
