"""Programs of the npm registry that tests talk to: installed from a lock file, run with Node."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from tests.thorough import program

__all__ = ["install_with_node"]

_OLDEST_NODE = 20


def install_with_node(folder: Path) -> str:
    """Install what a folder's package-lock.json says; where node is.

    Skips the test where no thorough run is asked for.
    """
    node, npm = program("node"), program("npm")
    version = _run(folder, node, "--version").stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < _OLDEST_NODE:
        pytest.fail(f"needs Node {_OLDEST_NODE} or newer, and this is {version}")
    _install(folder, npm)
    return node


def _install(folder: Path, npm: str) -> None:
    """Install once for each state of the lock file."""
    lock = (folder / "package-lock.json").read_bytes()
    done = folder / "node_modules" / f".installed-{hashlib.sha256(lock).hexdigest()}"
    if done.exists():
        return
    result = _run(folder, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    assert result.returncode == 0, result.stderr
    done.touch()


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - node and npm
        command, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
