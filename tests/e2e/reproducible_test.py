#!/usr/bin/python3
"""Two builds of one commit in folders of different length give the same bytes. Only with STAGEGATE_REPRODUCE=1."""
import hashlib
import os
import shutil
import tempfile
import unittest

import shipped
from shipped import ROOT, output


class Reproducible(unittest.TestCase):
    def setUp(self):
        if os.environ.get('STAGEGATE_REPRODUCE') != '1':
            raise unittest.SkipTest('set STAGEGATE_REPRODUCE=1 to build everything twice')
        shipped.need('git', 'cmake', 'ninja')
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        # Named once: the branch may move on while the first build runs.
        self.commit = output('git', '-C', ROOT, 'rev-parse', 'HEAD').strip()

    def build(self, path):
        """Builds the checked-out commit in this folder without a compiler cache: {installed file: its hash}."""
        output('git', 'clone', '--quiet', '--no-checkout', ROOT, path)
        output('git', '-C', path, 'checkout', '--quiet', self.commit)
        # Fetched sources are pinned by their hash: taking them over only saves the download.
        if os.path.isdir(ROOT + '/.cache'):
            shutil.copytree(ROOT + '/.cache', path + '/.cache')
        how = {'cwd': path, 'env': {'CCACHE_DISABLE': '1'}, 'timeout': 1800}
        output('cmake', '--preset', 'release', **how)
        output('cmake', '--build', 'build/release', **how)
        output('cmake', '--install', 'build/release', '--strip', **how)
        hashes = {}
        for folder, _, files in os.walk(path + '/build/release/dist'):
            for file in files:
                name = os.path.join(folder, file)
                with open(name, 'rb') as content:
                    hashes[os.path.relpath(name, path)] = hashlib.sha256(content.read()).hexdigest()
        return hashes

    def test_two_folders_give_the_same_programs_and_the_same_bills(self):
        first = self.build(self.folder + '/a')
        second = self.build(self.folder + '/a-folder-with-a-much-longer-name/and/deeper')
        self.assertTrue(first, 'nothing was installed')
        self.assertEqual(first, second)
        print('\n'.join(f'{digest}  {name}' for name, digest in sorted(first.items())))


if __name__ == '__main__':
    shipped.main()
