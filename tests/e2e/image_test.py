#!/usr/bin/python3
"""What is in an image, read from its archive: no engine takes part."""
import gzip
import io
import json
import os
import shutil
import stat
import tarfile
import tempfile
import unittest

import shipped
from shipped import GATE, build_image

MIB = 1 << 20
OCI = ('--output', 'oci-archive')
DOCKER = ('--output', 'docker-archive')


class Archive:
    """An OCI archive: its configuration and the files of its layers."""

    def __init__(self, path):
        with tarfile.open(path) as archive:
            self.blobs = {name: archive.extractfile(name).read()
                          for name in (member.name for member in archive if member.isfile())}
        index = json.loads(self.blobs['./index.json'])
        manifest = self.blob(index['manifests'][0]['digest'])
        self.config = json.loads(self.blob(json.loads(manifest)['config']['digest']))
        self.members, self.contents = {}, {}
        for layer in json.loads(manifest)['layers']:
            self.read_layer(gzip.decompress(self.blob(layer['digest'])))

    def blob(self, digest):
        return self.blobs['./blobs/' + digest.replace(':', '/')]

    def read_layer(self, layer):
        with tarfile.open(fileobj=io.BytesIO(layer)) as files:
            for member in files:
                self.members[member.name] = member
                if member.isfile():
                    self.contents[member.name] = files.extractfile(member).read()


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shipped.need('buildah')
        cls.folder = tempfile.mkdtemp()
        cls.file = os.path.join(cls.folder, 'image.tar')
        cls.digest = build_image(cls.file, *OCI)
        cls.image = Archive(cls.file)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def build(self, name, *options, **how):
        path = os.path.join(self.folder, name)
        digest = build_image(path, *options, **how)
        with open(path, 'rb') as file:
            return digest, file.read()

    def test_it_holds_the_program_and_nothing_but_its_papers(self):
        self.assertEqual(sorted(self.image.contents), [
            'etc/group', 'etc/passwd', 'etc/ssl/certs/ca-certificates.crt', GATE,
            'usr/share/doc/stagegate/LICENSE', 'usr/share/doc/stagegate/sbom.cdx.json'])

    def test_the_program_in_it_is_the_shipped_one(self):
        with open(shipped.binary(), 'rb') as file:
            self.assertEqual(self.image.contents[GATE], file.read())

    def test_everything_belongs_to_root_and_only_tmp_can_be_written_by_others(self):
        for name, member in self.image.members.items():
            self.assertEqual((member.uid, member.gid), (0, 0), name)
            wanted = 0o1777 if name == 'tmp' else 0o755 if member.isdir() or name == GATE else 0o644
            self.assertEqual(oct(stat.S_IMODE(member.mode)), oct(wanted), name)
        self.assertIn('tmp', self.image.members)

    def test_it_is_at_most_nine_mebibytes(self):
        self.assertLessEqual(sum(len(content) for content in self.image.contents.values()), 9 * MIB)

    def test_it_starts_the_program_itself_without_a_shell_and_without_privilege(self):
        config = self.image.config['config']
        self.assertEqual(config['Entrypoint'], ['/' + GATE])
        self.assertFalse(config.get('Cmd'))
        self.assertEqual(config['User'], '65532:65532')
        self.assertIn('HOME=/tmp', config['Env'])
        self.assertIn(':65532:65532:', self.image.contents['etc/passwd'].decode())

    def test_its_labels_say_what_it_is_and_where_it_comes_from(self):
        labels = self.image.config['config']['Labels']
        program = shipped.bill()['metadata']['component']
        label = {name: labels['org.opencontainers.image.' + name] for name in (
            'title', 'description', 'version', 'revision', 'created', 'licenses', 'documentation')}
        self.assertEqual(label['title'], GATE)
        self.assertEqual(label['version'], program['version'])
        self.assertEqual(label['revision'], program['properties'][0]['value'])
        self.assertEqual(label['licenses'], 'Apache-2.0')
        self.assertEqual(label['created'], shipped.bill()['metadata']['timestamp'])
        self.assertTrue(all(label.values()), label)
        self.assertEqual(len(labels), len(label), 'labels that nobody asked for')

    def test_its_bill_of_materials_names_every_static_part_with_version_and_licence(self):
        bill = json.loads(self.image.contents['usr/share/doc/stagegate/sbom.cdx.json'])
        self.assertEqual((bill['bomFormat'], bill['specVersion']), ('CycloneDX', '1.5'))
        self.assertRegex(bill['serialNumber'], r'^urn:uuid:[0-9a-f-]{36}$')
        parts = {part['name']: part for part in bill['components']}
        self.assertLessEqual({'libc6-dev', 'libyaml-cpp-dev', 'nlohmann-json3-dev', 'tzdata'}, set(parts))
        for name, part in parts.items():
            self.assertTrue(part['version'] and part['licenses'] and part['purl'].startswith('pkg:'), name)
        with open(os.path.join(self.folder, 'image.cdx.json')) as beside:
            self.assertEqual(json.load(beside), bill)

    def test_the_same_binary_gives_the_same_bytes_whatever_the_umask(self):
        first = self.build('first.tar', *OCI)
        second = self.build('second.tar', *OCI, preexec_fn=lambda: os.umask(0o077))
        self.assertEqual(first, second)
        self.assertEqual(first[0], self.digest)

    def test_the_same_binary_gives_the_same_bytes_from_another_folder(self):
        elsewhere = os.path.join(self.folder, 'a/much/longer/path/to/the/same/sources')
        for part in ('images', 'cmake', 'plugins'):
            shutil.copytree(os.path.join(shipped.ROOT, part), os.path.join(elsewhere, part))
        shutil.copy(os.path.join(shipped.ROOT, 'LICENSE'), elsewhere)
        self.assertEqual(self.build('there.tar', *OCI, root=elsewhere), self.build('here.tar', *OCI))

    def test_a_docker_archive_has_the_same_bytes_twice(self):
        self.assertEqual(self.build('one.tar', *DOCKER), self.build('two.tar', *DOCKER))

    def test_a_binary_without_a_bill_of_materials_is_refused(self):
        shutil.copy(shipped.binary(), self.folder)
        done = shipped.run(shipped.ROOT + '/images/build.sh', GATE, '--binary', os.path.join(self.folder, GATE))
        self.assertEqual(done.returncode, 2)
        self.assertIn('bill of materials', done.stderr)

    def test_an_unknown_format_is_refused(self):
        done = shipped.run(os.path.join(shipped.ROOT, 'images/build.sh'), GATE, '--output', 'zip', self.folder + '/x')
        self.assertEqual(done.returncode, 2)
        self.assertIn('oci-archive', done.stderr)


if __name__ == '__main__':
    shipped.main()
