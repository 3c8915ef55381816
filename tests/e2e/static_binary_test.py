#!/usr/bin/python3
"""The release binaries need nothing of the machine that they run on."""
import os
import re
import shutil
import tempfile
import unittest

import shipped
from shipped import GATE, binary, output, programs, run

MIB = 1 << 20
# Where a static binary could still be led astray by its host: name service modules, other locales' data, providers.
FOREIGN = re.compile(r'libnss|nsswitch|openssl\.cnf|ossl-modules|zoneinfo|/etc/localtime|ld\.so|\.so\b|gconv|locale')


class StaticBinary(unittest.TestCase):
    def setUp(self):
        shipped.need('readelf')
        self.files = [binary(name) for name in programs()]

    def test_it_asks_for_no_interpreter_and_no_shared_library(self):
        for file in self.files:
            with self.subTest(os.path.basename(file)):
                self.assertNotIn('INTERP', output('readelf', '-lW', file))
                self.assertNotIn('NEEDED', output('readelf', '-dW', file))

    def test_it_is_position_independent(self):
        for file in self.files:
            with self.subTest(os.path.basename(file)):
                self.assertRegex(output('readelf', '-hW', file), r'Type:\s+DYN')
                self.assertRegex(output('readelf', '-dW', file), r'FLAGS_1.*PIE')

    def test_its_tables_are_read_only_once_it_runs(self):
        for file in self.files:
            with self.subTest(os.path.basename(file)):
                self.assertIn('GNU_RELRO', output('readelf', '-lW', file))
                self.assertRegex(output('readelf', '-dW', file), r'BIND_NOW|FLAGS_1.*NOW')

    def test_its_stack_is_not_executable(self):
        for file in self.files:
            with self.subTest(os.path.basename(file)):
                stack = re.search(r'GNU_STACK.*', output('readelf', '-lW', file))
                self.assertIsNotNone(stack)
                self.assertNotIn('E', stack[0].replace('GNU_STACK', ''))

    def test_nothing_is_both_writable_and_executable(self):
        for file in self.files:
            with self.subTest(os.path.basename(file)):
                for flags in re.findall(r'LOAD\s+(?:0x\w+\s+){5}([RWE ]{3})', output('readelf', '-lW', file)):
                    self.assertFalse('W' in flags and 'E' in flags, flags)

    def test_it_is_stripped(self):
        for file in self.files:
            with self.subTest(os.path.basename(file)):
                self.assertNotRegex(output('readelf', '-SW', file), r'\.(symtab|debug_info)')

    def test_it_names_no_path_of_the_machine_that_built_it(self):
        for file in self.files:
            with self.subTest(os.path.basename(file)):
                with open(file, 'rb') as content:
                    self.assertNotIn(shipped.ROOT.encode() + b'/', content.read())

    def test_it_is_small(self):
        for file in self.files:
            with self.subTest(os.path.basename(file)):
                tls = [part['purl'] for part in shipped.bill(os.path.basename(file))['components']
                       if part['name'] == 'libssl-dev']
                # Later distributions have a larger OpenSSL; releases are built on Debian 12.
                most = 4 if not tls else 9 if 'distro=debian-12' in tls[0] else 12
                self.assertLessEqual(os.path.getsize(file), most * MIB)

    def test_a_gate_that_keeps_no_log_asks_nobody_and_writes_nothing(self):
        shipped.need('strace')
        done = run('strace', '-f', '-e', 'trace=%network,openat', binary(GATE), 'check', '--at', '2026-11-24T20:00')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotRegex(done.stderr, r'socket\(|connect\(')
        written = [line for line in done.stderr.splitlines() if re.search('O_WRONLY|O_RDWR|O_CREAT', line)]
        self.assertEqual([line for line in written if '/dev/termination-log' not in line], [])


class EmptyHost(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def in_empty_root(self, name, *arguments):
        root = os.path.join(self.folder, name)
        os.mkdir(root)
        shutil.copy(binary(name), root)
        prefix = [] if os.geteuid() == 0 else ['unshare', '--map-root-user']
        return run(*prefix, 'chroot', root, '/' + name, *arguments)

    def test_it_prints_its_version_where_there_is_no_other_file(self):
        for name in programs():
            with self.subTest(name):
                done = self.in_empty_root(name, '--version')
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(shipped.bill(name)['metadata']['component']['version'], done.stdout)

    def test_the_gate_decides_where_there_is_no_other_file(self):
        self.assertEqual(self.in_empty_root(GATE, 'check', '--calendar', 'always-closed').returncode, 0)

    def test_the_gate_knows_new_york_where_there_is_no_time_zone_data(self):
        done = self.in_empty_root(GATE, 'check', '--at', '2026-07-01T15:00:00Z')
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('EDT', done.stdout)


class Traced(unittest.TestCase):
    def opened(self, name, *arguments):
        shipped.need('strace')
        with tempfile.NamedTemporaryFile('r') as trace:
            run('strace', '-f', '-qq', '-e', 'trace=%file', '-o', trace.name, binary(name), *arguments)
            lines = trace.read().splitlines()
        self.assertTrue(any('execve' in line for line in lines), 'strace saw nothing')
        return [line for line in lines if 'execve' not in line]

    def assert_nothing_foreign(self, lines):
        self.assertEqual([line for line in lines if FOREIGN.search(line)], [])

    def test_it_looks_at_no_library_and_no_configuration_of_its_host(self):
        for name in programs():
            with self.subTest(name):
                self.assert_nothing_foreign(self.opened(name, '--version'))
                self.assert_nothing_foreign(self.opened(name, '--help'))

    def test_the_gate_never_reads_the_hosts_time_zones(self):
        self.assert_nothing_foreign(self.opened(GATE, 'check', '--calendar', 'us-equity-hours'))
        self.assert_nothing_foreign(self.opened(GATE, 'explain', '--calendar', 'xnys'))


if __name__ == '__main__':
    shipped.main()
