"""audit-writer serve over HTTP: what is stored, what is answered, and what is never acknowledged."""
import base64
import concurrent.futures
import hashlib
import http.server
import json
import pathlib
import subprocess
import threading
import unittest

import audit_log
from audit_log import record, until


class Gate(http.server.BaseHTTPRequestHandler):
    """Answers like market-hours-check's serve."""
    body = ''

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(type(self).body.encode())

    def log_message(self, *_):
        pass


class ServeTestCase(unittest.TestCase):
    def setUp(self):
        self.log = audit_log.Log()
        self.addCleanup(self.log.remove)

    def serve(self, *arguments, **how):
        service = audit_log.Service(self.log, *arguments, **how)
        self.addCleanup(service.stop)
        return service

    def test_a_record_is_stored_once_however_often_it_is_sent(self):
        service = self.serve()
        answers = [service.ask('v1/records', record('k1')) for _ in range(3)]
        self.assertEqual([status for status, _, _ in answers], [201, 200, 200])
        self.assertEqual({json.loads(body)['seq'] for _, _, body in answers}, {1})
        status, _, body = service.ask('v1/records', record('k1', image_tag='fffffff'))
        self.assertEqual(status, 409, body)
        self.assertEqual(service.json('v1/records')['size'], 2)
        self.assertEqual(self.log.run('verify', key=False).returncode, 0)

    def test_many_callers_at_once_get_a_record_each(self):
        service = self.serve()
        with concurrent.futures.ThreadPoolExecutor(8) as callers:
            answers = list(callers.map(lambda n: service.ask('v1/records', record(f'k{n}')), range(40)))
        self.assertEqual({status for status, _, _ in answers}, {201})
        self.assertEqual(sorted(json.loads(body)['seq'] for _, _, body in answers), list(range(1, 41)))
        self.assertEqual(self.log.run('verify', key=False).returncode, 0)

    def test_only_the_bearer_of_the_token_stores(self):
        service = self.serve()
        self.assertEqual(service.ask('v1/records', record('k1'), token='')[0], 401)
        self.assertEqual(service.ask('v1/records', record('k1'), token='guess')[0], 401)
        self.assertEqual(service.json('v1/records')['size'], 1)

    def test_blanks_around_the_token_are_no_part_of_it(self):
        service = self.serve(token_text=audit_log.TOKEN + ' \r\n\n')
        self.assertEqual(service.ask('v1/records', record('k1'))[0], 201)

    def test_a_token_that_no_header_can_carry_is_said_at_the_start(self):
        token = self.log.folder / 'odd'
        token.write_text('two words')
        ended = self.log.run('serve', '--listen', '127.0.0.1:0', '--token-file', str(token))
        self.assertEqual(ended.returncode, 2)
        self.assertIn('token: no header can carry it', ended.stderr)
        self.assertNotIn('two words', ended.stderr)

    def test_without_a_token_the_service_only_reads(self):
        service = self.serve(token=False)
        self.assertEqual(service.ask('v1/records', record('k1'))[0], 403)
        self.assertEqual(service.ask('')[0], 200)

    def test_faults_are_all_told_at_once(self):
        service = self.serve()
        status, _, body = service.ask('v1/records', {'type': 'promotion', 'image_tag': 'no tag', 'seq': 1})
        self.assertEqual(status, 400)
        faults = json.loads(body)['faults']
        for name in ('seq', 'idem', 'image_tag', 'target_stage'):
            self.assertTrue(any(name in fault for fault in faults), f'{name} in {faults}')
        self.assertEqual(service.ask('v1/records', b'{')[0], 400)

    def test_notes_that_are_too_long_are_cut_however_they_are_written(self):
        service = self.serve()
        notes = 'ж' * 20_000  # 120,000 bytes in the body
        self.assertEqual(service.ask('v1/records', record('k1', notes=notes))[0], 201)
        kept = service.json('v1/records/1')
        self.assertEqual(kept['notes'], 'ж' * 8_192)
        self.assertEqual(kept['notes_truncated_sha256'], hashlib.sha256(notes.encode()).hexdigest())
        self.assertEqual(service.ask('v1/records', record('k2', notes=2 * notes))[0], 413)

    def test_a_token_is_no_key_for_approvals_and_break_glass(self):
        service = self.serve()
        for type_, event in (('promotion', 'approved'), ('gate', 'passed'), ('gate', 'overridden'), ('break_glass', 'grant'),
                             ('log', 'redacted')):
            status, _, body = service.ask('v1/records', record('k1', type=type_, event=event))
            self.assertEqual(status, 400)
            self.assertIn('is not taken here', body)

    def test_what_cannot_be_stored_is_not_acknowledged_and_not_lost(self):
        service = self.serve()
        tail = self.log.directory / 'tail'
        # Even for root: a name that is taken by something that is no directory.
        tail.rename(self.log.directory / 'away')
        tail.write_text('')
        status, headers, body = service.ask('v1/records', record('k1'))
        self.assertEqual(status, 503, body)
        self.assertTrue(headers['Retry-After'])
        self.assertIn('AUDIT-PENDING {', service.text(service.output))
        tail.unlink()
        (self.log.directory / 'away').rename(tail)
        self.assertEqual(service.ask('v1/records', record('k1'))[0], 201)
        again = self.log.run('import', '-', stdin=service.text(service.output))
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(service.json('v1/records', )['size'], 2)

    def test_records_of_another_writer_appear_without_a_restart(self):
        service = self.serve('--refresh', '100ms')
        self.log.add([record('elsewhere', image_tag='0000aaa')])
        until(lambda: any(stage['image_tag'] == '0000aaa' for stage in service.json('v1/stages')['stages']),
              "the other writer's record")

    def test_a_log_that_goes_away_is_told_and_comes_back(self):
        service = self.serve('--refresh', '100ms')
        away = self.log.directory.with_name('away')
        self.log.directory.rename(away)
        until(lambda: 'cannot be read' in service.ask('')[2] or service.ask('v1/records', record('k'))[0] == 503,
              'the word that the log is gone')
        away.rename(self.log.directory)
        until(lambda: service.ask('v1/records', record('k'))[0] in (200, 201), 'the log')

    def test_the_gate_is_asked_and_counts_as_unknown_when_it_does_not_answer(self):
        Gate.body = json.dumps({'stages': [
            {'stage': 'live', 'allowed': False, 'state': 'open', 'message': 'Blocked: Market open',
             'allowed_at': '2030-01-01T21:00:00Z', 'allowed_in_seconds': 5000}]})
        gate = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Gate)
        threading.Thread(target=gate.serve_forever, daemon=True).start()
        service = self.serve('--gate-url', f'http://127.0.0.1:{gate.server_port}/', '--proxy', 'none')

        def state(name):
            return {one['stage']: one['gate']['state'] for one in service.json('v1/stages')['stages']}[name]

        until(lambda: state('live') == 'blocked', "the gate's answer")
        self.assertEqual(state('beta'), 'not_gated')
        self.assertIn('Promotions blocked', service.ask('')[2])
        gate.shutdown()
        gate.server_close()
        dead = self.serve('--gate-url', f'http://127.0.0.1:{gate.server_port}/', '--proxy', 'none')
        until(lambda: 'has not been asked' not in dead.ask('')[2], 'the end of the first try')
        page = dead.ask('')[2]
        self.assertIn('Gate unknown', page)
        self.assertNotIn('Promotions allowed', page)

    def test_records_are_found_by_filter_and_page_by_page(self):
        self.log.add([record(f'k{n}', target_stage='live' if n % 3 else 'paper') for n in range(30)])
        service = self.serve()
        found, path = [], 'v1/records?stage=live&limit=7'
        while path:
            answer = service.json(path.lstrip('/'))
            found += [one['seq'] for one in answer['records']]
            self.assertLessEqual(len(answer['records']), 7)
            path = answer['next']
        self.assertEqual(found, [n + 1 for n in range(29, -1, -1) if n % 3])
        status, headers, body = service.ask('v1/records?format=csv&stage=paper')
        self.assertEqual(status, 200)
        self.assertTrue(headers['Content-Type'].startswith('text/csv'))
        self.assertEqual(len(body.split('\r\n')), 12)
        self.assertEqual(service.ask('v1/records?stgae=live')[0], 400)

    def test_a_record_is_provable_from_what_the_service_gives_out(self):
        self.log.add([record(f'k{n}') for n in range(300)])
        service = self.serve()
        _, _, line = service.ask('v1/records/77')
        _, _, proof = service.ask('v1/proof/77')
        head, note = proof.split('\n\n', 1)
        lines = head.split('\n')
        self.assertEqual(lines[0], 'c2sp.org/tlog-proof@v1')
        self.assertEqual(lines[1], 'index 77')
        origin, size, root = note.split('\n')[:3]
        self.assertEqual((origin, size), (audit_log.ORIGIN, '301'))
        # RFC 9162, 2.1.3.2.
        index, last = 77, int(size) - 1
        node = hashlib.sha256(b'\0' + line.encode()).digest()
        for step in (base64.b64decode(one) for one in lines[2:]):
            if index & 1 or index == last:
                node = hashlib.sha256(b'\1' + step + node).digest()
                while index and not index & 1:
                    index, last = index >> 1, last >> 1
            else:
                node = hashlib.sha256(b'\1' + node + step).digest()
            index, last = index >> 1, last >> 1
        self.assertEqual(last, 0)
        self.assertEqual(base64.b64encode(node).decode(), root)

    def test_the_page_says_when_the_log_was_verified_and_when_it_no_longer_is(self):
        self.log.add([record(f'k{n}') for n in range(5)])
        service = self.serve('--verify-every', '100ms', '--refresh', '100ms')
        until(lambda: 'last verified in full' in service.ask('')[2], 'the first verification')
        segment = self.log.directory / 'records/0000000000.jsonl'
        segment.chmod(0o644)
        text = segment.read_bytes()
        segment.write_bytes(text.replace(b'all green', b'all GREEN', 1))
        until(lambda: 'LOG NOT VERIFIED' in service.ask('')[2], 'the word that the log was changed')
        self.assertIn('stagegate_audit_faultless 0', service.ask('metrics')[2])

    def test_probes_and_metrics_answer(self):
        service = self.serve()
        self.assertEqual(service.ask('healthz')[0], 200)
        self.assertEqual(service.ask('readyz')[0], 200)
        metrics = service.ask('metrics')[2]
        for name in ('stagegate_audit_records 1', 'stagegate_http_requests_total'):
            self.assertIn(name, metrics)

    def test_it_ends_when_it_is_asked_to(self):
        service = self.serve()
        service.process.terminate()
        self.assertEqual(service.process.wait(60), 143)

    def test_it_does_not_begin_without_a_log_or_with_another_key(self):
        empty = self.log.folder / 'empty'
        empty.mkdir()
        done = subprocess.run([audit_log.PROGRAM, 'serve', '--audit-log', str(empty), '--listen', '127.0.0.1:0'],
                              text=True, capture_output=True, timeout=60, env=audit_log.environment())
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn('init once', done.stderr)
        other = audit_log.Log()
        self.addCleanup(other.remove)
        done = subprocess.run([audit_log.PROGRAM, 'serve', '--audit-log', str(self.log.directory), '--audit-key-file',
                               str(other.key), '--token-file', str(other.key), '--listen', '127.0.0.1:0'],
                              text=True, capture_output=True, timeout=60, env=audit_log.environment())
        self.assertEqual(done.returncode, 4, done.stderr)


if __name__ == '__main__':
    unittest.main()
