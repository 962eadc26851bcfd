"""Many callers at once, on connections of their own."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from tests.client import RENAME

__all__ = ["send_all"]


def send_all(
    url: str, requests: Sequence[tuple[Mapping[str, str], Mapping[str, Any]]], *, at_a_time: int
) -> list[Any]:
    """Rename with each of these headers and variables; the bodies of the replies, in order."""

    async def send() -> list[Any]:
        connector = aiohttp.TCPConnector(limit=at_a_time)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def one(headers: Mapping[str, str], variables: Mapping[str, Any]) -> Any:
                body = {"query": RENAME, "variables": variables}
                async with session.post(f"{url}/graphql", json=body, headers=headers) as response:
                    return await response.json(content_type=None)

            return await asyncio.gather(*(one(*request) for request in requests))

    return asyncio.run(send())
