"""A real sshd on loopback, with its own keys and configuration, run by whoever runs the tests."""
import getpass
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

SSHD = shutil.which('sshd', path='/usr/sbin:/usr/local/sbin:' + os.environ.get('PATH', ''))
TOOLS = {'sshd': SSHD, 'ssh-keygen': shutil.which('ssh-keygen'), 'git': shutil.which('git')}


def keygen(path, kind='ed25519', *options, passphrase=''):
    """Makes a key pair; returns (path of the private key, line of the public one)."""
    subprocess.run(['ssh-keygen', '-q', '-t', kind, '-N', passphrase, '-C', 'test', '-f', path, *options], check=True)
    return pathlib.Path(path), pathlib.Path(f'{path}.pub').read_text().strip()


def fingerprint(public):
    done = subprocess.run(['ssh-keygen', '-l', '-E', 'sha256', '-f', '-'], input=public + '\n', check=True, text=True,
                          stdout=subprocess.PIPE)
    return done.stdout.split()[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def children(pid):
    """All processes below this one."""
    found = []
    for task in pathlib.Path(f'/proc/{pid}/task').glob('*/children'):
        for child in task.read_text().split():
            found += [int(child), *children(int(child))]
    return found


class Server:
    """Takes the keys that authorise() is given. `lines` go into sshd_config, before everything else."""

    def __init__(self, *lines, host_keys=('ed25519',)):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.authorised = self.folder / 'authorised'
        self.authorised.write_text('')
        self.host_keys = {}
        for kind in host_keys:
            path, public = keygen(str(self.folder / f'host_{kind}'), kind)
            self.host_keys[kind] = (path, ' '.join(public.split()[:2]))
        self.lines = lines
        if os.geteuid() == 0:
            os.makedirs('/run/sshd', mode=0o755, exist_ok=True)  # where it drops its privileges; Debian's service makes it
        self.start()

    def start(self):
        for _ in range(5):
            self.port = free_port()
            config = [*self.lines, f'Port {self.port}', 'ListenAddress 127.0.0.1', 'PidFile none', 'UsePAM no',
                      'StrictModes no', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no',
                      'PermitRootLogin yes', 'AcceptEnv GIT_PROTOCOL', f'AuthorizedKeysFile {self.authorised}',
                      *(f'HostKey {path}' for path, _ in self.host_keys.values())]
            path = self.folder / 'sshd_config'
            path.write_text('\n'.join(config) + '\n')
            log = open(self.folder / 'log', 'w')
            self.process = subprocess.Popen([SSHD, '-D', '-e', '-f', str(path)], stdout=log, stderr=log)
            log.close()
            if self.listens():
                return
        raise RuntimeError('sshd does not start: ' + self.log())

    def listens(self):
        for _ in range(200):
            if 'Server listening' in self.log():
                return True
            if self.process.poll() is not None:
                return False
            time.sleep(0.05)
        return False

    def log(self):
        return (self.folder / 'log').read_text()

    def stop(self):
        self.cut()
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder)

    def cut(self):
        """Ends every connection, as a crash does."""
        for pid in children(self.process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def authorise(self, public):
        with open(self.authorised, 'a') as file:
            file.write(public + '\n')

    def known(self, kind=None):
        """As ssh-keyscan prints them."""
        kinds = [kind] if kind else list(self.host_keys)
        return ''.join(f'[127.0.0.1]:{self.port} {self.host_keys[one][1]}\n' for one in kinds)

    def address(self, path='/x'):
        return f'ssh://{getpass.getuser()}@127.0.0.1:{self.port}{path}'
