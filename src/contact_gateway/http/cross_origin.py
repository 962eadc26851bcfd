"""Other origins: a browser lets their pages call the endpoint only if they are named, exactly."""

import re
from collections.abc import Collection
from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from contact_gateway.forms.header_fields import without_white_space
from contact_gateway.http.plain_text import UNCACHED
from contact_gateway.settings import ANY_PORT, PREFIX, is_origin

__all__ = ["CrossOrigin", "RefusedOrigins"]

_SHOWN: Final = ("GraphQL-Result-Types", "X-Request-Id", "Retry-After")
_SECONDS_OF_A_DAY: Final = 86_400
_PORT: Final = re.compile(r":[0-9]{1,5}$")
_MOST_ORIGINS: Final = 100  # that are told of: who calls from more is no developer
_ORIGIN: Final = re.compile(r"null|[a-z][a-z0-9+.-]*://[!-~]{1,200}")

_log = structlog.get_logger(__name__)


class RefusedOrigins:
    """Tells the log, once for each, of origins that ask to call and are not named."""

    def __init__(self, named: Collection[str]) -> None:
        self._named = named
        self._told: set[str] = set()

    def note(self, origin: str) -> None:
        """A page of this origin has asked; `origin` may be anything that a caller sends."""
        if len(self._told) >= _MOST_ORIGINS or origin in self._told:
            return
        if not _ORIGIN.fullmatch(origin):
            return  # of no browser
        self._told.add(origin)
        mend = "no setting allows it: serve the page over http or https"
        if is_origin(origin):
            mend = f"{PREFIX}CORS_ORIGINS={','.join([*self._named, origin])}"
        _log.warning("origin_refused", origin=origin, mend=mend)


class CrossOrigin(CORSMiddleware):
    """Starlette's CORS for named origins, without credentials of the browser.

    Those are cookies and client certificates; callers send a token of their own. So any other
    header may be sent along, such as those of a client library or of a tracer, and the gateway may
    be in a private network: it does no harm.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        of_any_port = {origin for origin in origins if origin.endswith(ANY_PORT)}
        super().__init__(
            app,
            allow_origins=frozenset(origins) - of_any_port,
            allow_methods=("GET", "HEAD", "POST"),
            allow_headers=("*",),
            allow_private_network=True,
            expose_headers=_SHOWN,
            max_age=_SECONDS_OF_A_DAY,
        )
        self._of_any_port = frozenset(origin.removesuffix(ANY_PORT) for origin in of_any_port)
        self._refused = RefusedOrigins(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, and let the application answer everything else."""
        if scope["type"] == "http":
            scope["headers"] = without_white_space(scope["headers"])
        await super().__call__(scope, receive, send)

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether pages of this origin may call."""
        return super().is_allowed_origin(origin) or _PORT.sub("", origin) in self._of_any_port

    def preflight_response(self, request_headers: Headers) -> Response:
        """The reply to a browser that asks before it sends what a page wants to send."""
        response = super().preflight_response(request_headers)
        response.headers.update(UNCACHED)
        if not self.is_allowed_origin(request_headers["origin"]):
            self._refused.note(request_headers["origin"])
            # Starlette tells what it would allow to anybody
            for name in [name for name in response.headers if name.startswith("access-control-")]:
                del response.headers[name]
        return response
