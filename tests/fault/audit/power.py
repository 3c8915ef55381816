"""Power cuts, in a model of a disk that keeps no more than it has promised.

The system calls of a writer are traced and played to the model. What was synced is there after the cut: the bytes of a
file since fsync() of the file or because it was opened with O_DSYNC, names since fsync() of their directory. Of all
else any part may be there: some of the writes and not others, a write as zeros, some of the names and not others
(each call on names is there wholly or not at all, as journals have it). Real disks that lie about a sync, and a server
that answers before it has written (NFS "async"), are what the model calls deaf: there, records are lost.
"""
import os
import random
import re
import shutil

from injection import Injection

CALLS = "openat,write,pwrite64,fsync,fdatasync,ftruncate,close,link,unlink,rename,mkdir"
LINE = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


class File:
    def __init__(self, content=b""):
        self.content = content
        self.pending = []  # (offset, bytes), not synced

    def sync(self):
        for offset, data in self.pending:
            self.content = patched(self.content, offset, data)
        self.pending = []

    def length(self):
        return max([len(self.content), *(offset + len(data) for offset, data in self.pending)])

    def after_cut(self, rng):
        content = self.content
        for offset, data in self.pending:
            fate = rng.choice(["there", "zeros", "gone"])
            if fate != "gone":
                content = patched(content, offset, data if fate == "there" else bytes(len(data)))
        return content


def patched(content, offset, data):
    return content[:offset].ljust(offset, b"\0") + data + content[offset + len(data):]


class Directory:
    def __init__(self, names=None):
        self.names = names or {}
        self.pending = []  # {name: File, Directory or None}, each for one call

    def now(self):
        return self.after(self.pending)

    def sync(self):
        self.names = self.now()
        self.pending = []

    def after(self, changes):
        names = dict(self.names)
        for change in changes:
            names.update(change)
        return {name: node for name, node in names.items() if node is not None}

    def after_cut(self, rng):
        likelihood = rng.choice([0, 0.5, 1])
        return self.after([change for change in self.pending if rng.random() < likelihood])


def read_tree(path):
    directory = Directory()
    for entry in os.scandir(path):
        if entry.is_dir():
            directory.names[entry.name] = read_tree(entry.path)
        else:
            with open(entry.path, "rb") as file:
                directory.names[entry.name] = File(file.read())
    return directory


def write_tree(directory, path, rng):
    os.mkdir(path)
    for name, node in directory.after_cut(rng).items():
        below = os.path.join(path, name)
        if isinstance(node, Directory):
            write_tree(node, below, rng)
        else:
            with open(below, "wb") as file:
                file.write(node.after_cut(rng))


class Disk:
    """Knows only what is below `root`. Deaf: it does nothing for a sync."""

    def __init__(self, root, deaf=False):
        self.root = root
        self.deaf = deaf
        self.top = read_tree(root)
        self.open = {}  # descriptor: (node, [offset], whether each write is synced)
        self.said = b""  # what the writer has told the world

    def find(self, path):
        """The directory that a name is in, and the name."""
        inside = os.path.relpath(path, self.root)
        if inside.startswith(".."):
            return None, ""
        *parents, name = inside.split("/")
        directory = self.top
        for parent in parents:
            directory = directory.now()[parent]
        return directory, name

    def node(self, path):
        directory, name = self.find(path)
        return self.top if name == "." else directory and directory.now().get(name)

    def play(self, call, words, result):
        if result < 0:
            return
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in TEXT.findall(words)]
        paths = [text.decode() for text in texts] if call in ("openat", "link", "unlink", "rename", "mkdir") else []
        number = int(words.split(",")[0]) if re.match(r"\d", words) else -1
        if call == "openat":
            self.opened(paths[0], words, result)
        elif call in ("write", "pwrite64"):
            self.written(number, texts[0][:result], int(words.split(",")[-1]) if call == "pwrite64" else None)
        elif call in ("fsync", "fdatasync"):
            if number in self.open and not self.deaf:
                self.open[number][0].sync()
        elif call == "close":
            self.open.pop(number, None)
        elif call == "mkdir":
            self.name(paths[0], Directory())
        elif call == "unlink":
            self.name(paths[0], None)
        elif call == "link":
            self.name(paths[1], self.node(paths[0]))
        elif call == "rename":
            directory, target = self.find(paths[1])
            if directory is not None:
                assert directory is self.find(paths[0])[0], "renamed from one directory to another"
                directory.pending.append({target: self.node(paths[0]), os.path.basename(paths[0]): None})
        else:
            raise AssertionError(f"{call} is not in the model")

    def opened(self, path, words, descriptor):
        directory, name = self.find(path)
        if directory is None:
            return
        if "O_CREAT" in words and self.node(path) is None:
            directory.pending.append({name: File()})
        assert "O_TRUNC" not in words and "O_APPEND" not in words, words
        self.open[descriptor] = (self.node(path), [0], "O_DSYNC" in words)

    def written(self, descriptor, data, offset):
        if descriptor == 1:
            self.said += data
        if descriptor not in self.open:
            return
        file, position, synced = self.open[descriptor]
        if offset is None:
            offset = position[0]
            position[0] += len(data)
        file.pending.append((offset, data))
        if synced and not self.deaf:
            file.sync()

    def name(self, path, node):
        directory, name = self.find(path)
        if directory is not None:
            directory.pending.append({name: node})


class PowerCuts(Injection):
    """`appends` to a log of so many records, and what is left of them when the power fails after each call."""

    def __init__(self, records, appends):
        super().__init__(records)
        self.appends = appends
        self.cuts = 0

    def calls(self, trial):
        written = os.path.join(trial.directory, "trace")
        done = self.traced(trial, "-xx", "-s", "1000000", "-o", written, "-e", "trace=" + CALLS,
                           count=self.appends)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        with open(written, encoding="utf-8") as file:
            found = [LINE.match(line) for line in file]
        return [(match[1], match[2], int(match[3])) for match in found if match]

    def harm(self, images, seed, deaf=False, after=()):
        """What is wrong after a cut: so many images of the disk are looked at for each call (of these kinds)."""
        rng = random.Random(seed)
        found = []
        with self.copy() as trial:
            shutil.copytree(trial.log, trial.log + ".before")
            calls = self.calls(trial)
            shutil.rmtree(trial.log)
            os.rename(trial.log + ".before", trial.log)
            disk = Disk(trial.log, deaf)
            for number, (call, words, result) in enumerate(calls):
                disk.play(call, words, result)
                one_of_many = call == "unlink" and number % 16 != 0  # when slots are removed
                if call in ("openat", "close") or one_of_many or (after and call not in after):
                    continue
                for _ in range(images):
                    self.cuts += 1
                    found += [f"cut after call {number}, {call}: {wrong}" for wrong in self.wrong_after(disk, rng)]
        return found

    def wrong_after(self, disk, rng):
        with self.copy() as trial:
            shutil.rmtree(trial.log)
            write_tree(disk.top, trial.log, rng)
            trial.take(disk.said.decode())
            found = trial.verified()
            again = trial.append("x", "--count", str(self.appends))
            if again.returncode != 0:
                return found + ["it takes no record any more: " + again.stderr.strip()]
            return found + trial.faults()
