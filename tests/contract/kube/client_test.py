"""common/kube against a stand-in for the Kubernetes API: what a real server does to its clients, one test each."""
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import cluster
from cluster import Refused, gone

PROBE = os.environ.get('KUBE_PROBE', '')
PROJECT = 'stonks-pipeline'


def promotion(name, **metadata):
    return {'metadata': {'name': name, 'namespace': PROJECT, **metadata},
            'spec': {'stage': 'paper', 'freight': 'f1', 'steps': [{'uses': 'http'}]}}


class ClientTestCase(unittest.TestCase):
    def setUp(self):
        self.cluster = cluster.Cluster()
        self.addCleanup(self.cluster.stop)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.token = pathlib.Path(folder.name) / 'token'
        self.token.write_text('sesame\n')

    def start(self, *words, **variables):
        environment = {key: value for key, value in os.environ.items() if 'proxy' not in key.lower()}
        environment.update(variables)
        process = subprocess.Popen([PROBE, self.cluster.url, str(self.token), *words], text=True, env=environment,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()

    def ask(self, *words, **variables):
        """(exit code, answers) of one request."""
        process = self.start(*words, **variables)
        out, _ = process.communicate(timeout=120)
        return process.returncode, [json.loads(line) for line in out.splitlines()]

    def answer(self, *words):
        code, answers = self.ask(*words)
        self.assertEqual(code, 0, answers)
        return answers[0]

    def failure(self, code, *words):
        got, answers = self.ask(*words)
        self.assertEqual(got, code, answers)
        return answers[-1]['failure']


class RequestTestCase(ClientTestCase):
    def test_an_object_that_is_not_there_is_an_answer_and_a_missing_resource_is_none(self):
        self.assertIsNone(self.answer('get', PROJECT, 'p1'))
        self.cluster.plan('get', Refused(404, 'NotFound', 'the server could not find the requested resource'))
        self.assertIn('is the custom resource installed', self.failure(3, 'get', PROJECT, 'p1'))

    def test_a_missing_permission_is_told_as_verb_resource_and_account(self):
        self.cluster.denied.add(('list', 'promotions'))
        failure = self.failure(3, 'list', PROJECT)
        for words in ('cannot list resource "promotions"', 'system:serviceaccount:stonks-pipeline:audit-writer', 'Role'):
            self.assertIn(words, failure)

    def test_a_huge_list_comes_in_pages(self):
        for number in range(1203):
            self.cluster.put('promotions', promotion(f'p{number:04}'))
        answer = self.answer('list', PROJECT)
        self.assertEqual(answer, {'items': 1203, 'version': str(self.cluster.version)})
        self.assertEqual(len(self.cluster.asked('list')), 3)

    def test_a_list_that_is_forgotten_between_two_pages_is_begun_again(self):
        for number in range(501):
            self.cluster.put('promotions', promotion(f'p{number:04}'))

        def forget_then_answer(handler):
            self.cluster.planned['list'].insert(0, gone())
            handler.do_list(cluster.PATH.fullmatch(handler.path.split('?')[0]), 'promotions', {'limit': '500'}, None)
        self.cluster.plan('list', forget_then_answer)
        self.assertEqual(self.answer('list', PROJECT)['items'], 1001)  # the first page twice
        self.cluster.plan('list', *[forget_then_answer] * 3)
        self.assertIn('410', self.failure(4, 'list', PROJECT))

    def test_a_token_that_was_replaced_is_used_from_the_next_request_on(self):
        def rotate(handler):
            self.cluster.tokens = {'fresh': 'system:serviceaccount:stonks-pipeline:audit-writer'}
            self.token.write_text('fresh')
            handler.answer(401, Refused(401, 'Unauthorized', 'Unauthorized').status)
        self.cluster.plan('get', rotate)
        self.assertIsNone(self.answer('get', PROJECT, 'p1'))
        self.assertEqual([request[3]['Authorization'] for request in self.cluster.asked('get')],
                         ['Bearer sesame', 'Bearer fresh'])

    def test_a_wrong_token_is_told_and_not_shown(self):
        self.token.write_text('open-says-me')
        failure = self.failure(3, 'get', PROJECT, 'p1')
        self.assertIn('the token is wrong or has expired', failure)
        self.assertNotIn('open-says-me', failure)
        self.assertEqual(len(self.cluster.asked('get')), 1)

    def test_without_tls_no_proxy_gets_the_token(self):
        """The address is this machine's own: `kubectl proxy`."""
        proxy = cluster.Cluster()
        self.addCleanup(proxy.stop)
        code, answers = self.ask('get', PROJECT, 'p1', http_proxy=proxy.url, ALL_PROXY=proxy.url)
        self.assertEqual(proxy.asked('get'), [])
        self.assertEqual((code, answers), (0, [None]))

    def test_a_server_that_is_busy_is_asked_again_when_it_says(self):
        self.cluster.plan('list', Refused(429, 'TooManyRequests', 'too many requests', headers={'Retry-After': 1}))
        begun = time.monotonic()
        self.assertEqual(self.answer('list', PROJECT)['items'], 0)
        self.assertGreaterEqual(time.monotonic() - begun, 1)

    def test_a_patch_with_a_version_loses_against_a_change_in_between(self):
        made = self.cluster.put('promotions', promotion('p1'))
        version = made['metadata']['resourceVersion']
        patch = json.dumps({'metadata': {'resourceVersion': version, 'annotations': {'a': 'b'}}})
        first = self.answer('patch', PROJECT, 'p1', patch)
        self.assertEqual(first['metadata']['annotations'], {'a': 'b'})
        self.assertIn('the object has been modified', self.failure(4, 'patch', PROJECT, 'p1', patch))
        test = '[{"op":"test","path":"/spec/stage","value":"live"},{"op":"replace","path":"/spec/stage","value":"x"}]'
        self.assertIn('422', self.failure(2, 'patch', PROJECT, 'p1', test))

    def test_what_is_created_twice_is_a_conflict_and_is_not_tried_again(self):
        body = json.dumps(promotion('p1'))
        self.assertEqual(self.answer('create', PROJECT, body)['metadata']['name'], 'p1')
        self.assertIn('already exists', self.failure(4, 'create', PROJECT, body))
        self.cluster.plan('create', Refused(503, 'ServiceUnavailable', 'leaderless'))
        self.failure(3, 'create', PROJECT, json.dumps(promotion('p2')))
        self.assertEqual(len(self.cluster.asked('create')), 3)

    def test_something_else_at_that_address_is_told_from_the_api(self):
        self.cluster.plan('get', lambda handler: handler.answer(200, []))
        self.assertIn('is no object', self.failure(3, 'get', PROJECT, 'p1'))
        self.cluster.plan('get', lambda handler: handler.answer(302, {}, {'Location': 'http://127.0.0.1:1/'}))
        self.assertIn('302', self.failure(3, 'get', PROJECT, 'p1'))


class ReviewTestCase(ClientTestCase):
    def test_a_token_is_somebody_or_nobody(self):
        self.cluster.reviewed['t1'] = {'username': 'ann', 'groups': ['ops']}
        self.assertEqual(self.answer('token', 't1'), {'name': 'ann', 'groups': ['ops']})
        self.assertIn('wrong or has expired', self.failure(1, 'token', 't2'))

    def test_a_review_may_be_asked_for_again(self):
        self.cluster.reviewed['t1'] = {'username': 'ann'}
        self.cluster.plan('create', Refused(503, 'ServiceUnavailable', 'leaderless'))
        self.assertEqual(self.answer('token', 't1')['name'], 'ann')

    def test_what_nobody_has_allowed_is_refused_by_name(self):
        self.cluster.allowed.add(('ann', 'break-glass', 'live'))
        self.assertEqual(self.ask('access', 'ann', 'break-glass', 'live'), (0, []))
        self.assertIn('bob may not break-glass stages.kargo.akuity.io live in stonks',
                      self.failure(1, 'access', 'bob', 'break-glass', 'live'))

    def test_without_an_answer_nothing_is_allowed(self):
        self.cluster.plan('create', lambda handler: handler.answer(201, {'kind': 'SubjectAccessReview'}))
        self.failure(1, 'access', 'ann', 'break-glass', 'live')
        self.cluster.plan('create', lambda handler: handler.answer(201, {'status': {'allowed': 'true'}}))
        self.failure(1, 'access', 'ann', 'break-glass', 'live')

    def test_the_creator_of_a_promotion_is_an_annotation(self):
        self.cluster.put('promotions', promotion('p1', annotations={'kargo.akuity.io/create-actor': 'email:ann@x'}))
        self.cluster.put('promotions', promotion('p2'))
        self.assertEqual([self.answer('creator', PROJECT, name) for name in ('p1', 'p2', 'p3')], ['email:ann@x', '', None])

    def test_a_promotion_is_woken_by_an_annotation_that_is_new_each_time(self):
        self.cluster.put('promotions', promotion('p1'))
        values = set()
        for _ in range(2):
            self.assertEqual(self.ask('wake', PROJECT, 'p1'), (0, []))
            item = self.cluster.objects['promotions'][PROJECT, 'p1']
            values.add(item['metadata']['annotations']['kargo.akuity.io/refresh'])
        self.assertEqual(len(values), 2)


class FollowTestCase(ClientTestCase):
    def follow(self):
        process = self.start('follow', PROJECT, 'z-last')
        self.cluster.wait_for_watches(1)
        return process

    def finish(self, process):
        self.cluster.put('promotions', promotion('z-last'))
        out, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, out + errors)
        return [(line['seen'], line.get('name', '')) for line in map(json.loads, out.splitlines())]

    def test_what_is_there_is_listed_and_what_changes_is_told(self):
        self.cluster.put('promotions', promotion('p1'))
        process = self.follow()
        self.cluster.put('promotions', promotion('p2'))
        self.cluster.change('promotions', PROJECT, 'p1', {'status': {'phase': 'Running'}})
        self.cluster.delete('promotions', PROJECT, 'p1')
        self.assertEqual(self.finish(process), [('listed', 'p1'), ('complete', ''), ('added', 'p2'), ('modified', 'p1'),
                                                ('deleted', 'p1'), ('added', 'z-last')])

    def interrupted(self, what):
        process = self.follow()
        self.cluster.put('promotions', promotion('p1'))
        self.cluster.tell(what)
        self.cluster.put('promotions', promotion('p2'))
        told = self.finish(process)
        self.assertEqual([name for _, name in told if name], ['p1', 'p2', 'z-last'], 'each once')
        return told

    def test_a_cut_connection_is_taken_up_where_it_ended(self):
        self.interrupted('cut')
        self.assertEqual(len(self.cluster.asked('list')), 1)

    def test_half_an_event_is_no_event(self):
        self.interrupted('half')
        self.assertEqual(len(self.cluster.asked('list')), 1)

    def test_a_version_that_is_too_old_means_a_new_list(self):
        process = self.follow()
        self.cluster.put('promotions', promotion('p1'))
        self.cluster.tell('gone')
        told = self.finish(process)
        self.assertEqual(len(self.cluster.asked('list')), 2)
        self.assertIn(('listed', 'p1'), told)

    def test_what_happens_while_nobody_watches_is_in_the_new_list(self):
        process = self.follow()
        self.cluster.plan('watch', Refused(503, 'ServiceUnavailable', 'restarting'))
        self.cluster.cut()
        self.cluster.put('promotions', promotion('p1'))
        self.cluster.forget()
        self.assertIn('p1', [name for _, name in self.finish(process)])

    def test_a_bookmark_moves_on_where_the_next_watch_begins(self):
        process = self.follow()
        self.cluster.put('stages', {'metadata': {'name': 's', 'namespace': PROJECT}, 'spec': {'requestedFreight': []}})
        self.cluster.tell('bookmark')
        version = str(self.cluster.version)
        self.cluster.cut()
        self.finish(process)
        self.assertEqual(self.cluster.asked('watch')[-1][2]['resourceVersion'], version)
        self.assertTrue(all(request[2]['allowWatchBookmarks'] == 'true' for request in self.cluster.asked('watch')))

    def test_a_watch_without_permission_fails_at_the_list_and_later_only_after_a_while(self):
        process = self.follow()
        self.cluster.denied.add(('watch', 'promotions'))
        self.cluster.cut()
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 3)
        self.assertIn('and nothing else for', json.loads(out.splitlines()[-1])['failure'])
        self.cluster.denied.add(('list', 'promotions'))
        self.assertIn('cannot list', self.failure(3, 'follow', PROJECT, 'z-last'))

    def test_a_server_that_ends_each_watch_at_once_is_not_asked_in_a_loop(self):
        process = self.start('follow', PROJECT, 'z-last')
        for _ in range(1000):
            self.cluster.plan('watch', lambda handler: handler.answer(200, {'type': 'BOOKMARK', 'object': {}}))
        time.sleep(1)
        self.assertLess(len(self.cluster.asked('watch')), 300)
        self.cluster.planned['watch'].clear()
        self.finish(process)


if __name__ == '__main__':
    unittest.main()
