"""A stand-in for a Kubernetes API server, as far as this project asks one.

It keeps objects with resourceVersions and a history of changes, and answers get, list (pages), create, merge and JSON
patch, watch (bookmarks, time-out), TokenReview and SubjectAccessReview as the API conventions say, with Status objects
in the words of a real server. Objects of Kargo are held against its real CRD schemas where STAGEGATE_DATA has them: an
unknown or malformed field fails the test that made it.

What it is not: there is no admission but what a test puts into `admission` (Kargo's webhooks do not run: tests set what
those would set, or kargo.py does), no TLS, no defaulting, no server-side apply, no managedFields, no garbage collection;
selectors are those of the two fields in SELECTABLE and equality of labels; resourceVersions are one counter for all resources, as with etcd; a watch delivers in the order of that
counter; permissions are a list of (verb, resource) that are denied; a list's pages are of the moment of its first one.
"""
import base64
import collections
import contextlib
import copy
import http.server
import json
import os
import pathlib
import queue
import re
import threading
import time
import urllib.parse

KARGO = 'kargo.akuity.io/v1alpha1'
KINDS = {'stages': 'Stage', 'freights': 'Freight', 'promotions': 'Promotion', 'warehouses': 'Warehouse',
         'events': 'Event'}
SELECTABLE = {'metadata.name': lambda o: o['metadata']['name'],
              'involvedObject.apiVersion': lambda o: o.get('involvedObject', {}).get('apiVersion', '')}
ARGO = 'argoproj.io/v1alpha1'
KINDS |= {'applications': 'Application', 'appprojects': 'AppProject', 'rollouts': 'Rollout',
          'analysisruns': 'AnalysisRun', 'pods': 'Pod'}
VERSIONS = {'events': 'v1', 'pods': 'v1', 'applications': ARGO, 'appprojects': ARGO, 'rollouts': ARGO,
            'analysisruns': ARGO}  # of all others: KARGO
WITH_STATUS = ('promotions', 'rollouts')  # whose status is a subresource
TYPES = {'object': dict, 'array': list, 'string': str, 'boolean': bool, 'integer': int, 'number': (int, float)}
# Group (optional), version, namespace (optional), resource, name (optional), subresource (optional).
PATH = re.compile(r'/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)(?:/namespaces/(?P<ns>[^/]+))?'
                  r'/(?P<resource>[^/]+)(?:/(?P<name>[^/]+))?(?:/(?P<sub>status|log))?')


def schemas():
    """{resource: schema} of Kargo's CRDs; empty without data."""
    root = pathlib.Path(os.environ.get('STAGEGATE_DATA', '')) / 'crds/kargo/v1.11.2'
    if not os.environ.get('STAGEGATE_DATA') or not root.is_dir():
        return {}
    import yaml
    found = {}
    for path in root.glob('kargo.akuity.io_*.yaml'):
        if path.stem.split('_')[1] in KINDS:
            crd = yaml.load(path.read_text(), Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader))
            found[crd['spec']['names']['plural']] = crd['spec']['versions'][0]['schema']['openAPIV3Schema']
    return found


def faults(schema, value, path):
    """What a structural schema has against a value. Unknown fields too, which a server would drop in silence."""
    if schema.get('x-kubernetes-int-or-string') or not schema:
        return
    kind = schema.get('type')
    if kind and (not isinstance(value, TYPES[kind]) or (kind == 'integer' and isinstance(value, bool))):
        yield f'{path}: {kind} expected, not {value!r}'
        return
    if 'enum' in schema and value not in schema['enum']:
        yield f'{path}: {value!r} is none of {schema["enum"]}'
    if 'pattern' in schema and isinstance(value, str) and not re.search(schema['pattern'], value):
        yield f'{path}: {value!r} does not match {schema["pattern"]}'
    if isinstance(value, dict):
        known, more = schema.get('properties', {}), schema.get('additionalProperties')
        for name in schema.get('required', []):
            if name not in value:
                yield f'{path}.{name}: missing'
        for name, item in value.items():
            if name in known:
                yield from faults(known[name], item, f'{path}.{name}')
            elif isinstance(more, dict):
                yield from faults(more, item, f'{path}.{name}')
            elif not more and not schema.get('x-kubernetes-preserve-unknown-fields') and path != 'metadata':
                yield f'{path}.{name}: unknown'
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from faults(schema.get('items', {}), item, f'{path}[{index}]')


def merge(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = merge(target.get(name), value)
    return target


class Refused(Exception):
    def __init__(self, code, reason, message, details=None, headers=()):
        super().__init__(message)
        self.code, self.headers = code, dict(headers)
        self.status = {'kind': 'Status', 'apiVersion': 'v1', 'metadata': {}, 'status': 'Failure', 'message': message,
                       'reason': reason, 'code': code}
        if details:
            self.status['details'] = details


def member(at, part):
    """What a JSON pointer's part means there: a name, or an index. KeyError or IndexError if nothing is there."""
    if isinstance(at, list):
        at[int(part)]
        return int(part)
    return (at[part], part)[1]


def apply_operation(target, operation):
    *parents, last = [part.replace('~1', '/').replace('~0', '~') for part in operation['path'].split('/')[1:]]
    at = target
    for part in parents:
        at = at[member(at, part)]
    if operation['op'] == 'add' and isinstance(at, list):
        at.insert(len(at) if last == '-' else int(last), operation['value'])
    elif operation['op'] == 'add':
        at[last] = operation['value']
    elif operation['op'] == 'replace':
        at[member(at, last)] = operation['value']
    elif operation['op'] == 'remove':
        del at[member(at, last)]
    elif operation['op'] != 'test' or at[member(at, last)] != operation['value']:
        raise ValueError(operation['path'])


def apply_json_patch(target, operations):
    """RFC 6902 without move and copy."""
    target = copy.deepcopy(target)
    try:
        for operation in operations:
            apply_operation(target, copy.deepcopy(operation))
    except (ValueError, LookupError, TypeError):
        raise Refused(422, 'Invalid', 'the server rejected our request due to an error in our request') from None
    return target


class Cluster:
    """The server and its objects; a test changes both while a program looks."""

    SCHEMAS = None

    def __init__(self):
        if self.SCHEMAS is None:
            Cluster.SCHEMAS = schemas()
        self.lock = threading.RLock()
        self.version = 1000
        self.objects = collections.defaultdict(dict)  # resource: {(namespace, name): object}
        self.history = []  # (version, resource, type, object)
        self.forgotten = 0  # watches from before this version are gone
        self.pages = {}  # token: (version, rest of the list)
        self.tokens = {'sesame': 'system:serviceaccount:stonks-pipeline:audit-writer'}
        self.reviewed = {}  # token: user info, for TokenReview
        self.allowed = set()  # (user, verb, stage), for SubjectAccessReview
        self.accesses = []  # what SubjectAccessReviews were asked
        self.denied = set()  # (verb, resource)
        self.requests = []  # (verb, resource, query, headers)
        self.planned = collections.defaultdict(list)  # verb: answers to give instead, in order
        self.admission = {}  # resource: what changes or refuses an object that is created
        self.watchers = set()
        handler = type('Handler', (self.handler(),), {'cluster': self})
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # clients that are killed hang up
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True).start()

    @staticmethod
    def handler():
        return Handler

    def stop(self):
        self.cut()
        self.server.shutdown()
        self.server.server_close()

    # Objects

    def check(self, resource, item):
        schema = (self.SCHEMAS or {}).get(resource)
        wrong = [fault for name, part in item.items() if schema and name not in ('apiVersion', 'kind', 'metadata')
                 for fault in faults(schema['properties'].get(name, {'type': 'null'}), part, name)]
        assert not wrong, wrong

    def store(self, resource, item, change):
        self.check(resource, item)
        with self.lock:
            self.version += 1
            item['metadata']['resourceVersion'] = str(self.version)
            key = (item['metadata']['namespace'], item['metadata']['name'])
            if change == 'DELETED':
                del self.objects[resource][key]
            else:
                self.objects[resource][key] = item
            self.history.append((self.version, resource, change, copy.deepcopy(item)))
            for watcher in self.watchers:
                watcher.put((None, None))
            return copy.deepcopy(item)

    def put(self, resource, item):
        """Makes or replaces an object."""
        item = copy.deepcopy(item)
        item.setdefault('apiVersion', VERSIONS.get(resource, KARGO))
        item.setdefault('kind', KINDS[resource])
        item['metadata'].setdefault('uid', f'uid-{item["metadata"]["name"]}')
        item['metadata'].setdefault('creationTimestamp', '2026-11-24T10:00:00Z')
        there = (item['metadata']['namespace'], item['metadata']['name']) in self.objects[resource]
        return self.store(resource, item, 'MODIFIED' if there else 'ADDED')

    def change(self, resource, namespace, name, patch):
        with self.lock:
            return self.put(resource, merge(self.objects[resource][namespace, name], patch))

    def delete(self, resource, namespace, name):
        with self.lock:
            return self.store(resource, self.objects[resource][namespace, name], 'DELETED')

    # Trouble

    def forget(self):
        """As etcd's compaction: watches and pages from before are gone."""
        with self.lock:
            self.version += 1
            self.forgotten = self.version
            self.pages.clear()

    def plan(self, verb, *answers):
        """What the next requests of this verb get instead of an answer: a Refused, or a function of the
        handler, whose `proceed` is what would be done."""
        self.planned[verb] += answers

    def tell(self, what):
        """To all watches: 'bookmark', 'cut', 'half' (an event, and then the end), 'gone' (410). Returns when all are told."""
        told = []
        with self.lock:
            for watcher in self.watchers:
                told.append(threading.Event())
                watcher.put((what, told[-1]))
        for one in told:
            assert one.wait(30), 'a watch did not listen'

    def cut(self):
        self.tell('cut')

    def wait_for_watches(self, count):
        for _ in range(3000):
            if len(self.watchers) >= count:
                return
            time.sleep(0.01)
        raise AssertionError(f'{len(self.watchers)} watches, not {count}')

    def asked(self, verb, resource=None):
        with self.lock:
            return [request for request in self.requests
                    if request[0] == verb and resource in (None, request[1])]


def gone():
    return Refused(410, 'Expired', 'too old resource version: 1 (2)')


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    cluster = None

    def log_message(self, *_):
        pass

    def answer(self, code, body, headers=()):
        data = json.dumps(body).encode()
        self.send_response(code)
        for name, value in {'Content-Type': 'application/json', 'Content-Length': len(data), **dict(headers)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def handle_request(self, verb):
        length = int(self.headers.get('Content-Length') or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        match = PATH.fullmatch(url.path)
        if match is None:
            self.answer(404, Refused(404, 'NotFound', 'the server could not find the requested resource').status)
            return
        resource = urllib.parse.unquote(match['resource'])
        if verb == 'get' and not match['name']:
            verb = 'watch' if query.get('watch') in ('true', '1') else 'list'
        with self.cluster.lock:
            self.cluster.requests.append((verb, resource, query, dict(self.headers)))
            planned = self.cluster.planned[verb].pop(0) if self.cluster.planned[verb] else None
        try:
            if isinstance(planned, Refused):
                raise planned
            self.proceed = lambda: self.do(verb, match, resource, query, body)
            (planned or (lambda handler: handler.proceed()))(self)
        except Refused as refused:
            self.answer(refused.code, refused.status, refused.headers)

    do_GET = lambda self: self.handle_request('get')
    do_POST = lambda self: self.handle_request('create')
    do_PATCH = lambda self: self.handle_request('patch')

    def do(self, verb, match, resource, query, body):
        self.permit(verb, match['group'], resource, match['ns'])
        getattr(self, 'do_' + verb)(match, resource, query, body)

    def permit(self, verb, group, resource, namespace):
        user = self.cluster.tokens.get((self.headers.get('Authorization') or '').removeprefix('Bearer '))
        if user is None:
            raise Refused(401, 'Unauthorized', 'Unauthorized')
        if (verb, resource) in self.cluster.denied:
            full = f'{resource}.{group}' if group else resource
            raise Refused(403, 'Forbidden', f'{full} is forbidden: User "{user}" cannot {verb} resource "{resource}" '
                          f'in API group "{group or ""}" in the namespace "{namespace}"', {'kind': resource})

    def find(self, match, resource):
        item = self.cluster.objects[resource].get((match['ns'], match['name']))
        if item is None:
            full = f'{resource}.{match["group"]}' if match['group'] else resource
            raise Refused(404, 'NotFound', f'{full} "{match["name"]}" not found',
                          {'name': match['name'], 'group': match['group'], 'kind': resource})
        return item

    @staticmethod
    def selected(item, query):
        def pairs(name):
            return [pair.split('=', 1) for pair in query.get(name, '').split(',') if pair]
        labels = item['metadata'].get('labels', {})
        return all(SELECTABLE[field](item) == value for field, value in pairs('fieldSelector')) and \
            all(labels.get(label) == value for label, value in pairs('labelSelector'))

    def do_get(self, match, resource, query, body):
        with self.cluster.lock:
            self.answer(200, self.find(match, resource))

    def do_list(self, match, resource, query, body):
        cluster = self.cluster
        with cluster.lock:
            if 'continue' in query:
                if query['continue'] not in cluster.pages:
                    raise Refused(410, 'Expired', 'The provided continue parameter is too old to display a consistent '
                                  'list result.')
                version, items = cluster.pages[query['continue']]
            else:
                version = cluster.version
                items = [copy.deepcopy(item) for (namespace, _), item in sorted(cluster.objects[resource].items())
                         if match['ns'] in (None, namespace) and self.selected(item, query)]
            limit = int(query.get('limit') or len(items) or 1)
            metadata = {'resourceVersion': str(version)}
            if len(items) > limit:
                token = base64.urlsafe_b64encode(f'{version}:{len(items)}'.encode()).decode()
                cluster.pages[token] = (version, items[limit:])
                metadata |= {'continue': token, 'remainingItemCount': len(items) - limit}
        self.answer(200, {'kind': KINDS[resource] + 'List', 'apiVersion': VERSIONS.get(resource, KARGO), 'metadata': metadata,
                          'items': items[:limit]})

    def do_create(self, match, resource, query, body):
        if resource == 'tokenreviews':
            user = self.cluster.reviewed.get(body['spec']['token'])
            status = {'authenticated': True, 'user': user} if user else {'authenticated': False,
                                                                         'error': 'invalid bearer token'}
            self.answer(201, body | {'status': status})
            return
        if resource == 'selfsubjectaccessreviews':
            asked = body['spec']['resourceAttributes']
            self.cluster.accesses.append(body['spec'])
            self.answer(201, body | {'status': {'allowed': (asked['verb'], asked['resource']) not in self.cluster.denied}})
            return
        if resource == 'subjectaccessreviews':
            self.cluster.accesses.append(body['spec'])
            asked = body['spec']['resourceAttributes']
            allowed = (body['spec']['user'], asked['verb'], asked['name']) in self.cluster.allowed
            self.answer(201, body | {'status': {'allowed': allowed}})
            return
        with self.cluster.lock:
            metadata = body.setdefault('metadata', {})
            metadata['namespace'] = match['ns']
            if 'name' not in metadata:
                metadata['name'] = f'{metadata["generateName"]}{self.cluster.version:05x}'
            if resource in self.cluster.admission:
                self.cluster.admission[resource](match['ns'], body)
            if (match['ns'], metadata['name']) in self.cluster.objects[resource]:
                raise Refused(409, 'AlreadyExists', f'{resource} "{metadata["name"]}" already exists')
            self.answer(201, self.cluster.put(resource, body))

    def do_patch(self, match, resource, query, body):
        with self.cluster.lock:
            old = self.find(match, resource)
            if self.headers['Content-Type'] == 'application/json-patch+json':
                new = apply_json_patch(old, body)
            else:
                new = merge(old, body)
            if new['metadata'].get('resourceVersion') != old['metadata']['resourceVersion']:
                raise Refused(409, 'Conflict', f'Operation cannot be fulfilled on {resource} "{match["name"]}": the '
                              'object has been modified; please apply your changes to the latest version and try again')
            if resource in WITH_STATUS and match['sub'] is None and new.get('status') != old.get('status'):
                new['status'] = old.get('status')  # only the subresource may
            self.answer(200, self.cluster.put(resource, new))

    def do_watch(self, match, resource, query, body):
        cluster, mine, seen = self.cluster, queue.Queue(), int(query.get('resourceVersion') or 0)
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        end = time.monotonic() + int(query.get('timeoutSeconds', 300))
        with cluster.lock:
            if seen == 0:  # from the present state on
                seen = cluster.version
                for (namespace, _), item in sorted(cluster.objects[resource].items()):
                    if match['ns'] in (None, namespace) and self.selected(item, query):
                        self.event('ADDED', item)
            if seen < cluster.forgotten:
                self.event('ERROR', gone().status)
                self.end_of_chunks()
                return
            cluster.watchers.add(mine)
        told = None
        try:
            while True:
                with cluster.lock:
                    news = [entry for entry in cluster.history if entry[0] > seen]
                for version, which, change, item in news:
                    seen = version
                    if which == resource and match['ns'] in (None, item['metadata']['namespace']) and \
                            self.selected(item, query):
                        self.event(change, item)
                if told:
                    told.set()
                try:
                    what, told = mine.get(timeout=max(0, end - time.monotonic()))
                except queue.Empty:
                    self.end_of_chunks()
                    return
                if what == 'bookmark':
                    with cluster.lock:
                        self.event('BOOKMARK', {'kind': KINDS[resource], 'metadata': {
                            'resourceVersion': str(cluster.version), 'creationTimestamp': None}})
                elif what == 'gone':
                    self.event('ERROR', gone().status)
                    self.end_of_chunks()
                    return
                elif what == 'half':
                    self.chunk(b'{"type":"MODIFIED","object":{"metadata":{"na')
                    self.end_of_chunks()
                    return
                elif what == 'cut':
                    self.close_connection = True
                    return
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with cluster.lock:
                cluster.watchers.discard(mine)
            while told or not mine.empty():
                if told:
                    told.set()
                told = None if mine.empty() else mine.get()[1]

    def event(self, kind, item):
        self.chunk(json.dumps({'type': kind, 'object': item}).encode() + b'\n')

    def chunk(self, data):
        self.wfile.write(b'%x\r\n%s\r\n' % (len(data), data))
        self.wfile.flush()

    def end_of_chunks(self):
        with contextlib.suppress(OSError):
            self.wfile.write(b'0\r\n\r\n')
