"""What checks find, for people and for programs."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Finding", "Status", "in_json", "status_of"]


class Status(IntEnum):
    """What the command ends with: that of the worst finding."""

    WELL = 0
    UNUSABLE = 1
    """Something that the settings name cannot be reached, or is not what it should be."""

    SETTINGS = 2
    """The settings themselves are wrong, or do not go together."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `advice` is None where all is well.

    `failure` is what the command ends with where it is not.
    """

    subject: str
    found: str
    advice: str | None = None
    failure: Status = Status.UNUSABLE

    @property
    def status(self) -> Status:
        """What the command ends with for this finding."""
        return Status.WELL if self.advice is None else self.failure

    def __str__(self) -> str:
        """One line for a person."""
        if self.advice is None:
            return f"ok      {self.subject}: {self.found}"
        return f"FAILED  {self.subject}: {self.found.removesuffix('.')}. {self.advice}"


def status_of(findings: Iterable[Finding]) -> Status:
    """What the command ends with."""
    return max((finding.status for finding in findings), default=Status.WELL)


def in_json(findings: Iterable[Finding]) -> str:
    """A document for programs; docs/operations.md says what is in it."""
    listed = [*findings]
    document = {
        "status": status_of(listed),
        "findings": [
            {
                "ok": finding.advice is None,
                "subject": finding.subject,
                "found": finding.found,
                "advice": finding.advice,
            }
            for finding in listed
        ],
    }
    return json.dumps(document, indent=2)
