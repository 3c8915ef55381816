"""A stand-in for Kargo on the stand-in cluster: its admission of Freight, its own API and a receiver of webhooks, as far
as programs that tell Kargo of images ask for them. Nothing of Kargo runs here. What is imitated was read in the source
of v1.11.2: Freight is named by a hash of its content, the alias is kept in a label and belongs to one Freight, the
Warehouse's subscriptions are each there exactly once; the API answers {"error": ...}; a generic receiver answers
{"results": [...]} with 200 also where no action applies.

What it is not: no controller looks at anything (a refresh is an annotation and no more), no commits, charts or artifacts,
no OIDC; expressions are one comparison of `event`; and where the real one reads from a cache that is a moment old, this
one never is. Permissions are those of the cluster, for the Kubernetes account that the token stands for.
"""
import hashlib
import http.server
import json
import re
import threading
import time
import urllib.parse

from cluster import Cluster, Refused

PROJECT, WAREHOUSE = 'stonks-pipeline', 'stonks-images'
ACCOUNT = 'system:serviceaccount:stonks-pipeline:stagegate-ci'
TOKEN = 'token-that-must-not-be-seen'
RECEIVER = '/webhooks/generic/' + hashlib.sha256(b'receiver').hexdigest()
ALIAS, REFRESH = 'kargo.akuity.io/alias', 'kargo.akuity.io/refresh'
FREIGHT_PATH = re.compile(r'/v1beta1/projects/(?P<ns>[^/]+)/freight(?:/(?P<name>[^/]+))?')
REFRESH_PATH = re.compile(r'/v1beta1/projects/(?P<ns>[^/]+)/warehouses/(?P<name>[^/]+)/refresh')


def freight_name(freight):
    parts = sorted(f'{image["repoURL"]}:{image["tag"]}@{image["digest"]}' for image in freight['images'])
    origin = f'{freight["origin"]["kind"]}/{freight["origin"]["name"]}'
    return hashlib.sha1(f'{origin}:{"|".join(parts)}'.encode()).hexdigest()


class Kargo:
    def __init__(self, case, repositories):
        """`repositories` are what the Warehouse subscribes to."""
        self.cluster = Cluster()
        case.addCleanup(self.cluster.stop)
        self.cluster.tokens = {TOKEN: ACCOUNT}
        self.cluster.admission['freights'] = self.admit
        self.cluster.put('warehouses', {'metadata': {'name': WAREHOUSE, 'namespace': PROJECT}, 'spec': {
            'freightCreationPolicy': 'Manual', 'interval': '10m',
            'subscriptions': [{'image': {'repoURL': repository, 'imageSelectionStrategy': 'NewestBuild'}}
                              for repository in repositories]}})
        self.requests = []  # (method, path, body), of the API and the receiver
        self.planned = []  # what the next requests to them get: a status, or a function of the handler
        self.when = None  # the `event` that the receiver's action applies to; None: any
        handler = type('Handler', (Handler,), {'kargo': self})
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # clients that are killed hang up
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True).start()
        case.addCleanup(self.stop)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def warehouse(self):
        return self.cluster.objects['warehouses'][PROJECT, WAREHOUSE]

    def refreshed(self):
        """The value of the annotation, or None."""
        return self.warehouse()['metadata'].get('annotations', {}).get(REFRESH)

    def freights(self):
        return list(self.cluster.objects['freights'].values())

    def touch(self):
        self.cluster.change('warehouses', PROJECT, WAREHOUSE, {'metadata': {'annotations': {
            REFRESH: f'{time.time_ns()}'}}})

    def admit(self, namespace, freight):
        """What Kargo's webhooks do to Freight that is created."""
        metadata = freight['metadata']
        metadata['name'] = freight_name(freight)
        if not freight.get('alias'):
            freight['alias'] = 'fancy-' + metadata['name'][:6]
        metadata.setdefault('labels', {})[ALIAS] = freight['alias']
        wrong = []
        if any(other['alias'] == freight['alias'] for other in self.freights()):
            wrong.append(f'alias: Invalid value: "{freight["alias"]}": alias already used by another piece of Freight in '
                         f'namespace "{namespace}"')
        warehouse = self.cluster.objects['warehouses'].get((namespace, freight['origin']['name']))
        if warehouse is None:
            wrong.append(f'warehouse: Invalid value: "{freight["origin"]["name"]}": warehouse does not exist')
        else:
            subscribed = [one['image']['repoURL'] for one in warehouse['spec']['subscriptions']]
            brought = [image['repoURL'] for image in freight['images']]
            wrong += [f'images: Invalid value: {{"repoURL":"{one}"}}: no subscription found for image repository in '
                      f'Warehouse "{WAREHOUSE}"' for one in brought if one not in subscribed]
            wrong += [f'images: Invalid value: null: no artifact found for subscription "{one}" of Warehouse '
                      f'"{WAREHOUSE}"' for one in subscribed if one not in brought]
        if wrong:
            raise Refused(422, 'Invalid', 'admission webhook "freight.kargo.akuity.io" denied the request: '
                          f'Freight.kargo.akuity.io "{metadata["name"]}" is invalid: [{", ".join(wrong)}]')


def lose_the_answer(handler):
    """Does what is asked, and hangs up without a word."""
    handler.answer = lambda *_: None
    handler.proceed()
    handler.close_connection = True


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    kargo = None

    def log_message(self, *_):
        pass

    def answer(self, code, body=None, headers=()):
        data = b'' if body is None else json.dumps(body).encode()
        self.send_response(code)
        for name, value in {'Content-Type': 'application/json', 'Content-Length': len(data), **dict(headers)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def error(self, code, words):
        self.answer(code, {'error': words})

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0)).decode()
        with self.kargo.cluster.lock:
            self.kargo.requests.append((self.command, self.path, body))
            planned = self.kargo.planned.pop(0) if self.kargo.planned else None
        self.proceed = lambda: self.do(urllib.parse.urlsplit(self.path).path, body)
        if isinstance(planned, int):
            self.error(planned, 'internal server error')
        else:
            (planned or (lambda handler: handler.proceed()))(self)

    do_GET = do_POST = lambda self: self.handle_request()

    def do(self, path, body):
        if self.command == 'POST' and path == RECEIVER:
            self.receive(json.loads(body))
            return
        if (self.headers.get('Authorization') or '').removeprefix('Bearer ') not in self.kargo.cluster.tokens:
            self.error(401, 'invalid token')
            return
        try:
            with self.kargo.cluster.lock:
                self.route(path, body)
        except Refused as refused:
            self.error(refused.code, str(refused))

    def route(self, path, body):
        if self.command == 'POST' and path == '/v1beta1/resources':
            self.create(body)
        elif self.command == 'POST' and (match := REFRESH_PATH.fullmatch(path)):
            # With the server's own permissions: whoever is known may.
            if (match['ns'], match['name']) not in self.kargo.cluster.objects['warehouses']:
                raise Refused(404, 'NotFound', f'warehouses.kargo.akuity.io "{match["name"]}" not found')
            self.kargo.touch()
            self.answer(200)
        elif self.command == 'GET' and (match := FREIGHT_PATH.fullmatch(path)):
            self.read(match['ns'], match['name'])
        else:
            self.answer(404, 'page not found')

    def permit(self, verb):
        if (verb, 'freights') in self.kargo.cluster.denied:
            raise Refused(403, 'Forbidden', f'freights.kargo.akuity.io is forbidden: User "{ACCOUNT}" cannot {verb} '
                          f'resource "freights" in API group "kargo.akuity.io" in the namespace "{PROJECT}"')

    def create(self, body):
        if not self.headers['Content-Type'].startswith('text/plain'):
            raise Refused(415, 'UnsupportedMediaType', 'unsupported media type')
        freight = json.loads(body)  # of the YAML that the real one takes, the part that is sent
        assert freight['kind'] == 'Freight' and freight['apiVersion'] == 'kargo.akuity.io/v1alpha1', freight
        namespace = freight['metadata']['namespace']
        objects = self.kargo.cluster.objects['freights']
        self.permit('create')
        if (namespace, freight['metadata']['name']) not in objects:
            self.kargo.admit(namespace, freight)
        if (namespace, freight['metadata']['name']) in objects:
            raise Refused(409, 'AlreadyExists', 'create resource: freights.kargo.akuity.io '
                          f'"{freight["metadata"]["name"]}" already exists')
        self.answer(201, {'results': [{'createdResourceManifest': self.kargo.cluster.put('freights', freight)}]})

    def read(self, namespace, name):
        self.permit('list')
        there = [freight for (where, _), freight in self.kargo.cluster.objects['freights'].items() if where == namespace]
        if name is None:
            self.answer(200, {'groups': {'': {'items': there}}})
            return
        for freight in there:
            if name in (freight['metadata']['name'], freight['alias']):
                self.answer(200, freight)
                return
        raise Refused(404, 'NotFound', f'Freight with name or alias "{name}" not found in project "{namespace}"')

    def receive(self, body):
        result = {'action': 'Refresh', 'matchedWhenExpression': self.kargo.when in (None, body['event'])}
        if result['matchedWhenExpression']:
            self.kargo.touch()
            result |= {'selectedTargets': [{'namespace': PROJECT, 'name': WAREHOUSE, 'success': True}],
                       'result': 'Success', 'summary': 'Refreshed 1 of 1 selected resources'}
        else:
            result |= {'result': 'NotApplicable', 'summary': 'Request did not match whenExpression'}
        self.answer(200, {'results': [result]})
