"""Every link of the documents leads somewhere, and every picture is there."""

import re
from pathlib import Path

import pytest

from tests.readme import PAGES, ROOT

_ELSEWHERE = ("https://", "http://")
_MORE = (
    "CHANGELOG.md",
    "benchmarks/RESULTS.md",
)  # whatever else a reader of the documents comes to
_FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)


def text_of(page: Path) -> str:
    """What a document says outside its fenced blocks."""
    return _FENCED.sub("", page.read_text(encoding="utf-8"))


def targets(page: Path) -> list[str]:
    """Where its links and pictures lead, in Markdown and in HTML."""
    text = text_of(page)
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(
        r' (?:src|srcset|href)="([^"]+)"', text
    )
    return [target for target in found if not target.startswith(_ELSEWHERE)]


def anchors(page: Path) -> set[str]:
    """The anchors of its headings, as they are made where Markdown is shown."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    plain = [re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", heading).lower() for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


def leads_somewhere(page: Path, target: str) -> bool:
    """Whether file and anchor are there, and the file is one of the repository."""
    path, _, anchor = target.partition("#")
    to = (page.parent / path).resolve() if path else page
    return to.is_relative_to(ROOT) and to.exists() and (not anchor or anchor in anchors(to))


@pytest.mark.parametrize("name", [*PAGES, *_MORE])
def test_the_links_of(name: str) -> None:
    """Each link and each picture is a file of the repository, with that heading."""
    page = ROOT / name

    broken = [target for target in targets(page) if not leads_somewhere(page, target)]
    assert broken == [], f"{name}: mend these links"


def test_a_page_of_the_documentation() -> None:
    """The index leads to each."""
    index = ROOT / "docs" / "index.md"
    pages = {path.name for path in index.parent.glob("*.md")} - {index.name}

    missing = pages - {target.partition("#")[0] for target in targets(index)}
    assert missing == set(), "docs/index.md: add these pages"


def test_a_heading() -> None:
    """No document has two of one name, of which an anchor could reach only the first."""
    twice = {
        name: {each for each in found if found.count(each) > 1}
        for name in PAGES
        if (found := re.findall(r"^#+ (.+)$", text_of(ROOT / name), re.MULTILINE))
    }

    assert {name: headings for name, headings in twice.items() if headings} == {}
