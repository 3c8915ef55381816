"""Where a log can be, and what can happen to its writers there, but that they are killed."""
import json
import os
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trial import Trial, driver, fast_directory  # noqa: E402

# Mounts of this test are its own: it runs in a namespace of mounts that ends with it.
NAMESPACE = "STAGEGATE_AUDIT_NAMESPACE"
if NAMESPACE not in os.environ:
    for options in (["--mount"], ["--mount", "--map-root-user"]):
        if subprocess.run(["unshare", *options, "true"], capture_output=True, check=False).returncode == 0:
            os.environ[NAMESPACE] = "yes"
            os.execvp("unshare", ["unshare", *options, sys.executable, "-B", *sys.argv])
    os.environ[NAMESPACE] = ""


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


@unittest.skipUnless(os.environ[NAMESPACE], "nothing can be mounted here")
class FileSystemTestCase(unittest.TestCase):
    def setUp(self):
        self.trial = Trial(fast_directory())
        self.addCleanup(self.trial.__exit__)
        self.place = os.path.join(self.trial.directory, "place")
        os.mkdir(self.place)

    def log_on(self, options):
        mount("-t", "tmpfs", "-o", options, "audit-test", self.place)
        self.addCleanup(subprocess.run, ["umount", self.place], check=False)
        self.trial.log = os.path.join(self.place, "log")
        made = self.trial.run("init", *self.trial.where())
        self.assertEqual(0, made.returncode, made.stderr)

    def fills_up(self, options, roomier, complaint):
        self.log_on(options)
        full = self.trial.append("a", "--count", "5000", "--pad", "3000")
        self.assertEqual(3, full.returncode, full.stderr)
        self.assertIn("No space left on device", full.stderr)
        self.assertIn(complaint, full.stderr)
        recorded = len(self.trial.acknowledged)
        self.assertGreater(recorded, 20)
        self.assertEqual(0, self.trial.run("lines", *self.trial.where()).returncode)
        mount("-o", "remount," + roomier, self.place)
        again = self.trial.append("a", "--from", str(recorded), "--pad", "3000")
        self.assertEqual(0, again.returncode, again.stderr)
        self.assertEqual([], self.trial.faults())

    def test_a_full_disk_refuses_records_and_keeps_those_that_it_has(self):
        self.fills_up("size=1m", "size=8m", "(" + self.place)

    def test_a_disk_without_inodes_refuses_records_and_keeps_those_that_it_has(self):
        self.fills_up("size=32m,nr_inodes=120", "nr_inodes=4000", " 0 inodes free")

    def test_a_read_only_log_is_read_and_not_written(self):
        self.log_on("size=4m")
        self.trial.append("a", "--count", "3")
        mount("-o", "remount,ro", self.place)
        refused = self.trial.append("b")
        self.assertEqual(3, refused.returncode)
        self.assertIn("Read-only file system", refused.stderr)
        self.assertIn(f"({self.place} is mounted from audit-test as tmpfs with ro", refused.stderr)
        read = self.trial.run("lines", *self.trial.where())
        self.assertEqual(4, len(read.stdout.splitlines()))
        mount("-o", "remount,rw", self.place)
        self.assertEqual([], self.trial.faults())

    def test_a_volume_that_is_not_mounted_is_no_log_and_does_not_become_one(self):
        self.trial.log = self.place
        refused = self.trial.append("a")
        self.assertEqual(3, refused.returncode)
        self.assertIn("is the volume mounted?", refused.stderr)
        self.assertEqual([], os.listdir(self.place))


class WriterTestCase(unittest.TestCase):
    def setUp(self):
        self.trial = Trial(fast_directory())
        self.addCleanup(self.trial.__exit__)

    def stopped(self, step, *options):
        """A writer that stands still before that step."""
        writer = subprocess.Popen([driver(), "append", *self.trial.where(), "--prefix", "paused", "--stop-at", step,
                                   "--lock", "none", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while True:
            with open(f"/proc/{writer.pid}/stat", encoding="utf-8") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "T":
                    return writer
            time.sleep(0.01)

    def others_append(self, records, start=0):
        done = self.trial.append("others", "--from", str(start), "--count", str(records))
        self.assertEqual(0, done.returncode, done.stderr)

    def goes_on(self, writer):
        writer.send_signal(signal.SIGCONT)
        output, said = writer.communicate()
        self.assertEqual("", said)
        return self.trial.take(output)

    def test_a_writer_that_was_overtaken_while_it_was_paused_appends_again(self):
        self.others_append(2)
        writer = self.stopped("link")
        self.others_append(1000, start=2)
        [record] = self.goes_on(writer)
        self.assertEqual((2, 1003), (record["tries"], record["seq"]))
        self.assertFalse(os.path.exists(os.path.join(self.trial.log, "tail", "0000000003")))
        self.assertEqual([], self.trial.faults())

    def test_a_writer_that_is_killed_before_it_notices_that_it_was_overtaken_does_no_harm(self):
        self.others_append(2)
        writer = self.stopped("link", "--die-at", "unlink")
        self.others_append(1000, start=2)
        self.assertEqual([], self.goes_on(writer))
        self.assertTrue(os.path.exists(os.path.join(self.trial.log, "tail", "0000000003")))
        self.assertEqual(0, self.trial.append("paused").returncode)
        self.assertEqual([], self.trial.faults())

    def test_a_writer_that_was_paused_before_it_told_of_its_record_tells_of_that_one(self):
        writer = self.stopped("late")
        self.others_append(1000)
        [record] = self.goes_on(writer)
        self.assertEqual((1, 1), (record["tries"], record["seq"]))
        self.assertEqual([], self.trial.faults())

    def test_a_paused_writer_that_holds_the_lock_delays_others_and_does_not_stop_them(self):
        writer = self.stopped("stage", "--lock", "fair")
        done = self.trial.append("others")
        self.assertFalse(json.loads(done.stdout)["locked"])
        [record] = self.goes_on(writer)
        self.assertEqual(2, record["tries"])
        self.assertEqual([], self.trial.faults())

    def test_a_key_of_another_log_is_refused_before_anything_is_written(self):
        before = self.all_files()
        other = Trial(fast_directory())
        self.addCleanup(other.__exit__)
        refused = self.trial.run("append", "--log", self.trial.log, "--key", other.key)
        self.assertEqual(4, refused.returncode)
        for vkey in (self.trial.vkey, other.vkey):
            self.assertIn(vkey, refused.stderr)
        self.assertEqual(before, self.all_files())

    def all_files(self):
        found = {}
        for directory, _, names in os.walk(self.trial.log):
            for name in names:
                with open(os.path.join(directory, name), "rb") as file:
                    found[os.path.join(directory, name)] = file.read()
        return found

    def test_a_file_system_that_does_not_answer_ends_in_a_record_to_keep_and_exit_code_5(self):
        for step in ("view", "stage", "link", "publish"):
            with self.subTest(step):
                ended = self.trial.append("silent-" + step, "--block-at", step, "--deadline", "200")
                self.assertEqual(5, ended.returncode)
                kept = ended.stdout.removeprefix("AUDIT-PENDING ")
                self.assertEqual(f"silent-{step}-0", json.loads(kept)["idem"])
                self.assertEqual(0, self.trial.append("silent-" + step).returncode)
        self.assertEqual([], self.trial.faults())

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_who_may_not_write_is_told_who_may(self):
        os.chmod(self.trial.directory, 0o755)
        os.chmod(self.trial.key, 0o644)
        for directory, _, names in os.walk(self.trial.log):
            os.chmod(directory, 0o755)
            for name in names:
                os.chmod(os.path.join(directory, name), 0o644)
        refused = subprocess.run([driver(), "append", *self.trial.where()], capture_output=True, text=True, check=False,
                                 user=12345, group=12345, extra_groups=[])
        self.assertEqual(3, refused.returncode)
        self.assertIn("Permission denied", refused.stderr)
        self.assertIn("this is uid 12345, gid 12345", refused.stderr)
        self.assertIn("has mode 0755 and belongs to 0:0", refused.stderr)


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    if result.testsRun == len(result.skipped):
        sys.exit(77)  # so that ctest says so, too
    sys.exit(0 if result.wasSuccessful() else 1)
