"""The documents as tests read them: their tables, fenced blocks and the commands they name."""

import itertools
import re
import shlex
import textwrap
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[1]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted((ROOT / "docs").glob("*.md")),
    )
}
"""The text of each document, by its path."""

Row = tuple[str, ...]


def place(*header: str) -> str:
    """The document that has the one table with these column heads."""
    head = f"\n| {' | '.join(header)} |\n"
    places = [page for page, text in PAGES.items() for _ in range(text.count(head))]
    assert len(places) == 1, f"one document must have one table {header}, and not {places}"
    return places[0]


def table(*header: str) -> list[Row]:
    """The rows of the one table with these column heads; cells without their backticks."""
    after = PAGES[place(*header)].split(f"\n| {' | '.join(header)} |\n")[1].splitlines()[1:]
    rows = itertools.takewhile(lambda line: line.startswith("|"), after)
    return [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows]


def code(cell: str) -> str:
    """The first code span of a cell, or nothing where there is none."""
    found = re.search(r"`([^`]+)`", cell)
    return found[1] if found else ""


def mend(header: Row, shown: AbstractSet[Row], true: AbstractSet[Row]) -> str:
    """What to change in the table with these column heads so that it tells the truth."""
    lines = [f"{place(*header)}, the table {header[0]}:"]
    lines += [f"remove | {' | '.join(row)} |" for row in sorted(shown - true)]
    lines += [f"add    | {' | '.join(row)} |" for row in sorted(true - shown)]
    return "\n".join(lines)


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a document in one language, in the order in which they stand."""
    fenced = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", PAGES[page], re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(content) for _, content in fenced]


def curl_bodies(page: str) -> list[Any]:
    """The JSON that the curl lines of a document send, in the order in which they stand."""
    words = shlex.split("\n".join(blocks(page, "sh")), comments=True)
    return [orjson.loads(body) for flag, body in itertools.pairwise(words) if flag == "-d"]


def commands(name: str) -> set[str]:
    """The words that follow `name` as a command, in code of any document."""
    spans = [span for text in PAGES.values() for span in re.findall(r"`([^`\n]+)`", text)]
    lines = [block for page in PAGES for block in blocks(page, "sh")]
    return set(re.findall(rf"(?:^|[ /]){name} ([a-z]+)", "\n".join(spans + lines), re.MULTILINE))
