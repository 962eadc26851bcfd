"""The pictures of the documentation: those that `make pictures` takes, and no others."""

import re
from pathlib import Path

from tests.graphiql.pictures import FOLDER, PICTURES, take
from tests.thorough import thorough

_MOST_BYTES = 150_000


def test_the_pictures_that_are_there() -> None:
    """They are those of the command, each small, and each shown in docs/graphiql.md."""
    text = (FOLDER.parent / "graphiql.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[[^\]]+\]\(pictures/([\w-]+)\.webp\)", text)
    there = {path.name: path.stat().st_size < _MOST_BYTES for path in FOLDER.iterdir()}

    assert (there, sorted(shown)) == (
        {f"{name}.webp": True for name in PICTURES},
        sorted(PICTURES),
    ), "mend it with: make pictures"


@thorough
def test_pictures_taken(tmp_path: Path) -> None:
    """The command takes every one of them, as small as they are here."""
    take(tmp_path)

    assert {path.stem: path.stat().st_size < _MOST_BYTES for path in tmp_path.iterdir()} == (
        dict.fromkeys(PICTURES, True)
    )
