"""A Kargo project in the stand-in cluster: what Kargo's controllers, API and webhooks would write there."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'kube'))
import cluster  # noqa: E402

PROJECT = 'stonks-pipeline'
SHA = '3f2a91c0d4e5f60718293a4b5c6d7e8f90123456'
FREIGHT = 'f' * 40
REPOSITORY = 'registry.example.com/stonks/'
IMAGES = [{'repoURL': REPOSITORY + name, 'tag': SHA, 'digest': 'sha256:' + digit * 64}
          for name, digit in (('scheduler', 'a'), ('query-api', 'b'))]
ORIGIN = {'kind': 'Warehouse', 'name': 'stonks'}
CREATOR = 'kargo.akuity.io/create-actor'


def named(name, **metadata):
    return {'metadata': {'name': name, 'namespace': PROJECT, **metadata}}


class Project:
    def __init__(self, freight=True):
        self.cluster = cluster.Cluster()
        self.promotions = 0
        self.stage('beta', direct=True)
        self.stage('paper', upstream=['beta'])
        self.stage('live', upstream=['paper'])
        if freight:
            self.freight()

    def stop(self):
        self.cluster.stop()

    def stage(self, name, direct=False, upstream=()):
        sources = {'direct': True} if direct else {'stages': list(upstream)}
        self.cluster.put('stages', named(name) | {'spec': {'requestedFreight': [{'origin': ORIGIN, 'sources': sources}]}})

    def freight(self, name=FREIGHT, **status):
        status = status or {'verifiedIn': {'beta': {'verifiedAt': '2026-11-24T09:00:00Z'}}}
        self.cluster.put('freights', named(name) | {'alias': 'fancy-fox', 'origin': ORIGIN, 'images': IMAGES,
                                                    'status': status})

    def promote(self, stage='paper', actor='email:ann@example.com', at='2026-11-24T10:00:00Z', freight=FREIGHT):
        """A Promotion as Kargo's webhook lets it in; its name."""
        self.promotions += 1
        name = f'{stage}.01kb{self.promotions:022}.{freight[:7]}'
        annotations = {CREATOR: actor} if actor else {}
        self.cluster.put('promotions', named(name, creationTimestamp=at, annotations=annotations) | {
            'spec': {'stage': stage, 'freight': freight, 'steps': [{'uses': 'argocd-update'}]}})
        return name

    def progress(self, name, phase, message=None, at='2026-11-24T10:05:00Z', annotations=None):
        status = {'phase': phase, 'startedAt': '2026-11-24T10:00:10Z',
                  'freight': {'name': FREIGHT, 'origin': ORIGIN, 'images': IMAGES}}
        if phase not in ('Pending', 'Running'):
            status['finishedAt'] = at
        if message:
            status['message'] = message
        metadata = {'metadata': {'annotations': annotations}} if annotations else {}
        self.cluster.change('promotions', PROJECT, name, {'status': status} | metadata)

    def abort(self, name, actor):
        request = json.dumps({'action': 'terminate', 'actor': actor, 'controlPlane': True})
        self.progress(name, 'Aborted', f'Promotion terminated by {actor}', annotations={'kargo.akuity.io/abort': request})

    def event(self, reason, name, message='', at='2026-11-24T10:00:00Z', **facts):
        """An Event as Kargo's recorder writes it."""
        annotations = {'event.kargo.akuity.io/' + key.replace('_', '-'): value for key, value in facts.items()}
        annotations['event.kargo.akuity.io/project'] = PROJECT
        annotations.setdefault('event.kargo.akuity.io/freight-name', FREIGHT)
        annotations['event.kargo.akuity.io/freight-images'] = json.dumps(IMAGES)
        kind = 'Promotion' if reason.startswith('Promotion') else 'Freight'
        count = len(self.cluster.objects['events'])
        self.cluster.put('events', named(f'{name}.{count:x}', annotations=annotations) | {
            'involvedObject': {'kind': kind, 'apiVersion': cluster.KARGO, 'namespace': PROJECT, 'name': name},
            'reason': reason, 'message': message, 'type': 'Normal', 'firstTimestamp': at, 'lastTimestamp': at, 'count': 1,
            'source': {'component': 'kargo'}})

    def approve(self, stage, actor, event=True):
        self.cluster.change('freights', PROJECT, FREIGHT, {'status': {'approvedFor': {stage: {
            'approvedAt': '2026-11-24T10:01:00Z'}}}})
        if event:
            self.approval_event(stage, actor)

    def approval_event(self, stage, actor):
        self.event('FreightApproved', FREIGHT, f'Freight approved for Stage "{stage}" by "{actor}"',
                   at='2026-11-24T10:01:00Z', actor=actor, stage_name=stage)

    def verify(self, stage, phase, message='', actor='', analysis=True, begun='2026-11-24T10:06:00Z'):
        one = {'id': 'v1', 'phase': phase, 'startTime': begun, 'finishTime': '2026-11-24T10:09:00Z', 'message': message}
        if actor:
            one['actor'] = actor
        if analysis:
            one['analysisRun'] = {'name': f'{stage}.01kb.fffffff', 'namespace': PROJECT, 'phase': phase}
        reference = {'name': FREIGHT, 'origin': ORIGIN, 'images': IMAGES}
        self.cluster.change('stages', PROJECT, stage, {'status': {'freightHistory': [
            {'id': 'c1', 'items': {'Warehouse/stonks': reference}, 'verificationHistory': [one]}]}})
