"""A real, bare git repository in a folder of its own, changed as a hosting changes it: commits on the tip of a branch."""
import os
import pathlib
import subprocess
import tempfile

WHO = {'GIT_AUTHOR_NAME': 'somebody', 'GIT_AUTHOR_EMAIL': 'somebody@example.com',
       'GIT_COMMITTER_NAME': 'somebody', 'GIT_COMMITTER_EMAIL': 'somebody@example.com'}


class Moved(Exception):
    """The branch is no longer where the commit was made."""


class Repository:
    def __init__(self, branch='main'):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name) / 'deploy.git'
        self.git('init', '--quiet', '--bare', f'--initial-branch={branch}', str(self.path), inside=False)
        self.branch = branch

    def close(self):
        self.folder.cleanup()

    def git(self, *words, stdin=None, inside=True, check=True, **variables):
        """The bytes that git prints."""
        environment = {'PATH': os.environ['PATH'], 'HOME': self.folder.name, 'GIT_CONFIG_NOSYSTEM': '1', **WHO, **variables}
        command = ['git', *(['--git-dir', str(self.path)] if inside else []), *words]
        done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        if check and done.returncode != 0:
            raise RuntimeError(f'{command}: {done.stderr.decode()}')
        return done.stdout if done.returncode == 0 else None

    def text(self, *words, **options):
        out = self.git(*words, **options)
        return None if out is None else out.decode().strip()

    def tip(self, branch=None):
        return self.text('rev-parse', '--verify', '--quiet', f'refs/heads/{branch or self.branch}', check=False)

    def entry(self, ref, path):
        """(kind, sha) of what stands at a path, or None."""
        line = self.text('ls-tree', ref, '--', path, check=False)
        if not line:
            return None
        mode, kind, sha = line.split('\t')[0].split()
        return ('symlink' if mode == '120000' else kind), sha

    def read(self, path, ref=None):
        return self.git('cat-file', 'blob', f'{ref or self.branch}:{path}')

    def commit(self, files, message, branch=None, parent=None, author=None, links=()):
        """Commits files {path: bytes} on the branch, or raises Moved when it is not at `parent` any more."""
        branch = branch or self.branch
        parent = parent or self.tip(branch)
        with tempfile.TemporaryDirectory() as scratch:
            index = {'GIT_INDEX_FILE': f'{scratch}/index'}
            if parent:
                self.git('read-tree', parent, **index)
            for path, content in files.items():
                blob = self.text('hash-object', '-w', '--stdin', stdin=content)
                mode = '120000' if path in links else '100644'
                self.git('update-index', '--add', '--cacheinfo', f'{mode},{blob},{path}', **index)
            tree = self.text('write-tree', **index)
        who = dict(WHO)
        if author:
            who.update({f'GIT_{role}_{what.upper()}': author[what] for role in ('AUTHOR', 'COMMITTER')
                        for what in ('name', 'email')})
        commit = self.text('commit-tree', tree, *(['-p', parent] if parent else []), stdin=message.encode(), **who)
        # Compares and swaps, as a push does.
        if self.git('update-ref', f'refs/heads/{branch}', commit, parent or '0' * 40, check=False) is None:
            raise Moved(branch)
        return commit

    def log(self, ref, path, count):
        """[(sha, author, message)] of the latest commits that touched the path."""
        out = self.text('log', f'-{count}', '--format=%H%x00%an%x00%B%x01', ref, '--', path, check=False)
        return [one.strip().split('\0') for one in (out or '').split('\1') if one.strip()]

    def count(self):
        return int(self.text('rev-list', '--count', self.branch))

    def message(self, ref=None):
        return self.text('log', '-1', '--format=%B', ref or self.branch)

    def changed_lines(self, ref=None):
        """What a commit takes away and adds, without the header of the diff."""
        diff = self.git('show', '--format=', '--unified=0', '--no-color', ref or self.branch)
        return [line for line in diff.split(b'\n')
                if line[:1] in (b'+', b'-') and not line.startswith((b'+++', b'---'))]
