"""The README as tests read it: its tables, its fenced blocks and the commands it names."""

import itertools
import re
import shlex
import textwrap
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")

Row = tuple[str, ...]


def table(*header: str) -> list[Row]:
    """The rows of the one table with these column heads; cells without their backticks."""
    head = f"\n| {' | '.join(header)} |\n"
    assert TEXT.count(head) == 1, f"README.md must have one table with the columns {header}"
    after = TEXT.split(head)[1].splitlines()[1:]
    rows = after[: next(number for number, line in enumerate(after) if not line.startswith("|"))]
    return [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows]


def code(cell: str) -> str:
    """The first code span of a cell, or nothing where there is none."""
    found = re.search(r"`([^`]+)`", cell)
    return found[1] if found else ""


def mend(heading: str, shown: AbstractSet[Row], true: AbstractSet[Row]) -> str:
    """What to change in a table of the README so that it tells the truth."""
    lines = [f"README.md, {heading}:"]
    lines += [f"remove | {' | '.join(row)} |" for row in sorted(shown - true)]
    lines += [f"add    | {' | '.join(row)} |" for row in sorted(true - shown)]
    return "\n".join(lines)


def blocks(language: str) -> list[str]:
    """The fenced blocks in one language, in the order in which they stand."""
    fenced = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", TEXT, re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(content) for _, content in fenced]


def curl_bodies() -> list[Any]:
    """The JSON that the curl lines send, in the order in which they stand."""
    words = shlex.split("\n".join(blocks("sh")), comments=True)
    return [orjson.loads(body) for flag, body in itertools.pairwise(words) if flag == "-d"]


def typescript_document() -> str:
    """The GraphQL document inside the TypeScript example."""
    (example,) = blocks("ts")
    return example.split("`")[1]


def commands(name: str) -> set[str]:
    """The words that follow `name` as a command, in code."""
    code_text = "\n".join([*re.findall(r"`([^`\n]+)`", TEXT), *blocks("sh")])
    return set(re.findall(rf"(?:^|[ /]){name} ([a-z]+)", code_text, re.MULTILINE))
