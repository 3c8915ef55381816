"""A log made by the built audit-writer, and its `serve` on a free port."""
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

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Service:
    def __init__(self, log, *arguments, token=True):
        self.log = log
        self.token = log.folder / 'token'
        self.token.write_text(TOKEN + '\n')
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
            found = re.search(r'http://127\.0\.0\.1:\d+/', self.text(self.errors))
            if found:
                return found[0]
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
