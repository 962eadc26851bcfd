"""Sending a request whose parameters are in the URL, exactly as they are written there."""

import http.client
import json
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlsplit

from tests.client import Client

__all__ = ["Response", "get", "url_of"]


@dataclass(frozen=True)
class Response:
    """A whole response."""

    status: int
    headers: http.client.HTTPMessage
    content: bytes

    def json(self) -> Any:
        """Its content, read."""
        return json.loads(self.content)

    def code(self) -> str:
        """The code of its first error."""
        code: str = self.json()["errors"][0]["extensions"]["code"]
        return code


def get(client: Client, query: str, method: str = "GET", **headers: str) -> Response:
    """The reply to a URL whose query is exactly this; `headers` replace the usual ones."""
    usual = {name: client.headers()[name] for name in ("Authorization", "Customer-Id", "Accept")}
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    # not by httpx, which would mend the escapes
    with closing(http.client.HTTPConnection(urlsplit(client.url).netloc, timeout=10)) as connection:
        connection.request(method, f"/graphql?{query}", headers={**usual, **more})
        response = connection.getresponse()
        return Response(response.status, response.headers, response.read())


def url_of(**parameters: Any) -> str:
    """The query of a URL as URLSearchParams of a browser writes it."""
    texts = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in parameters.items()
    }
    return "&".join(f"{name}={quote_plus(text)}" for name, text in texts.items())
