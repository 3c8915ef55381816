"""gitea-mirror's SSH against a real sshd and real git: keys as secret stores mangle them, hosts that are not who they
should be, and connections that end."""
import base64
import functools
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import sshd
from sshd import Server, fingerprint, keygen

PROBE = os.environ.get('MIRROR_SSH_PROBE', '')
ED25519 = 'ed25519'


def git(*words, **options):
    return subprocess.run(['git', *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env={**os.environ, 'GIT_CONFIG_GLOBAL': '/dev/null', 'GIT_CONFIG_NOSYSTEM': '1',
                               'GIT_AUTHOR_NAME': 'a', 'GIT_AUTHOR_EMAIL': 'a@example.com',
                               'GIT_COMMITTER_NAME': 'a', 'GIT_COMMITTER_EMAIL': 'a@example.com'}, **options).stdout


def packet(text):
    return f'{len(text) + 4:04x}'.encode() + text


class SshTestCase(unittest.TestCase):
    SERVER = ()

    @classmethod
    def setUpClass(cls):
        missing = [name for name, path in sshd.TOOLS.items() if not path]
        if missing:
            raise unittest.SkipTest('needs ' + ', '.join(missing))
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.key, cls.public = keygen(str(cls.folder / 'key'))
        cls.server = cls.serve(*cls.SERVER)

    @classmethod
    def serve(cls, *lines, **how):
        server = Server(*lines, **how)
        cls.addClassCleanup(server.stop)
        server.authorise(cls.public)
        return server

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def start(self, verb, what, server=None, known=None, key=None, address=None, trace=None, **variables):
        server = server or self.server
        file = self.folder / 'known_hosts'
        file.write_text(server.known() if known is None else known)
        words = [PROBE, verb, address or server.address(), str(file), str(key or self.key), what]
        if trace:
            words = ['strace', '-f', '-qq', '-e', 'trace=%file,%network', '-o', str(trace), *words]
        # A home with everything that must not be looked at.
        home = self.folder / 'home'
        (home / '.ssh').mkdir(parents=True, exist_ok=True)
        (home / '.ssh' / 'config').write_text('Host *\n  ProxyCommand false\n')
        environment = {'PATH': os.environ['PATH'], 'HOME': str(home), 'SSH_AUTH_SOCK': str(home / 'agent'), **variables}
        process = subprocess.Popen(words, text=True, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()

    def wait_for(self, file):
        for _ in range(600):
            if file.exists():
                return
            time.sleep(0.1)
        self.fail(f'{file} does not come')

    def outcome(self, process):
        out, err = process.communicate(timeout=120)
        self.assertEqual(err, '')
        for line in self.key.read_text().splitlines()[1:-1]:
            self.assertNotIn(line, out)
        return process.returncode, json.loads(out)

    def answer(self, verb, what, **how):
        code, answer = self.outcome(self.start(verb, what, **how))
        self.assertEqual(code, 0, answer)
        return answer

    def failure(self, code, verb, what, **how):
        got, answer = self.outcome(self.start(verb, what, **how))
        self.assertEqual(got, code, answer)
        return answer['failure']

    def assert_says(self, text, *pieces):
        for piece in pieces:
            self.assertIn(piece, text)


class KeyTestCase(SshTestCase):
    def assert_logs_in(self, text, **how):
        key = self.folder / 'given'
        key.write_bytes(text)
        self.assertEqual(self.answer('run', 'echo in', key=key, **how)['output'], 'in\n')

    def new(self, kind, *options, **how):
        path, public = keygen(tempfile.mktemp(dir=self.folder), kind, *options, **how)
        self.server.authorise(public)
        return path.read_bytes()

    def test_every_kind_of_key_logs_in_in_both_formats(self):
        for kind, *options in ((ED25519,), ('ecdsa', '-b', '256'), ('ecdsa', '-b', '384'), ('ecdsa', '-b', '521'),
                               ('rsa', '-b', '2048'), ('rsa', '-b', '2048', '-m', 'PEM'), ('rsa', '-b', '2048', '-m', 'PKCS8'),
                               ('ecdsa', '-m', 'PEM'), ('ecdsa', '-m', 'PKCS8')):
            with self.subTest(' '.join((kind, *options))):
                self.assert_logs_in(self.new(kind, *options))

    def test_an_ed25519_key_that_openssl_wrote_logs_in(self):
        whole = subprocess.run(['openssl', 'genpkey', '-algorithm', 'ed25519'], check=True, stdout=subprocess.PIPE).stdout
        der = subprocess.run(['openssl', 'pkey', '-pubout', '-outform', 'DER'], input=whole, check=True,
                             stdout=subprocess.PIPE).stdout
        blob = b'\0\0\0\x0bssh-ed25519\0\0\0\x20' + der[-32:]
        self.server.authorise('ssh-ed25519 ' + base64.b64encode(blob).decode())
        self.assert_logs_in(whole)
        locked = subprocess.run(['openssl', 'pkey', '-aes256', '-passout', 'pass:sesame'], input=whole, check=True,
                                stdout=subprocess.PIPE).stdout
        self.assert_logs_in(locked, PASSPHRASE='sesame')

    def print_of(self, text):
        key = self.folder / 'given'
        key.write_bytes(text)
        done = subprocess.run([PROBE, 'fingerprint', str(key)], stdout=subprocess.PIPE, text=True)
        return json.loads(done.stdout).get('fingerprint')

    def test_what_secret_stores_do_to_a_keys_line_breaks_does_not_matter(self):
        for kind, *options in ((ED25519,), ('rsa', '-b', '2048', '-m', 'PEM')):
            whole = self.new(kind, *options)
            self.assert_logs_in(whole.replace(b'\n', b' '))
            for name, text in (('no last newline', whole.rstrip(b'\n')), ('CRLF', whole.replace(b'\n', b'\r\n')),
                               ('two letters', whole.replace(b'\n', b'\\n')),
                               ('quoted', b'"' + whole.replace(b'\n', b'\\n') + b'"'),
                               ('indented', b'  ' + whole.replace(b'\n', b'\n  ')), ('blank lines', b'\n\n' + whole + b'\n\n'),
                               ('one line', whole.replace(b'\n', b''))):
                with self.subTest(f'{kind} {name}'):
                    self.assertEqual(self.print_of(text), self.print_of(whole))

    def test_an_encrypted_key_is_opened_with_its_passphrase(self):
        for options in ((), ('-m', 'PEM')):
            with self.subTest(options):
                text = self.new('rsa', '-b', '2048', *options, passphrase='open sesame')
                self.assert_logs_in(text, PASSPHRASE='open sesame')
                self.assert_logs_in(text.replace(b'\n', b' '), PASSPHRASE='open sesame')
                key = self.folder / 'given'
                self.assert_says(self.failure(2, 'run', 'true', key=key), 'ssh_key: is encrypted', 'ssh_key_passphrase is missing')
                said = self.failure(2, 'run', 'true', key=key, PASSPHRASE='wrong one')
                self.assert_says(said, 'ssh_key_passphrase is not its passphrase')
                self.assertNotIn('wrong one', said)

    def test_rsa_signs_with_sha2_where_nothing_else_is_taken(self):
        server = self.serve('PubkeyAcceptedAlgorithms rsa-sha2-512,rsa-sha2-256')
        path, public = keygen(str(self.folder / 'rsa'), 'rsa', '-b', '2048')
        server.authorise(public)
        self.answer('run', 'true', server=server, key=path)

    def test_a_key_that_is_not_taken_is_named_by_its_fingerprint(self):
        path, public = keygen(str(self.folder / 'stranger'))
        self.assert_says(self.failure(3, 'run', 'true', key=path), f'127.0.0.1:{self.server.port} does not accept key '
                         + fingerprint(public), 'add it as deploy key with write access')

    def test_what_is_no_key_is_told_before_anybody_is_asked(self):
        damaged = self.key.read_text().splitlines()
        line = damaged.pop(2)
        for text, said in ((self.public, 'the public key'), ('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n', 'cut off'),
                           ('secret', 'not a private key (is the secret'), ('\n'.join(damaged), 'not a private key')):
            with self.subTest(said):
                key = self.folder / 'given'
                key.write_text(text)
                failure = self.failure(2, 'run', 'true', key=key, address='ssh://git@127.0.0.1:1/x')
                self.assert_says(failure, 'ssh_key: ', said)
                self.assertNotIn(line[:12], failure)


class HostTestCase(SshTestCase):
    KINDS = (ED25519, 'ecdsa', 'rsa')

    def test_a_pinned_key_of_each_kind_is_asked_for_and_recognised(self):
        server = self.serve(host_keys=self.KINDS)
        for kind in self.KINDS:
            print_of = fingerprint(server.host_keys[kind][1])
            listed = (f'# {kind}\n\n256 {print_of} x (y)\n',) if kind == ED25519 else ()
            for known in (server.known(kind), print_of, *listed):
                with self.subTest(known):
                    self.answer('run', 'true', server=server, known=known)

    def test_a_hashed_name_is_found(self):
        file = self.folder / 'hashed'
        file.write_text(self.server.known())
        subprocess.run(['ssh-keygen', '-q', '-H', '-f', file], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertIn('|1|', file.read_text())
        self.answer('run', 'true', known=file.read_text())

    def test_a_host_that_is_not_known_is_not_spoken_to_and_its_fingerprint_is_told(self):
        before = len(self.server.log())
        failure = self.failure(3, 'run', 'true', known='other.example ' + self.server.host_keys[ED25519][1])
        self.assert_says(failure, f'host key of 127.0.0.1:{self.server.port} is', fingerprint(self.server.host_keys[ED25519][1]),
                         'not in known_hosts')
        self.assertNotIn('Accepted', self.server.log()[before:])

    def test_a_changed_key_is_told_with_both_fingerprints(self):
        _, other = keygen(str(self.folder / 'other_host'))
        other = ' '.join(other.split()[:2])
        for known in (f'[127.0.0.1]:{self.server.port} {other}\n', fingerprint(other)):
            with self.subTest(known):
                before = len(self.server.log())
                failure = self.failure(3, 'run', 'true', known=known)
                self.assert_says(failure, 'has CHANGED', fingerprint(self.server.host_keys[ED25519][1]), 'expected ' + fingerprint(other))
                self.assertNotIn('Accepted', self.server.log()[before:])

    def test_a_host_without_a_key_of_the_pinned_kind_is_no_changed_host(self):
        server = self.serve(host_keys=('rsa',))
        self.answer('run', 'true', server=server)
        known = f'[127.0.0.1]:{server.port} {self.server.host_keys[ED25519][1]}\n'
        failure = self.failure(3, 'run', 'true', server=server, known=known)
        self.assert_says(failure, 'none of the types that are pinned', 'rsa-sha2-512', '(ssh-ed25519)')

    def test_a_revoked_key_is_refused(self):
        known = self.server.known() + '@revoked * ' + self.server.host_keys[ED25519][1]
        self.assert_says(self.failure(3, 'run', 'true', known=known), 'is revoked')

    def test_it_looks_at_nothing_of_the_machines_own_set_up(self):
        if not shutil.which('strace'):
            self.skipTest('needs strace')
        if b'san_init' in pathlib.Path(PROBE).read_bytes():
            self.skipTest('a program with sanitizers is linked to shared libraries, and is not traced')
        trace = self.folder / 'trace'
        self.answer('run', 'true', trace=trace)
        lines = [line for line in trace.read_text().splitlines() if 'execve' not in line]
        foreign = ('.ssh', '/etc/ssh', 'passwd', 'nsswitch', 'libnss', 'openssl.cnf', '.so', 'agent', '/etc/krb5')
        self.assertEqual([line for line in lines if any(word in line for word in foreign)], [])


class GitTestCase(SshTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.folder / "it's a 'repository'!.git"
        git('init', '-q', '--bare', '-b', 'main', str(cls.source))
        tree = git('-C', str(cls.source), 'mktree', input=b'').decode().strip()
        cls.commit = git('-C', str(cls.source), 'commit-tree', '-m', 'one', tree).decode().strip()
        git('-C', str(cls.source), 'update-ref', 'refs/heads/main', cls.commit)

    def address(self, path):
        return self.server.address(str(path).replace(' ', '%20'))

    def test_upload_pack_answers_in_version_2_and_in_version_0(self):
        answer = self.answer('advertise', 'git-upload-pack', address=self.address(self.source), PROTOCOL='version=2')
        self.assertTrue(answer['advertised'].startswith('000eversion 2\n'), answer)
        self.assert_says(answer['advertised'], 'ls-refs', 'fetch=')
        answer = self.answer('advertise', 'git-upload-pack', address=self.address(self.source))
        self.assert_says(answer['advertised'], f'{self.commit} HEAD', 'side-band-64k', 'refs/heads/main')

    def test_a_server_that_takes_no_variables_answers_in_version_0(self):
        server = self.serve('AcceptEnv NOTHING')
        # Our configuration allows it further down; the first line counts for all but this one.
        text = (server.folder / 'sshd_config').read_text().replace('AcceptEnv GIT_PROTOCOL\n', '')
        (server.folder / 'sshd_config').write_text(text)
        os.kill(server.process.pid, signal.SIGHUP)
        time.sleep(1)
        answer = self.answer('advertise', 'git-upload-pack', server=server, PROTOCOL='version=2',
                             address=server.address(str(self.source).replace(' ', '%20')))
        self.assert_says(answer['advertised'], f'{self.commit} HEAD')

    def test_a_repository_that_is_not_there_is_told_with_the_servers_own_words(self):
        answer = self.answer('advertise', 'git-upload-pack', address=self.address(self.folder / 'none.git'))
        self.assertEqual(answer['status'], 128)
        self.assert_says(answer['why'], 'no such repository "', 'none.git', 'does not appear to be a git repository')

    def test_a_program_that_is_not_there_is_told(self):
        answer = self.answer('advertise', 'git-no-such-pack', address=self.address(self.source))
        self.assert_says(answer['why'], 'there is no git on the server')

    @classmethod
    @functools.lru_cache
    def request(cls, size):
        """What git would send for a new branch with one file of so many random bytes."""
        work = pathlib.Path(tempfile.mkdtemp(dir=cls.folder))
        git('init', '-q', '-b', 'main', str(work))
        (work / 'blob').write_bytes(os.urandom(size))
        git('-C', str(work), '-c', 'core.compression=0', 'add', 'blob')
        git('-C', str(work), 'commit', '-q', '-m', 'large')
        commit = git('-C', str(work), 'rev-parse', 'HEAD').strip()
        pack = git('-C', str(work), '-c', 'pack.compression=0', 'pack-objects', '--all', '--stdout', '-q', input=b'')
        command = b'0' * 40 + b' ' + commit + b' refs/heads/main\0report-status side-band-64k'
        file = work / 'request'
        file.write_bytes(packet(command) + b'0000' + pack)
        return file, commit.decode()

    def target(self):
        folder = tempfile.mkdtemp(suffix='.git', dir=self.folder)
        git('init', '-q', '--bare', '-b', 'main', folder)
        return folder

    def test_22_mb_of_a_real_pack_arrive_whole_and_cost_little_memory(self):
        file, commit = self.request(22 << 20)
        target = self.target()
        answer = self.answer('push', str(file), address=self.address(target))
        self.assert_says(answer['output'], 'unpack ok', 'ok refs/heads/main')
        self.assertEqual((answer['taken'], answer['status']), (True, 0))
        self.assertEqual(git('-C', target, 'rev-parse', 'refs/heads/main').decode().strip(), commit)
        git('-C', target, 'fsck', '--strict')
        if 'asan' not in PROBE and 'tsan' not in PROBE:
            self.assertLess(answer['peak_kib'], 16 << 10)

    def assert_cut(self, process, target):
        self.server.cut()
        code, answer = self.outcome(process)
        self.assertEqual(code, 3, answer)
        self.assertRegex(answer['failure'], rf'^127.0.0.1:{self.server.port}: connection lost after \d+ MiB \(')
        self.assertTrue(answer['passing'])
        self.assertEqual(git('-C', target, 'for-each-ref'), b'')

    def test_a_push_that_is_cut_in_the_middle_is_told_and_changes_nothing(self):
        file, _ = self.request(22 << 20)
        target = self.target()
        pipe = file.with_name('pipe')
        os.mkfifo(pipe)
        process = self.start('push', str(pipe), address=self.address(target))
        with open(pipe, 'wb', buffering=0) as feed:
            feed.write(file.read_bytes()[:11 << 20])
            self.assert_cut(process, target)

    def test_a_connection_that_breaks_before_the_report_is_told(self):
        file, _ = self.request(2 << 20)
        target = self.target()
        begun = file.with_name('begun')
        hook = pathlib.Path(target) / 'hooks' / 'pre-receive'
        hook.write_text(f'#!/bin/sh\ntouch {begun}\nsleep 60\n')
        hook.chmod(0o755)
        process = self.start('push', str(file), address=self.address(target))
        self.wait_for(begun)
        self.assert_cut(process, target)

    def test_a_program_that_ends_before_it_has_taken_all_can_still_say_why(self):
        file, _ = self.request(22 << 20)
        target = self.target()
        git('-C', target, 'config', 'receive.maxInputSize', '1m')
        answer = self.answer('push', str(file), address=self.address(target))
        self.assert_says(answer['output'] + answer['errors'], 'exceeds maximum allowed size')


class TroubleTestCase(SshTestCase):
    def silent(self):
        """A listener that never says a word."""
        listener = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(listener.close)
        return f'ssh://git@127.0.0.1:{listener.getsockname()[1]}/x'

    def timed(self, *words, **how):
        start = time.monotonic()
        failure = self.failure(*words, **how)
        return failure, time.monotonic() - start

    def test_a_server_that_never_answers_is_given_up(self):
        failure, took = self.timed(3, 'run', 'true', address=self.silent(), CONNECT_MS='1000')
        self.assert_says(failure, 'cannot connect to 127.0.0.1:', 'no answer within 1 s')
        self.assertLess(took, 5)

    def test_nobody_there_is_told_at_once(self):
        failure = self.failure(3, 'run', 'true', address='ssh://git@127.0.0.1:1/x')
        self.assert_says(failure, 'cannot connect to 127.0.0.1:1 over SSH')

    def test_a_name_that_nobody_has_is_told(self):
        failure, took = self.timed(3, 'run', 'true', address='git@no-such-host.invalid:x', CONNECT_MS='5000')
        self.assert_says(failure, 'cannot connect to no-such-host.invalid')
        self.assertLess(took, 10)

    def test_a_server_that_speaks_something_else_is_told(self):
        listener = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(listener.close)
        process = self.start('run', 'true', address=f'ssh://git@127.0.0.1:{listener.getsockname()[1]}/x')
        connection, _ = listener.accept()
        connection.sendall(b'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
        connection.close()
        code, answer = self.outcome(process)
        self.assertEqual(code, 3)
        self.assert_says(answer['failure'], 'cannot connect to 127.0.0.1:')

    def test_a_command_that_is_quiet_too_long_is_given_up(self):
        failure, took = self.timed(3, 'run', 'sleep 60', QUIET_MS='1000')
        self.assertEqual(failure, f'no data from 127.0.0.1:{self.server.port} for 1s')
        self.assertLess(took, 10)

    def test_a_command_that_says_something_now_and_then_is_not_quiet(self):
        answer = self.answer('run', 'for i in 1 2 3 4; do sleep 1.6; echo $i; done', QUIET_MS='5000', KEEPALIVE_MS='200')
        self.assertEqual(answer['output'], '1\n2\n3\n4\n')

    def test_the_deadline_holds_whatever_is_said(self):
        failure, took = self.timed(5, 'run', 'while :; do echo x; sleep 0.1; done', DEADLINE_MS='1500')
        self.assert_says(failure, 'the deadline has passed')
        self.assertLess(took, 10)

    def test_a_signal_ends_it_at_once_wherever_it_is(self):
        for address, what in ((None, 'sleep 60'), (self.silent(), 'true'), (None, 'yes')):
            with self.subTest(what):
                process = self.start('run', what, address=address)
                time.sleep(1)
                self.assertIsNone(process.poll())
                start = time.monotonic()
                process.send_signal(signal.SIGTERM)
                code, answer = self.outcome(process)
                self.assertLess(time.monotonic() - start, 2)  # at once, but machines are busy
                self.assertEqual(answer['failure'], 'interrupted by a signal')

    def test_a_connection_that_breaks_is_told_and_may_be_tried_again(self):
        begun = self.folder / 'begun'
        process = self.start('run', f'echo begun; touch {begun}; sleep 60')
        self.wait_for(begun)
        self.server.cut()
        code, answer = self.outcome(process)
        self.assertEqual((code, answer['passing']), (3, True), answer)
        self.assertRegex(answer['failure'], r'connection lost after \d bytes \(')

    def test_what_a_command_writes_to_stderr_is_kept_and_how_it_ended(self):
        answer = self.answer('run', 'echo out; echo "fatal: no \033[31mway" >&2; exit 7')
        self.assertEqual((answer['output'], answer['status']), ('out\n', 7))
        self.assertEqual(answer['errors'], 'fatal: no \\u001b[31mway\n')

    def test_of_much_stderr_the_last_is_kept(self):
        answer = self.answer('run', 'for i in $(seq 20000); do echo "line $i" >&2; done; echo last >&2')
        self.assertTrue(answer['errors'].endswith('line 20000\nlast\n'))
        self.assertLessEqual(len(answer['errors']), 4096)

    def test_a_command_that_a_signal_ends_is_told(self):
        answer = self.answer('run', 'kill -TERM $$')
        self.assertTrue(answer['signal'] == 'TERM' or answer.get('status') == 143, answer)

    def test_much_output_arrives_whole(self):
        answer = self.answer('run', 'head -c 50000000 /dev/zero')
        self.assertEqual((answer['size'], answer['status']), (50000000, 0))


if __name__ == '__main__':
    unittest.main()
