#!/usr/bin/python3
"""inttest-runner in an image with the tools that test scripts need, run by podman as a pipeline step would run it.

The image is made of Debian packages, which takes minutes and a package mirror: only when STAGEGATE_TOOLS_IMAGE is set.
"""
import json
import os
import shutil
import tempfile
import unittest

import shipped
from shipped import build_image, run

TAG = 'localhost/stagegate/tools:1'
PACKAGES = 'bash curl git kubernetes-client'
TESTS = """#!/bin/bash
set -e
[ "$$" != 1 ] && [ "$(id -u)" = 0 ]
for tool in bash curl git kubectl; do command -v "$tool"; done
setsid sleep 1000 &
echo '{"exit_code": 0, "total": 1, "passed": 1, "failed": 0, "skipped": 0}' > "$STAGEGATE_RESULTS_FILE"
"""


class Tools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not os.environ.get('STAGEGATE_TOOLS_IMAGE'):
            raise unittest.SkipTest('STAGEGATE_TOOLS_IMAGE is not set')
        shipped.need('buildah', 'podman', 'mmdebstrap')
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.podman_command = ('podman', '--root', cls.folder + '/store', '--runroot', cls.folder + '/run',
                              '--storage-driver', 'vfs')
        file = os.path.join(cls.folder, 'tools.tar')
        build_image(file, '--packages', PACKAGES, '--tag', TAG, '--output', 'oci-archive', program='inttest-runner',
                    timeout=900)
        done = cls.podman('load', '-q', '-i', file)
        if done.returncode != 0:
            raise AssertionError(done.stderr)

    @classmethod
    def podman(cls, *arguments):
        return run(*cls.podman_command, *arguments,
                   env={'CONTAINERS_CONF': os.path.join(shipped.ROOT, 'images/containers.conf')})

    def test_a_test_script_finds_its_tools_and_nothing_of_it_survives(self):
        workspace = tempfile.mkdtemp(dir=self.folder)
        with open(os.path.join(workspace, 'tests.sh'), 'w') as script:
            script.write(TESTS)
        done = self.podman('run', '--rm', '--network', 'none', '--read-only', '-v', workspace + ':/workspace', '-w',
                           '/workspace', '-e', 'PLUGIN_TAG=3f2a91c', '-e', 'PLUGIN_MARK=false', '-e',
                           'PLUGIN_COMMAND=bash tests.sh', '-e', 'PLUGIN_RESULT_FILE=result.json', TAG)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        with open(os.path.join(workspace, 'result.json')) as file:
            result = json.load(file)
        self.assertEqual((result['reason'], result['attempts'][0]['left_behind']), ('passed', 1))


if __name__ == '__main__':
    shipped.main()
