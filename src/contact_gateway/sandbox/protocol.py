"""uvicorn's HTTP protocol with two additions: dropping a connection, and stopping promptly."""

from __future__ import annotations

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["DROP_CONNECTION", "SandboxProtocol"]

DROP_CONNECTION: Final = "contact_gateway.drop_connection"
"""The ASGI extension whose member `drop`, when called, closes the TCP connection at once."""

# Shorter than the 0.1 s that uvicorn itself waits between asking connections to end and looking.
_SHUTDOWN_GRACE_SECONDS: Final = 0.05


class SandboxProtocol(HttpToolsProtocol):
    """One HTTP connection of the sandbox."""

    def on_message_begin(self) -> None:
        """Offer the extension to the request that now begins."""
        super().on_message_begin()
        self.scope["extensions"] = {DROP_CONNECTION: {"drop": self.transport.abort}}

    def shutdown(self) -> None:
        """Let a request in progress finish if it is quick about it; a held one is cut off."""
        super().shutdown()
        self.loop.call_later(_SHUTDOWN_GRACE_SECONDS, self.transport.abort)
