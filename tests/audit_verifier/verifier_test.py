"""Logs verify with other implementations than ours, which refuse what was tampered with."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
import audit_verifier  # noqa: E402

MAKE = os.environ["MAKE_AUDIT_LOG"]
GOLDEN = pathlib.Path(os.environ.get("STAGEGATE_DATA", "")) / "audit-vectors" / "golden"


class MadeLog:
    def __init__(self, records):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name) / "log"
        self.vkey = subprocess.check_output([MAKE, self.path, str(records)], text=True).strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def segment(self, first=0):
        return self.path / "records" / f"{first:010d}.jsonl"


class IndependentVerifierTest(unittest.TestCase):
    def test_a_log_verifies_with_python_and_openssl_alone(self):
        for records in (1, 2, 255, 256, 257, 700, 66_000):
            with self.subTest(records=records), MadeLog(records) as log:
                self.assertEqual(audit_verifier.verify(log.path, log.vkey), records)

    def test_what_was_tampered_with_is_refused_there_too(self):
        def change(log):
            data = log.segment().read_bytes()
            log.segment().write_bytes(data.replace(b"celes", b"kefka", 1))

        def delete(log):
            lines = log.segment().read_bytes().splitlines(keepends=True)
            log.segment().write_bytes(b"".join(lines[:17] + lines[18:]))

        def append(log):
            with log.segment().open("ab") as file:
                file.write(b"x\n")

        def edit_tile(log):
            path = log.path / "tile" / "0" / "000"
            path.write_bytes(b"\0" + path.read_bytes()[1:])

        def edit_slot(log):
            path = sorted((log.path / "tail").iterdir())[-1]
            path.write_bytes(path.read_bytes().replace(b"celes", b"kefka", 1))

        def edit_checkpoint(log):
            path = log.path / "checkpoint"
            path.write_bytes(path.read_bytes().replace(b"\n300\n", b"\n299\n"))

        for tamper in (change, delete, append, edit_tile, edit_slot, edit_checkpoint):
            with self.subTest(tamper.__name__), MadeLog(300) as log:
                tamper(log)
                with self.assertRaises(audit_verifier.Wrong):
                    audit_verifier.verify(log.path, log.vkey)

    def test_the_golden_log_verifies(self):
        if not GOLDEN.is_dir():
            self.skipTest("skipped: no data (audit-vectors/golden)")
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "records").mkdir()
            (folder / "tail").mkdir()
            shutil.copy(GOLDEN / "checkpoint", folder / "checkpoint")
            shutil.copy(GOLDEN / "records-0000000000.jsonl", folder / "records" / "0000000000.jsonl")
            shutil.copy(GOLDEN / "slot-0000000004", folder / "tail" / "0000000004")
            self.assertEqual(audit_verifier.verify(folder, (GOLDEN / "vkey").read_text()), 5)

    def test_a_log_verifies_with_the_code_of_go_checksum_database(self):
        if not shutil.which("go"):
            self.skipTest("skipped: no go")
        with tempfile.TemporaryDirectory() as build:
            program = pathlib.Path(build) / "verifier"
            built = subprocess.run(["go", "build", "-o", program, "."], cwd=HERE / "go", capture_output=True, text=True,
                                   check=False)
            if built.returncode != 0:
                self.skipTest("skipped: the Go module is not to be had: " + built.stderr.strip()[-300:])
            for records in (1, 257, 66_000):
                with self.subTest(records=records), MadeLog(records) as log:
                    subprocess.run([program, log.path, log.vkey], check=True)
            with MadeLog(300) as log:
                log.segment().write_bytes(log.segment().read_bytes().replace(b"celes", b"kefka", 1))
                self.assertNotEqual(
                    subprocess.run([program, log.path, log.vkey], check=False, capture_output=True).returncode, 0)


if __name__ == "__main__":
    unittest.main()
