"""docs/clients.md and docs/federation.md show the files that other tests run."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("docs/clients.md", "docs/federation.md")
SHOWN = re.compile(r"^<!-- (\S+) -->\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NOT_SHOWN = {"build.mjs", "package.json", "package-lock.json", "tsconfig.json"}


def text_of(page: str) -> str:
    """The text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows(page: str) -> None:
    """Each block that names a file is that file."""
    wrong = [
        path
        for path, block in SHOWN.findall(text_of(page))
        if (ROOT / path).read_text(encoding="utf-8") != block
    ]

    assert wrong == [], f"{page}: copy these files again"


def test_that_all_is_shown() -> None:
    """The page of clients has every recipe, and no code besides."""
    folder = ROOT / "examples" / "clients"
    kept = [*folder.glob("*.*"), *folder.glob("[ag]*/recipe.py")]
    recipes = {
        str(path.relative_to(ROOT))
        for path in kept
        if path.name not in NOT_SHOWN and not path.name.startswith(".") and path.is_file()
    }
    text = text_of("docs/clients.md")

    shown = {path for path, _ in SHOWN.findall(text)}
    assert (recipes - shown, text.count("\n```\n")) == (set(), len(shown))
