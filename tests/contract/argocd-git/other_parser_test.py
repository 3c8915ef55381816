"""Edits of YAML seen by another parser than the one that made them: PyYAML, on files that were damaged at random.

Whatever the two parsers make of such a file, an edit that is made has to change one value to the eyes of both.
STAGEGATE_YAML_FILES=100000 is the long form.
"""
import base64
import json
import os
import pathlib
import random
import re
import subprocess
import unittest

PROBE = os.environ.get('GIT_PROBE', '')
CORPUS = pathlib.Path(__file__).parents[2] / 'unit/text/yaml_edit'
COUNT = int(os.environ.get('STAGEGATE_YAML_FILES', '6000'))
PIECES = ['\n', ' ', '  ', '#', ': ', ':', '- ', '"', "'", '&a ', '*a', '!x ', '{', '}', '[', ']', ',', '|\n', '>\n', '? ',
          '\t', '\r\n', '\r', '---\n', '...\n', '\u0085', '\u2028', '\u2029', '\ufeff', 'null', '~', '%', '@', '`', '\\',
          'é', '0', '<<: ', 'tag: v1\n', 'image:\n  ', '&b:c ', "''", '""']
VALUES = ['v2', '1.2', 'on', 'a b', 'a: b', '#x', '~', 'é', "it's", '"q"', '0123', '', '- a', 'a,b', '{', '2026-01-01',
          'sha256:1', '\\', '*a', '&a', 'null']

try:
    import yaml
except ImportError:
    yaml = None


def flattened(text):
    """[(kind, tag, value, path)] of each document, in the order of the text."""
    documents = []
    for root in yaml.compose_all(text, Loader=yaml.SafeLoader):
        pieces, seen = [], {}

        def walk(node, path):
            if id(node) in seen:
                pieces.append(('alias', '', seen[id(node)], ()))
                return
            seen[id(node)] = len(pieces)
            scalar = isinstance(node, yaml.ScalarNode)
            pieces.append((node.id, node.tag, node.value if scalar else '', path))
            if isinstance(node, yaml.SequenceNode):
                for number, item in enumerate(node.value):
                    walk(item, (*path, number))
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    walk(key, (*path, None))
                    walk(value, (*path, key.value if isinstance(key, yaml.ScalarNode) else None))
        if root is not None:
            walk(root, ())
        documents.append(pieces)
    return documents


def written(path):
    """The path as a setting has it; None for what is no value at keys and numbers."""
    if not path or None in path:
        return None
    words = [f'[{step}]' if isinstance(step, int) else '.' + re.sub(r'([.\[\]=\\])', r'\\\1', step) for step in path]
    return ''.join(words).removeprefix('.')


class Author:
    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.corpus = [path.read_text() for path in sorted(CORPUS.glob('*.yaml'))]

    def damaged(self):
        text = self.dice.choice(self.corpus)
        for _ in range(self.dice.randrange(4)):
            at = self.dice.randrange(len(text) + 1)
            kind = self.dice.random()
            if kind < 0.6:
                text = text[:at] + self.dice.choice(PIECES) + text[at:]
            elif kind < 0.8:
                text = text[:at] + text[at + self.dice.randrange(1, 4):]
            else:
                other = self.dice.choice(self.corpus)
                begin = self.dice.randrange(len(other))
                text = text[:at] + other[begin:begin + self.dice.randrange(1, 30)] + text[at:]
        return text

    def case(self):
        """(text, path, value, what PyYAML reads); the last None for what it does not."""
        text = self.damaged()
        try:
            documents = flattened(text)
        except (yaml.YAMLError, ValueError):
            return text, 'image.tag', 'v2', None
        paths = [written(path) for pieces in documents for kind, _, _, path in pieces if kind == 'scalar']
        paths = [path for path in paths if path]
        path = self.dice.choice(paths) if paths and self.dice.random() < 0.8 else 'image.tag'
        return text, path, self.dice.choice(VALUES), documents


@unittest.skipUnless(yaml, 'python3-yaml is not installed')
class OtherParserTestCase(unittest.TestCase):
    def edits(self, cases):
        lines = ''.join(json.dumps({'text': base64.b64encode(text.encode()).decode(), 'path': path, 'value': value}) + '\n'
                        for text, path, value, _ in cases)
        done = subprocess.run([PROBE, 'edit'], input=lines.encode(), stdout=subprocess.PIPE, check=True, timeout=250)
        answers = [json.loads(line) for line in done.stdout.split(b'\n') if line]
        self.assertEqual(len(answers), len(cases))
        return answers

    def check(self, path, value, before, text):
        after = flattened(text)
        self.assertEqual([len(pieces) for pieces in before], [len(pieces) for pieces in after])
        changes = [(old, new) for olds, news in zip(before, after) for old, new in zip(olds, news) if old != new]
        self.assertEqual(len(changes), 1, changes)
        kind, tag, new_value, where = changes[0][1]
        self.assertEqual((kind, tag, new_value, written(where)), ('scalar', 'tag:yaml.org,2002:str', value, path))

    def test_another_parser_sees_the_one_value_change_and_nothing_else(self):
        author = Author(20261129)
        cases = [author.case() for _ in range(COUNT)]
        made = 0
        for (text, path, value, before), answer in zip(cases, self.edits(cases)):
            self.assertFalse(answer.get('own_fault'), answer)
            if 'failure' in answer or not answer['changed'] or before is None:
                continue
            made += 1
            with self.subTest(text=text, path=path, value=value):
                self.check(path, value, before, base64.b64decode(answer['text']).decode())
        self.assertGreater(made, COUNT // 5)


if __name__ == '__main__':
    unittest.main()
