"""What every end-to-end test needs: where the shipped files are, how commands run, how a script says "skipped"."""
import json
import os
import shutil
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
BIN = os.path.realpath(os.environ.get('STAGEGATE_RELEASE_BIN') or os.path.join(ROOT, 'build/release/dist/bin'))
GATE = 'market-hours-check'
# Everything that a careful operator takes away from a step.
NOTHING_GRANTED = ('--network', 'none', '--read-only', '--cap-drop', 'all', '--user', '1234', '--security-opt',
                   'no-new-privileges')


def programs():
    names = sorted(os.listdir(BIN)) if os.path.isdir(BIN) else []
    if not names:
        raise unittest.SkipTest(f'no release binaries in {BIN}')
    return names


def binary(name=GATE):
    if name not in programs():
        raise unittest.SkipTest(f'no {name} in {BIN}')
    return os.path.join(BIN, name)


def bill(name=GATE):
    with open(os.path.join(BIN, '../share/doc/stagegate', name + '.cdx.json')) as file:
        return json.load(file)


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            raise unittest.SkipTest(f'no {tool}')


def run(*command, **options):
    """The finished process; both outputs are text. Nothing of the caller's own settings reaches it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(('PLUGIN_', 'CI_'))}
    environment.update(options.pop('env', {}))
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
                          errors='replace', env=environment, timeout=options.pop('timeout', 240), **options)


def output(*command, **options):
    """stdout of a command that must succeed."""
    done = run(*command, **options)
    if done.returncode != 0:
        raise AssertionError(f'{" ".join(command)} exited {done.returncode}:\n{done.stdout}{done.stderr}')
    return done.stdout


def build_image(file, *options, program=GATE, root=ROOT, **how):
    """Builds an image from the shipped binary; returns the digest of its manifest."""
    done = output(os.path.join(root, 'images/build.sh'), program, '--binary', binary(program), *options, file, **how)
    return done.split()[0]


def main():
    """Like unittest.main(), but a run in which everything was skipped ends with 77, which ctest shows as skipped."""
    program = unittest.main(module='__main__', exit=False, verbosity=2)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    if result.skipped and len(result.skipped) >= result.testsRun:
        print('skipped: ' + result.skipped[0][1])
        sys.exit(77)
