"""Servers for tests: the gateway on a real socket, in a thread of its own."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import httpx

from contact_gateway.app import build_app
from contact_gateway.graphiql import Workspace
from contact_gateway.sandbox import AUDIENCE, Sandbox
from contact_gateway.server.background import serving
from contact_gateway.settings import PREFIX, Settings, load_settings
from tests.log_watch import LOGS

running_app = serving


def _ports_of_this_process() -> Iterator[int]:
    """Those of one of ten workers of pytest-xdist again and again, from any of them on."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ports = range(11_000, 31_000)[worker % 10 :: 10]
    begin = os.getpid() % len(ports)
    return cycle((*ports[begin:], *ports[:begin]))


_PORTS = _ports_of_this_process()


def _values_for(sandbox_url: str) -> dict[str, object]:
    return {
        "upstream_url": sandbox_url,
        "jwt_issuer": sandbox_url,
        "jwt_audience": AUDIENCE,
        "jwt_jwks_url": f"{sandbox_url}/.well-known/jwks.json",
        "jwt_customer_claim": "customer_id",
    }


def settings_for(sandbox_url: str, **changes: object) -> Settings:
    """The settings of a gateway in front of a sandbox, as in production but for `changes`."""
    return load_settings(**{"_env_file": None, **_values_for(sandbox_url), **changes})


def environment_for(sandbox_url: str, **changes: object) -> dict[str, str]:
    """The environment of such a gateway as a process of its own."""
    values = {**_values_for(sandbox_url), **changes}
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(PREFIX)},
        **{f"{PREFIX}{name.upper()}": str(value) for name, value in values.items()},
    }


@contextlib.contextmanager
def running_gateway(settings: Settings, workspace: Workspace | None = None) -> Iterator[str]:
    """Serve a gateway, with a `workspace` as `demo` does, and say its URL."""
    with running_app(build_app(settings, workspace=workspace), settings) as url:
        yield url


@contextlib.contextmanager
def gateway_over(
    transport: httpx.AsyncBaseTransport, sandbox: Sandbox, **changes: object
) -> Iterator[str]:
    """Serve a gateway that calls the REST API over `transport`, and say its URL."""
    settings = settings_for(sandbox.url, **changes)
    with running_app(build_app(settings, transport=transport), settings) as url:
        yield url


@contextlib.contextmanager
def gateway_before(sandbox: Sandbox, **changes: object) -> Iterator[str]:
    """Serve a gateway in front of a sandbox, and say its URL."""
    with running_gateway(settings_for(sandbox.url, **changes)) as url:
        yield url


@dataclass(frozen=True)
class GatewayProcess:
    """`contact-gateway serve` as a process of its own, and the file that its log goes to."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


@contextlib.contextmanager
def gateway_process(sandbox: Sandbox, log: Path, **changes: object) -> Iterator[GatewayProcess]:
    """Run `contact-gateway serve` in front of a sandbox; it is ready when the block begins."""
    port = free_port()
    command = [sys.executable, "-m", "contact_gateway", "serve"]
    environment = environment_for(sandbox.url, port=port, **{"log_level": "debug", **changes})
    with log.open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603 - our own code
            command, cwd=log.parent, env=environment, stderr=stderr
        )
    with process:
        try:
            url = f"http://127.0.0.1:{port}"
            await_ready(f"{url}/readyz", lambda: process.poll() is None)
            yield GatewayProcess(url, process, log)
        finally:
            process.kill()
            LOGS.add(log.read_bytes())


def free_port() -> int:
    """A port that nobody listens on, nor will but for whoever asked for it.

    Whatever asks the kernel for any port is given another: one of 32,768 to 60,999 on Linux, and
    from 49,152 on macOS, until somebody listens there. Tests that run beside this one have ports of
    their own.
    """
    while True:
        port = next(_PORTS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def await_ready(
    url: str, alive: Callable[[], bool], *, status: int = 200, seconds: float = 30
) -> None:
    """Wait until `url` answers with `status`, for as long as whoever is to answer is alive."""
    end = time.monotonic() + seconds
    with httpx.Client(trust_env=False, timeout=seconds) as http:
        while True:
            assert alive(), f"{url}: the process ended before it was ready"
            assert time.monotonic() < end, f"{url}: not ready after {seconds} seconds"
            with contextlib.suppress(httpx.TransportError):
                if http.get(url).status_code == status:
                    return
            time.sleep(0.02)
