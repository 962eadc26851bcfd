"""Packages of the npm registry that `make clients` installs, because it takes minutes."""

from pathlib import Path

import pytest

from tests.thorough import program

__all__ = ["node_with"]


def node_with(folder: Path) -> str:
    """Where node is, for programs of a folder whose packages `make clients` has installed.

    Skips the test where no thorough run is asked for.
    """
    node = program("node")
    if not (folder / "node_modules" / ".installed").exists():
        pytest.fail(f"{folder.name}: make clients installs what it needs")
    return node
