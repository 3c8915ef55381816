"""audit-writer watch: what Kargo does is recorded, once, whatever becomes of the connection and of the program."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'audit-serve'))
import audit_log  # noqa: E402
from audit_log import until  # noqa: E402
from project import FREIGHT, IMAGES, PROJECT, SHA, Project  # noqa: E402

CONNECTIONS = 4  # stages, freights, promotions, events


class WatchTestCase(unittest.TestCase):
    def setUp(self):
        self.project = Project()
        self.addCleanup(self.project.stop)
        self.log = audit_log.Log()
        self.addCleanup(self.log.remove)
        self.token = self.log.folder / 'kube-token'
        self.token.write_text('sesame')

    def settings(self, *arguments):
        return [*self.log.settings(), '--kube-api', self.project.cluster.url, '--kube-token-path', str(self.token),
                '--projects', PROJECT, *arguments]

    def watch_once(self, *arguments, code=0):
        done = subprocess.run([audit_log.PROGRAM, 'watch', '--once', '--output', 'json', *self.settings(*arguments)],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120,
                              env=self.environment())
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout)

    @staticmethod
    def environment():
        return {key: value for key, value in audit_log.environment().items() if 'proxy' not in key.lower()}

    def watch(self, *arguments, connected=True, patience='1s'):
        errors = open(self.log.folder / f'watch.{time.monotonic_ns()}', 'w+')
        process = subprocess.Popen([audit_log.PROGRAM, 'watch', *self.settings('--patience', patience, *arguments)],
                                   stdout=subprocess.DEVNULL, stderr=errors, env=self.environment())
        process.errors = errors
        self.addCleanup(self.end, process)
        if connected:
            self.project.cluster.wait_for_watches(CONNECTIONS)
        return process

    @staticmethod
    def end(process, number=signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(number)
        code = process.wait(60)
        process.errors.close()
        return code

    def records(self):
        lines = (self.log.directory / 'records/0000000000.jsonl').read_text().splitlines()
        return [record for record in map(json.loads, lines) if record['type'] != 'log']

    def events(self):
        return [record['event'] for record in self.records()]

    def wait_for(self, *events):
        until(lambda: len(self.events()) >= len(events), f'{events}, but {self.events()}')
        self.assertEqual(sorted(self.events()), sorted(events))

    def verified(self):
        done = self.log.run('verify', key=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class WhatIsRecordedTestCase(WatchTestCase):
    def test_a_promotion_is_recorded_with_every_field_of_the_audit(self):
        name = self.project.promote()
        self.project.progress(name, 'Succeeded')
        self.assertEqual(self.watch_once('--kargo-url', 'https://kargo.example.com/')['recorded'], 2)
        asked, ended = self.records()
        self.assertEqual([asked['event'], ended['event']], ['requested', 'succeeded'])
        self.assertEqual(ended['operator'], {'name': 'ann@example.com', 'kind': 'human', 'via': 'kargo',
                                             'raw': 'email:ann@example.com', 'verified': True})
        self.assertEqual({key: ended[key] for key in ('project', 'source_stage', 'target_stage', 'image_tag', 'outcome',
                                                      'occurred_at', 'duration_ms', 'idem')},
                         {'project': PROJECT, 'source_stage': 'beta', 'target_stage': 'paper', 'image_tag': SHA,
                          'outcome': 'success', 'occurred_at': '2026-11-24T10:05:00Z', 'duration_ms': 290000,
                          'idem': f'kargo:{name}:promotion.succeeded'})
        self.assertEqual(ended['images'], [{'name': i['repoURL'], 'digest': i['digest']} for i in IMAGES])
        self.assertEqual(ended['source'], {'system': 'kargo', 'event': 'PromotionSucceeded', 'promotion': name,
                                           'freight': FREIGHT,
                                           'url': f'https://kargo.example.com/project/{PROJECT}/promotion/{name}'})
        self.verified()

    def test_what_nobody_has_asked_for_is_auto_promotion(self):
        self.project.promote('beta', actor=None)
        self.watch_once()
        record, = self.records()
        self.assertEqual((record['operator']['name'], record['operator']['kind'], record['reason']),
                         ('auto-promotion', 'service', 'auto_promotion'))
        self.assertIsNone(record['source_stage'])

    def test_an_abort_is_of_whoever_aborts(self):
        name = self.project.promote(actor='email:ann@example.com')
        self.project.abort(name, 'email:bob@example.com')
        self.watch_once()
        record = self.records()[-1]
        self.assertEqual((record['event'], record['outcome'], record['operator']['raw'], record['x']),
                         ('aborted', 'aborted', 'email:bob@example.com', {'x_created_by': 'email:ann@example.com'}))

    def test_a_failure_says_why(self):
        name = self.project.promote(actor='admin')
        self.project.progress(name, 'Failed', 'step "gate" met failure criteria: "market open"')
        self.watch_once()
        record = self.records()[-1]
        self.assertEqual((record['event'], record['outcome']), ('failed', 'failure'))
        self.assertEqual(record['reason'], 'promotion_failed: step "gate" met failure criteria: "market open"')
        self.assertEqual((record['operator']['name'], record['operator']['verified']), ('admin', False))

    def test_an_approval_has_the_name_that_only_the_event_knows_and_no_note(self):
        self.project.approve('live', 'email:cy@example.com')
        self.watch_once()
        record, = self.records()
        self.assertEqual((record['event'], record['target_stage'], record['operator']['raw']),
                         ('approved', 'live', 'email:cy@example.com'))
        self.assertNotIn('notes', record, 'the approval gate would take it for its own')
        self.assertFalse(record['operator']['verified'], 'others than Kargo can write Events')

    def test_an_approval_whose_event_is_gone_is_recorded_without_a_name(self):
        self.project.approve('live', 'email:cy@example.com', event=False)
        self.watch_once()
        record, = self.records()
        self.assertEqual((record['event'], record['operator']['name'], record['operator']['kind']),
                         ('approved', 'unknown', 'unknown'))

    def test_an_approval_that_only_an_event_speaks_of_is_not_believed(self):
        self.project.approval_event('live', 'email:mallory@example.com')
        self.assertEqual(self.watch_once()['recorded'], 0)

    def test_verifications_are_recorded_each_time_and_only_when_something_was_analysed(self):
        self.project.verify('beta', 'Successful', analysis=False)
        self.assertEqual(self.watch_once()['recorded'], 0)
        self.project.verify('beta', 'Failed', 'failed (1) > failureLimit (0)')
        self.watch_once()
        self.project.verify('beta', 'Successful', actor='email:ann@example.com', begun='2026-11-24T10:07:00Z')
        self.watch_once()
        failed, verified = self.records()
        self.assertEqual((failed['event'], failed['outcome'], failed['operator']['name']),
                         ('verification_failed', 'failure', 'kargo'))
        self.assertIn('failureLimit', failed['reason'])
        self.assertEqual((verified['event'], verified['operator']['name']), ('verified', 'ann@example.com'))

    def test_an_event_of_a_promotion_that_is_gone_still_counts(self):
        self.project.event('PromotionFailed', 'paper.01kb.fffffff', 'Promotion Failed: no', stage_name='paper',
                           promotion_name='paper.01kb.fffffff', actor='email:ann@example.com')
        self.watch_once()
        record, = self.records()
        self.assertEqual((record['event'], record['image_tag'], record['operator']['verified']),
                         ('failed', SHA, False))

    def test_what_happened_first_is_recorded_first(self):
        late = self.project.promote('beta', at='2026-11-24T11:00:00Z')
        early = self.project.promote('paper', at='2026-11-24T09:30:00Z')
        self.project.progress(late, 'Succeeded', at='2026-11-24T11:05:00Z')
        self.project.progress(early, 'Succeeded', at='2026-11-24T09:35:00Z')
        self.watch_once()
        self.assertEqual([record['occurred_at'][11:16] for record in self.records()],
                         ['09:30', '09:35', '11:00', '11:05'])


class OnceTestCase(WatchTestCase):
    def test_another_start_adds_nothing(self):
        name = self.project.promote()
        self.project.progress(name, 'Succeeded')
        self.project.approve('live', 'admin')
        self.assertEqual(self.watch_once()['recorded'], 3)
        again = self.watch_once()
        self.assertEqual(again['recorded'], 0)
        self.assertEqual(len(self.records()), 3)

    def test_what_a_step_has_recorded_is_not_recorded_again(self):
        name = self.project.promote()
        self.log.add([audit_log.record(f'kargo:{name}:promotion.requested', event='requested', outcome='pending')])
        self.project.progress(name, 'Succeeded')
        self.assertEqual(self.watch_once()['recorded'], 1)
        self.assertEqual(self.events(), ['requested', 'succeeded'])

    def test_a_record_from_long_ago_is_found_beyond_the_window_of_keys(self):
        name = self.project.promote()
        self.watch_once()
        # 4 MiB and more of other records.
        self.log.add([audit_log.record(f'other-{number}', notes='x' * 16000) for number in range(300)])
        self.assertEqual(self.watch_once()['recorded'], 0)
        self.assertEqual(sum(name in record['idem'] for record in self.records()), 1)

    def test_a_record_that_was_redacted_does_not_come_back(self):
        self.project.promote()
        self.watch_once()
        done = self.log.run('redact', '1', '--reason', 'a name too many', '--operator', 'ann')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.watch_once()['recorded'], 0)
        self.verified()

    def test_two_watchers_at_once_record_everything_once(self):
        watchers = [self.watch(connected=False) for _ in range(2)]
        self.project.cluster.wait_for_watches(2 * CONNECTIONS)
        names = [self.project.promote(at=f'2026-11-24T10:{number:02}:00Z') for number in range(10)]
        for name in names:
            self.project.progress(name, 'Succeeded')
        until(lambda: self.events().count('succeeded') >= 10, 'all promotions')
        self.assertEqual([self.end(watcher, signal.SIGTERM) for watcher in watchers], [143, 143])
        keys = [record['idem'] for record in self.records()]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertEqual(len(keys), 20)
        self.verified()


class TroubleTestCase(WatchTestCase):
    def test_a_lost_watch_loses_nothing_and_doubles_nothing(self):
        self.watch()
        first = self.project.promote()
        self.wait_for('requested')
        for what in ('cut', 'half', 'gone'):
            self.project.cluster.tell(what)
        self.project.progress(first, 'Running')
        self.project.progress(first, 'Errored', 'no such application')
        self.project.promote()
        self.wait_for('requested', 'errored', 'requested')

    def test_what_happens_while_the_program_is_away_is_recorded_when_it_is_back(self):
        watcher = self.watch()
        name = self.project.promote()
        self.wait_for('requested')
        self.end(watcher)  # as a node that fails
        self.project.abort(name, 'kubernetes:system:serviceaccount:ci:bot')
        self.project.cluster.forget()
        self.watch(connected=False)
        self.wait_for('requested', 'aborted')
        self.assertEqual(self.records()[-1]['operator']['kind'], 'service')

    def test_a_promotion_that_is_deleted_on_its_way_has_come_to_nothing(self):
        self.watch()
        name = self.project.promote()
        self.project.progress(name, 'Running')
        self.wait_for('requested')
        self.project.cluster.delete('promotions', PROJECT, name)
        self.wait_for('requested', 'discarded')

    def test_the_event_of_an_approval_may_come_after_the_freight(self):
        self.watch(patience='30s')
        self.project.approve('live', 'email:cy@example.com', event=False)
        time.sleep(0.5)
        self.assertEqual(self.events(), [])
        self.project.approval_event('live', 'email:cy@example.com')
        self.wait_for('approved')
        self.assertEqual(self.records()[0]['operator']['raw'], 'email:cy@example.com')

    def test_freight_may_come_after_its_promotion(self):
        self.watch(patience='30s')
        self.project.promote(freight='e' * 40)
        time.sleep(0.5)
        self.assertEqual(self.events(), [])
        self.project.freight('e' * 40)
        self.wait_for('requested')
        self.assertEqual(self.records()[0]['image_tag'], SHA)

    def test_a_missing_permission_ends_it_with_the_words_of_the_api(self):
        self.project.cluster.denied.add(('list', 'events'))
        told = self.watch_once(code=3)
        self.assertIn('cannot list resource "events"', told['message'])
        self.assertEqual(self.records(), [])

    def test_a_record_that_cannot_be_stored_is_printed_and_the_program_ends(self):
        watcher = self.watch()
        tail = self.log.directory / 'tail'
        tail.rename(self.log.directory / 'away')
        tail.write_text('')
        self.project.promote()
        self.assertEqual(watcher.wait(60), 3)
        self.assertIn('AUDIT-PENDING {', pathlib.Path(watcher.errors.name).read_text())
        tail.unlink()
        (self.log.directory / 'away').rename(tail)
        self.watch(connected=False)
        self.wait_for('requested')

    def test_without_tls_a_token_stays_on_this_machine(self):
        done = self.log.run('watch', '--kube-api', 'http://192.0.2.1', '--projects', PROJECT)
        self.assertEqual(done.returncode, 2)
        self.assertIn('a token is not sent without TLS', done.stderr)

    def test_outside_of_a_pod_the_api_has_to_be_named(self):
        done = self.log.run('watch', '--projects', PROJECT)
        self.assertEqual(done.returncode, 3)
        self.assertIn('KUBERNETES_SERVICE_HOST', done.stderr)


if __name__ == '__main__':
    unittest.main()
