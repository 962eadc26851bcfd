"""How soon healthy calls are answered, on a machine that does other things too."""

from collections.abc import Sequence
from typing import Final

__all__ = ["PROMPT", "measured"]

PROMPT: Final = 0.05
"""Seconds that a healthy call takes at the most."""


def measured(durations: Sequence[float]) -> bool:
    """Whether no more are needed: one of three at least was prompt, or even of thirty none."""
    return len(durations) >= 3 and (len(durations) >= 30 or min(durations) < PROMPT)
