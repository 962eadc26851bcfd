"""Secrets and certificates in files: read when the gateway starts, and anew when it is told to."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from contact_gateway.egress.tls_files import names_files
from contact_gateway.egress.ways import Egress
from contact_gateway.settings import Settings, with_files_read_anew
from contact_gateway.settings.secret_files import FILE

__all__ = ["Rotation"]

Renew = Callable[[Settings, Egress], None]
"""Called with what the files hold now, on the event loop, when they have been read anew."""


class Rotation:
    """What the settings and their files say, and who is to know when the files say something else.

    `egress` is what they said at the start. As an async context manager it knows the event loop of
    those who are in `renewed`, which `reload` tells from another thread.

    Raises:
        FilesError: a file that the settings name cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop: asyncio.AbstractEventLoop | None = None
        self.egress = Egress(settings)
        self.renewed: list[Renew] = []

    @property
    def in_files(self) -> bool:
        """Whether anything is in a file."""
        secrets = (name for name in Settings.model_fields if name.endswith(FILE))
        named = any(getattr(self._settings, name) is not None for name in secrets)
        return named or names_files(self._settings)

    async def __aenter__(self) -> Self:
        """From now on, files may be read anew."""
        self._loop = asyncio.get_running_loop()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """There is nothing left to tell anybody."""
        self._loop = None

    def reload(self) -> None:
        """Read the files anew, on another thread than the event loop's; all of them, or none.

        Raises:
            FilesError: one cannot be used, and those from before serve on.
        """
        settings = with_files_read_anew(self._settings)
        egress = Egress(settings)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._tell, settings, egress)

    def _tell(self, settings: Settings, egress: Egress) -> None:
        for renew in self.renewed:
            renew(settings, egress)
