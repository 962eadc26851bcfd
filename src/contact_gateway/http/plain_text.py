"""Replies of one line of text: what is not GraphQL is answered in these."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.responses import PlainTextResponse

__all__ = ["UNCACHED", "PlainText"]

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
