"""Serving GraphiQL: the page, its files, and in the demo tokens and what the REST API was sent."""

import gzip
import secrets
from http import HTTPStatus

import orjson
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from contact_gateway.forms.header_fields import members, parameterized, values_of, weight
from contact_gateway.graphiql.files import PageFiles, collect
from contact_gateway.graphiql.page import RENEWAL, REST_CALLS, policy, render
from contact_gateway.graphiql.workspace import Workspace

__all__ = ["GraphiQL"]

_log = structlog.get_logger(__name__)

_MEDIA_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_FILE_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


class GraphiQL:
    """The page on which developers explore the API: on the endpoint's own URL and on `/graphiql`.

    On `/graphql` it answers what asks for a page; everything else is the endpoint's.
    """

    def __init__(
        self, endpoint: ASGIApp, workspace: Workspace, files: PageFiles | None = None
    ) -> None:
        self._endpoint = endpoint
        self._workspace = workspace
        self._files = files or collect()
        if self._files.from_cdn:
            _log.warning("graphiql", loads_from=self._files.source, mend="build again with npm")
        else:
            _log.info("graphiql", loads_from=self._files.source)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request to `/graphql`."""
        page = _asks_for_a_page(scope)
        app = await self._page(Request(scope)) if page else self._endpoint
        await app(scope, receive, send)

    @property
    def routes(self) -> list[Route]:
        """Everything else, which is below `/graphiql`."""
        routes = [Route("/graphiql", self._page), Route("/graphiql/{path:path}", self._file)]
        if self._workspace.issue_token is not None:
            routes.insert(0, Route(f"/{RENEWAL}", self._token, methods=["POST"]))
        if self._workspace.rest_calls is not None:
            routes.insert(0, Route(f"/{REST_CALLS}", self._rest_calls))
        return routes

    async def _page(self, _: Request) -> Response:
        nonce = secrets.token_urlsafe(16)
        headers = {
            **_PAGE_HEADERS,
            "Content-Security-Policy": policy(self._files, self._workspace, nonce),
        }
        page = render(self._files, self._workspace, nonce)
        return Response(page, headers=headers, media_type="text/html")

    async def _file(self, request: Request) -> Response:
        path = request.path_params["path"]
        compressed = self._files.served.get(path)
        if compressed is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        media_type = _MEDIA_TYPES[path.rpartition(".")[2]]
        if not _accepts_gzip(request.scope):
            content = gzip.decompress(compressed)
            return Response(content, headers=_FILE_HEADERS, media_type=media_type)
        headers = {**_FILE_HEADERS, "Content-Encoding": "gzip"}
        return Response(compressed, headers=headers, media_type=media_type)

    async def _token(self, _: Request) -> Response:
        assert self._workspace.issue_token is not None  # noqa: S101 - else there is no such route
        return PlainTextResponse(self._workspace.issue_token(), headers=_PAGE_HEADERS)

    async def _rest_calls(self, request: Request) -> Response:
        assert self._workspace.rest_calls is not None  # noqa: S101 - as above
        calls = self._workspace.rest_calls(request.query_params.get("requestId", ""))
        return Response(orjson.dumps(calls), headers=_PAGE_HEADERS, media_type="application/json")


def _asks_for_a_page(scope: Scope) -> bool:
    """Whether a person opens the URL: that GET names text/html, and brings no token.

    Programs may name it too, such as those in Java by default; they bring one.
    """
    if scope["method"] not in {"GET", "HEAD"} or values_of(scope["headers"], b"authorization"):
        return False
    accepted = map(parameterized, members(values_of(scope["headers"], b"accept")))
    return any(kind == b"text/html" and weight(parameters) for kind, parameters in accepted)


def _accepts_gzip(scope: Scope) -> bool:
    """Whether a file may be sent as it is kept (RFC 9110 section 12.5.3)."""
    accepted = map(parameterized, members(values_of(scope["headers"], b"accept-encoding")))
    weights = {coding: weight(parameters) for coding, parameters in accepted}
    return bool(weights.get(b"gzip", weights.get(b"*", 0)))
