"""The failure table of a program's docs.md: each row carries its id in a comment, and the exit codes in its last cell."""

import pathlib
import re

PLUGINS = pathlib.Path(__file__).resolve().parents[2] / "plugins"


def cells(program):
    """{id: the row's cells}"""
    found = {}
    for line in (PLUGINS / program / "docs.md").read_text().splitlines():
        row = re.match(r"\| <!-- ([a-z0-9-]+) -->(.*)\|$", line)
        if row:
            assert row[1] not in found, f"two rows are called {row[1]}"
            found[row[1]] = [cell.strip() for cell in row[2].split("|")]
    return found


def rows(program):
    """{id: exit codes that the table names}"""
    return {name: {int(code) for code in re.findall(r"\d+", row[-1])} for name, row in cells(program).items()}
