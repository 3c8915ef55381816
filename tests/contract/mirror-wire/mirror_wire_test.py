#!/usr/bin/python3
"""What is read and written for git's two services, against git itself: both versions, both object formats."""
import json
import random
import unittest

from two_gits import Refused, probe, two_gits

BOTH = [(version, object_format) for version in (0, 2) for object_format in ('sha1', 'sha256')]


def file_of(lines, seed):
    random.seed(seed)
    return ''.join(f'{random.random()}\n' for _ in range(lines)).encode()


def fill(source):
    """A few branches and tags, one of them annotated, names beyond ASCII."""
    first = source.commit(file_of(2000, 1))
    second = source.commit(file_of(2000, 1) + b'more\n', first)
    source.set('refs/heads/main', second)
    source.set('refs/heads/old', first)
    source.set('refs/heads/f\u00e4hre/\u00fcber', first)
    source.set('refs/tags/light', first)
    source.set('refs/pull/1/head', source.commit(b'pull', second))
    source.run('tag', '-a', '-m', 'release', 'v1', second)
    return first, second


class MirrorTestCase(unittest.TestCase):
    def same(self, source, target):
        self.assertEqual(target.refs(), source.refs())
        target.run('fsck', '--strict')

    def test_refs_are_read_as_git_lists_them(self):
        for version, object_format in BOTH:
            source, _, mirror = two_gits(self, version, object_format)
            fill(source)
            with self.subTest(version=version, object_format=object_format):
                read = json.loads(probe('advertisement', 'upload-pack', stdin=source.advertise('upload-pack', version)))
                self.assertEqual((read['version'], read['format']), (version, object_format))
                if version == 2:
                    with open(mirror().list_file, 'rb') as file:
                        read = json.loads(probe('ls-refs', object_format, stdin=file.read()))
                self.assertEqual(read['refs'], source.refs())
                self.assertEqual(read['head_branch'], 'refs/heads/main')
                self.assertEqual(read['head'], source.refs()['refs/heads/main'])
                pushed = json.loads(probe('advertisement', 'receive-pack', stdin=source.advertise('receive-pack')))
                self.assertEqual(pushed['refs'], source.refs())

    def test_an_empty_target_becomes_the_source_and_stays_it(self):
        for version, object_format in BOTH:
            source, target, mirror = two_gits(self, version, object_format, branch='trunk')
            fill(source)
            source.set('refs/heads/trunk', source.refs()['refs/heads/old'])
            with self.subTest(version=version, object_format=object_format):
                plan, reports = mirror().sync()
                self.assertTrue(plan['updates'][0].endswith(' refs/heads/trunk'))
                self.assertEqual(reports[0]['refused'], {})
                self.assertEqual(sorted(reports[0]['taken']), sorted(source.refs()))
                self.same(source, target)
                plan, reports = mirror().sync()
                self.assertEqual((plan['updates'], plan['deletions'], reports), ([], [], []))

    def test_everything_that_can_change_is_mirrored_in_one_run(self):
        for version, object_format in BOTH:
            source, target, mirror = two_gits(self, version, object_format)
            first, second = fill(source)
            source.set('refs/heads/a', first)
            mirror().sync()
            source.delete('refs/heads/a')
            source.set('refs/heads/a/b', second)                                    # in the way of each other
            source.set('refs/heads/main', source.commit(b'rewritten', first))       # forced
            source.set('refs/tags/light', second)                                   # a tag moved
            source.delete('refs/heads/old')
            source.set('refs/heads/root', source.commit(b'unrelated'))
            with self.subTest(version=version, object_format=object_format):
                plan, reports = mirror().sync()
                self.assertEqual([len(plan[part]) for part in ('clearing', 'updates', 'deletions')], [1, 4, 1])
                self.assertEqual([report['refused'] for report in reports], [{}, {}, {}])
                self.same(source, target)

    def test_a_thousand_refs_are_mirrored(self):
        source, target, mirror = two_gits(self)
        first, second = fill(source)
        updates = ''.join(f'create refs/tags/t{at} {first if at % 2 else second}\n' for at in range(1000))
        source.run('update-ref', '--stdin', stdin=updates.encode())
        for version in (0, 2):
            read = json.loads(probe('advertisement', 'receive-pack', stdin=source.advertise('receive-pack', version)))
            self.assertEqual(read['refs'], source.refs())
        _, reports = mirror().sync()
        self.assertEqual(len(reports[0]['taken']), 1005)
        self.same(source, target)

    def test_trap_14_thin_packs_are_completed_by_the_target(self):
        for version, object_format in BOTH:
            source, target, mirror = two_gits(self, version, object_format)
            first, second = fill(source)
            mirror().sync()
            source.set('refs/heads/main', source.commit(file_of(2000, 1) + b'more and more\n', second))
            with self.subTest(version=version, object_format=object_format):
                now = mirror()
                plan = now.plan()
                thin, thick = (now.pack(plan['wants'], plan['haves'], *words) for words in ((), ('no-thin',)))
                self.assertLess(len(thin), len(thick) / 5)
                index = ('index-pack', '--stdin', f'--object-format={object_format}')
                with self.assertRaisesRegex(RuntimeError, 'unresolved delta'):
                    target.run(*(word for word in index if '=' not in word), stdin=thin)
                target.run('index-pack', '--stdin', '--fix-thin', stdin=thin)
                now.sync()
                self.same(source, target)

    def test_trap_15_a_new_ref_at_a_known_object_needs_an_empty_pack(self):
        for version, object_format in BOTH:
            source, target, mirror = two_gits(self, version, object_format)
            first, _ = fill(source)
            mirror().sync()
            source.set('refs/heads/again', first)
            with self.subTest(version=version, object_format=object_format):
                plan, reports = mirror().sync()
                self.assertEqual(plan['wants'], [])
                self.assertEqual(reports[0]['taken'], ['refs/heads/again'])
                self.same(source, target)

    def test_trap_17_a_ref_that_moved_meanwhile_is_refused_alone(self):
        source, target, mirror = two_gits(self)
        first, second = fill(source)
        mirror().sync()
        source.set('refs/heads/main', source.commit(b'new', second))
        source.set('refs/heads/old', second)
        now = mirror()
        plan = now.plan()
        target.set('refs/heads/main', first)
        report = now.push(plan['updates'], now.pack(plan['wants'], plan['haves']))
        self.assertEqual(report['taken'], ['refs/heads/old'])
        self.assertEqual(report['refused']['refs/heads/main']['kind'], 'moved_meanwhile')
        self.assertTrue(report['refused']['refs/heads/main']['retryable'])
        mirror().sync()
        self.same(source, target)

    def test_trap_19_a_branch_is_pinned_to_a_commit_that_is_no_tip(self):
        source, target, mirror = two_gits(self)
        first, second = fill(source)
        pinned = source.commit(b'tested', second)
        source.set('refs/heads/main', source.commit(b'later', pinned))
        mirror().sync('refs/heads/main', pinned)
        self.assertEqual(target.refs(), {**source.refs(), 'refs/heads/main': pinned})

    def test_trap_3_a_shallow_source_is_found_before_anything_is_sent(self):
        for version in (0, 2):
            source, target, mirror = two_gits(self, version)
            _, second = fill(source)
            source.delete('refs/heads/old')
            (source.path / 'shallow').write_text(second + '\n')
            for ref in ('refs/tags/light', 'refs/heads/f\u00e4hre/\u00fcber'):
                source.delete(ref)
            with self.subTest(version=version), self.assertRaisesRegex(Refused, 'shallow'):
                mirror().sync()
            self.assertEqual(target.refs(), {})

    def test_trap_5_a_pack_cut_anywhere_is_no_pack(self):
        for version in (0, 2):
            source, _, mirror = two_gits(self, version)
            _, second = fill(source)
            answer = mirror().answer([second], [])
            self.assertTrue(probe('fetch', str(version), stdin=answer).startswith(b'PACK'))
            random.seed(2)
            for length in [0, 4, len(answer) - 4, len(answer) - 1] + random.sample(range(len(answer)), 30):
                with self.subTest(version=version, length=length), self.assertRaisesRegex(Refused, 'was cut off'):
                    probe('fetch', str(version), stdin=answer[:length])

    def test_trap_2_an_object_that_is_gone_is_told_as_that(self):
        for version in (0, 2):
            source, _, mirror = two_gits(self, version)
            fill(source)
            with self.subTest(version=version), self.assertRaisesRegex(Refused, 'not our ref.*planned again'):
                mirror().pack(['1' * 40], [])

    def test_the_source_says_which_commits_it_knows(self):
        for version, object_format in BOTH:
            source, target, mirror = two_gits(self, version, object_format)
            first, second = fill(source)
            mirror().sync()
            foreign = target.commit(b'somebody was here', second)
            target.set('refs/heads/main', foreign)
            source.set('refs/heads/old', second)
            with self.subTest(version=version, object_format=object_format):
                now = mirror()
                self.assertIn(foreign, now.plan()['doubtful'])
                asked = [first, second, foreign]
                answer = now.answer([source.refs()['refs/heads/main']], asked, 'question')
                known = json.loads(probe('known', str(version), object_format, stdin=answer))
                self.assertEqual(known, sorted([first, second]))

    def test_an_unborn_head_names_its_branch(self):
        source, _, mirror = two_gits(self, branch='trunk')
        with open(mirror().list_file, 'rb') as file:
            read = json.loads(probe('ls-refs', 'sha1', stdin=file.read()))
        self.assertEqual((read['head_branch'], read['refs']), ('refs/heads/trunk', {}))

    def test_two_object_formats_are_never_mixed(self):
        source, _, _ = two_gits(self, object_format='sha256')
        _, target, _ = two_gits(self)
        fill(source)
        _, _, mirror = two_gits(self)
        now = mirror()
        now.source, now.target = source, target
        now.read()
        with self.assertRaisesRegex(Refused, 'object ids of sha256 and the target of sha1'):
            now.plan()

    def test_an_empty_source_never_empties_the_target(self):
        source, target, mirror = two_gits(self)
        fill(target)
        with self.assertRaisesRegex(Refused, 'neither branches nor tags'):
            mirror().plan()

    def test_a_target_of_a_fork_tells_what_it_has_besides_its_refs(self):
        source, target, mirror = two_gits(self)
        fill(source)
        (target.path / 'objects' / 'info').mkdir(exist_ok=True)
        (target.path / 'objects' / 'info' / 'alternates').write_text(str(source.path / 'objects') + '\n')
        read = json.loads(probe('advertisement', 'receive-pack', stdin=target.advertise('receive-pack')))
        self.assertEqual(read['refs'], {})
        self.assertLessEqual({source.refs()['refs/heads/main']}, set(read['haves']))
        plan, reports = mirror().sync()
        self.assertEqual(plan['wants'], [])
        self.assertEqual(target.refs(), source.refs())


class RefusalTestCase(unittest.TestCase):
    def setUp(self):
        self.source, self.target, self.mirror = two_gits(self)
        self.first, self.second = fill(self.source)
        self.mirror().sync()

    def kinds(self, report):
        return {ref: told['kind'] for ref, told in report['refused'].items()}

    def test_a_target_without_forced_updates_takes_the_rest(self):
        self.target.run('config', 'receive.denyNonFastForwards', 'true')
        self.source.set('refs/heads/main', self.source.commit(b'x', self.first))
        self.source.set('refs/heads/old', self.second)
        _, (report,) = self.mirror().sync()
        self.assertEqual(self.kinds(report), {'refs/heads/main': 'non_fast_forward'})
        self.assertEqual(report['taken'], ['refs/heads/old'])

    def test_a_hook_that_protects_a_branch_is_believed(self):
        self.target.hook('update', 'test "$1" != refs/heads/main || '
                         '{ echo "error: GH006: Protected branch update failed for $1" >&2; exit 1; }\n')
        self.source.set('refs/heads/main', self.source.commit(b'x', self.second))
        self.source.set('refs/heads/old', self.second)
        _, (report,) = self.mirror().sync()
        self.assertEqual(self.kinds(report), {'refs/heads/main': 'protected_ref'})
        self.assertIn('GH006', report['remarks'])

    def test_a_hook_that_declines_all_is_told_apart(self):
        self.target.hook('pre-receive', 'exit 1\n')
        self.source.set('refs/heads/main', self.source.commit(b'x', self.second))
        self.source.set('refs/heads/old', self.second)
        _, (report,) = self.mirror().sync()
        self.assertEqual(self.kinds(report), {'refs/heads/main': 'declined', 'refs/heads/old': 'declined'})
        self.assertTrue(all(told['for_all'] for told in report['refused'].values()))

    def test_the_current_branch_is_not_deleted(self):
        self.source.delete('refs/heads/main')
        _, reports = self.mirror().sync()
        self.assertEqual(self.kinds(reports[-1]), {'refs/heads/main': 'current_branch'})

    def test_hidden_refs_are_told_as_that(self):
        self.target.run('config', 'receive.hideRefs', 'refs/heads/secret')
        self.source.set('refs/heads/secret/x', self.first)
        _, (report,) = self.mirror().sync()
        self.assertEqual(self.kinds(report), {'refs/heads/secret/x': 'hidden_ref'})

    def test_trap_21_a_pack_that_is_too_big_is_told_as_that(self):
        self.target.run('config', 'receive.maxInputSize', '10000')
        self.source.set('refs/heads/main', self.source.commit(file_of(5000, 9), self.second))
        _, (report,) = self.mirror().sync()
        self.assertEqual(report['unpack_kind'], 'pack_too_big', report)
        self.assertEqual(self.kinds(report), {'refs/heads/main': 'pack_too_big'})

    def test_a_corrupted_pack_changes_nothing(self):
        self.source.set('refs/heads/main', self.source.commit(file_of(100, 9), self.second))
        now = self.mirror()
        plan, before = now.plan(), self.target.refs()
        pack = bytearray(now.pack(plan['wants'], plan['haves']))
        pack[len(pack) // 2] ^= 1
        report = now.push(plan['updates'], bytes(pack))
        self.assertNotEqual(report['unpack'], '')
        self.assertEqual(report['unpack_kind'], 'storage')
        self.assertEqual(self.target.refs(), before)

    def test_an_atomic_push_is_all_or_nothing(self):
        self.target.run('config', 'receive.denyNonFastForwards', 'true')
        self.source.set('refs/heads/main', self.source.commit(b'x', self.first))
        self.source.set('refs/heads/old', self.second)
        now = self.mirror()
        plan, before = now.plan(), self.target.refs()
        report = now.push(plan['updates'], now.pack(plan['wants'], plan['haves']), 'atomic')
        self.assertEqual(report['taken'], [])
        self.assertEqual(self.kinds(report)['refs/heads/old'], 'atomic')
        self.assertEqual(self.target.refs(), before)

    def test_push_options_reach_the_hook_and_are_refused_where_not_offered(self):
        self.source.set('refs/heads/old', self.second)
        with self.assertRaisesRegex(Refused, 'push options'):
            now = self.mirror()
            now.push(now.plan()['updates'], b'', 'ci.skip')
        self.target.run('config', 'receive.advertisePushOptions', 'true')
        self.target.hook('pre-receive', 'echo "option: $GIT_PUSH_OPTION_0" >&2\n')
        now = self.mirror()
        plan = now.plan()
        report = now.push(plan['updates'], now.pack(plan['wants'], plan['haves']), 'ci.skip')
        self.assertIn('option: ci.skip', report['remarks'])
        self.assertEqual(report['taken'], ['refs/heads/old'])


if __name__ == '__main__':
    unittest.main()
