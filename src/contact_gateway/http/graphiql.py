"""GraphiQL: the page on which developers explore the API."""

from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry.http.ides import get_graphql_ide_html

__all__ = ["GraphiQL"]


class GraphiQL:
    """Answers what asks for a page on the endpoint's own URL; everything else is the endpoint's."""

    def __init__(self, endpoint: ASGIApp) -> None:
        self._endpoint = endpoint
        self._page = get_graphql_ide_html(graphql_ide="graphiql").encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        accept = b",".join(value for name, value in scope["headers"] if name == b"accept")
        if scope["method"] not in {"GET", "HEAD"} or b"text/html" not in accept.lower():
            await self._endpoint(scope, receive, send)
            return
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(self._page)).encode()),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._page})
