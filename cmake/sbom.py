#!/usr/bin/python3
"""Bills of materials (CycloneDX 1.5, JSON) of the statically linked programs.

  sbom.py program NAME --map FILE --build DIR ... --output FILE   what the linker took into a program, from its map
  sbom.py add FILE PACKAGE --output FILE                          the same, plus a package whose files lie beside it

Only what is in the binary is listed: the packages of the archives that the linker took members from, the packages of
the headers that went into those objects which were linked, sources that the build fetched, and embedded data.
The same input gives the same bytes: no clock, no random number.
"""
import argparse
import datetime
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))

# By source package, without the version in its name. A package that is missing here stops the build: its licence is
# to be read by a person (/usr/share/doc/PACKAGE/copyright) before its code is shipped.
LICENCES = {
    'boost': 'BSL-1.0',
    'c-ares': 'MIT',
    'ca-certificates': 'MPL-2.0',
    'cross-toolchain-base': 'LGPL-2.1-or-later',  # glibc for another architecture
    'curl': 'curl',
    'expat': 'MIT',
    'expected': 'CC0-1.0',
    'fmtlib': 'MIT',
    'gcc': 'GPL-3.0-or-later WITH GCC-exception-3.1',
    'glibc': 'LGPL-2.1-or-later',
    'howardhinnant-date': 'MIT',
    'libssh': 'LGPL-2.1-or-later',
    'libzstd': 'BSD-3-Clause',
    'nghttp2': 'MIT',
    'nlohmann-json3': 'MIT',
    'openssl': 'Apache-2.0',
    'spdlog': 'MIT',
    'tl-expected': 'CC0-1.0',
    'tzdata': 'LicenseRef-public-domain',
    'yaml-cpp': 'MIT',
    'zlib': 'Zlib',
}
# Our objects whose content is another package's data.
DATA = {'zone_data.cpp.o': 'tzdata'}
# Folders of the build tree that hold sources from elsewhere, and the file that pins them.
FETCHED = {'curl': ('cmake/Curl.cmake', 'CURL'), 'yaml-cpp': ('cmake/YamlCpp.cmake', 'YAML_CPP')}
# Declarations of the kernel's interface: nothing of it ends up in a binary.
NO_CODE = 'linux-libc-dev'


def run(*command):
    environment = {**os.environ, 'LC_ALL': 'C'}
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout


def sha256_of(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def linked_files(map_file):
    """The archives' members and the objects that the linker loaded: [(file, member or None)]."""
    taken, members = set(), False
    for line in open(map_file, errors='replace'):
        if line.startswith('Archive member included'):
            members = True
        elif re.match(r'^(Discarded|Merging|Memory|There are|As-needed|Allocating)', line):
            members = False
        elif members and (match := re.match(r'^(\S.*?\.a)\(([^()]+)\)', line)):
            taken.add((match[1], match[2]))
        elif match := re.match(r'^LOAD (\S.*\.o)$', line):
            taken.add((match[1], None))
    if not taken:
        sys.exit(f'sbom: {map_file} names no linked file; is it a map of GNU ld?')
    return sorted(taken, key=lambda entry: (entry[0], entry[1] or ''))


def object_headers(ninja, build):
    """For each object of the build the files that it was made from."""
    headers, current = {}, None
    for line in run(ninja, '-C', build, '-t', 'deps').splitlines():
        if line.startswith('    ') and current is not None:
            current.append(line.strip())
        elif match := re.match(r'^(\S.*): #deps ', line):
            current = headers.setdefault(match[1], [])
    return headers


def belongs_to(object_file, archive, member):
    """Whether an object of the build tree is this member of this archive (CMake's folder layout)."""
    folder, name = os.path.split(archive)
    target = re.sub(r'^lib(.*)\.a$', r'\1', name)
    return object_file.startswith(f'{folder}/CMakeFiles/{target}.dir/') and os.path.basename(object_file) == member


def packages_of(paths):
    """{path: package}; a path that no package owns is not in it."""
    if not paths:
        return {}
    found = subprocess.run(['dpkg', '-S', *sorted(paths)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                           env={**os.environ, 'LC_ALL': 'C'}).stdout
    owners = {}
    for line in found.splitlines():
        package, _, path = line.partition(': ')
        owners.setdefault(path, package.split(',')[0])
    return owners


def licence_of(source):
    name = source.removesuffix('-cross')  # the libraries of a cross compiler
    if name not in LICENCES:
        name = re.sub(r'-?[0-9][0-9.]*$', '', name)
    if name not in LICENCES:
        sys.exit(f'sbom: the licence of source package "{source}" is not listed in cmake/sbom.py')
    licence = LICENCES[name]
    if ' ' in licence:
        return [{'expression': licence}]
    return [{'license': {'name' if licence.startswith('LicenseRef') else 'id': licence}}]


def distribution():
    with open('/etc/os-release') as file:
        facts = dict(line.rstrip('\n').split('=', 1) for line in file if '=' in line)
    return facts['ID'].strip('"'), facts.get('VERSION_ID', '').strip('"')


def package_component(package, properties):
    name, source, version, arch = run(
        'dpkg-query', '-W', '-f', '${Package} ${source:Package} ${Version} ${Architecture}', package).split()
    system, release = distribution()
    escaped = version.replace(':', '%3A').replace('+', '%2B').replace('~', '%7E')
    purl = f'pkg:deb/{system}/{name.replace("+", "%2B")}@{escaped}?arch={arch}&distro={system}-{release}'
    kind = 'data' if name in (*DATA.values(), 'ca-certificates') else 'library'
    return {'type': kind, 'bom-ref': purl, 'name': name, 'version': version, 'licenses': licence_of(source),
            'purl': purl, 'properties': [{'name': 'stagegate:source-package', 'value': source}, *properties]}


def fetched_component(name):
    path, prefix = FETCHED[name]
    text = open(os.path.join(ROOT, path)).read()
    version, sha256 = (re.search(rf'set\({prefix}_{fact} (\S+)\)', text)[1] for fact in ('VERSION', 'SHA256'))
    purl = f'pkg:generic/{name}@{version.replace("+", "%2B")}?checksum=sha256:{sha256}'
    return {'type': 'library', 'bom-ref': purl, 'name': name, 'version': version,
            'hashes': [{'alg': 'SHA-256', 'content': sha256}], 'licenses': licence_of(name), 'purl': purl}


def third_party(arguments):
    """The components of a program, from its linker map."""
    headers = object_headers(arguments.ninja, arguments.build)
    archives, used_headers, fetched, data = set(), set(), set(), set()
    for file, member in linked_files(arguments.map):
        absolute = os.path.realpath(os.path.join(arguments.build, file))
        inside = os.path.relpath(absolute, os.path.realpath(arguments.build))
        if inside.startswith('..'):
            archives.add(absolute)
            continue
        if inside.split('/')[0] in FETCHED:
            fetched.add(inside.split('/')[0])
        if (name := member or os.path.basename(inside)) in DATA:
            data.add(DATA[name])
        for made, sources in headers.items():
            if made == inside or member and belongs_to(made, inside, member):
                used_headers.update(os.path.realpath(os.path.join(arguments.build, source)) for source in sources)
    ours = (ROOT + '/', os.path.realpath(arguments.build) + '/')
    used_headers = {path for path in used_headers if not path.startswith(ours)}
    return components_of(archives, used_headers, fetched, data)


def components_of(archives, used_headers, fetched, data):
    owners = packages_of(archives | used_headers)
    if strangers := sorted(path for path in archives | used_headers if path not in owners):
        sys.exit('sbom: no package owns ' + ', '.join(strangers[:5]))
    packages = {package: [] for package in data}
    for path in sorted(archives):
        packages.setdefault(owners[path], []).append(
            {'name': 'stagegate:linked:' + os.path.basename(path), 'value': 'sha256:' + sha256_of(path)})
    for package in sorted({owners[path] for path in used_headers}):
        if package.startswith(NO_CODE):
            continue
        mine = sorted(path for path in used_headers if owners[path] == package)
        digest = hashlib.sha256(''.join(sha256_of(path) for path in mine).encode()).hexdigest()
        packages.setdefault(package, []).append(
            {'name': 'stagegate:headers', 'value': f'{len(mine)} files, sha256:{digest}'})
    found = [package_component(package, properties) for package, properties in packages.items()]
    return found + [fetched_component(name) for name in fetched]


def program_component(arguments):
    purl = f'pkg:generic/stagegate/{arguments.name}@{arguments.version}'
    return {'type': 'application', 'bom-ref': purl, 'name': arguments.name, 'version': arguments.version, 'purl': purl,
            'licenses': [{'license': {'id': 'Apache-2.0'}}],
            'properties': [{'name': 'stagegate:revision', 'value': arguments.revision},
                           {'name': 'stagegate:architecture', 'value': arguments.arch}]}


def document(program, timestamp, components):
    components = sorted(components, key=lambda component: component['bom-ref'])
    content = {
        'bomFormat': 'CycloneDX', 'specVersion': '1.5', 'version': 1,
        'metadata': {'timestamp': timestamp, 'component': program},
        'components': components,
        'dependencies': [{'ref': program['bom-ref'], 'dependsOn': [component['bom-ref'] for component in components]}],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(content, sort_keys=True))
    return {**content, 'serialNumber': f'urn:uuid:{serial}'}


def write(path, content):
    with open(path, 'w') as file:
        json.dump(content, file, indent=1)
        file.write('\n')


def describe_program(arguments):
    moment = datetime.datetime.fromtimestamp(arguments.time, datetime.timezone.utc)
    write(arguments.output, document(program_component(arguments), moment.strftime('%Y-%m-%dT%H:%M:%SZ'),
                                     third_party(arguments)))


def add_package(arguments):
    with open(arguments.file) as file:
        old = json.load(file)
    components = [*old['components'], package_component(arguments.package, [])]
    write(arguments.output, document(old['metadata']['component'], old['metadata']['timestamp'], components))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    program = commands.add_parser('program')
    program.add_argument('name')
    program.add_argument('--time', type=int, required=True)
    program.add_argument('--arch', default=platform.machine())
    for name in ('map', 'build', 'ninja', 'version', 'revision', 'output'):
        program.add_argument('--' + name, required=True)
    program.set_defaults(action=describe_program)
    add = commands.add_parser('add')
    add.add_argument('file')
    add.add_argument('package')
    add.add_argument('--output', required=True)
    add.set_defaults(action=add_package)
    arguments = parser.parse_args()
    arguments.action(arguments)


if __name__ == '__main__':
    main()
