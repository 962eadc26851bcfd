"""A REST API for uvicorn that answers 204 to everything, and writes down method and path."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]


async def app(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Read the request, count it, and answer it."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    print(scope["method"], scope["path"], flush=True)  # noqa: T201 - where it is counted
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})
