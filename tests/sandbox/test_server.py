"""Running the sandbox: start, stop, what it logs and what it says of itself."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from contact_gateway.sandbox import SAMPLE_GROUPS, SCENARIOS, Sandbox, SandboxServer, Store
from tests.sandbox.client import Client, open_http
from tests.sandbox.test_scenarios import connect, raw_patch
from tests.servers import free_port

if TYPE_CHECKING:
    from pathlib import Path

FOREGROUND = """
import pathlib, sys
from contact_gateway.sandbox import run
run(0, pathlib.Path(sys.argv[1]), announce=lambda sandbox: print(sandbox.url, flush=True))
print("stopped")
"""


def test_restart_with_a_file(tmp_path: Path) -> None:
    """A rename survives a restart of the server on the same file."""
    data = tmp_path / "groups.db"
    with SandboxServer(data=data) as sandbox, open_http(sandbox) as http:
        Client(sandbox, http).rename(5514123, "Kept 👍")

    with SandboxServer(data=data) as sandbox, open_http(sandbox) as http:
        assert Client(sandbox, http).names(("id", 5514123)) == {5514123: "Kept 👍"}


def test_stop_while_requests_are_held(caplog: pytest.LogCaptureFixture) -> None:
    """A hang, a drip, half a request and an idle connection neither delay the end nor log."""
    with SandboxServer() as sandbox, open_http(sandbox) as http:
        client = Client(sandbox, http)
        held = [connect(sandbox) for _ in range(4)]
        held[0].sendall(raw_patch(client, 9001))
        held[1].sendall(raw_patch(client, 9004))
        held[2].sendall(raw_patch(client, 5514123)[:-1])
        held[1].recv(1)
        client.list()
        started = time.perf_counter()

    duration = time.perf_counter() - started
    endings = [connection.recv(65_536)[-1:] for connection in held]
    for connection in held:
        connection.close()
    assert duration < 5
    assert endings[0] == endings[2] == endings[3] == b""
    assert caplog.records == []


def test_client_that_leaves(client: Client, sandbox: Sandbox) -> None:
    """A client that leaves half-way through its request is in the log as not answered."""
    with connect(sandbox) as connection:
        connection.sendall(raw_patch(client, 5514123)[:-1])
        client.list()

    deadline = time.monotonic() + 5
    while len(sandbox.received) < 2 and time.monotonic() < deadline:
        client.http.get("/")
    assert [(r.method, r.status) for r in sandbox.received] == [("GET", 200), ("PATCH", None)]


def test_port_in_use() -> None:
    """A port that is taken is an OSError before anything is served."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError, match="Address already in use"),
        SandboxServer(taken.getsockname()[1]),
    ):
        pytest.fail("it must not start")


def test_port_after_a_restart() -> None:
    """The port is free again at once, and the issuer is the same."""
    port = free_port()
    with SandboxServer(port) as first, open_http(first) as http:
        http.get("/")

    with SandboxServer(port) as second:
        assert (second.url, second.tokens.issuer) == (first.url, first.url)


def test_data_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """A data file that cannot be used is an OSError too, and the port is given back."""
    with (
        pytest.raises(OSError, match="unable to open"),
        SandboxServer(data=tmp_path / "missing" / "groups.db"),
    ):
        pytest.fail("it must not start")


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_foreground(tmp_path: Path) -> None:
    """In the foreground it serves until Ctrl-C and then returns, with nothing on the console."""
    process = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", FOREGROUND, str(tmp_path / "groups.db")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    status = httpx.get(url, trust_env=False).status_code

    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=5)

    assert (status, rest, process.returncode) == (200, ("stopped\n", ""), 0)


def test_description(client: Client) -> None:
    """The root lists customers with their groups as they are now, and the scenarios, as JSON."""
    client.rename(5514123, "Best customers")

    document = client.http.get("/").json()

    assert [(customer["id"], customer["contactGroups"]) for customer in document["customers"]] == [
        (customer, client.of(customer).list().json()["items"]) for customer in SAMPLE_GROUPS
    ]
    assert {"id": 5514123, "name": "Best customers"} in document["customers"][0]["contactGroups"]
    assert document["scenarios"] == [{"id": s.id, "effect": s.effect} for s in SCENARIOS]


def test_description_of_many_groups(tmp_path: Path) -> None:
    """The root lists the first hundred groups of a customer."""
    data = tmp_path / "groups.db"
    Store(data).close()
    with contextlib.closing(sqlite3.connect(data)) as connection, connection:
        rows = [(7310, number, f"Group {number}") for number in range(10_000, 10_200)]
        connection.executemany("INSERT INTO contact_group VALUES (?, ?, ?)", rows)

    with SandboxServer(data=data) as sandbox, open_http(sandbox) as http:
        document = http.get("/").json()

    assert [len(customer["contactGroups"]) for customer in document["customers"]] == [21, 100]


def test_received(client: Client, sandbox: Sandbox) -> None:
    """A request is logged as it was sent: path and query encoded, headers repeated."""
    headers = [*client.headers().items(), ("X-Twice", "a"), ("x-twice", "b")]
    client.http.request(
        "PATCH", "/v1/contactGroups/%35?a=%20b", content=b'{"name":"x"}', headers=headers
    )

    (request,) = sandbox.received
    assert (request.method, request.path, request.query, request.body, request.status) == (
        "PATCH",
        "/v1/contactGroups/%35",
        "a=%20b",
        b'{"name":"x"}',
        404,
    )
    assert (request.header("X-TWICE"), request.header("customer-id"), request.header("no")) == (
        ("a", "b"),
        ("5690",),
        (),
    )


def test_received_keeps_the_token_out_of_its_repr(client: Client, sandbox: Sandbox) -> None:
    """A record can be printed without a token in it."""
    client.list()

    (request,) = sandbox.received
    assert request.header("authorization")[0].removeprefix("Bearer ") not in repr(request)


def test_received_of_other_paths(client: Client, sandbox: Sandbox) -> None:
    """Wrong calls below /v1 are logged too; the rest of the server is not."""
    for path in ("/", "/.well-known/jwks.json", "/elsewhere", "/v1/elsewhere", "/v1"):
        client.http.get(path)

    assert [(r.path, r.status) for r in sandbox.received] == [("/v1/elsewhere", 404), ("/v1", 404)]
