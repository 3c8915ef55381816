"""The contents APIs of Gitea and of GitHub, as far as this project asks them, with a real git repository behind.

Which status means what is as in Gitea's source (a fork of July 2026) and GitHub's documentation: a blob that is not the
present one is 422 at Gitea and 409 at GitHub; a branch that moved while the commit was made is 500 at Gitea and 409 at
GitHub; GitHub gives no content above 1 MB, and breaks the lines of its base64.

What it is not: there are no users but the holders of tokens, no hooks, no signatures; POST contents knows `update` only.
"""
import base64
import collections
import contextlib
import http.server
import json
import re
import threading
import urllib.parse

from repository import Moved, Repository

OWNER_AND_NAME = 'stonks/deploy'
TOKEN = 'open-sesame-0123456789'


class Refused(Exception):
    def __init__(self, status, message, headers=()):
        super().__init__(message)
        self.status, self.message, self.headers = status, message, dict(headers)


class Hosting:
    """A server with one repository. `plan(method, fault, ...)`: faults for the next requests of that method."""

    def __init__(self, kind='gitea'):
        self.kind = kind
        self.repository = Repository()
        self.protected = self.archived = self.read_only = False
        self.requests = []  # (method, path with query, headers)
        self.planned = collections.defaultdict(list)
        self.lock = threading.Lock()
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), type('Bound', (Handler,), {'hosting': self}))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.05})
        self.thread.start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.server.server_address[1]}'

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
        self.repository.close()

    def plan(self, method, *faults):
        self.planned[method] += faults

    def asked(self, method):
        return [request for request in self.requests if request[0] == method]

    # ---- what is asked ----

    def get_file(self, path, ref):
        found = self.repository.entry(ref, path)
        if not found:
            raise Refused(404, 'GetContentsOrListErr' if self.kind == 'gitea' else 'Not Found')
        kind, sha = found
        if kind == 'tree':
            return []
        content = self.repository.git('cat-file', 'blob', sha)
        body = {'type': 'symlink' if kind == 'symlink' else 'file', 'name': path.split('/')[-1], 'path': path, 'sha': sha,
                'size': len(content), 'encoding': 'base64', 'content': base64.b64encode(content).decode()}
        if self.kind == 'github':
            body['content'] = base64.encodebytes(content).decode()
            if len(content) > 1_000_000:
                body.update(encoding='none', content='')
        return body

    def get_commits(self, ref, path, count):
        if not self.repository.tip(ref):
            raise Refused(404, 'no such branch')
        return [{'sha': sha, 'commit': {'message': message, 'author': {'name': author}}}
                for sha, author, message in self.repository.log(ref, path, count)]

    def write(self, order, files):
        """files: [(path, sha, content)]"""
        branch = order.get('branch', self.repository.branch)
        parent = self.repository.tip(branch)
        if self.archived:
            raise Refused(423, 'Repository is archived') if self.kind == 'gitea' else Refused(
                403, 'Repository was archived so is read-only.')
        if self.read_only:
            raise Refused(403, 'user should have a permission to write to this repository'
                          ) if self.kind == 'gitea' else Refused(404, 'Not Found')
        if not parent:
            raise Refused(404, f'branch does not exist [name: {branch}]')
        if self.protected:
            raise Refused(403, f'user cannot commit to the branch {branch}')
        for path, sha, _ in files:
            found = self.repository.entry(parent, path)
            if not found:
                raise Refused(404 if self.kind == 'gitea' else 422, f'file does not exist [path: {path}]')
            if found[1] != sha and self.kind == 'gitea':
                raise Refused(422, f'sha does not match [given: {sha}, expected: {found[1]}]')
            if found[1] != sha:
                raise Refused(409, f'{path} does not match {sha}')
        self.meanwhile()
        try:
            commit = self.repository.commit({path: content for path, _, content in files}, order['message'], branch, parent,
                                            order.get('author'))
        except Moved:
            raise Refused(500, 'PushRejected') if self.kind == 'gitea' else Refused(
                409, f'is at {self.repository.tip(branch)} but expected {parent}')
        return {'content': {}, 'commit': {'sha': commit, 'message': order['message']}}

    def meanwhile(self):
        """Between the comparison and the commit. For tests."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    hosting = None

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {'Content-Type': 'application/json', **dict(headers)}.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def cut(self):
        self.close_connection = True
        self.connection.close()

    def body(self):
        length = int(self.headers.get('Content-Length', 0))
        return json.loads(self.rfile.read(length) or b'{}')

    def take(self):
        with self.hosting.lock:
            self.hosting.requests.append((self.command, self.path, dict(self.headers)))
            planned = self.hosting.planned[self.command]
            fault = planned.pop(0) if planned else None
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            fault(self) if fault else self.answer(*self.result())

    do_GET = do_PUT = do_POST = take

    def result(self):
        """(status, body, headers): the honest answer."""
        try:
            return self.honest()
        except Refused as refused:
            return refused.status, {'message': refused.message}, refused.headers

    def honest(self):
        hosting = self.hosting
        order = self.body() if self.command != 'GET' else None
        scheme, _, token = self.headers.get('Authorization', '').partition(' ')
        if token != TOKEN or scheme != ('token' if hosting.kind == 'gitea' else 'Bearer'):
            raise Refused(401, 'user does not exist [uid: 0, name: ]' if hosting.kind == 'gitea' else 'Bad credentials')
        url = urllib.parse.urlsplit(self.path)
        query = {name: values[0] for name, values in urllib.parse.parse_qs(url.query, strict_parsing=bool(url.query)).items()}
        prefix = '/api/v1' if hosting.kind == 'gitea' else ''
        match = re.fullmatch(prefix + '/repos/([^/]+/[^/]+)(?:/(contents|branches|commits)(?:/(.+))?)?', url.path)
        if not match or match[1] != OWNER_AND_NAME:
            raise Refused(404, 'Not Found')
        kind, rest = match[2], urllib.parse.unquote(match[3] or '')
        if self.command == 'GET' and not kind:
            return 200, {'full_name': OWNER_AND_NAME}, {}
        if self.command == 'GET' and kind == 'branches':
            if not hosting.repository.tip(rest):
                raise Refused(404, 'Branch not found')
            return 200, {'name': rest}, {}
        if self.command == 'GET' and kind == 'contents':
            return 200, hosting.get_file(rest, query['ref']), {}
        if self.command == 'GET' and kind == 'commits':
            return 200, hosting.get_commits(query['sha'], query['path'],
                                            query['limit' if hosting.kind == 'gitea' else 'per_page']), {}
        return self.written(order, kind, rest)

    def written(self, order, kind, path):
        if self.headers.get('Content-Type') != 'application/json' or kind != 'contents':
            raise Refused(415, 'json only')
        known = {'branch', 'message', 'author', 'committer', 'sha', 'content', 'files'}
        if set(order) - known or not order.get('message'):
            raise Refused(422, f'what is {set(order) - known}?')
        if self.command == 'PUT' and path:
            files = [(path, order['sha'], base64.b64decode(order['content'], validate=True))]
        elif self.command == 'POST' and not path and self.hosting.kind == 'gitea':
            if any(one['operation'] != 'update' for one in order['files']):
                raise Refused(422, 'update only')
            files = [(one['path'], one['sha'], base64.b64decode(one['content'], validate=True)) for one in order['files']]
        else:
            raise Refused(405, 'Method Not Allowed')
        return (200 if self.command == 'PUT' else 201), self.hosting.write(order, files), {}


# ---- faults ----

def says(status, message='', headers=()):
    """Does nothing and says this."""
    def fault(handler):
        if handler.command != 'GET':
            handler.body()
        handler.answer(status, {'message': message}, headers)
    return fault


def does_and_says(status, message=''):
    """Does what it was asked, and then says this."""
    def fault(handler):
        handler.result()
        handler.answer(status, {'message': message})
    return fault


def cut_before(handler):
    handler.body()
    handler.cut()


def cut_after(handler):
    handler.result()
    handler.cut()


def first(action):
    """Somebody is a moment faster."""
    def fault(handler):
        action()
        handler.answer(*handler.result())
    return fault
