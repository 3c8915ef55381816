"""A log made by the built audit-writer, and its `serve` on a free port."""
import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

PROGRAM = os.environ.get('STAGEGATE_BIN', '')
ORIGIN = 'example.com/stonks'
TOKEN = 'contract-token'
# Syncing costs nothing there: these tests are about other things.
MEMORY = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None


def environment():
    """Nothing of the caller's own settings."""
    return {key: value for key, value in os.environ.items() if not key.startswith(('PLUGIN_', 'CI_'))}


def record(idem, **members):
    """A promotion to live, as callers send it."""
    whole = {'idem': idem, 'type': 'promotion', 'event': 'succeeded', 'operator': {'name': 'celes', 'kind': 'human'},
             'project': 'stonks', 'source_stage': 'paper', 'target_stage': 'live', 'image_tag': '3f2a91c',
             'outcome': 'success', 'notes': 'all green', 'source': {'system': 'kargo', 'promotion': idem}}
    whole.update(members)
    return whole


class Tree:
    """The Merkle tree of RFC 6962 while it grows, and its full tiles."""

    def __init__(self, directory):
        self.directory = directory
        self.size = 0
        self.peaks = []
        self.levels = []
        self.last = b''

    def push(self, line):
        self.last = hashlib.sha256(b'\0' + line.encode()).digest()
        self.tile(0, self.last)
        self.peaks.append(self.last)
        self.size += 1
        rest = self.size
        while rest % 2 == 0:
            right, left = self.peaks.pop(), self.peaks.pop()
            self.peaks.append(hashlib.sha256(b'\1' + left + right).digest())
            rest //= 2

    def root(self):
        root = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            root = hashlib.sha256(b'\1' + left + root).digest()
        return root

    def tile(self, level, digest):
        if level == len(self.levels):
            self.levels.append([])
        tiles = self.levels[level]
        tiles.append(digest)
        if len(tiles) % 256:
            return
        path = self.directory / f'tile/{level}/{len(tiles) // 256 - 1:03d}'
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b''.join(tiles[-256:]))
        nodes = tiles[-256:]
        while len(nodes) > 1:
            nodes = [hashlib.sha256(b'\1' + left + right).digest() for left, right in zip(nodes[::2], nodes[1::2])]
        self.tile(level + 1, nodes[0])


def until(check, what):
    """Waits for something that another thread or process brings about."""
    for _ in range(1200):
        if check():
            return
        time.sleep(0.05)
    raise AssertionError('never came: ' + what)


class Log:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=MEMORY))
        self.directory = self.folder / 'log'
        self.directory.mkdir()
        self.key = self.folder / 'key'
        made = self.run('init', '--origin', ORIGIN, '--key-out', str(self.key), '--output', 'json', key=False)
        assert made.returncode == 0, made.stderr
        self.vkey = json.loads((self.directory / 'log.json').read_text())['vkey']

    def settings(self, key=True):
        return ['--audit-log', str(self.directory), *(['--audit-key-file', str(self.key)] if key else [])]

    def run(self, verb, *arguments, key=True, stdin=None):
        return subprocess.run([PROGRAM, *verb.split(), *self.settings(key), *arguments], input=stdin, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=240, env=environment())

    def add(self, records):
        """Stores many records in one run."""
        lines = ''.join('AUDIT-PENDING ' + json.dumps(one) + '\n' for one in records)
        done = self.run('import', '-', stdin=lines)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    def fill(self, records):
        """Puts so many records into a new log that appending them would take minutes: written at once, as appending
        leaves them."""
        lines = (self.directory / 'records/0000000000.jsonl').read_text().splitlines()
        tree = Tree(self.directory)
        tree.push(lines[0])
        for seq, one in enumerate(records, 1):
            place = {'v': 1, 'seq': seq, 'prev': tree.last.hex(),
                     'ts': time.strftime('%Y-%m-%dT%H:%M:%S.000Z', time.gmtime(time.time() - len(records) + seq))}
            rest = {'id': f'{seq:026d}', 'salt': 'A' * 22, 'writer': {'tool': 'made', 'version': '1'}}
            lines.append(json.dumps({**place, **one, **rest}, separators=(',', ':'), ensure_ascii=False))
            tree.push(lines[-1])
        whole = '\n'.join(lines) + '\n'
        (self.directory / 'records/0000000000.jsonl').write_text(whole)
        start, end = len((whole[:-len(lines[-1]) - 1]).encode()), len(whole.encode())
        peaks = ' '.join(base64.b64encode(peak).decode() for peak in tree.peaks)
        slot = self.sign(f'stagegate-slot/1 {len(lines) - 1} {start} {end} {len(tree.peaks)} {peaks}\n'
                         f'{base64.b64encode(tree.last).decode()}\n')
        for old in (self.directory / 'tail').iterdir():
            old.unlink()
        (self.directory / f'tail/{len(lines) - 1:010d}').write_text(lines[-1] + '\n' + slot)
        root = base64.b64encode(tree.root()).decode()
        (self.directory / 'checkpoint').write_text(self.sign(f'{ORIGIN}\n{len(lines)}\n{root}\n'))

    def sign(self, text):
        """The text as a C2SP signed note."""
        name, number, seed = self.key.read_text().strip().split('+', 4)[2:]
        pem = self.folder / 'key.der'
        pem.write_bytes(bytes.fromhex('302e020100300506032b657004220420') + base64.b64decode(seed)[1:])
        (self.folder / 'text').write_text(text)
        signature = subprocess.run(['openssl', 'pkeyutl', '-sign', '-rawin', '-keyform', 'DER', '-inkey', str(pem),
                                    '-in', str(self.folder / 'text')], stdout=subprocess.PIPE, check=True).stdout
        return f'{text}\n\u2014 {name} {base64.b64encode(bytes.fromhex(number) + signature).decode()}\n'

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Service:
    def __init__(self, log, *arguments, token=True, token_text=TOKEN + '\n'):
        self.log = log
        self.token = log.folder / 'token'
        self.token.write_text(token_text)
        self.errors = open(log.folder / 'serve.log', 'w+')
        self.output = open(log.folder / 'serve.out', 'w+')
        settings = [*log.settings(), '--listen', '127.0.0.1:0']
        if token:
            settings += ['--token-file', str(self.token)]
        self.process = subprocess.Popen([PROGRAM or self.program, 'serve', *settings, *arguments],
                                        stdout=self.output, stderr=self.errors, stdin=subprocess.DEVNULL,
                                        env=environment())
        self.url = self.address()

    program = PROGRAM

    def text(self, file):
        with open(file.name) as reader:
            return reader.read()

    def address(self):
        for _ in range(1200):
            # Not any address: another service may write to this file too, of a gate that it asks.
            found = re.search(r'info serving (http://127\.0\.0\.1:\d+/)', self.text(self.errors))
            if found:
                return found[1]
            if self.process.poll() is not None:
                raise AssertionError('serve ended: ' + self.text(self.errors))
            time.sleep(0.05)
        raise AssertionError('serve named no address: ' + self.text(self.errors))

    def ask(self, path, body=None, token=TOKEN, headers=None):
        """(status, headers, text) of the answer."""
        fields = {'Authorization': 'Bearer ' + token} if body is not None and token else {}
        fields.update(headers or {})
        data = None if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
        request = urllib.request.Request(self.url + path, data=data, headers=fields)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def json(self, path, **how):
        return json.loads(self.ask(path, **how)[2])

    def stop(self):
        self.process.terminate()
        code = self.process.wait(60)
        self.errors.close()
        self.output.close()
        return code
