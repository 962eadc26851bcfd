"""Problem documents: how the sandbox says no.

A problem is an RFC 9457 document with all five standard members. A refusal that is about the
caller's input also carries `errors`, an object of property name to sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PROBLEM_MEDIA_TYPE", "Problem", "ProblemError", "invalid_input", "problem_with"]

PROBLEM_MEDIA_TYPE = "application/problem+json"

_TYPE_BASE = "https://example.com/probs/"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One kind of refusal, not yet tied to the request that met it.

    `kind` is the last segment of the type URI. `errors` maps a property name, in whichever casing
    the API happens to use for it, to the sentences about it; an empty map is left out of the
    document. `headers` are sent beside the document.
    """

    status: int
    kind: str
    title: str
    detail: str
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The URI reference that identifies the problem type (RFC 9457, section 3.1.1)."""
        return _TYPE_BASE + self.kind

    def response(self, instance: str) -> Response:
        """The HTTP response that reports this problem for the request path `instance`."""
        document: dict[str, object] = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
        }
        if self.errors:
            document["errors"] = dict(self.errors)
        return Response(
            orjson.dumps(document),
            status_code=self.status,
            headers=self.headers,
            media_type=PROBLEM_MEDIA_TYPE,
        )


class ProblemError(Exception):
    """Raised by a check to refuse the request with `problem`."""

    def __init__(self, problem: Problem) -> None:
        """Refuse with `problem`."""
        super().__init__(problem.title)
        self.problem = problem


def invalid_input(errors: Mapping[str, tuple[str, ...]]) -> ProblemError:
    """The refusal of input that breaks a rule: 422 with `errors`."""
    return ProblemError(
        Problem(
            status=422,
            kind="validation",
            title="One or more validation errors occurred.",
            detail="The request was understood, but some of its values are not allowed.",
            errors=errors,
        )
    )


def problem_with(status: int, headers: Mapping[str, str]) -> Problem:
    """The problem of an answer of which no more is known than its status."""
    try:
        title = HTTPStatus(status).phrase
    except ValueError:  # in use, as a CDN's 520 is, and registered nowhere
        title = f"Status {status}"
    return Problem(
        status=status,
        kind=title.lower().replace(" ", "-"),
        title=title,
        detail="A test has asked for this answer.",
        headers=headers,
    )
