"""README: short, and what it says at a glance follows from the code."""

import re
from collections import defaultdict

from contact_gateway.failures.table import FAILURES
from tests import readme
from tests.test_readme import MEMBERS_OF_RESOURCES

TEXT = readme.PAGES["README.md"]
SUMMARY = ("Member of the union", "When", "Its outcomes", "Is it retryable")


def section(heading: str) -> str:
    """The text below a heading."""
    return TEXT.split(f"\n## {heading}\n")[1].partition("\n## ")[0]


def test_its_length() -> None:
    """It is read in a few minutes; what is more goes to docs/."""
    assert len(TEXT.splitlines()) < 220, "README.md: move something into docs/"


def test_its_picture() -> None:
    """There is one, in light and in dark."""
    assert re.findall(r'(?:src|srcset)="([^"]+)"', TEXT) == [
        "docs/pictures/page-dark.webp",
        "docs/pictures/page-light.webp",
    ]


def test_the_summary_of_outcomes() -> None:
    """It has each member of the union, with all outcomes that it can have, retryable or not."""
    ends: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for failure in FAILURES.values():
        member = MEMBERS_OF_RESOURCES.get(failure.member, failure.member.__name__)
        ends[member].add((failure.outcome.name, str(failure.retryable).lower()))
    true = {
        (member, *(tuple(sorted({end[part] for end in found})) for part in (0, 1)))
        for member, found in ends.items()
    } | {("UpdateContactGroupSuccess", ("ACCEPTED", "APPLIED"), ())}

    shown = {
        (readme.code(member), *(tuple(sorted(re.findall(r"\w+", cell))) for cell in cells))
        for member, _, *cells in readme.table(*SUMMARY)
    }
    assert shown == true, "README.md: mend What it can come to"


def test_the_drawing() -> None:
    """What is drawn between the client and the REST API are rooms."""
    [drawing] = readme.blocks("README.md", "mermaid")
    package = readme.ROOT / "src" / "contact_gateway"

    rooms = dict(re.findall(r'(\w+)\["(\w+)/', drawing))
    unlabelled = re.sub(r'\[".*?"\]|\(\[.*?\]\)|\|.*?\|', "", drawing)
    nodes = set(re.findall(r"\w+", unlabelled)) - {"flowchart", "LR"}
    assert {name for name in rooms.values() if not (package / name).is_dir()} == set()
    assert (nodes, rooms) == ({*rooms, "client", "api"}, {name: name for name in rooms})


def test_the_figures() -> None:
    """Those of Performance are in docs/performance.md, whose tables are those of the last run."""
    figures = set(re.findall(r"(?<![\d.])\d+\.\d+(?!\.?\d)", section("Performance")))
    costs = readme.table("Contestant", "CPU µs", "to ours")
    promises = readme.table("at 32 connections unless said", "at most", "measured", "kept")

    measured = {row[2] for row in (*costs, *promises)}
    assert (len(figures), figures - measured) == (4, set()), "README.md: mend Performance"
    assert f"{costs[0][1]} µs" in section("Performance"), "README.md: mend Performance"


def test_the_pythons() -> None:
    """They are those that pyproject.toml names."""
    project = (readme.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    versions = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', project)

    assert f"CPython {versions[0]} to {versions[-1]} " in section("Platforms")
