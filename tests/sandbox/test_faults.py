"""How the misbehaving answers end, on an ASGI connection whose clock is not waited for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from starlette.requests import Request

from contact_gateway.sandbox.faults import Drip, NoAnswer
from contact_gateway.sandbox.protocol import DROP_CONNECTION
from contact_gateway.sandbox.token_issuer import TokenIssuer
from contact_gateway.sandbox.token_requests import TokenEndpoint

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Message, Scope


class Connection:
    """A client that sent its request and then only waits."""

    def __init__(self) -> None:
        """Connect, with the request already on its way."""
        self.sent: list[Message] = []
        self.pending: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]
        self.dropped = asyncio.Event()

    async def receive(self) -> Message:
        """The rest of the request, then the end of the connection."""
        if self.pending:
            return self.pending.pop()
        await self.dropped.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Keep what is answered."""
        self.sent.append(message)

    def scope(self) -> Scope:
        """A request on this connection."""
        return {
            "type": "http",
            "headers": [],
            "extensions": {DROP_CONNECTION: {"drop": self.dropped.set}},
        }


def answers(response: Response) -> list[Message]:
    """What the response sends until it drops the connection."""

    async def play() -> list[Message]:
        connection = Connection()
        await response(connection.scope(), connection.receive, connection.send)
        assert connection.dropped.is_set()
        return connection.sent

    return asyncio.run(play())


@pytest.mark.parametrize("hold", [0.0, 0.01])
def test_end_of_hold(hold: float) -> None:
    """When the hold is over the connection is dropped, and nothing was sent."""
    assert answers(NoAnswer(hold=hold)) == []


def test_end_of_drip() -> None:
    """The drip ends after 120 bytes, a minute at its usual pace, in the middle of the document."""
    start, *chunks = answers(Drip(interval=0.0))

    assert (start["status"], {len(chunk["body"]) for chunk in chunks}) == (500, {1})
    assert b"".join(chunk["body"] for chunk in chunks).startswith(b'{"type":"about:blank",')
    assert (len(chunks), all(chunk["more_body"] for chunk in chunks)) == (120, True)


def test_token_request_that_breaks_off() -> None:
    """A client that leaves before its form is complete gets no answer and no error is raised."""

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    request = Request({"type": "http", "headers": []}, receive)
    endpoint = TokenEndpoint(TokenIssuer("http://127.0.0.1:1"))

    assert isinstance(asyncio.run(endpoint.issue_token(request)), NoAnswer)
