"""Programs of the Python registry that tests run in an environment of their own, from a lock."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.thorough import THOROUGH

__all__ = ["install_with_uv"]


def install_with_uv(folder: Path) -> str:
    """Install what a folder's requirements.lock says; the Python that has it.

    Skips the test where no thorough run is asked for.
    """
    if not THOROUGH:
        pytest.skip(f"THOROUGH=1 tries it with what {folder.name} installs, as .ci/run does")
    uv = str(Path(sys.executable).with_name("uv"))
    environment = folder / ".venv"
    python = str(environment / "bin" / "python")
    lock = folder / "requirements.lock"
    done = environment / f".installed-{hashlib.sha256(lock.read_bytes()).hexdigest()}"
    if not done.exists():
        _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(environment))
        _run(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, str(lock))
        done.touch()
    return python


def _run(*command: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)  # noqa: S603 - uv
    assert result.returncode == 0, result.stderr
