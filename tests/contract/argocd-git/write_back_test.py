"""The Git write-back of argocd-sync against contents APIs with a real git repository behind them."""
import functools
import json
import os
import subprocess
import threading
import time
import unittest

import contents_api
from contents_api import TOKEN, Hosting, cut_after, cut_before, does_and_says, first, says

PROBE = os.environ.get('GIT_PROBE', '')
FILE = 'apps/beta/values.yaml'
VALUES = b'''# Values of beta.
queryApi:
  image: {repository: registry.example.com/query-api, tag: v1}   # by the pipeline
ingest:
  image:
    repository: registry.example.com/ingest
    tag: "v1"

replicas: 2
'''


def on(*kinds):
    """Every test of the class, for each kind of hosting."""
    def adorn(case):
        def on_each(test):
            @functools.wraps(test)
            def run(self):
                for kind in kinds:
                    with self.subTest(kind):
                        self.open(kind)
                        test(self)
                        self.no_token_was_shown()
            return run
        for name, test in list(vars(case).items()):
            if name.startswith('test_'):
                setattr(case, name, on_each(test))
        return case
    return adorn


class WriteBackTestCase(unittest.TestCase):
    def open(self, kind):
        self.kind = kind
        self.hosting = Hosting(kind)
        self.addCleanup(self.hosting.stop)
        self.repository = self.hosting.repository
        self.start = self.repository.commit({FILE: VALUES, 'README.md': b'hello\n'}, 'Start')
        self.outputs = []

    def no_token_was_shown(self):
        for output in self.outputs:
            self.assertNotIn(TOKEN, output)
        for request in self.hosting.requests:
            self.assertNotIn(TOKEN, request[1])

    def environment(self, **settings):
        values = {'git_kind': self.kind, 'git_api': self.hosting.url, 'git_repo': contents_api.OWNER_AND_NAME,
                  'git_token': TOKEN, 'git_file': FILE, 'git_key': 'queryApi.image.tag', 'run_id': 'run-1', **settings}
        environment = {key: value for key, value in os.environ.items() if 'proxy' not in key.lower()}
        environment.update({f'PLUGIN_{key.upper()}': value for key, value in values.items()})
        return environment

    def run_probe(self, *words, **settings):
        """(exit code, answer)"""
        done = subprocess.run([PROBE, *words], env=self.environment(**settings), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=120)
        self.outputs += [done.stdout, done.stderr]
        return done.returncode, json.loads(done.stdout)

    def set(self, tag, *apps, **settings):
        code, answer = self.run_probe('set', tag, *(apps or ['beta']), **settings)
        self.assertEqual(code, 0, answer)
        return answer

    def failure(self, code, *words, **settings):
        got, answer = self.run_probe(*(words or ['set', 'v2', 'beta']), **settings)
        self.assertEqual(got, code, answer)
        return answer['failure']

    def somebody_sets(self, old, new, path=FILE):
        self.repository.commit({path: self.repository.read(path).replace(old, new)}, f'Somebody sets {new.decode()}')


@on('gitea', 'github')
class EveryHostingTestCase(WriteBackTestCase):
    def test_the_commit_changes_one_line_and_names_who_wanted_it(self):
        answer, = self.set('v2', stage='beta', promoted_by='carol')
        self.assertEqual(answer['commit'], self.repository.tip())
        self.assertEqual((answer['old_tag'], answer['changed']), ('v1', True))
        self.assertEqual(answer['words'], f'{FILE}: v1 -> v2 ({answer["commit"][:12]})')
        self.assertEqual(self.repository.read(FILE), VALUES.replace(b'tag: v1}', b'tag: v2}'))
        self.assertEqual(len(self.repository.changed_lines()), 2)
        self.assertEqual(self.repository.message(), 'Deploy v2 to beta\n\nStagegate-Run: run-1\nStagegate-App: beta\n'
                         'Stagegate-Stage: beta\nPromoted-By: carol')
        trailers = self.repository.text('log', '-1', '--format=%(trailers:key=Stagegate-Run,valueonly)', 'main')
        self.assertEqual(trailers, 'run-1')

    def test_the_message_and_the_author_are_the_users(self):
        self.set('v2', git_message='chore({app}): {old} to {tag} in {file}', git_skip_ci='true',
                 git_author_name='Stage Gate', git_author_email='gate@example.com')
        self.assertEqual(self.repository.message().splitlines()[0], f'chore(beta): v1 to v2 in {FILE} [CI SKIP]')
        self.assertEqual(self.repository.text('log', '-1', '--format=%an <%ae>, %cn <%ce>', 'main'),
                         'Stage Gate <gate@example.com>, Stage Gate <gate@example.com>')

    def test_a_tag_that_stands_there_already_makes_no_commit(self):
        self.repository.commit({'README.md': b'later\n'}, 'Unrelated')
        answer, = self.set('v1')
        self.assertEqual((answer['commit'], answer['changed'], answer['old_tag']), (self.start, False, 'v1'))
        self.assertEqual(answer['words'], f'{FILE} holds v1 already ({self.start[:12]})')
        self.assertEqual(self.repository.count(), 2)
        self.assertEqual(self.hosting.asked('PUT'), [])

    def test_a_run_that_is_repeated_finds_its_own_commit(self):
        commit = self.set('v2')[0]['commit']
        self.assertEqual(self.set('v2')[0]['commit'], commit)
        self.assertEqual(self.repository.count(), 2)

    def test_crlf_a_byte_order_mark_and_a_missing_last_line_end_are_kept(self):
        values = b'\xef\xbb\xbf' + VALUES.replace(b'\n', b'\r\n').rstrip()
        self.repository.commit({FILE: values}, 'As from Windows')
        self.set('0123456')
        self.assertEqual(self.repository.read(FILE), values.replace(b'tag: v1}', b'tag: "0123456"}'))
        self.assertEqual(len(self.repository.changed_lines()), 2)

    def test_several_keys_of_one_file_go_into_one_commit(self):
        self.set('v2', git_key='queryApi.image.tag,ingest.image.tag')
        self.assertEqual(self.repository.count(), 2)
        self.assertEqual(self.repository.read(FILE), VALUES.replace(b'v1', b'v2'))

    def test_a_file_with_blanks_and_letters_of_all_kinds_in_its_name_on_a_branch_with_a_slash(self):
        path = 'apps/größe & co/a b#c?.yaml'
        self.repository.commit({path: VALUES}, 'More')
        self.repository.git('update-ref', 'refs/heads/deploy/beta', self.repository.tip())
        self.set('v2', git_file=path, git_branch='deploy/beta')
        self.assertIn(b'tag: v2}', self.repository.read(path, 'deploy/beta'))
        self.assertIn(b'tag: v1}', self.repository.read(path))

    def test_two_writers_of_different_keys_of_one_file_both_arrive(self):
        meet = threading.Barrier(2, timeout=30)
        self.hosting.plan('PUT', *[first(meet.wait)] * 2)
        results = {}
        threads = [threading.Thread(target=lambda key=key: results.update({key: self.run_probe(
            'set', 'v2', 'beta', git_key=key, run_id=key)})) for key in ('queryApi.image.tag', 'ingest.image.tag')]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([code for code, _ in results.values()], [0, 0], results)
        self.assertEqual(self.repository.read(FILE), VALUES.replace(b'v1', b'v2'))
        self.assertEqual(self.repository.count(), 3)
        for ref in ('main', 'main^'):
            self.assertEqual(len(self.repository.changed_lines(ref)), 2)
        self.assertEqual({answer[0]['commit'] for _, answer in results.values()},
                         set(self.repository.text('rev-list', '-2', 'main').split()))

    def test_of_two_writers_of_one_key_one_is_superseded(self):
        meet = threading.Barrier(2, timeout=30)
        self.hosting.plan('PUT', *[first(meet.wait)] * 2)
        results = {}
        threads = [threading.Thread(target=lambda tag=tag: results.update({tag: self.run_probe(
            'set', tag, 'beta', run_id=tag)})) for tag in ('v2', 'v3')]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(code for code, _ in results.values()), [0, 4], results)
        winner, loser = sorted(results, key=lambda tag: results[tag][0])
        self.assertEqual(self.repository.count(), 2)
        self.assertIn(f'tag: {winner}}}'.encode(), self.repository.read(FILE))
        failure = results[loser][1]['failure']
        self.assertIn(f'queryApi.image.tag was "v1" and should be "{loser}", but somebody has set it to "{winner}" meanwhile: '
                      f'superseded by {self.repository.tip()[:12]} "Deploy {winner} to beta"', failure)

    def test_of_two_writers_of_the_same_tag_one_finds_it_there(self):
        self.hosting.plan('PUT', first(lambda: self.somebody_sets(b'tag: v1}', b'tag: v2}')))
        answer, = self.set('v2')
        self.assertEqual((answer['changed'], answer['commit'], answer['old_tag']), (False, self.repository.tip(), 'v1'))
        self.assertEqual(self.repository.count(), 2)

    def test_somebody_elses_commit_to_the_same_file_is_kept(self):
        self.hosting.plan('PUT', *[first(lambda: self.repository.commit(
            {FILE: self.repository.read(FILE) + b'# more\n'}, 'More'))] * 3)
        answer, = self.set('v2')
        self.assertTrue(answer['changed'])
        self.assertEqual(self.repository.read(FILE), VALUES.replace(b'tag: v1}', b'tag: v2}') + b'# more\n' * 3)
        self.assertEqual(len(self.hosting.asked('PUT')), 4)

    def test_a_file_that_never_stands_still_ends_after_five_tries(self):
        self.hosting.plan('PUT', *[first(lambda: self.repository.commit(
            {FILE: self.repository.read(FILE) + b'# more\n'}, 'More'))] * 9)
        self.assertIn('gave up after 5 tries', self.failure(3))
        self.assertEqual(len(self.hosting.asked('PUT')), 5)
        self.assertNotIn(b'v2', self.repository.read(FILE))

    def test_a_branch_that_moves_while_the_commit_is_made_is_tried_again(self):
        def once():
            self.hosting.meanwhile = lambda: None
            self.repository.commit({'README.md': b'race\n'}, 'Race')
        self.hosting.meanwhile = once
        self.assertTrue(self.set('v2')[0]['changed'])
        self.assertEqual(self.repository.read('README.md'), b'race\n')
        self.assertEqual(self.repository.count(), 3)

    def test_a_lost_answer_of_a_commit_that_was_made_is_found_as_our_own(self):
        for number, fault in enumerate((does_and_says(500, 'oops'), cut_after, does_and_says(502), does_and_says(504))):
            with self.subTest(number):
                self.hosting.plan('PUT', fault)
                tag = f'v{number + 2}'
                answer, = self.set(tag)
                self.assertEqual((answer['changed'], answer['commit']), (True, self.repository.tip()))
                self.assertEqual(self.repository.count(), number + 2)
                self.assertEqual(len(self.hosting.asked('PUT')), number + 1)

    def test_a_lost_answer_of_a_commit_that_was_not_made_is_tried_again(self):
        for number, fault in enumerate((says(500, 'oops'), cut_before, says(503))):
            with self.subTest(number):
                self.hosting.plan('PUT', fault)
                answer, = self.set(f'v{number + 2}')
                self.assertEqual((answer['changed'], answer['commit']), (True, self.repository.tip()))
                self.assertEqual(self.repository.count(), number + 2)

    def test_a_lost_answer_and_then_somebody_elses_commit_to_the_same_file_is_still_ours(self):
        def commit_and_be_followed(handler):
            handler.result()
            self.repository.commit({FILE: self.repository.read(FILE) + b'# more\n'}, 'More')
            handler.cut()
        self.hosting.plan('PUT', commit_and_be_followed)
        answer, = self.set('v2')
        self.assertEqual((answer['changed'], answer['commit']), (True, self.repository.text('rev-parse', 'main^')))

    def test_a_lost_answer_and_then_somebody_elses_tag_is_superseded(self):
        def commit_and_be_overtaken(handler):
            handler.result()
            self.somebody_sets(b'tag: v2}', b'tag: v9}')
            handler.cut()
        self.hosting.plan('PUT', commit_and_be_overtaken)
        self.assertIn('superseded by', self.failure(4))
        self.assertIn(b'tag: v9}', self.repository.read(FILE))

    def test_an_outcome_that_cannot_be_found_out_is_told_as_that(self):
        self.hosting.plan('PUT', does_and_says(500, 'oops'))
        self.hosting.plan('GET', lambda handler: handler.answer(*handler.result()), *[says(500, 'down')] * 9)
        failure = self.failure(3)
        self.assertIn('whether the tag was written before is not known', failure)
        self.assertIn('"oops"', failure)

    def test_a_server_that_does_not_answer_is_left_at_the_deadline(self):
        self.hosting.plan('PUT', lambda handler: time.sleep(4))
        began = time.monotonic()
        self.failure(5, timeout='2s')
        self.assertLess(time.monotonic() - began, 3.5)

    def test_too_many_requests_are_made_again_when_the_server_says(self):
        self.hosting.plan('PUT', says(429, 'slow down', {'Retry-After': '1'}))
        began = time.monotonic()
        self.assertTrue(self.set('v2')[0]['changed'])
        self.assertGreater(time.monotonic() - began, 1)
        self.assertEqual(self.repository.count(), 2)

    def test_a_protected_branch_is_told_and_not_tried_again(self):
        self.hosting.protected = True
        failure = self.failure(3)
        self.assertIn(f'could not write {FILE} of stonks/deploy on main', failure)
        self.assertIn('the branch is protected', failure)
        self.assertEqual(len(self.hosting.asked('PUT')), 1)

    def test_an_archived_repository_and_a_token_that_may_not_write_are_told(self):
        self.hosting.archived = True
        self.assertIn('archived', self.failure(3))
        self.hosting.archived, self.hosting.read_only = False, True
        self.assertIn('git_token has no right to', self.failure(3))
        self.assertEqual(len(self.hosting.asked('PUT')), 2)

    def test_a_wrong_token_is_told_and_not_shown(self):
        failure = self.failure(3, git_token='not-the-token-at-all')
        self.assertIn('git_token is wrong', failure)
        self.assertNotIn('not-the-token', failure)

    def test_what_is_not_there_is_told_by_its_name(self):
        self.assertIn('there is no repository stonks/other', self.failure(3, git_repo='stonks/other'))
        self.assertIn('has no branch develop', self.failure(3, git_branch='develop'))
        self.assertIn('there is no file apps/x.yaml in stonks/deploy on main', self.failure(3, git_file='apps/x.yaml'))
        self.assertEqual(self.hosting.asked('PUT'), [])

    def test_what_is_no_file_is_told(self):
        self.repository.commit({'link.yaml': b'README.md'}, 'Link', links=['link.yaml'])
        self.assertIn('a directory', self.failure(3, git_file='apps/beta'))
        self.assertIn('a symbolic link', self.failure(3, git_file='link.yaml'))

    def test_a_file_that_goes_away_meanwhile_is_told(self):
        def remove():
            tree = self.repository.text('rev-parse', 'main:')
            kept = [line for line in self.repository.text('ls-tree', tree).splitlines() if not line.endswith('\tapps')]
            tree = self.repository.text('mktree', stdin=('\n'.join(kept) + '\n').encode())
            commit = self.repository.text('commit-tree', tree, '-p', 'main', stdin=b'Remove')
            self.repository.git('update-ref', 'refs/heads/main', commit)
        self.hosting.plan('PUT', first(remove))
        self.assertIn(f'there is no file {FILE}', self.failure(3))

    def test_a_tag_that_cannot_be_set_is_told_by_line_and_column(self):
        self.assertEqual(self.failure(2, git_key='web.image.tag'),
                         f'{FILE} of stonks/deploy on main: line 2, column 1: the document has no key "web"')

    def test_no_redirect_gets_the_token(self):
        other = Hosting(self.kind)
        self.addCleanup(other.stop)
        other.repository.commit({FILE: VALUES}, 'Start')
        self.hosting.plan('GET', says(307, 'moved', {'Location': other.url + '/elsewhere'}))
        self.assertIn('it has moved', self.failure(3))
        self.assertEqual(other.requests, [])

    def test_whether_a_revision_holds_the_tag_is_seen_in_its_file(self):
        self.set('v2')
        ours = self.repository.tip()
        self.repository.commit({'README.md': b'later\n'}, 'Unrelated')
        later = self.repository.tip()
        self.somebody_sets(b'tag: v2}', b'tag: v3}')
        code, answer = self.run_probe('holds', 'beta', 'v2', self.start, ours, later, self.repository.tip(), 'main',
                                      '0' * 40)
        self.assertEqual((code, answer), (0, [False, True, True, False, False, False]))

    def test_a_commit_is_asked_for_its_file_once_and_a_branch_every_time(self):
        self.run_probe('holds', 'beta', 'v1', self.start, self.start, self.start, 'main', 'main')
        self.assertEqual(len(self.hosting.asked('GET')), 3)

    def test_a_number_that_is_not_in_quotes_is_not_the_tag(self):
        self.somebody_sets(b'tag: v1}', b'tag: 0123456}')
        self.assertEqual(self.run_probe('holds', 'beta', '0123456', 'main'), (0, [False]))
        self.assertTrue(self.set('0123456')[0]['changed'])
        self.assertEqual(self.run_probe('holds', 'beta', '0123456', 'main'), (0, [True]))


@on('gitea')
class GiteaTestCase(WriteBackTestCase):
    def test_the_files_of_several_applications_go_into_one_commit_or_none(self):
        other = 'apps/paper/values.yaml'
        self.repository.commit({other: VALUES}, 'Paper')
        answer = self.set('v2', 'beta', 'paper', 'third', git_files=f'paper={other}')
        self.assertEqual({one['commit'] for one in answer}, {self.repository.tip()})
        self.assertEqual([one['file'] for one in answer], [FILE, other, FILE])
        self.assertEqual(self.repository.count(), 3)
        self.assertEqual(self.repository.message().splitlines()[0], 'Deploy v2 to beta, paper, third')
        self.hosting.plan('POST', first(lambda: self.somebody_sets(b'tag: v2}', b'tag: v9}', other)))
        failure = self.failure(4, 'set', 'v3', 'beta', 'paper', git_files=f'paper={other}')
        self.assertIn(other, failure)
        self.assertIn(b'tag: v2}', self.repository.read(FILE))

    def test_a_lost_answer_of_several_files_is_found_as_our_own(self):
        other = 'apps/paper/values.yaml'
        self.repository.commit({other: VALUES}, 'Paper')
        self.hosting.plan('POST', cut_after)
        answer = self.set('v2', 'beta', 'paper', git_files=f'paper={other}')
        self.assertEqual({(one['commit'], one['changed']) for one in answer}, {(self.repository.tip(), True)})
        self.assertEqual(self.repository.count(), 3)

    def test_an_address_with_the_path_of_the_api_is_the_same(self):
        self.assertTrue(self.set('v2', git_api=self.hosting.url + '/api/v1/')[0]['changed'])


@on('github')
class GithubTestCase(WriteBackTestCase):
    def test_the_files_of_several_applications_are_a_commit_each(self):
        other = 'apps/paper/values.yaml'
        self.repository.commit({other: VALUES}, 'Paper')
        answer = self.set('v2', 'beta', 'paper', git_files=f'paper={other}')
        self.assertEqual([one['commit'] for one in answer],
                         [self.repository.text('rev-parse', 'main^'), self.repository.tip()])
        self.assertEqual(self.repository.message().splitlines()[0], 'Deploy v2 to paper')

    def test_what_was_written_before_a_failure_is_told(self):
        other = 'apps/paper/values.yaml'
        self.repository.commit({other: VALUES}, 'Paper')

        def protect(handler):
            handler.answer(*handler.result())
            self.hosting.protected = True
        self.hosting.plan('PUT', protect)
        failure = self.failure(3, 'set', 'v2', 'beta', 'paper', git_files=f'paper={other}')
        self.assertTrue(failure.endswith(f'; written before: {FILE} ({self.repository.tip()[:12]})'), failure)

    def test_a_file_without_content_because_it_is_too_large_is_told(self):
        self.repository.commit({FILE: VALUES + b'#' * 1_000_000}, 'Large')
        self.assertIn('gives no content of a file of 1000', self.failure(3))

    def test_a_rate_limit_is_no_missing_right(self):
        self.hosting.plan('PUT', says(403, 'API rate limit exceeded', {'X-RateLimit-Remaining': '0'}))
        self.assertTrue(self.set('v2')[0]['changed'])


@on('gitea')
class SettingsTestCase(WriteBackTestCase):
    def test_what_is_missing_or_malformed_is_told_before_anything_is_asked(self):
        for settings, words in (({'git_api': ''}, 'git_api: is missing'), ({'git_repo': ''}, 'git_repo: is missing'),
                                ({'git_token': ''}, 'git_token: is missing'), ({'git_file': ''}, 'git_file: is missing'),
                                ({'git_repo': 'deploy'}, 'no OWNER/NAME'), ({'git_file': '../x'}, 'no path of a file'),
                                ({'git_branch': 'a b'}, 'no name of a branch'), ({'git_key': 'a..b'}, 'git_key: the key path'),
                                ({'git_message': '{sha}'}, '"{sha}" stands for nothing'),
                                ({'git_author_name': 'x'}, 'either both or none'),
                                ({'git_api': 'http://git.example.com'}, 'a token is not sent without TLS'),
                                ({'git_api': 'ftp://x'}, 'git_api: ')):
            with self.subTest(settings):
                self.assertIn(words, self.failure(2, **settings))
        self.assertIn('names no file for the application "beta"', self.failure(2, git_file='', git_files='x=y.yaml'))
        self.assertEqual(self.hosting.requests, [])


if __name__ == '__main__':
    unittest.main()
