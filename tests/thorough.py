"""What only a thorough run tries (THOROUGH=1, as `.ci/run` has it): other people's programs."""

import os
import shutil

import pytest

__all__ = ["THOROUGH", "often", "program", "thorough"]

THOROUGH = bool(os.environ.get("THOROUGH"))

thorough = pytest.mark.skipif(
    not THOROUGH, reason="takes long: THOROUGH=1 tries it, as .ci/run does"
)


def often(times: int) -> int:
    """How often to try what is random: so many times in a thorough run, else a third of that."""
    return times if THOROUGH else -(-times // 3)


def program(*names: str) -> str:
    """Where a program is that goes by one of these names.

    Skips the test unless a thorough run is asked for, and then fails it where there is none.
    """
    if not THOROUGH:
        pytest.skip(f"THOROUGH=1 tries it with {names[0]}, as .ci/run does")
    for name in names:
        if path := shutil.which(name):
            return path
    pytest.fail(f"{names[0]} is missing: .ci/install installs it")
