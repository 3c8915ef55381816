#!/usr/bin/python3
"""A real Docker Engine loads and runs the image. Heavy, so only with STAGEGATE_DOCKERD=1."""
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import shipped
from shipped import build_image, run

TAG = 'localhost/stagegate/e2e:1'


class Docker(unittest.TestCase):
    def setUp(self):
        if os.environ.get('STAGEGATE_DOCKERD') != '1':
            raise unittest.SkipTest('set STAGEGATE_DOCKERD=1 to test with a Docker Engine')
        shipped.need('buildah', 'dockerd', 'docker', 'containerd')
        self.folder = tempfile.mkdtemp(prefix='sg')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.host = f'unix://{self.folder}/d.sock'
        self.start_engine()

    def start_engine(self):
        log = open(self.folder + '/log', 'w')
        self.addCleanup(log.close)
        # No network of its own: neither the tests nor many virtual machines can have its bridge and firewall rules.
        engine = subprocess.Popen(
            ['dockerd', '--data-root', self.folder + '/data', '--exec-root', self.folder + '/exec', '--pidfile',
             self.folder + '/pid', '-H', self.host, '--iptables=false', '--ip-forward=false', '--bridge=none'],
            stdout=log, stderr=log)
        self.addCleanup(self.stop_engine, engine)
        for _ in range(120):
            if self.docker('version').returncode == 0:
                return
            if engine.poll() is not None:
                break
            time.sleep(0.5)
        with open(self.folder + '/log') as text:
            self.fail('the Docker Engine did not start:\n' + text.read()[-2000:])

    def stop_engine(self, engine):
        engine.send_signal(signal.SIGTERM)
        engine.wait(60)

    def docker(self, *arguments):
        return run('docker', '-H', self.host, *arguments)

    def test_it_loads_and_runs_the_docker_archive(self):
        archive = self.folder + '/image.tar'
        build_image(archive, '--tag', TAG, '--output', 'docker-archive')
        loaded = self.docker('load', '-i', archive)
        self.assertEqual(loaded.returncode, 0, loaded.stderr)
        step = ('run', '--rm', *shipped.NOTHING_GRANTED)
        for calendar, code in (('always-closed', 0), ('always-open', 1)):
            done = self.docker(*step, '-e', 'PLUGIN_CALENDAR=' + calendar, TAG)
            self.assertEqual(done.returncode, code, done.stderr)
        labels = self.docker('inspect', '--format', '{{index .Config.Labels "org.opencontainers.image.title"}}', TAG)
        self.assertEqual(labels.stdout.strip(), shipped.GATE)


if __name__ == '__main__':
    shipped.main()
