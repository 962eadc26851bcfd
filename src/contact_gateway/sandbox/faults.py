"""Answers that misbehave on purpose: none at all, late, a web server's page, an endless drip.

They need a server that can drop a connection, which ASGI cannot ask for: see `protocol.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from starlette.responses import HTMLResponse, Response

from contact_gateway.sandbox.problem_documents import PROBLEM_MEDIA_TYPE
from contact_gateway.sandbox.protocol import DROP_CONNECTION
from contact_gateway.sandbox.scenarios import Fault

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["HOLD_SECONDS", "Drip", "Late", "NoAnswer", "misbehaving"]

HOLD_SECONDS: Final = 60.0
"""How long a request is held open before the sandbox gives it up."""

_DRIP_INTERVAL_SECONDS: Final = 0.5
_DRIP_START: Final = (
    b'{"type":"about:blank","title":"Internal Server Error","status":500,'
    b'"detail":"This answer never ends'
)
_DRIP: Final = _DRIP_START.ljust(int(HOLD_SECONDS / _DRIP_INTERVAL_SECONDS), b".")

_PAGE: Final = """\
<html>
<head><title>404 Not Found</title></head>
<body>
<center><h1>404 Not Found</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""


class NoAnswer(Response):
    """Sends nothing: waits `hold` seconds and then drops the connection."""

    def __init__(self, *, hold: float = 0.0) -> None:
        """Hold the request open for `hold` seconds, or until the client goes away."""
        super().__init__()
        self._hold = hold

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI passes it
        """Behave as the class says. Nothing is ever passed to `send`."""
        await _disconnected_within(self._hold, receive)
        await _drop_connection(scope, receive)


class Drip(Response):
    """Starts a problem document and sends it byte by byte, so slowly that it never ends."""

    def __init__(self, *, interval: float = _DRIP_INTERVAL_SECONDS) -> None:
        """Make an answer with status 500 and no Content-Length, a byte every `interval` seconds."""
        super().__init__(status_code=500)
        self._interval = interval
        self.raw_headers = [(b"content-type", PROBLEM_MEDIA_TYPE.encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Drip until the client goes away or the hold is over, then drop the connection."""
        headers = self.raw_headers
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        for byte in _DRIP:
            await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
            if await _disconnected_within(self._interval, receive):
                break
        await _drop_connection(scope, receive)


class Late(Response):
    """Another answer, some seconds late."""

    def __init__(self, answer: Response, *, seconds: float) -> None:
        """Send `answer` after so many seconds, unless the client goes away before."""
        super().__init__(status_code=answer.status_code)
        self._answer = answer
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, and answer."""
        if await _disconnected_within(self._seconds, receive):
            return
        await self._answer(scope, receive, send)


def misbehaving(fault: Fault, *, faster: float = 1.0) -> Response:
    """The answer that is this fault, in a time that runs `faster` times as fast."""
    match fault:
        case Fault.DROP:
            return NoAnswer()
        case Fault.HANG:
            return NoAnswer(hold=HOLD_SECONDS / faster)
        case Fault.DRIP:
            return Drip(interval=_DRIP_INTERVAL_SECONDS / faster)
        case Fault.HTML:
            # of a web server that knows nothing of the API behind it
            return HTMLResponse(_PAGE, status_code=404)


async def _drop_connection(scope: Scope, receive: Receive) -> None:
    scope["extensions"][DROP_CONNECTION]["drop"]()
    # uvicorn complains of a missing response unless it has seen the connection go first.
    await _disconnected(receive)


async def _disconnected_within(seconds: float, receive: Receive) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await _disconnected(receive)
    except TimeoutError:
        return False
    return True


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
