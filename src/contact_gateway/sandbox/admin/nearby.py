"""Who may administrate a sandbox: programs of this machine, and no page of the web."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from contact_gateway.sandbox.problem_documents import Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["OnlyFromHere"]


class OnlyFromHere:
    """Refuses whoever calls from elsewhere, or by another name than one of loopback.

    The name is looked at because a page of the web may let its own name stand for 127.0.0.1 (DNS
    rebinding), and `Origin` because it may call by the right one and not mind that it cannot read
    the answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Let the others reach `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it with 403."""
        headers = Headers(scope=scope)
        peer, _port = scope["client"] or ("", 0)
        names = [_host(f"//{host}") for host in headers.getlist("host")]
        names += [_host(origin) for origin in headers.getlist("origin")]
        if _is_loopback(peer) and all(map(_is_loopback, names)):
            await self._app(scope, receive, send)
            return
        refusal = Problem(
            status=403,
            kind="only-from-here",
            title="Forbidden",
            detail="The sandbox is administrated from this machine, by a name such as localhost; "
            "--admin-from-anywhere lets everybody do it.",
        )
        await refusal.response(instance=scope["path"])(scope, receive, send)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name.rstrip(".") == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
