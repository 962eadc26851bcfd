"""The administration of a sandbox as tests call it: over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

__all__ = ["Admin"]


@dataclass(frozen=True)
class Admin:
    """Calls below `/__admin`."""

    http: httpx.Client

    def ask(self, method: str, path: str, body: object = None, /, **query: str) -> httpx.Response:
        """Send a request, with a JSON body if there is one."""
        if body is None:
            return self.http.request(method, f"/__admin{path}", params=query or None)
        return self.http.request(method, f"/__admin{path}", params=query or None, json=body)

    def fault(self, **fault: object) -> httpx.Response:
        """Say how the next calls end."""
        return self.ask("POST", "/faults", fault)

    def token(self, **wanted: object) -> str:
        """An access token."""
        return str(self.ask("POST", "/tokens", wanted).json()["token"])

    def requests(self, **query: str) -> list[dict[str, Any]]:
        """What was received."""
        requests: list[dict[str, Any]] = self.ask("GET", "/requests", **query).json()["requests"]
        return requests

    def calls(self, **query: str) -> Sequence[tuple[str, str]]:
        """Method and path of what was received."""
        return [(request["method"], request["path"]) for request in self.requests(**query)]
