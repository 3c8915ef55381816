"""Two real, bare git repositories and the mirror's protocol between them, byte for byte as HTTP would carry it."""
import json
import os
import pathlib
import subprocess
import tempfile

WHO = {'GIT_AUTHOR_NAME': 'somebody', 'GIT_AUTHOR_EMAIL': 'somebody@example.com', 'GIT_AUTHOR_DATE': '1700000000 +0000',
       'GIT_COMMITTER_NAME': 'somebody', 'GIT_COMMITTER_EMAIL': 'somebody@example.com',
       'GIT_COMMITTER_DATE': '1700000000 +0000'}


class Refused(Exception):
    """What the probe says is wrong."""


def probe(*words, stdin=b''):
    done = subprocess.run([os.environ['MIRROR_WIRE_PROBE'], *words], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if done.returncode == 1:
        raise Refused(done.stderr.decode())
    if done.returncode != 0:
        raise RuntimeError(f'{words}: {done.returncode} {done.stderr.decode()}')
    return done.stdout


class Git:
    """One bare repository. What it is asked comes out as git's own servers would send it."""

    def __init__(self, folder, name, object_format='sha1', branch='main'):
        self.path = pathlib.Path(folder) / name
        self.home = folder
        self.format = object_format
        self.run('init', '--quiet', '--bare', f'--object-format={object_format}', f'--initial-branch={branch}', str(self.path),
                 inside=False)

    def run(self, *words, stdin=None, inside=True, check=True, **variables):
        environment = {'PATH': os.environ['PATH'], 'HOME': str(self.home), 'GIT_CONFIG_NOSYSTEM': '1', **WHO, **variables}
        command = ['git', *(['--git-dir', str(self.path)] if inside else []), *words]
        done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        if check and done.returncode != 0:
            raise RuntimeError(f'{command}: {done.returncode} {done.stderr.decode()}')
        return done.stdout

    def text(self, *words, **options):
        return self.run(*words, **options).decode().strip()

    def commit(self, content, *parents, message='x'):
        """A commit that no ref names yet, of one file."""
        blob = self.text('hash-object', '-w', '--stdin', stdin=content)
        tree = self.text('mktree', stdin=f'100644 blob {blob}\tfile\n'.encode())
        return self.text('commit-tree', tree, *(word for parent in parents for word in ('-p', parent)),
                         stdin=message.encode())

    def set(self, ref, oid):
        self.run('update-ref', ref, oid)

    def delete(self, ref):
        self.run('update-ref', '-d', ref)

    def refs(self):
        out = self.text('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags')
        return dict(line.split(' ') for line in out.split('\n') if line)

    def hook(self, name, script):
        path = self.path / 'hooks' / name
        path.write_text('#!/bin/sh\n' + script)
        path.chmod(0o755)

    def advertise(self, service, version=0):
        protocol = {'GIT_PROTOCOL': f'version={version}'} if version else {}
        return self.run(service, '--http-backend-info-refs', str(self.path), inside=False, **protocol)

    def serve(self, service, request, version=0):
        """The body of the answer; git's exit code says nothing to a client."""
        protocol = {'GIT_PROTOCOL': f'version={version}'} if version else {}
        return self.run(service, '--stateless-rpc', str(self.path), inside=False, stdin=request, check=False, **protocol)


class Mirror:
    """What the plugin will do, with git's services at both ends called directly."""

    def __init__(self, folder, source, target, version):
        self.folder, self.source, self.target, self.version = pathlib.Path(folder), source, target, version
        self.read()

    def keep(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def read(self):
        advertised = self.source.advertise('upload-pack', self.version)
        self.source_file = self.keep('source', advertised)
        self.target_file = self.keep('target', self.target.advertise('receive-pack'))
        self.list_file = '-'
        if self.version == 2:
            request = probe('ls-refs-request', stdin=advertised)
            self.list_file = self.keep('list', self.source.serve('upload-pack', request, 2))

    def plan(self, *pin):
        return json.loads(probe('plan', self.source_file, self.list_file, self.target_file, *pin))

    def request(self, wants, haves, *words):
        lines = ''.join(f'want {oid}\n' for oid in wants) + ''.join(f'have {oid}\n' for oid in haves)
        return probe('fetch-request', self.source_file, *words, stdin=lines.encode())

    def answer(self, wants, haves, *words):
        return self.source.serve('upload-pack', self.request(wants, haves, *words), self.version)

    def pack(self, wants, haves, *words):
        if not wants:
            return probe('empty-pack', self.source.format)
        return probe('fetch', str(self.version), stdin=self.answer(wants, haves, *words))

    def push(self, commands, pack=b'', *words):
        request = probe('push-request', self.target_file, *words, stdin='\n'.join(commands).encode())
        return json.loads(probe('report', stdin=self.target.serve('receive-pack', request + pack)))

    def sync(self, *pin):
        """Three pushes, as planned. Returns the plan and the reports."""
        plan = self.plan(*pin)
        reports = []
        if plan['clearing']:
            reports.append(self.push(plan['clearing']))
        if plan['updates']:
            reports.append(self.push(plan['updates'], self.pack(plan['wants'], plan['haves'])))
        if plan['deletions']:
            reports.append(self.push(plan['deletions']))
        return plan, reports


def two_gits(test, version=2, object_format='sha1', branch='main'):
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    source = Git(folder.name, 'source.git', object_format, branch)
    target = Git(folder.name, 'target.git', object_format, 'main')
    return source, target, lambda: Mirror(folder.name, source, target, version)
