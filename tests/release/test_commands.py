"""What `make release` and `make PYTHON=…` do, in a folder that has what they look at."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contact_gateway.contact_groups import print_sdl
from tests.readme import ROOT
from tests.release.project import PROJECT

NAME = f"PYTHON={sys.executable}"
RELEASED = f"## [{PROJECT['version']}]"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone, as far as both look at it, in which the command of this environment is installed."""
    for name in ("Makefile", "CHANGELOG.md", "pyproject.toml", ".ci/release"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "releases").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    installed = Path(sys.executable).with_name("contact-gateway")
    (tmp_path / ".venv" / "bin" / "contact-gateway").symlink_to(installed)
    return tmp_path


def run(clone: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command there, as if no make had begun this."""
    # of an outer make
    named = {"PYTHON", "MAKEFLAGS"}
    environment = {name: value for name, value in os.environ.items() if name not in named}
    return subprocess.run(  # noqa: S603 - our own
        command, cwd=clone, env=environment, capture_output=True, text=True, check=False
    )


def test_release(clone: Path) -> None:
    """What was unreleased stands under the version and a day, and the schema is kept; but once."""
    changelog = clone / "CHANGELOG.md"
    released = changelog.read_text(encoding="utf-8")
    _, _, since = released.partition(RELEASED)
    unreleased = released.replace(f"{RELEASED}{since.splitlines()[0]}\n\n", "")
    changelog.write_text(unreleased, encoding="utf-8")

    first = run(clone, ".ci/release")
    after = changelog.read_text(encoding="utf-8")
    again = run(clone, ".ci/release")

    assert first.returncode == 0, first.stderr
    assert RELEASED not in unreleased
    dated = [line for line in after.splitlines() if line.startswith(RELEASED)]
    assert after.replace(f"{dated[0]}\n\n", "") == unreleased
    assert after.index("## [Unreleased]") < after.index(RELEASED) < after.index("### Added")
    kept = (clone / "releases" / f"{PROJECT['version']}.graphql").read_text(encoding="utf-8")
    assert kept.rstrip("\n") == print_sdl().rstrip("\n")
    assert (again.returncode, "set another version" in again.stderr) == (1, True)
    assert changelog.read_text(encoding="utf-8") == after


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(
    ("installed", "name", "status"),
    [("Python 3.11.9", (NAME,), 2), ("Python 3.11.9", (), 0), (None, (NAME,), 0)],
    ids=["another", "another, and none is named", "none yet"],
)
def test_a_python_that_is_named(
    installed: str | None, name: tuple[str, ...], status: int, clone: Path
) -> None:
    """Whoever names one is told that .venv has another, and what to do about it."""
    version = ".".join(map(str, sys.version_info[:3]))
    if installed is not None:
        python = clone / ".venv" / "bin" / "python"
        python.write_text(f"#!/bin/sh\necho {installed}\n", encoding="utf-8")
        python.chmod(0o755)

    finished = run(clone, "make", "named-python", *name)

    said = f"In .venv there is {installed}: rm -r .venv to have Python {version} in it.\n"
    assert (finished.returncode, said in finished.stderr) == (status, status == 2)
