"""What systemd is told of a service that it has started (sd_notify(3)).

Without a library: sdnotify is unmaintained, others need libsystemd, and it is one datagram.
"""

import os
import socket
import time
from typing import Final, Protocol

import structlog

__all__ = ["ServiceManager", "Told"]

_VARIABLE: Final = "NOTIFY_SOCKET"
_SECONDS: Final = 1.0  # to wait for a manager that is slow to read

_log = structlog.get_logger(__name__)


class Told(Protocol):
    """Whoever is told how a server fares."""

    def serving(self) -> None:
        """It serves, with all that it has read, for the first time or after it has `reloaded`."""

    def reloading(self) -> None:
        """It reads its files anew, and serves on."""

    def stopping(self) -> None:
        """It is about to end."""


class ServiceManager:
    """Tells whoever listens at `address`, a path or an abstract name behind `@`; None for nobody.

    What cannot be told is logged and does no harm.
    """

    def __init__(self, address: str | None = None) -> None:
        self._address = address

    @classmethod
    def of_process(cls) -> "ServiceManager":
        """Whoever wants to be told of this process, and of none that it starts."""
        return cls(os.environ.pop(_VARIABLE, None))

    def serving(self) -> None:
        """The service is up."""
        self._tell("READY=1")

    def reloading(self) -> None:
        """The service is about to reload, because it was told to before this moment."""
        microseconds = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={microseconds}")

    def stopping(self) -> None:
        """The service is about to end."""
        self._tell("STOPPING=1")

    def _tell(self, state: str) -> None:
        if not self._address:
            return
        address = self._address
        if address.startswith("@"):
            address = f"\0{address[1:]}"
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
                sending.settimeout(_SECONDS)
                sending.sendto(state.encode("ascii"), address)
        except OSError as error:
            _log.warning("service_manager_not_told", error=type(error).__name__)
