"""What pyproject.toml says of the project."""

import tomllib
from typing import Any, Final

from tests.readme import ROOT

__all__ = ["PROJECT"]

PROJECT: Final[dict[str, Any]] = tomllib.loads(
    (ROOT / "pyproject.toml").read_text(encoding="utf-8")
)["project"]
