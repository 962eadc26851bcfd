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

NAMED = "Python 3.12.34"
NAME = "PYTHON=./named"
RELEASED = f"## [{PROJECT['version']}]"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone, as far as both look at it, in which the command of this environment is installed."""
    for name in ("Makefile", "CHANGELOG.md", "pyproject.toml", ".ci/release"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "releases" / "federation").mkdir(parents=True)
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


@pytest.mark.parametrize(
    ("version", "last", "line", "refused"),
    [
        ("0.3.0", "0.2.9", "- Breaking: Field A.b was removed.", ""),
        ("0.2.10", "0.2.9", "- Breaking: Field A.b was removed.", "0.2.10 may break nothing"),
        ("0.2.11", "0.2.10", "- Breaking: Field A.b was removed.", "0.2.11 may break nothing"),
        ("0.2.10", "0.2.9", "- Field A.c.", ""),
        ("1.3.0", "1.2.0", "- Breaking: Field A.b was removed.", "1.3.0 may break nothing"),
        ("2.0.0", "1.2.0", "- Breaking: Field A.b was removed.", ""),
        ("0.3.0rc1", "0.2.9", "- Field A.c.", "expected three numbers"),
    ],
)
def test_what_a_release_may_break(
    clone: Path, version: str, last: str, line: str, refused: str
) -> None:
    """What semantic versioning lets that version break, and nothing is written where it is more."""
    project = (clone / "pyproject.toml").read_text(encoding="utf-8")
    ours = f'version = "{PROJECT["version"]}"'
    (clone / "pyproject.toml").write_text(project.replace(ours, f'version = "{version}"'))
    for each in ("0.1.0", "0.2.2", last):
        (clone / "releases" / f"{each}.graphql").touch()
    earlier = f"## [{last}] - 2026-01-01\n\n- Breaking: Field A.a was removed.\n"
    unreleased = f"# Changelog\n\n## [Unreleased]\n\n{line}\n\n{earlier}"
    (clone / "CHANGELOG.md").write_text(unreleased, encoding="utf-8")

    finished = run(clone, ".ci/release")

    assert (finished.returncode, refused in finished.stderr) == (bool(refused), True)
    kept = [clone / "releases" / each / f"{version}.graphql" for each in (".", "federation")]
    assert [file.exists() for file in kept] == [not refused] * 2
    assert ((clone / "CHANGELOG.md").read_text() == unreleased) == bool(refused)


def put_python(path: Path, version: str) -> None:
    """Put something there that says it is this Python."""
    path.write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(
    ("installed", "name", "said"),
    [
        (
            "Python 3.11.9",
            [NAME],
            f"In .venv there is Python 3.11.9: rm -r .venv to have {NAMED} in it.\n",
        ),
        ("Python 3.11.9", ["PYTHON=./nowhere"], "./nowhere"),
        ("Python 3.11.9", [], ""),
        (NAMED, [NAME], ""),
        (None, [NAME], ""),
    ],
    ids=["another", "one that is not there", "none", "the same", "nothing is installed yet"],
)
def test_a_python_that_is_named(
    installed: str | None, name: list[str], said: str, clone: Path
) -> None:
    """Whoever names one is told that .venv has another, and what to do about it."""
    put_python(clone / "named", NAMED)
    if installed is not None:
        put_python(clone / ".venv" / "bin" / "python", installed)

    finished = run(clone, "make", "named-python", *name)

    assert (finished.returncode, said in finished.stderr) == (2 if said else 0, True)
    assert "to have  in it" not in finished.stderr
