"""Every system call of an append made to fail, or to be the last one, with strace's fault injection."""
import collections
import os
import re
import shutil
import subprocess
import tempfile

from trial import Trial, driver, fast_directory

FAULTS = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "KILL": "signal=KILL"}
CALLS = ["openat", "newfstatat", "statx", "fcntl", "read", "pread64", "write", "pwrite64", "fsync", "close", "link",
         "unlink", "rename", "getdents64", "mkdir", "fchmod"]
CALL = re.compile(r"^(\w+)\(")


def usable():
    """Why not, if not."""
    if shutil.which("strace") is None:
        return "no strace"
    tried = subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else "strace may not trace here: " + tried.stderr.strip()


class Injection:
    """One log that is copied for each fault, so that each meets the same calls."""

    def __init__(self, records):
        self.base = Trial(fast_directory())
        self.endings = collections.Counter()  # exit codes of the writers that were struck
        if records > 1:
            filled = self.base.append("fill", "--count", str(records - 1))
            if filled.returncode != 0:
                raise RuntimeError(filled.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.base.directory, ignore_errors=True)

    def copy(self):
        copied = Trial.__new__(Trial)
        copied.__dict__.update(self.base.__dict__)
        copied.directory = tempfile.mkdtemp(prefix="stagegate-audit-", dir=fast_directory())
        copied.log = os.path.join(copied.directory, "log")
        copied.key = os.path.join(copied.directory, "key")
        copied.acknowledged = list(self.base.acknowledged)
        copied.complaints = []
        shutil.copytree(self.base.log, copied.log)
        shutil.copy(self.base.key, copied.key)
        return copied

    def traced(self, trial, *options, count=1):
        # The search for leaks of a sanitized build cannot trace what is traced already.
        return subprocess.run(["strace", "-qq", *options, driver(), "append", *trial.where(), "--prefix", "x",
                               "--count", str(count)],
                              capture_output=True, text=True, check=False,
                              env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})

    def sites(self):
        """(call, its how manieth) for each call from the first look at the log on."""
        with self.copy() as trial:
            written = os.path.join(trial.directory, "trace")
            done = self.traced(trial, "-o", written, "-e", "trace=" + ",".join(CALLS))
            if done.returncode != 0:
                raise RuntimeError(done.stderr)
            with open(written, encoding="utf-8", errors="replace") as file:
                lines = file.read().splitlines()
        seen = {}
        found = []
        started = False
        for line in lines:
            called = CALL.match(line)
            if not called:
                continue
            started = started or "log.json" in line
            seen[called.group(1)] = seen.get(called.group(1), 0) + 1
            if started:
                found.append((called.group(1), seen[called.group(1)]))
        return found

    def strike(self, call, number, fault):
        """What is wrong after that call has failed; nothing, if all is well."""
        with self.copy() as trial:
            done = self.traced(trial, "-o", os.devnull, "-e", f"inject={call}:{FAULTS[fault]}:when={number}")
            trial.take(done.stdout)
            self.endings[done.returncode] += 1
            found = []
            if done.returncode not in (0, 3, 4, -9, 137):
                found.append(f"exit code {done.returncode}")
            if done.returncode in (3, 4) and not done.stderr.strip():
                found.append("it failed without a word")
            again = trial.append("x")
            if again.returncode != 0:
                found.append("the retry failed: " + again.stderr.strip())
            return [f"{call} {number} {fault}: {fault_found}" for fault_found in found + trial.faults()]


def spread(sites, most):
    """So many of them, evenly, but of each call the first and the last."""
    wanted = {sites[i * len(sites) // most] for i in range(min(most, len(sites)))}
    for call in {call for call, _ in sites}:
        numbers = [number for name, number in sites if name == call]
        wanted |= {(call, numbers[0]), (call, numbers[-1])}
    return [site for site in sites if site in wanted]
