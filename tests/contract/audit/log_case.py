"""A log in a temporary folder, and the program that writes it."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = os.environ.get("STAGEGATE_BIN", "")
ORIGIN = "example.com/audit/test"
TAG = "3f2a91c0b1c2d3e4f5061728394a5b6c7d8e9f00"


class Answer:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def json(self):
        return json.loads(self.out)


def can_trace():
    """Whether strace may inject faults here."""
    if not shutil.which("strace"):
        return False
    probe = ["strace", "-f", "-o", "/dev/null", "-e", "inject=fsync:error=EIO", "true"]
    return subprocess.run(probe, capture_output=True).returncode == 0


def can_mount():
    """Whether a name space of its own may mount something."""
    if not shutil.which("unshare"):
        return False
    probe = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(probe, capture_output=True).returncode == 0


class LogCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log = self.folder / "log"
        self.key = self.folder / "audit.key"
        # Nothing of the caller's.
        self.environment = {"PATH": os.environ["PATH"], "PLUGIN_AUDIT_LOG": str(self.log)}

    def run_program(self, *words, env=None, under=(), **more):
        environment = self.environment | (env or {})
        environment = {name: value for name, value in environment.items() if value is not None}
        if under:  # the sanitizer cannot look for leaks while somebody traces it
            environment["ASAN_OPTIONS"] = "detect_leaks=0"
        more = {"stdin": subprocess.DEVNULL} | more
        if "input" in more:
            del more["stdin"]
        done = subprocess.run(
            [*under, PROGRAM, *map(str, words)],
            env=environment, cwd=self.folder, capture_output=True, text=True, timeout=120, **more,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def make_log(self):
        made = self.run_program("init", "--origin", ORIGIN, "--key-out", self.key, "--output=json")
        self.assertEqual(made.code, 0, made.err)
        self.environment["PLUGIN_AUDIT_KEY_FILE"] = str(self.key)
        self.vkey = made.json()["vkey"]
        return made.json()

    def append(self, *words, event="promotion.succeeded", stage="live", tag=TAG, **more):
        return self.run_program(
            "append", "--event", event, "--project", "stonks", "--source-stage", "paper", "--target-stage", stage,
            "--image-tag", tag, "--operator", "ann", *words, **more,
        )

    def stored(self, *words, **more):
        answer = self.append(*words, "--output=json", **more)
        self.assertEqual(answer.code, 0, answer.err + answer.out)
        return answer.json()

    def lines(self):
        return (self.log / "records/0000000000.jsonl").read_bytes().splitlines()

    def assert_verifies(self):
        answer = self.run_program("verify", "--audit-vkey", self.vkey, env={"PLUGIN_AUDIT_KEY_FILE": None})
        self.assertEqual(answer.code, 0, answer.out + answer.err)
        return answer

    def pending(self, answer):
        """The record that an answer says was not stored."""
        found = [line for line in answer.out.splitlines() if line.startswith("AUDIT-PENDING ")]
        self.assertEqual(len(found), 1, answer.out + answer.err)
        return json.loads(found[0].removeprefix("AUDIT-PENDING "))

    def assert_imports(self, answer):
        """What was printed as pending can be stored later, once."""
        first = self.run_program("import", input=answer.out)
        self.assertEqual(first.code, 0, first.err + first.out)
        self.assertIn("recorded as", first.out)
        again = self.run_program("import", input=answer.out)
        self.assertEqual(again.code, 0, again.err)
        self.assertIn("already recorded as", again.out)
        self.assert_verifies()
