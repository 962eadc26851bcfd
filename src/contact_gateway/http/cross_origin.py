"""Other origins: a browser lets their pages call the endpoint only if they are named, exactly."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from contact_gateway.http.plain_text import UNCACHED

__all__ = ["CrossOrigin"]

_READ = ("Authorization", "Content-Type", "Customer-Id", "Prefer", "traceparent", "X-Request-Id")
_SHOWN = ("GraphQL-Result-Types", "X-Request-Id", "Retry-After")


class CrossOrigin(CORSMiddleware):
    """Starlette's CORS for what the endpoint reads and shows, without credentials of the browser.

    Those are cookies and client certificates; callers send a token of their own.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=("POST",),
            allow_headers=_READ,
            expose_headers=_SHOWN,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """The reply to a browser that asks before it sends what a page wants to send."""
        response = super().preflight_response(request_headers)
        response.headers.update(UNCACHED)
        return response
