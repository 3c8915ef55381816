"""audit-writer export and report: what comes out, and what independent readers make of it."""
import base64
import csv
import hashlib
import io
import json
import pathlib
import unittest

import audit_log
from audit_log import record

DIGEST = 'sha256:' + 'a' * 64


def node(left, right):
    return hashlib.sha256(b'\1' + left + right).digest()


def root_of(hashes):
    """RFC 6962, 2.1, as it is written there."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node(root_of(hashes[:split]), root_of(hashes[split:]))


class PublishTestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.log = audit_log.Log()
        cls.addClassCleanup(cls.log.remove)
        cls.log.add([record(f'k{n}', images=[{'name': 'registry.example.com/stonks/trader', 'digest': DIGEST}],
                            notes='=HYPERLINK("x")' if n == 5 else 'all green') for n in range(600)])

    def export(self, *arguments):
        done = self.log.run('export', *arguments, key=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_a_static_tree_can_be_verified_from_its_files_alone(self):
        folder = self.log.folder / 'tree'
        self.export('tlog-tiles', '--to', str(folder))
        origin, size, root = (folder / 'checkpoint').read_text().split('\n')[:3]
        self.assertEqual((origin, size), (audit_log.ORIGIN, '601'))
        leaves = []
        for name in ('000', '001', '002.p/89'):
            bundle = (folder / 'tile/entries' / name).read_bytes()
            while bundle:
                length = int.from_bytes(bundle[:2], 'big')
                leaves.append(hashlib.sha256(b'\0' + bundle[2:2 + length]).digest())
                bundle = bundle[2 + length:]
        self.assertEqual(len(leaves), 601)
        self.assertEqual(base64.b64encode(root_of(leaves)).decode(), root)
        self.assertEqual(b''.join(leaves[:256]), (folder / 'tile/0/000').read_bytes())
        self.assertEqual(b''.join(leaves[512:]), (folder / 'tile/0/002.p/89').read_bytes())
        self.assertEqual(root_of(leaves[:256]) + root_of(leaves[256:512]), (folder / 'tile/1/000.p/2').read_bytes())

    def test_a_tree_is_not_written_over_something_else(self):
        folder = self.log.folder / 'full'
        folder.mkdir()
        (folder / 'mine').write_text('x')
        done = self.log.run('export', 'tlog-tiles', '--to', str(folder), key=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual([path.name for path in folder.iterdir()], ['mine'])

    def test_jsonl_is_the_log_byte_for_byte(self):
        segment = (self.log.directory / 'records/0000000000.jsonl').read_text()
        self.assertEqual(self.export('jsonl'), segment)

    def test_a_spreadsheet_gets_every_record_and_no_formula(self):
        rows = list(csv.DictReader(io.StringIO(self.export('csv', '--stage', 'live'), newline='')))
        self.assertEqual(len(rows), 600)
        self.assertEqual(rows[5]['notes'], '\'=HYPERLINK("x")')
        self.assertEqual([rows[0][name] for name in ('operator', 'source_stage', 'target_stage', 'image_tag')],
                         ['celes', 'paper', 'live', '3f2a91c'])

    def test_every_event_is_one_line_of_json_with_an_id_of_its_own(self):
        for form, id_of in (('cloudevents', lambda e: e['id']), ('cdevents', lambda e: e['context']['id']),
                            ('ocsf', lambda e: e['metadata']['uid'])):
            events = [json.loads(line) for line in self.export(form).splitlines()]
            self.assertEqual(len(events), 601, form)
            self.assertEqual(len({id_of(event) for event in events}), 601, form)

    def test_statements_name_the_record_that_they_were_made_of(self):
        statements = [json.loads(line) for line in self.export('in-toto').splitlines()]
        self.assertEqual(len(statements), 600)
        lines = (self.log.directory / 'records/0000000000.jsonl').read_bytes().split(b'\n')
        for statement in statements[:3]:
            log = statement['predicate']['log']
            self.assertEqual(log['leaf'], hashlib.sha256(b'\0' + lines[log['seq']]).hexdigest())
            self.assertEqual(statement['subject'][0]['digest'], {'sha256': 'a' * 64})

    def test_an_export_into_a_file_says_what_it_holds(self):
        target = self.log.folder / 'statements.jsonl'
        done = self.log.run('export', 'in-toto', '--to', str(target), '--output', 'json', key=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual((told['records'], told['pieces'], told['without']), (601, 600, 1))
        self.assertEqual(len(target.read_text().splitlines()), 600)

    def test_the_figures_are_those_of_the_log(self):
        done = self.log.run('report dora', '--period', '2d', '--output', 'json', key=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)['deployment_frequency']['n'], 600)
        text = self.log.run('report dora', key=False).stdout
        self.assertIn('Deployment frequency', text)

    def test_a_compliance_report_has_the_verdict_and_the_checkpoint(self):
        done = self.log.run('report compliance', '--period', '2d', '--audit-vkey', self.log.vkey, '--output', 'json',
                            key=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(len(report['changes']), 600)
        self.assertEqual(len(report['separation_of_duties']), 600)
        self.assertTrue(report['verification']['faultless'])
        self.assertTrue(report['verification']['key_pinned'])
        self.assertEqual(report['verification']['checkpoint'], (self.log.directory / 'checkpoint').read_text())

    def test_a_report_of_a_log_that_was_changed_is_no_success(self):
        log = audit_log.Log()
        self.addCleanup(log.remove)
        log.add([record('k1'), record('k2')])
        segment = log.directory / 'records/0000000000.jsonl'
        segment.chmod(0o644)
        segment.write_bytes(segment.read_bytes().replace(b'all green', b'all GREEN', 1))
        done = log.run('report compliance', '--period', '2d', key=False)
        self.assertEqual(done.returncode, 4, done.stdout)
        self.assertIn('NOT FAULTLESS', done.stdout)

    def test_a_page_is_one_file_that_needs_nothing_else(self):
        page = self.log.run('report compliance', '--period', '2d', '--output', 'html', key=False).stdout
        self.assertTrue(page.startswith('<!DOCTYPE html>'))
        for part in ('<script', 'http://', 'https://', 'src=', '<link'):
            self.assertNotIn(part, page)


if __name__ == '__main__':
    unittest.main()
