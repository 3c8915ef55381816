"""A log, writers that are killed, and what has to be true of the log afterwards."""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "audit_verifier"))
import audit_verifier  # noqa: E402

STEPS = ["lock", "view", "materialise", "decide", "idempotency", "stage", "link", "unlink", "sync", "late",
         "line", "publish", "done"]
RARE_STEPS = ["tiles", "prune"]  # once in 256 records
CONTROL_STEPS = ["lock", "view", "idempotency", "line", "publish", "done"]


def driver():
    return os.environ["STAGEGATE_AUDIT_DRIVER"]


def fast_directory():
    """Killing a process loses nothing that the kernel has: where the files are makes no difference but time."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Trial:
    def __init__(self, where=None, protocol="link"):
        self.directory = tempfile.mkdtemp(prefix="stagegate-audit-", dir=where)
        self.log = os.path.join(self.directory, "log")
        self.key = os.path.join(self.directory, "key")
        self.protocol = protocol
        self.acknowledged = []  # (idempotency key, number), in no order
        self.kills = 0
        self.duplicates = 0
        self.complaints = []  # what a writer said that was not killed
        self.mutex = threading.Lock()
        self.vkey = self.run("keygen", self.key).stdout.strip()
        begin = time.monotonic()
        made = self.run("init", *self.where())
        self.pace = time.monotonic() - begin  # of one start of the driver, as it was built and loaded now
        if made.returncode != 0:
            raise RuntimeError(made.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory, ignore_errors=True)

    def where(self):
        return ["--log", self.log, "--key", self.key, "--protocol", self.protocol]

    @staticmethod
    def run(*arguments):
        return subprocess.run([driver(), *arguments], capture_output=True, text=True, check=False)

    def append(self, prefix, *options):
        """One writer to its end; what it has acknowledged counts."""
        done = self.run("append", *self.where(), "--prefix", prefix, *options)
        self.take(done.stdout)
        return done

    def take(self, output):
        """The acknowledgements in what a writer has printed. A last line without its end was never given."""
        records = [json.loads(line) for line in output.split("\n")[:-1] if line.startswith("{")]
        with self.mutex:
            self.acknowledged += [(record["idem"], record["seq"]) for record in records]
            self.duplicates += sum(bool(record.get("duplicate")) for record in records)
        return records

    def kill_loop(self, prefix, kills, by_step, lock, rng):
        """Writes until it is killed, and begins again with the key that has not been acknowledged."""
        steps = CONTROL_STEPS if self.protocol == "lock-only" else STEPS
        number = 0
        killed = 0
        while killed < kills:
            command = [driver(), "append", *self.where(), "--prefix", prefix, "--from", str(number),
                       "--count", "300", "--lock", lock]
            if by_step:
                rare = self.protocol != "lock-only" and rng.random() < 0.02
                command += ["--die-at", rng.choice(RARE_STEPS if rare else steps),
                            "--at-time", "1" if rare else str(rng.randint(1, 4))]
            writer = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            if not by_step:
                time.sleep(rng.uniform(0.2, 4) * self.pace)
                writer.send_signal(signal.SIGKILL)
            output, said = writer.communicate()
            records = self.take(output)
            if records:
                number = records[-1]["n"] + 1
            if writer.returncode == -signal.SIGKILL:
                killed += 1
            elif writer.returncode != 0:
                with self.mutex:
                    self.complaints.append(said.strip())
                break
        with self.mutex:
            self.kills += killed
        # The step that was killed last is repeated, too.
        last = self.append(prefix, "--from", str(number), "--lock", lock)
        if last.returncode != 0:
            with self.mutex:
                self.complaints.append(last.stderr.strip())

    def kill_writers(self, writers, kills, by_step, lock, seed):
        """`kills` in all, by so many writers at once."""
        threads = [threading.Thread(target=self.kill_loop,
                                    args=(f"w{seed}.{i}", -(-kills // writers), by_step, lock,
                                          random.Random(f"{seed}.{i}")))
                   for i in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def faults(self):
        """Everything that is wrong with the log now; nothing, if all is well."""
        if self.protocol == "lock-only":
            return self.complaints + self.control_faults()
        # As the killed ones have left it, and when a further record has completed what they have left undone.
        found = self.complaints + self.verified()
        mended = self.append("mend")
        found += self.verified()
        if mended.returncode != 0:
            found.append("the log takes no record any more: " + mended.stderr.strip())
        try:
            lines = self.committed_lines()
        except (OSError, ValueError) as trouble:
            return found + [str(trouble)]
        return found + self.record_faults(lines) + self.tree_faults(lines)

    def verified(self):
        done = self.run("verify", *self.where())
        return [] if done.returncode == 0 else [(done.stdout + done.stderr).strip()]

    def committed_lines(self):
        with open(os.path.join(self.log, "checkpoint"), encoding="utf-8") as file:
            size = int(file.read().split("\n")[1])
        lines = []
        records = os.path.join(self.log, "records")
        for name in sorted(os.listdir(records)):
            with open(os.path.join(records, name), "rb") as file:
                lines += file.read().split(b"\n")[:-1]
        if len(lines) < size:
            raise ValueError(f"the checkpoint speaks of {size} records, there are {len(lines)}")
        return lines[:size]

    def record_faults(self, lines):
        """Every acknowledged record is there, where it was said to be, and once."""
        places = {}
        found = []
        for number, line in enumerate(lines):
            try:
                record = json.loads(line)
            except ValueError:
                found.append(f"line {number} is no JSON: {line[:40]!r}")
                continue
            if record["seq"] != number:
                found.append(f"record {record['seq']} stands in line {number}")
            if "idem" in record:
                places.setdefault(record["idem"], []).append(number)
        for key, seq in self.acknowledged:
            if key not in places:
                found.append(f"{key} was acknowledged as {seq} and is lost")
            elif places[key] != [seq]:
                found.append(f"{key} was acknowledged as {seq} and stands in {places[key]}")
        found += [f"{key} was never acknowledged, and stands in {numbers}" for key, numbers in places.items()
                  if len(numbers) > 1]
        return found

    def tree_faults(self, lines):
        """The chain, the tree, the slots and the signatures, by nothing of what the log is written with."""
        missing = [f"the slot of record {number} is not there" for number in range(max(0, len(lines) - 512), len(lines))
                   if not os.path.exists(os.path.join(self.log, "tail", f"{number:010}"))]
        try:
            audit_verifier.verify(self.log, self.vkey)
        except audit_verifier.Wrong as wrong:
            return missing + [f"the independent verifier: {wrong}"]
        return missing

    def control_faults(self):
        with open(os.path.join(self.log, "checkpoint"), encoding="utf-8") as file:
            head = json.load(file)
        with open(os.path.join(self.log, "records", "0000000000.jsonl"), "rb") as file:
            lines = file.read()[:head["bytes"]].split(b"\n")[:-1]
        return self.record_faults(lines)
