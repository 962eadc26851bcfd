"""Following files: what was read from them is read anew, soon after one of them has changed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from contact_gateway.operations.trusted_documents import TrustedSource

__all__ = ["a_while", "followed"]

_SECONDS: Final = 2

_log = structlog.get_logger(__name__)


async def a_while() -> None:
    """Wait as long as is right between two looks at files."""
    await asyncio.sleep(_SECONDS)


@asynccontextmanager
async def followed(
    source: TrustedSource | None, reload: Callable[[], None], pause: Callable[[], Awaitable[None]]
) -> AsyncIterator[None]:
    """Look at the files of `source` after each `pause`, and `reload` where one has changed.

    By looking, and not by the kernel's notices: those miss what changes behind a link or a network.
    """
    if source is None:
        yield
        return
    task = asyncio.create_task(_follow(source, reload, pause))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _follow(
    source: TrustedSource, reload: Callable[[], None], pause: Callable[[], Awaitable[None]]
) -> None:
    while True:
        await pause()
        try:
            # both on another thread, because a file system may be slow
            if await asyncio.to_thread(source.has_changed):
                await asyncio.to_thread(reload)
        except Exception as error:  # noqa: BLE001 - whatever it is, the old ones are served on
            # without its message, which may quote what is in a document
            mend = "contact-gateway check says what is wrong"
            _log.error("trusted_documents_kept", error=type(error).__name__, mend=mend)
