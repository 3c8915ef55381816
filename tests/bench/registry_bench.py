"""What the benchmarks of registry-tag-watch share: servers that end with the program, commands that are run in turns, and
their medians beside each other."""

import contextlib
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "contract/registry"))
import servers  # noqa: E402

TIME = "/usr/bin/time"  # Debian's package time; small, so that the peak is that of the command


class Bench(contextlib.ExitStack):
    """Takes the place of a test case for servers that want one; has a folder to work in."""

    def __enter__(self):
        servers.need(TIME)
        self.addCleanup = self.callback
        self.folder = pathlib.Path(servers.temporary_folder(self))
        return self


class Command:
    """`words` are run in `folder`; `before` prepares each run and is not counted."""

    def __init__(self, name, words, before=lambda: None):
        self.name, self.words, self.before = name, [str(word) for word in words], before
        self.wall, self.peak = [], []

    def run(self, folder):
        self.before()
        with tempfile.NamedTemporaryFile() as report, (folder / "out").open("w") as out:
            begin = time.perf_counter()
            done = subprocess.run([TIME, "-o", report.name, "-f", "%M", *self.words], cwd=folder, check=False,
                                  env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)},
                                  stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, text=True)
            wall = time.perf_counter() - begin
            if done.returncode != 0:
                sys.exit(f"{self.name}: exit code {done.returncode}: {done.stderr}")
            self.wall.append(wall * 1e3)
            self.peak.append(int(pathlib.Path(report.name).read_text().split()[-1]))

    def median(self):
        return statistics.median(self.wall)


def compare(folder, commands, runs):
    """The first command is what the others are measured by."""
    for _ in range(runs):
        for command in commands:
            command.run(folder)
    base = commands[0].median()
    print("| command | wall ms: median (10th, 90th percentile) | ratio | peak KiB |\n|---|---|---|---|")
    for command in commands:
        tenths = statistics.quantiles(command.wall, n=10)
        print(f"| {command.name} | {command.median():.1f} ({tenths[0]:.1f}, {tenths[-1]:.1f}) | "
              f"{command.median() / base:.2f} | {statistics.median(command.peak):.0f} |", flush=True)
