"""How one customer's trouble is felt by another: `python -m benchmarks.fairness`.

One customer has eight callers, and the upstream fails all their calls in one way; another has one
caller, whose calls it answers at once. A caller waits for the reply and then 5 ms, as if it were a
network away. Each way is compared with an upstream that is quiet, that is, answers the calls of
both; the two are measured in turn, because machines are noisy.
"""

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

import typer
import uvloop

from benchmarks.http_requests import Expected, http_request
from benchmarks.processes import running
from benchmarks.readiness import wait_until_listening
from benchmarks.upstream import free_port
from contact_gateway.sandbox import Grant, Sandbox, SandboxServer
from tests.client import RENAME
from tests.scripted_upstream import (
    DROP,
    HANG,
    RESET,
    Answer,
    RecordedRequest,
    ScriptedUpstream,
    reply,
)
from tests.servers import environment_for

__all__ = ["CALLERS", "QUIET", "WAYS", "WELL", "Service", "customer_of", "measure", "respond"]

CALLERS: Final = 8
_PAUSE: Final = 0.005
_TURNS: Final = 3
WELL: Final = 1
"""The customer whose calls the upstream answers at once."""
QUIET: Final = "quiet"
_HTML = "<!DOCTYPE html><title>Down for maintenance</title>"
WAYS: Final[Mapping[str, Answer]] = MappingProxyType({
    "500": reply(500, "{}"),
    "502": reply(502, "{}"),
    "503": reply(503, "{}"),
    "503 with Retry-After": reply(503, "{}", Retry_After="1"),
    "504": reply(504, "{}"),
    "hang": HANG,
    "drop": DROP,
    "reset": RESET,
    "drip": Answer(b"HTTP/1.1 204 No Content\r\nX-Slow: " + b"x" * 2000, pause=0.02),
    "slow": Answer(b"HTTP/1.1 204 No Content\r\n\r\n", pause=0.01),
    "HTML": reply(200, _HTML, Content_Type="text/html"),
    "HTML with 502": reply(502, _HTML, Content_Type="text/html"),
    "oversized": Answer(
        b"HTTP/1.1 422 No\r\nContent-Length: 1073741824\r\n\r\n", endless=b"x" * 65_536
    ),
})  # fmt: skip
"""What the other customer's calls are answered, by the name of the way."""

_CUSTOMERS = {2 + number: way for number, way in enumerate((QUIET, *WAYS))}
_SUCCESS = Expected(200, "UpdateContactGroupSuccess")


def customer_of(way: str) -> int:
    """The customer whose calls fail in this way."""
    return next(customer for customer, each in _CUSTOMERS.items() if each == way)


def respond(request: RecordedRequest) -> Answer:
    """What the upstream answers the customer of a request."""
    (customer,) = request.header("Customer-Id")
    return WAYS.get(_CUSTOMERS.get(int(customer), QUIET), reply(204))


@dataclass(frozen=True)
class Service:
    """What a customer's calls came to: seconds of each, and the replies that were no success."""

    seconds: tuple[float, ...]
    failures: tuple[bytes, ...]

    @property
    def p99(self) -> float:
        """The 99th percentile of the seconds."""
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]

    @classmethod
    def together(cls, services: Sequence["Service"]) -> "Service":
        """All of these as one."""
        return cls(
            tuple(seconds for each in services for seconds in each.seconds),
            tuple(failure for each in services for failure in each.failures),
        )


async def measure(
    port: int, sandbox: Sandbox, way: str, seconds: float, callers: int = CALLERS
) -> Service:
    """What becomes of `WELL` in so many seconds in which another customer's calls end in `way`."""
    well = _request(sandbox, WELL)
    other = _request(sandbox, customer_of(way))
    await _call(port, well, time.monotonic())
    crowd = [
        asyncio.create_task(_call(port, other, time.monotonic() + 1e6)) for _ in range(callers)
    ]
    try:
        return await _call(port, well, time.monotonic() + seconds)
    finally:
        for each in crowd:
            each.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)


def _request(sandbox: Sandbox, customer: int) -> bytes:
    scopes = ("contacts:read", "contacts:write")
    token = sandbox.tokens.issue(
        Grant(client_id="development", scopes=scopes, customers=(customer,))
    )
    headers = {"Authorization": f"Bearer {token}", "Customer-Id": str(customer)}
    variables = {"id": "1", "input": {"name": "Best customers"}}
    document = {"query": RENAME, "variables": variables}
    return http_request("POST", "/graphql", headers, document)


async def _call(port: int, request: bytes, until: float) -> Service:
    """Send a request again and again, at least once."""
    seconds, failures = [], []
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while True:
            started = time.monotonic()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            body = await reader.readexactly(int(length))
            ended = time.monotonic()
            seconds.append(ended - started)
            if not _SUCCESS.matches(int(head[9:12]), body):
                failures.append(body)
            if ended >= until:
                return Service(tuple(seconds), tuple(failures))
            await asyncio.sleep(_PAUSE)
    finally:
        writer.close()


@contextlib.contextmanager
def _upstream() -> Iterator[str]:
    """The upstream in a process of its own, whose threads make no other wait; its URL."""
    ours, its = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve_upstream, args=(its,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()


def _serve_upstream(told: Connection) -> None:
    with ScriptedUpstream() as upstream:
        upstream.responds(respond)
        told.send(upstream.url)
        told.recv()  # for ever


@contextlib.contextmanager
def _gateway(sandbox: Sandbox, upstream_url: str) -> Iterator[int]:
    """The gateway in a process of its own; its port."""
    port = free_port()
    command = [sys.executable, "-m", "contact_gateway", "serve"]
    changes = {"upstream_url": upstream_url, "port": port, "log_level": "warning"}
    environment = environment_for(sandbox.url, **changes)
    with tempfile.TemporaryDirectory() as name:
        folder, log = Path(name), Path(name) / "log"
        with running(
            command, core=None, folder=folder, log=log, environment=environment
        ) as process:
            wait_until_listening(process, port, log)
            yield port


def _compare(port: int, sandbox: Sandbox, way: str, seconds: float) -> tuple[Service, Service]:
    """What becomes of `WELL` while the other's calls end in `way`, and while they do not."""
    found: dict[str, list[Service]] = {way: [], QUIET: []}
    for _ in range(_TURNS):
        for each, services in found.items():
            services.append(uvloop.run(measure(port, sandbox, each, seconds / _TURNS)))
    return Service.together(found[way]), Service.together(found[QUIET])


def main(
    *,
    seconds: Annotated[float, typer.Option(help="How long each way is measured.")] = 30,
    way: Annotated[list[str], typer.Option(help="One of the ways, or several.")] = [*WAYS],  # noqa: B006
) -> None:
    """Measure each way, and print a table; exit 1 if one shuts the other customer out."""
    kept = True
    with (
        SandboxServer() as sandbox,
        _upstream() as upstream_url,
        _gateway(sandbox, upstream_url) as port,
    ):
        uvloop.run(measure(port, sandbox, QUIET, min(seconds, 3)))  # until it is warm
        typer.echo("| The other's calls | calls | failed | p99 ms | p99 ms if quiet | ratio |")
        typer.echo("| --- | ---: | ---: | ---: | ---: | ---: |")
        for each in way:
            service, quiet = _compare(port, sandbox, each, seconds)
            ratio = service.p99 / quiet.p99
            kept &= not service.failures and ratio < 2
            typer.echo(
                f"| {each} | {len(service.seconds):,} | {len(service.failures):,} "
                f"| {service.p99 * 1000:.2f} | {quiet.p99 * 1000:.2f} | {ratio:.2f} |"
            )
    raise typer.Exit(not kept)


if __name__ == "__main__":
    typer.run(main)
