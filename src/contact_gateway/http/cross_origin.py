"""Other origins: a browser lets their pages call the endpoint only if they are named, exactly."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from contact_gateway.forms.header_fields import without_white_space
from contact_gateway.http.plain_text import UNCACHED

__all__ = ["CrossOrigin"]

_SHOWN = ("GraphQL-Result-Types", "X-Request-Id", "Retry-After")


class CrossOrigin(CORSMiddleware):
    """Starlette's CORS for named origins, without credentials of the browser.

    Those are cookies and client certificates; callers send a token of their own. So any other
    header may be sent along, such as those of a client library or of a tracer: it does no harm.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=("POST",),
            allow_headers=("*",),
            expose_headers=_SHOWN,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, and let the application answer everything else."""
        if scope["type"] == "http":
            scope["headers"] = without_white_space(scope["headers"])
        await super().__call__(scope, receive, send)

    def preflight_response(self, request_headers: Headers) -> Response:
        """The reply to a browser that asks before it sends what a page wants to send."""
        response = super().preflight_response(request_headers)
        response.headers.update(UNCACHED)
        if not self.is_allowed_origin(request_headers["origin"]):
            del response.headers["Access-Control-Allow-Headers"]  # Starlette names them to anybody
        return response
