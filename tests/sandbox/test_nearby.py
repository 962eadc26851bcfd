"""Whom the administration obeys: programs of this machine, and no page of the web."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.responses import PlainTextResponse

from contact_gateway.sandbox import Manner, SandboxServer
from contact_gateway.sandbox.admin import OnlyFromHere
from tests.sandbox.administration import Admin
from tests.sandbox.client import open_http

if TYPE_CHECKING:
    from contact_gateway.sandbox import Sandbox


def status(peer: tuple[str, int] | None, **headers: str) -> int:
    """The status of a request from this peer."""

    async def ask() -> int:
        app = OnlyFromHere(PlainTextResponse("done"))
        transport = httpx.ASGITransport(app, client=peer or ("", 0))
        async with httpx.AsyncClient(transport=transport) as http:
            response = await http.get("http://localhost/", headers=headers)
        return response.status_code

    return asyncio.run(ask())


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_a_peer_on_this_machine(peer: str) -> None:
    """Whatever loopback address it has, it is obeyed."""
    assert status((peer, 40_000)) == 200


@pytest.mark.parametrize(
    "peer",
    ["10.0.0.1", "172.17.0.1", "::ffff:10.0.0.1", "2001:db8::1", "0.0.0.0", "", "localhost.x"],  # noqa: S104
)
def test_a_peer_elsewhere(peer: str) -> None:
    """It is refused, the host of a container too."""
    assert status((peer, 40_000)) == 403


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8001", "localhost.:1", "127.0.0.1", "127.0.0.1:8001", "[::1]:8001"],
)
def test_a_name_of_this_machine(host: str) -> None:
    """It is obeyed by any name of loopback."""
    assert status(("127.0.0.1", 40_000), Host=host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8001",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "[::",
        "",
        "1",
    ],
)
def test_another_name(host: str) -> None:
    """A page whose own name stands for 127.0.0.1 (DNS rebinding) is refused."""
    assert status(("127.0.0.1", 40_000), Host=host) == 403


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://localhost:3000", 200),
        ("http://127.0.0.1:8000", 200),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://localhost.evil.example", 403),
    ],
)
def test_a_page_that_calls_without_reading(origin: str, expected: int) -> None:
    """One of this machine is obeyed, and none of another."""
    assert status(("127.0.0.1", 40_000), Origin=origin) == expected


def test_the_refusal(sandbox: Sandbox) -> None:
    """It is a problem that says what to do."""
    with open_http(sandbox) as http:
        response = http.get("/__admin/requests", headers={"Host": "gateway.example"})

    assert (response.status_code, response.headers["content-type"], response.json()) == (
        403,
        "application/problem+json",
        {
            "type": "https://example.com/probs/only-from-here",
            "title": "Forbidden",
            "status": 403,
            "detail": "The sandbox is administrated from this machine, by a name such as "
            "localhost; --admin-from-anywhere lets everybody do it.",
            "instance": "/__admin/requests",
        },
    )


def test_from_anywhere() -> None:
    """Whoever is told so lets everybody do it, by any name."""
    manner = Manner(admin_from_anywhere=True)
    with SandboxServer(manner=manner) as sandbox, open_http(sandbox) as http:
        http.headers["Host"] = "contact-gateway:8001"

        assert Admin(http).calls() == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::1"])  # noqa: S104
def test_another_host(host: str) -> None:
    """A sandbox that listens elsewhere is called by an address that this machine has."""
    with SandboxServer(host=host) as sandbox, open_http(sandbox) as http:
        reached = http.get("/").status_code

    name = "[::1]" if ":" in host else "127.0.0.1"
    assert (reached, sandbox.url.rpartition(":")[0]) == (200, f"http://{name}")
