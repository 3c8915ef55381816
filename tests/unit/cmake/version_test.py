"""cmake/Version.cmake in a small project of its own: which commit a build says it is."""
import os
import shutil
import subprocess
import tempfile
import unittest

CMAKE = os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../../cmake')
PROJECT = '''cmake_minimum_required(VERSION 3.22)
project(small VERSION 1.2.3 LANGUAGES NONE)
include(cmake/Version.cmake)
add_custom_target(nothing ALL)
'''


class VersionTestCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.source = os.path.join(self.folder, 'source')
        os.makedirs(os.path.join(self.source, 'cmake'))
        for name in ('Version.cmake', 'version.hpp.in'):
            shutil.copy(os.path.join(CMAKE, name), os.path.join(self.source, 'cmake'))
        with open(os.path.join(self.source, 'CMakeLists.txt'), 'w') as file:
            file.write(PROJECT)

    def run_in(self, folder, *command):
        # Nobody's settings of git, and no repository around this one.
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith('GIT_') and key != 'SOURCE_DATE_EPOCH'}
        environment.update(GIT_CONFIG_GLOBAL='/dev/null', GIT_CONFIG_SYSTEM='/dev/null',
                           GIT_CEILING_DIRECTORIES=self.folder)
        done = subprocess.run(command, cwd=folder, env=environment, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout.strip()

    def git(self, *command, folder=None):
        return self.run_in(folder or self.source, 'git', '-c', 'user.name=a', '-c', 'user.email=a@example.org', *command)

    def commit(self, folder=None):
        self.git('commit', '-q', '--allow-empty', '-m', 'more', folder=folder)
        return self.git('rev-parse', 'HEAD', folder=folder)

    def configure(self, source=None):
        self.run_in(self.folder, 'cmake', '-G', 'Ninja', '-S', source or self.source, '-B', 'build')

    def told(self):
        """The commit that the next build tells of."""
        self.run_in(self.folder, 'cmake', '--build', 'build')
        with open(os.path.join(self.folder, 'build/generated/stagegate/version.hpp')) as file:
            return file.read().split('kRevision[] = "')[1].split('"')[0]

    def test_a_build_tells_the_commit_that_it_is_of_also_after_the_next_one(self):
        self.git('init', '-q')
        first = self.commit()
        self.configure()
        self.assertEqual(self.told(), first)
        second = self.commit()
        self.assertEqual(self.told(), second)
        self.git('reset', '-q', '--soft', first)
        self.assertEqual(self.told(), first)

    def test_a_repository_that_keeps_no_log_is_followed_as_well(self):
        self.git('init', '-q')
        self.git('config', 'core.logAllRefUpdates', 'false')
        self.commit()
        self.configure()
        self.assertEqual(self.commit(), self.told())

    def test_a_linked_work_tree_is_followed_by_its_own_commits(self):
        self.git('init', '-q')
        self.git('add', '.')
        self.commit()
        linked = os.path.join(self.folder, 'linked')
        self.git('worktree', 'add', '-q', '-b', 'aside', linked)
        self.configure(linked)
        aside = self.commit(linked)
        self.commit()
        self.assertEqual(self.told(), aside)

    def test_a_build_without_a_repository_does_not_know_its_commit(self):
        self.configure()
        self.assertEqual(self.told(), 'unknown')

    def test_nothing_is_configured_anew_while_nothing_changes(self):
        self.git('init', '-q')
        self.commit()
        self.configure()
        self.told()
        self.assertNotIn('Configuring', self.run_in(self.folder, 'cmake', '--build', 'build'))


if __name__ == '__main__':
    unittest.main()
