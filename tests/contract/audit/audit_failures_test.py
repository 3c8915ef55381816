"""Every row of audit-writer's failure table: what happens, what the user sees, and the exit code.

The table is in plugins/audit-writer/docs.md. Each row carries its id in a comment, and `test_<id>` here is its test.
What cannot be brought about from outside is tested in the process; IN_PROCESS says where.
"""

import concurrent.futures
import contextlib
import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from log_case import ORIGIN, PROGRAM, ROOT, TAG, LogCase, can_mount, can_trace  # noqa: E402

sys.path.insert(0, str(ROOT / "tests/contract"))
import failure_table  # noqa: E402

IN_PROCESS = {
    "clock-behind": ("tests/unit/audit/test_log.cpp", "a clock behind the last record is a warning"),
    "newer-schema": ("tests/unit/audit-writer-query/test_record.cpp", "a record of a later version is not answered"),
}


def rows():
    return failure_table.rows("audit-writer")


class RowCase(LogCase):
    def setUp(self):
        super().setUp()
        self.make_log()

    def expect(self, answer, code, *sees):
        row = self.id().rsplit(".test_", 1)[1].replace("_", "-")
        self.assertEqual(answer.code, code, answer.err + answer.out)
        self.assertIn(code, rows().get(row, ()), "the table names another exit code")
        for words in sees:
            self.assertIn(words, answer.err + answer.out)
        return answer

    def not_stored(self, answer, code, *sees):
        """Not stored, but not lost either."""
        self.expect(answer, code, *sees)
        self.assertEqual(self.pending(answer)["image_tag"], TAG)
        return answer

    def traced(self, fault):
        if not can_trace():
            self.skipTest("strace cannot inject faults here")
        return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={fault}"]


class TableTestCase(unittest.TestCase):
    def test_every_row_has_its_test_and_every_test_its_row(self):
        tested = {
            name.removeprefix("test_").replace("_", "-")
            for case in RowCase.__subclasses__()
            for name in vars(case)
            if name.startswith("test_")
        }
        for name, (path, promise) in IN_PROCESS.items():
            self.assertIn(f'TEST_CASE("{promise}', (ROOT / path).read_text())
            tested.add(name)
        self.assertEqual(tested, set(rows()))
        self.assertGreater(len(tested), 40)


class SettingsTestCase(RowCase):
    def test_event_missing(self):
        answer = self.run_program("append", "--target-stage", "live", "--image-tag", TAG)
        self.expect(answer, 2, "event is required", "promotion.succeeded")
        self.assertEqual(len(self.lines()), 1)

    def test_event_unknown(self):
        self.expect(self.append(event="promotion.suceeded"), 2, "did you mean promotion.succeeded?")

    def test_members_missing(self):
        answer = self.run_program("append", "--event", "promotion.succeeded")
        self.expect(answer, 2, "operator", "project", "target_stage", "image_tag")

    def test_number_shaped_tag(self):
        self.expect(self.append(tag="1.2345e+11"), 2, "quote it")

    def test_status_unknown(self):
        self.expect(self.append(event="promotion.finished"), 2, "CI_PIPELINE_STATUS, which is not set")

    def test_image_without_digest(self):
        self.expect(self.append("--images", "stonks/scheduler:3f2a91c"), 2, "has no digest", "sha256:")

    def test_evidence_unreadable(self):
        self.expect(self.append("--evidence", "./none.json"), 2, "evidence:", "none.json", "No such file")

    def test_notes_too_long(self):
        (self.folder / "notes").write_text("x" * 20000)
        stored = self.stored("--notes-file", "notes", "--echo")
        record = json.loads(stored["record"])
        self.assertEqual(len(record["notes"]), 16384)
        self.assertRegex(record["notes_truncated_sha256"], "^[0-9a-f]{64}$")
        self.assertIn(0, rows()["notes-too-long"])

    def test_extra_misnamed(self):
        self.expect(self.append("--extra", "team=core", "--dry-run"), 2, "team", "x_team")

    def test_approval_without_note(self):
        self.expect(self.append(event="promotion.approved"), 2, "notes: promotion.approved needs a note")

    def test_output_unfit(self):
        self.expect(self.append("--output", "csv"), 2, "output: append prints text or json, not csv")


class StoreTestCase(RowCase):
    def test_not_mounted(self):
        self.log = self.folder / "empty"
        self.log.mkdir()
        answer = self.append(env={"PLUGIN_AUDIT_LOG": str(self.log)})
        self.not_stored(answer, 3, "is the volume mounted?", str(self.log))
        self.assertEqual(list(self.log.iterdir()), [])

    def test_no_hard_links(self):
        shutil.rmtree(self.log)
        self.key.unlink()
        answer = self.run_program(
            "init", "--origin", "example.com/x", "--key-out", self.key,
            env={"PLUGIN_AUDIT_KEY_FILE": None}, under=self.traced("link,linkat:error=EPERM"),
        )
        self.expect(answer, 3, "hard links")

    def test_not_writable(self):
        if os.geteuid() != 0:
            self.skipTest("only root can become somebody else")
        self.folder.chmod(0o755)
        for path in [self.log, *self.log.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        self.key.chmod(0o644)
        answer = self.append(user=65534, group=65534)
        self.not_stored(answer, 3, "Permission denied", "65534")

    def mounted(self, options, script):
        if not can_mount():
            self.skipTest("nothing can be mounted here")
        shell = f"mount {options} || exit 99; {script}"
        return ["unshare", "-rm", "sh", "-c", shell + '; exec "$@"', "sh"]

    def test_read_only(self):
        mount = f"--bind {self.log} {self.log} && mount -o remount,bind,ro {self.log}"
        answer = self.append(under=self.mounted(mount, ":"))
        self.not_stored(answer, 3, "Read-only file system")
        self.assert_imports(answer)

    def test_disk_full(self):
        spare = self.folder / "spare"
        shutil.copytree(self.log, spare)
        fill = f"cp -a {spare}/. {self.log}; head -c 1M /dev/zero >{self.log}/filler 2>/dev/null; true"
        answer = self.append(under=self.mounted(f"-t tmpfs -o size=128k none {self.log}", fill))
        self.not_stored(answer, 3, "No space left on device")

    def test_sync_fails(self):
        answer = self.append(under=self.traced("fsync:error=EIO:when=1"))
        self.not_stored(answer, 3, "Input/output error")
        self.assert_imports(answer)

    def test_store_silent(self):
        answer = self.append("--audit-deadline", "500ms", under=self.traced("fsync:delay_enter=3000000:when=1"))
        self.not_stored(answer, 5, "did not answer for 500ms", str(self.log))

    def test_silent_result_file(self):
        # It lies on the same server: what can be told elsewhere is told.
        answer = self.append("--audit-deadline", "500ms", "--result-file", "result.json",
                             under=self.traced("fsync:delay_enter=6000000"))
        self.not_stored(answer, 5, "did not answer for 500ms")
        self.assertFalse((self.folder / "result.json").exists())

    WHO = ("--operator", "ann", "--reason", "looked into it")

    def told_to(self, place):
        """The settings that say where it is told, and room for it there."""
        (self.folder / f"{place}.words").write_text("")
        return ("--result-file", f"{place}.json", "--termination-log", f"{place}.words")

    def told(self, answer, verb, words, place="here"):
        """Everywhere that it should be: on stderr, in the result file, and in the pod's last words."""
        result = json.loads((self.folder / f"{place}.json").read_text())
        self.assertEqual((result["verb"], result["exit_code"]), (verb, answer.code))
        for told in (answer.err, result["message"], (self.folder / f"{place}.words").read_text()):
            self.assertIn(words, told)

    def silent(self, verb, *words, call="link,linkat", place="here", **more):
        # strace lets nobody go before the delay is over.
        return self.run_program(*verb.split(), *words, "--audit-deadline", "500ms", *self.told_to(place),
                                under=self.traced(f"{call}:delay_enter=3000000"), **more)

    def test_silent_while_mending(self):
        self.stored()
        pending = self.append("--idempotency-key", "n", env={"PLUGIN_AUDIT_LOG": str(self.folder / "none")}).out
        with open(self.log / "records/0000000000.jsonl", "ab") as segment:
            segment.write(b"forged\n")
        calls = {
            "repair": self.WHO,
            "redact 1": (*self.WHO, "--accept-loss"),
            "import": ("--from", "-"),
            "stage disable": ("paper", *self.WHO),
        }
        for verb, words in calls.items():
            with self.subTest(verb):
                more = {"input": pending} if verb == "import" else {}
                answer = self.silent(verb, *words, **more)
                self.expect(answer, 5, "did not answer for 500ms", str(self.log))
                again = {"stage disable": "not known to be stored", "import": "import them again"}
                self.told(answer, verb.removesuffix(" 1"), again.get(verb, f"run {verb.split()[0]} again"))
        # And so it is.
        for verb, words in calls.items():
            done = self.run_program(*verb.split(), *words, input=pending)
            self.assertEqual(done.code, 0, done.err + done.out)
        self.assert_verifies()

    def test_silent_while_beginning(self):
        answer = self.silent("init", "--audit-log", "new", env={"PLUGIN_AUDIT_LOG": None})
        self.expect(answer, 5, "did not answer for 500ms", "Run init again")
        self.told(answer, "init", "Run init again")
        self.assertEqual(self.run_program("init", "--audit-log", "new", env={"PLUGIN_AUDIT_LOG": None}).code, 0)
        for number in range(3):
            self.stored("--idempotency-key", f"n{number}")
        for number in (2, 3):
            (self.log / f"tail/000000000{number}").unlink()
        path = self.log / "records/0000000000.jsonl"
        path.write_bytes(b"\n".join(self.lines()[:2]) + b"\n")
        words = ("--new-log", "second", "--key-out", "second.key", "--accept-loss", *self.WHO)
        answer = self.silent("recover", *words)
        self.assertEqual(answer.code, 5, answer.err)
        self.told(answer, "recover", "with the same new_log and key_out")
        self.assertEqual(self.run_program("recover", *words).code, 0)

    def test_silent_while_reading(self):
        self.stored()
        verbs = ("history", "current", "show 1", "where " + TAG, "diff live live", "proof 1", "verify",
                 "export --format csv", "report dora", "report compliance", "doctor")
        with concurrent.futures.ThreadPoolExecutor() as pool:
            answers = pool.map(lambda verb: self.silent(verb, call="statx", place=verb[:9]), verbs)
            for verb, answer in zip(verbs, answers, strict=True):
                with self.subTest(verb):
                    self.expect(answer, 5, "did not answer for 500ms", "Nothing in the log has been changed")
                    name = re.match("report [a-z]+|[a-z]+", verb)[0]
                    self.told(answer, name, "did not answer for 500ms", verb[:9])

    def interrupt(self, fault, *words):
        """What it answers to a SIGTERM while a call does not come back."""
        with subprocess.Popen(
            [*self.traced(fault), PROGRAM, *words, *self.told_to("here")],
            env=self.environment, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as tracer:
            program = child_of(tracer.pid)
            wait_for_handler(program, signal.SIGTERM)
            os.kill(program, signal.SIGTERM)
            out, err = tracer.communicate(timeout=100)
        return type("A", (), {"code": tracer.returncode % 256, "out": out, "err": err})

    def test_interrupted(self):
        answer = self.interrupt("link,linkat:delay_enter=13000000", "append", "--event", "promotion.succeeded",
                                "--project", "stonks", "--target-stage", "live", "--image-tag", TAG, "--operator", "ann")
        self.not_stored(answer, 143, "before the program had to end")
        self.told(answer, "append", "before the program had to end")

    def test_interrupted_while_mending(self):
        self.stored()
        answer = self.interrupt("link,linkat:delay_enter=13000000", "redact", "1", "--accept-loss", *self.WHO)
        self.expect(answer, 143, "redact had to end before it was done")
        self.told(answer, "redact", "run redact again")

    def test_interrupted_while_reading(self):
        answer = self.interrupt("statx:delay_enter=5000000:when=1", "verify")
        self.expect(answer, 143, "Nothing in the log has been changed")
        self.told(answer, "verify", "verify had to end before it was done")

    def test_view_not_updated(self):
        answer = self.append(under=self.traced("pwrite64:error=EIO"))
        self.expect(answer, 0, "recorded as 1", "will be completed by the next append")
        self.stored("--idempotency-key", "another")
        self.assert_verifies()

    def test_lock_taken(self):
        with open(self.log / "lock", "r+b") as lock:
            region = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            fcntl.fcntl(lock, 37, region)  # F_OFD_SETLK
            answer = self.append("--output=json")
        self.expect(answer, 0)
        self.assertFalse(answer.json()["locked"])


class KeyTestCase(RowCase):
    def test_key_missing(self):
        answer = self.append(env={"PLUGIN_AUDIT_KEY_FILE": None})
        self.not_stored(answer, 2, "audit_key is missing", "secret")
        self.assert_imports(answer)

    def test_key_malformed(self):
        answer = self.append(env={"PLUGIN_AUDIT_KEY_FILE": None, "PLUGIN_AUDIT_KEY": "PRIVATE+KEY+x+y+z"})
        self.not_stored(answer, 2, "audit_key: ")
        self.assertNotIn("+y+z", answer.err + answer.out)

    def test_key_of_another_log(self):
        made = self.run_program("keygen", "--origin", "example.com/other", "--key-out", "other.key",
                                env={"PLUGIN_AUDIT_KEY_FILE": None, "PLUGIN_AUDIT_LOG": None})
        self.assertEqual(made.code, 0, made.err)
        answer = self.append(env={"PLUGIN_AUDIT_KEY_FILE": "other.key"})
        self.not_stored(answer, 4, "example.com/other", self.vkey)

    def test_key_file_exists(self):
        before = self.key.read_bytes()
        answer = self.run_program("keygen", "--origin", "example.com/x", "--key-out", self.key,
                                  env={"PLUGIN_AUDIT_KEY_FILE": None, "PLUGIN_AUDIT_LOG": None})
        self.expect(answer, 3, "File exists")
        self.assertEqual(self.key.read_bytes(), before)

    def test_log_exists(self):
        self.expect(self.run_program("init"), 1, "already")


class RetryTestCase(RowCase):
    CI = {
        "CI": "woodpecker", "CI_SYSTEM_NAME": "woodpecker", "CI_SYSTEM_VERSION": "3.18.0", "CI_REPO": "o/stonks",
        "CI_REPO_NAME": "stonks", "CI_PIPELINE_NUMBER": "7", "CI_STEP_NAME": "audit", "CI_PIPELINE_AUTHOR": "ann",
        "CI_PIPELINE_STATUS": "success", "CI_PIPELINE_DEPLOY_TARGET": "live", "CI_COMMIT_SHA": TAG,
        "PLUGIN_EVENT": "promotion.finished",
    }

    def test_retried(self):
        first = self.run_program(env=self.CI)
        self.assertEqual(first.code, 0, first.err)
        self.expect(self.run_program(env=self.CI), 0, "already recorded as 1")
        self.assertEqual(len(self.lines()), 2)

    def test_key_reused(self):
        self.stored("--idempotency-key", "k", "--notes", "first")
        answer = self.append("--idempotency-key", "k", "--notes", "second")
        self.expect(answer, 4, "belongs to record 1", "first", "second")

    def test_killed(self):
        killed = self.run_program(env=self.CI, under=self.traced("link,linkat:signal=KILL"))
        self.assertNotEqual(killed.code, 0)
        self.expect(self.run_program(env=self.CI), 0, "recorded as 1")
        self.assertEqual(len(self.lines()), 2)
        self.assert_verifies()

    def test_import_of_a_cut_line(self):
        answer = self.run_program("import", input='ok\nAUDIT-PENDING {"idem":"a","type":\n')
        self.expect(answer, 2, "line 2: the record is not whole")

    def test_import_of_nothing(self):
        self.expect(self.run_program("import", input="all is well\n"), 0, "nothing to import")

    def test_import_of_a_redacted_record(self):
        words = ("--idempotency-key", "k", "--notes", "ann's secret")
        pending = self.append(*words, env={"PLUGIN_AUDIT_LOG": str(self.folder / "none")}).out
        other = self.append("--idempotency-key", "other", env={"PLUGIN_AUDIT_LOG": str(self.folder / "none")}).out
        self.assertEqual(self.run_program("import", input=pending).code, 0)
        done = self.run_program("redact", "1", "--accept-loss", "--operator", "ann", "--reason", "asked for")
        self.assertEqual(done.code, 0, done.err)
        answer = self.run_program("import", input=pending + other)
        self.expect(answer, 1, "line 1: not imported: it is in the log as record 1, which has been redacted; record 2",
                    "line 2: recorded as 3")
        self.assertNotIn(b"secret", (self.log / "records/0000000000.jsonl").read_bytes())
        self.assert_verifies()

    def test_import_interrupted(self):
        with subprocess.Popen([PROGRAM, "import"], env=self.environment, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            # It reads stdin once its handlers are there; the byte makes sure that it does.
            process.stdin.write("x")
            process.stdin.flush()
            wait_for_handler(process.pid, signal.SIGTERM)
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=60)
            self.expect(type("A", (), {"code": process.returncode, "out": out, "err": err}), 143)


def child_of(pid):
    """The process that a tracer has started."""
    while True:
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            with contextlib.suppress(FileNotFoundError):  # gone meanwhile
                if os.path.samefile(f"/proc/{child}/exe", PROGRAM):
                    return int(child)
        time.sleep(0.01)


def wait_for_handler(pid, number):
    """Until the process catches the signal."""
    mask = 1 << (number - 1)
    while True:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        if int(re.search(r"SigCgt:\s*([0-9a-f]+)", status)[1], 16) & mask:
            return
        time.sleep(0.01)


class TamperTestCase(RowCase):
    def tamper(self, path, old, new):
        content = path.read_bytes()
        self.assertIn(old, content)
        path.chmod(0o644)
        path.write_bytes(content.replace(old, new))

    def test_head_damaged(self):
        self.stored()
        self.tamper(self.log / "tail/0000000001", b'"operator":{"name":"ann"', b'"operator":{"name":"eve"')
        self.not_stored(self.append("--idempotency-key", "n"), 4, "0000000001")

    def test_lines_gone(self):
        self.stored()
        (self.log / "records/0000000000.jsonl").unlink()
        self.not_stored(self.append("--idempotency-key", "n"), 4, "do not stand where", "audit-writer repair")
        self.assertFalse((self.log / "records/0000000000.jsonl").exists())
        self.assertEqual(self.run_program("repair", *self.WHO).code, 0)
        self.stored("--idempotency-key", "n")
        self.assert_verifies()

    def test_head_slot_gone(self):
        self.stored()
        (self.log / "tail/0000000001").unlink()
        self.expect(self.run_program("verify", "--audit-vkey", self.vkey), 4, "MISSING_FILE", "tail/0000000001",
                    "audit-writer repair")
        mended = self.run_program("repair", *self.WHO)
        self.assertEqual(mended.code, 0, mended.err)
        self.assertIn("made the slot of record 1 again", mended.out)
        self.stored("--idempotency-key", "n")
        self.assert_verifies()

    def test_record_changed(self):
        self.stored()
        self.stored("--idempotency-key", "another")
        self.tamper(self.log / "records/0000000000.jsonl", b'"name":"ann"', b'"name":"eve"')
        answer = self.run_program("verify", "--audit-vkey", self.vkey)
        self.expect(answer, 4, "NOT OK", "MODIFIED", "records/0000000000.jsonl")

    def test_nothing_to_compare_with(self):
        answer = self.run_program("verify", env={"PLUGIN_AUDIT_KEY_FILE": None})
        self.expect(answer, 0, "OK: 1 records", "the key is not pinned", "a complete rollback would not be seen")

    def test_vkey_of_another_log(self):
        self.stored()
        made = self.run_program("keygen", "--origin", ORIGIN, "--key-out", "other.key", "--output=json",
                                env={"PLUGIN_AUDIT_KEY_FILE": None, "PLUGIN_AUDIT_LOG": None})
        other = made.json()["vkey"]
        answer = self.run_program("verify", "--audit-vkey", other, "--output=json")
        self.expect(answer, 4, other, self.vkey, "nothing here is signed with", "compare it with what init has printed")
        self.assertEqual([row["finding"] for row in answer.json()["findings"]], ["BAD_SIGNATURE"])
        self.assertIn("NOT OK: 1 finding in", self.run_program("verify", "--audit-vkey", other).out)

    def test_rolled_back(self):
        self.stored()
        old = self.folder / "old"
        shutil.copytree(self.log, old)
        (self.folder / "ci.log").write_text(
            "".join(f"[audit:L{n}:0s] {line}\n"
                    for n, line in enumerate(self.append("--idempotency-key", "n").out.splitlines()))
        )
        shutil.rmtree(self.log)
        old.rename(self.log)
        self.assert_verifies()
        answer = self.run_program("verify", "--audit-vkey", self.vkey, "--known", "ci.log")
        self.expect(answer, 4, "ROLLED_BACK")

    def test_known_without_checkpoint(self):
        (self.folder / "ci.log").write_text("nothing here\n")
        self.expect(self.run_program("verify", "--known", "ci.log"), 2, "ci.log holds no checkpoint")

    def test_records_lost(self):
        for number in range(3):
            self.stored("--idempotency-key", f"n{number}")
        for number in (2, 3):
            (self.log / f"tail/000000000{number}").unlink()
        path = self.log / "records/0000000000.jsonl"
        path.chmod(0o644)
        path.write_bytes(b"\n".join(self.lines()[:2]) + b"\n")
        answer = self.append("--idempotency-key", "later")
        self.not_stored(answer, 4, "recover --accept-loss")

    WHO = ("--operator", "ann", "--reason", "the NAS lost power")

    def test_nothing_lost(self):
        self.stored()
        answer = self.run_program("recover", "--new-log", "new", "--key-out", "new.key", "--accept-loss", *self.WHO)
        self.expect(answer, 1)
        self.assert_verifies()

    def test_loss_not_accepted(self):
        answer = self.run_program("recover", *self.WHO)
        self.expect(answer, 2, "accept_loss", "look for copies", "new_log", "key_out")

    def test_deployment_redacted(self):
        self.stored()
        answer = self.run_program("redact", "1", *self.WHO)
        self.expect(answer, 1, "is what says that live runs", "--accept-loss")
        self.assertIn(b'"name":"ann"', self.lines()[1])


class GlassTestCase(RowCase):
    def grant(self, *words):
        return self.run_program("grant", "--stage", "live", "--tag", TAG, "--operator", "ann", *words)

    def grant_id(self):
        granted = self.grant("--justification", "prices are wrong", "--output=json")
        self.assertEqual(granted.code, 0, granted.err)
        return granted.json()["grant"]

    def test_grant_incomplete(self):
        answer = self.run_program("grant", "--justification", "short", "--expires", "5h")
        self.expect(answer, 2, "stage", "image_tag", "operator", "at least 10", "at most 4h")

    def test_grant_over(self):
        answer = self.grant("--justification", "prices are wrong", "--expires", "30m", "--not-before", "2026-01-01T00:00:00Z")
        self.expect(answer, 2, "it would have ended at 2026-01-01T00:30:00.000Z already")
        self.assertEqual(len(self.lines()), 1)

    def test_grant_not_stored(self):
        answer = self.run_program("grant", "--stage", "live", "--tag", TAG, "--operator", "ann", "--justification",
                                  "prices are wrong", env={"PLUGIN_AUDIT_LOG": str(self.folder / "none")})
        self.expect(answer, 3, "is the volume mounted?")
        self.assertNotIn("AUDIT-PENDING", answer.out)

    def test_grant_unknown(self):
        answer = self.run_program("revoke", "01JD5V00000000000000000000", "--operator", "ann", "--reason", "mistake")
        self.expect(answer, 2, "there is no grant", "history --break-glass")

    def test_review_of_an_unused_grant(self):
        answer = self.run_program("review", self.grant_id(), "--operator", "bob", "--notes", "looked at it")
        self.expect(answer, 1, "has not been used")

    def test_stage_as_it_is(self):
        words = ("paper", "--operator", "ann", "--reason", "maintenance")
        self.assertEqual(self.run_program("stage", "disable", *words).code, 0)
        self.expect(self.run_program("stage", "disable", *words), 1, "disabled already")
        self.assertEqual(self.run_program("stage", "enable", *words).code, 0)


class QueryTestCase(RowCase):
    def test_record_unknown(self):
        self.expect(self.run_program("show", "7"), 2, "there is no record 7", "0 to 0")
        self.expect(self.run_program("proof", "01JD5V00000000000000000000"), 2, "there is no record")

    def test_time_malformed(self):
        self.expect(self.run_program("history", "--since", "yesterday"), 2, "since: ", "2026-11-24")

    def test_nothing_deployed(self):
        self.expect(self.run_program("current", "live"), 1, 'nothing has been deployed to "live"')

    def test_tag_nowhere(self):
        self.expect(self.run_program("where", "3f2a91c"), 1, "is in no promotion")

    def test_stages_differ(self):
        self.stored()
        self.stored(stage="paper", tag="other")
        self.expect(self.run_program("diff", "paper", "live"), 1, "image_tag", "other", TAG)

    def test_stdout_full(self):
        self.stored()
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "history"], env=self.environment, stdout=full, stderr=subprocess.PIPE,
                                  text=True, timeout=60)
        answer = type("A", (), {"code": done.returncode, "out": "", "err": done.stderr})
        self.expect(answer, 3, "cannot write the result to stdout: No space left on device")

    def test_reader_gone(self):
        self.stored()
        reader, writer = os.pipe()
        os.close(reader)
        self.addCleanup(os.close, writer)
        del self.environment["PLUGIN_AUDIT_KEY_FILE"]
        for verb in ("history", "history --output jsonl", "history --output csv", "history --output html",
                     "history --output json", "export --format cloudevents", "show 1", "report dora", "verify", "--help"):
            with self.subTest(verb):
                done = subprocess.run([PROGRAM, *verb.split()], env=self.environment, stdout=writer,
                                      stderr=subprocess.PIPE, text=True, timeout=60)
                answer = type("A", (), {"code": done.returncode, "out": "", "err": done.stderr})
                self.expect(answer, 141)
                self.assertEqual(answer.err, "")
        # A no is not lost with its reader.
        done = subprocess.run([PROGRAM, "where", "nowhere"], env=self.environment, stdout=writer, timeout=60)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
