"""Starting other people's servers on loopback, and ending them by their process id."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

SKIPPED = 77  # what ctest takes for "skipped"


def need(*programs):
    """Ends the test as skipped where one of these programs is absent."""
    for program in programs:
        if find(program) is None:
            print(f"skipped: no {program}", flush=True)
            sys.stdout.flush()
            os._exit(SKIPPED)  # past unittest, which would take SystemExit for a failure


def find(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/bin")


def temporary_folder(case):
    """A folder that is gone after the test. Servers that are being killed may still write to it."""
    folder = tempfile.mkdtemp(prefix="stagegate-test-")
    case.addCleanup(shutil.rmtree, folder, ignore_errors=True)
    return folder


def reserve(case):
    """A socket that holds a free port of loopback. A server that sets SO_REUSEADDR can listen there, as this does not,
    and nobody else is given the port."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    case.addCleanup(held.close)
    return held


def end(process):
    if process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()


def start(case, *words, **options):
    """A process that is killed after the test."""
    process = subprocess.Popen(words, **options)
    case.addCleanup(end, process)
    return process


def until(promise, what, seconds=60, process=None):
    """Waits for a promise to become true; its value."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if value := promise():
            return value
        if process is not None and process.poll() is not None:
            raise AssertionError(f"{what}: the process has ended with {process.returncode}")
        time.sleep(0.01)
    raise AssertionError(f"{what}: not within {seconds} s")
