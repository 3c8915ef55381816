#!/usr/bin/python3
"""The images, loaded and run by podman."""
import json
import os
import shutil
import tempfile
import time
import unittest

import shipped
from shipped import NOTHING_GRANTED, build_image, output, run

TAG = 'localhost/stagegate/e2e:1'


class Container(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shipped.need('buildah', 'podman')
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        # A store of its own: the images and containers of whoever runs the tests are none of our business.
        cls.podman_command = ('podman', '--root', cls.folder + '/store', '--runroot', cls.folder + '/run',
                              '--storage-driver', 'vfs')
        cls.load('oci-archive')

    @classmethod
    def load(cls, kind):
        file = os.path.join(cls.folder, kind + '.tar')
        build_image(file, '--tag', TAG, '--output', kind)
        done = cls.podman('load', '-q', '-i', file)
        if done.returncode != 0:
            raise AssertionError(done.stderr)

    @classmethod
    def podman(cls, *arguments):
        environment = {'CONTAINERS_CONF': os.path.join(shipped.ROOT, 'images/containers.conf')}
        return run(*cls.podman_command, *arguments, env=environment)

    def container(self, *arguments, options=()):
        return self.podman('run', '--rm', *NOTHING_GRANTED, *options, TAG, *arguments)

    def test_it_runs_with_everything_taken_away(self):
        done = self.container('check', '--calendar', 'always-closed')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.strip())

    def test_it_runs_as_the_user_that_the_image_names(self):
        done = self.podman('run', '--rm', '--network', 'none', TAG, '--version')
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_exit_code_of_a_no_comes_through(self):
        self.assertEqual(self.container('check', '--calendar', 'always-open').returncode, 1)

    def test_the_exit_code_of_a_wrong_setting_comes_through(self):
        self.assertEqual(self.container('check', '--no-such-flag').returncode, 2)

    def test_it_takes_its_settings_from_the_environment_as_a_pipeline_step_does(self):
        for calendar, code in (('always-closed', 0), ('always-open', 1)):
            self.assertEqual(self.container(options=('-e', 'PLUGIN_CALENDAR=' + calendar)).returncode, code, calendar)

    def test_it_writes_a_result_file_where_only_tmp_can_be_written(self):
        results = os.path.join(self.folder, 'results')
        os.makedirs(results, exist_ok=True)
        os.chmod(results, 0o777)
        done = self.container('check', '--calendar', 'always-closed', '--result-file', '/tmp/result.json',
                              options=('-v', results + ':/tmp'))
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(results + '/result.json') as file:
            self.assertEqual(json.load(file)['exit_code'], 0)

    def test_process_one_ends_with_143_when_it_is_asked_to_stop(self):
        name = self.podman('run', '-d', *NOTHING_GRANTED, TAG, 'wait', '--calendar', 'always-open', '--timeout', '100s')
        self.assertEqual(name.returncode, 0, name.stderr)
        container = name.stdout.strip()
        self.addCleanup(self.podman, 'rm', '-f', container)
        self.wait_for_handler(container)
        # A process 1 that ignores SIGTERM is killed after the grace, and then the code is 137.
        self.podman('stop', '--time', '15', container)
        self.assertEqual(self.state(container, 'ExitCode'), '143')

    def state(self, container, field):
        return self.podman('inspect', '--format', '{{.State.' + field + '}}', container).stdout.strip()

    def wait_for_handler(self, container):
        """Until the program catches SIGTERM: before that, process 1 would not even see it."""
        status = f'/proc/{self.state(container, "Pid")}/status'
        for _ in range(200):
            with open(status) as file:
                caught = next(int(line.split()[1], 16) for line in file if line.startswith('SigCgt'))
            if caught & (1 << 14):
                return
            time.sleep(0.05)
        self.fail('SIGTERM is not caught')

    def test_podman_loads_the_docker_archive_too(self):
        self.podman('rmi', '--force', TAG)
        self.load('docker-archive')
        self.assertEqual(self.container('check', '--calendar', 'always-closed').returncode, 0)

    def test_skopeo_reads_the_labels_from_the_archive(self):
        shipped.need('skopeo')
        seen = json.loads(output('skopeo', 'inspect', f'oci-archive:{self.folder}/oci-archive.tar'))
        self.assertEqual(seen['Labels']['org.opencontainers.image.title'], shipped.GATE)
        self.assertEqual(seen['Os'], 'linux')


if __name__ == '__main__':
    shipped.main()
