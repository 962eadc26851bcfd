"""Replies of one line of text: what is not GraphQL is answered in these."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse

__all__ = ["UNCACHED", "PlainText", "refuse_in_plain_text"]

_NOTHING_HERE: Final = "Not Found. GraphQL is at POST /graphql."

UNCACHED: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class PlainText(PlainTextResponse):
    """One line that nobody keeps, and that no browser takes for anything but text."""

    def __init__(
        self,
        line: str,
        status: int = HTTPStatus.OK,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{line}\n", status, headers={**(headers or {}), **UNCACHED})


def refuse_in_plain_text(_: Request, error: Exception) -> PlainText:
    """The reply where there is nothing, or not with this method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what this is registered for
    nothing_here = error.status_code == HTTPStatus.NOT_FOUND
    line = _NOTHING_HERE if nothing_here else error.detail
    return PlainText(line, error.status_code, error.headers)
