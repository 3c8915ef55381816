"""Verifies an audit log with nothing of this project: Python's standard library and the openssl command.

    python3 audit_verifier.py DIRECTORY VKEY

or, for the tests that make logs: verify(directory, vkey), which gives the number of records or raises Wrong. Written
from the format's description (RFC 6962, C2SP signed-note and tlog-tiles), so that a mistake in common/audit is not made
here once more.
"""
import base64
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

SEGMENT = 1 << 16
TILE = 256
# Below the newest ones a writer that came too late may have left the slot of a record that was never one.
SLOTS_KEPT = 512
# What DER puts in front of the 32 bytes of an Ed25519 public key (RFC 8410).
DER_PREFIX = bytes.fromhex("302a300506032b6570032100")


class Wrong(Exception):
    """The log is not what it should be."""


def demand(condition, message):
    if not condition:
        raise Wrong(message)


def leaf_hash(line):
    return hashlib.sha256(b"\0" + line).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(peaks):
    if not peaks:
        return hashlib.sha256(b"").digest()
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def push(peaks, size, leaf):
    """The peaks of the tree with one leaf more."""
    while size & 1:
        leaf = node_hash(peaks.pop(), leaf)
        size >>= 1
    peaks.append(leaf)


class Key:
    def __init__(self, vkey):
        self.name, key_id, key = vkey.strip().split("+", 2)
        data = base64.b64decode(key, validate=True)
        demand(len(data) == 33 and data[0] == 1, "no Ed25519 key")
        self.id = hashlib.sha256(self.name.encode() + b"\n" + data).digest()[:4]
        demand(self.id.hex() == key_id, "the key's id is not that of its name and bytes")
        self.der = DER_PREFIX + data[1:]

    def open(self, note):
        """The text of a note that this key has signed."""
        text, separator, signatures = note.rpartition(b"\n\n")
        demand(separator, "no signatures")
        text += b"\n"
        for line in signatures.decode().splitlines():
            match = re.fullmatch("\u2014 (\\S+) (\\S+)", line)
            demand(match, f"no signature line: {line!r}")
            data = base64.b64decode(match[2], validate=True)
            if match[1] == self.name and data[:4] == self.id:
                demand(self.signed(text, data[4:]), "the signature is wrong")
                return text.decode()
        raise Wrong(f"not signed by {self.name}")

    def signed(self, text, signature):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            for name, data in (("key", self.der), ("text", text), ("signature", signature)):
                (folder / name).write_bytes(data)
            done = subprocess.run(
                ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", folder / "key",
                 "-in", folder / "text", "-sigfile", folder / "signature"], capture_output=True, check=False)
            return done.returncode == 0


def read_slots(directory, key, signatures):
    """By number: the line, its place, and the peaks of the tree with it. All signatures, or those of as many."""
    slots = {}
    paths = sorted(path for path in (directory / "tail").iterdir() if path.name.isdigit())
    for position, path in enumerate(paths):
        line, _, note = path.read_bytes().partition(b"\n")
        if signatures is None or position < signatures or position >= len(paths) - signatures:
            claim = key.open(note)
        else:
            claim = note.rpartition(b"\n\n")[0].decode() + "\n"
        first, leaf = claim.splitlines()
        magic, seq, start, end, count, *peaks = first.split(" ")
        demand(magic == "stagegate-slot/1" and int(seq) == int(path.name) and int(count) == len(peaks),
               f"{path}: not a slot")
        slots[int(seq)] = (line, int(start), int(end), [base64.b64decode(peak) for peak in peaks],
                           base64.b64decode(leaf))
    return slots


def leaf_of(line, seq, redacted):
    if line.startswith(b'{"stub":1,'):
        stub = json.loads(line)
        demand(stub["seq"] == seq, f"record {seq}: the stub of another record")
        redacted[seq] = (stub["leaf"], stub["by"])
        return bytes.fromhex(stub["leaf"])
    return leaf_hash(line)


def read_lines(directory, size, slots):
    """The committed lines in order, with their places; the newest may not have been written yet."""
    for first in range(0, size, SEGMENT):
        path = directory / "records" / f"{first:010d}.jsonl"
        data = path.read_bytes() if path.exists() else b""
        start = 0
        for seq in range(first, min(first + SEGMENT, size)):
            end = data.find(b"\n", start)
            if end < 0:
                demand(seq in slots, f"record {seq} is missing")
                line = slots[seq][0]
                end = start + len(line)
            else:
                line = data[start:end]
            yield seq, line, start, end + 1
            start = end + 1
        demand(start >= len(data), f"{path}: {len(data) - start} bytes behind the last record")


def tile_path(directory, level, index):
    path = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        path = f"x{index % 1000:03d}/{path}"
    return directory / "tile" / str(level) / path


def check_tiles(directory, level, hashes):
    """Those that are there hold the hashes of their level."""
    roots = []
    for index in range(len(hashes) // TILE):
        tile = hashes[index * TILE:(index + 1) * TILE]
        path = tile_path(directory, level, index)
        if path.exists():
            demand(path.read_bytes() == b"".join(tile), f"{path} is another tile")
        while len(tile) > 1:
            tile = [node_hash(tile[i], tile[i + 1]) for i in range(0, len(tile), 2)]
        roots.append(tile[0])
    if roots:
        check_tiles(directory, level + 1, roots)


def check_redactions(redacted, records):
    for seq, (leaf, by) in redacted.items():
        demand(seq < by < len(records) and records[by] is not None, f"record {seq}: nothing says that it was redacted")
        log = json.loads(records[by]).get("log", {})
        demand((log.get("redacts"), log.get("leaf")) == (seq, leaf), f"record {by} is not about record {seq}")


def verify(directory, vkey, known=(), signatures=4):
    """Gives the number of records. `signatures`: how many of the oldest and newest slots have theirs looked at (each
    takes a process), None for all."""
    directory = pathlib.Path(directory)
    key = Key(vkey)
    roots = {}
    for note in [(directory / "checkpoint").read_bytes(), *known]:
        lines = key.open(note).splitlines()
        demand(len(lines) == 3 and lines[0] == key.name, "not a checkpoint")
        root = base64.b64decode(lines[2])
        demand(roots.setdefault(int(lines[1]), root) == root, f"two trees of {lines[1]} records")
    slots = read_slots(directory, key, signatures)
    size = max(int(max(roots)), max(slots, default=-1) + 1)
    demand(max(roots) - 1 in slots or max(roots) == 0, "the checkpoint's last record has no slot")

    peaks, leaves, redacted, records = [], [], {}, []
    previous = leaf_hash(key.name.encode())
    for seq, line, start, end in read_lines(directory, size, slots):
        leaf = leaf_of(line, seq, redacted)
        if seq not in redacted:
            head = b'{"v":1,"seq":%d,"prev":"%s","ts":"' % (seq, previous.hex().encode())
            demand(line.startswith(head), f"record {seq} does not follow the one before")
            demand(len(line) <= 65535, f"record {seq} is too long")
        push(peaks, seq, leaf)
        if seq in slots and (seq >= size - SLOTS_KEPT or slots[seq][4] == leaf):
            demand(slots[seq][1:] == (start, end, peaks, leaf), f"slot {seq} is of another record or tree")
            demand(slots[seq][0] == line or seq in redacted, f"slot {seq} has another line")
        if seq + 1 in roots:
            demand(root_of(peaks) == roots[seq + 1], f"the root of {seq + 1} records is another one")
        records.append(line if b'"event":"redacted"' in line else None)
        leaves.append(leaf)
        previous = leaf
    check_tiles(directory, 0, leaves)
    check_redactions(redacted, records)
    return size


if __name__ == "__main__":
    try:
        print(f"{verify(sys.argv[1], sys.argv[2], signatures=None)} records, all as they were signed")
    except Wrong as wrong:
        sys.exit(f"WRONG: {wrong}")
