"""`contact-gateway serve` says where it listens, and whoever started it that it serves."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from contact_gateway.sandbox import Sandbox
from contact_gateway.server.service_manager import ServiceManager
from tests.client import open_http
from tests.servers import await_ready, environment_for, free_port


@contextmanager
def serving(
    sandbox: Sandbox, folder: Path, manager: str | None = None, **settings: object
) -> Iterator[subprocess.Popen[bytes]]:
    """The command as a process of its own, whose log is to be read."""
    environment = environment_for(sandbox.url, drain_pause=0, **settings)
    if manager is not None:
        environment["NOTIFY_SOCKET"] = manager
    with subprocess.Popen(
        [sys.executable, "-m", "contact_gateway", "serve"],
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def log_of(process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """The lines of its log, as they come."""
    assert process.stderr is not None
    return map(orjson.loads, process.stderr)


@pytest.mark.parametrize("workers", [1, 2])
def test_listening(sandbox: Sandbox, tmp_path: Path, workers: int) -> None:
    """One line of the log names the address and the true port, whoever serves there."""
    with serving(sandbox, tmp_path, port=0, workers=workers) as process:
        lines = log_of(process)
        told = next(line for line in lines if line["event"] == "listening")
        url = f"http://{told['address']}:{told['port']}/readyz"
        await_ready(url, lambda: process.poll() is None)
        process.send_signal(signal.SIGTERM)
        others = [line["event"] for line in lines]

    assert (told["address"], told["level"], process.returncode) == ("127.0.0.1", "info", 0)
    assert "Application startup complete." in others
    assert "listening" not in others


def statuses(http: httpx.Client, url: str) -> list[int]:
    """What paths are answered with there."""
    paths = ("/livez", "/readyz", "/metrics", "/graphql")
    return [http.get(f"{url}{path}").status_code for path in paths]


def test_metrics_on_a_port_of_their_own(sandbox: Sandbox, tmp_path: Path) -> None:
    """Health and metrics are there and nowhere else, at every address; the log names all."""
    port, metrics_port = free_port(), free_port()
    addresses = ("127.0.0.1", "::1")
    settings = {"host": ",".join(addresses), "port": port, "metrics_port": metrics_port}
    with serving(sandbox, tmp_path, None, workers=2, **settings) as process:
        lines = log_of(process)
        told = [next(line for line in lines if line["event"] == "listening") for _ in range(4)]
        urls = [
            [f"http://{host}:{each}" for host in ("127.0.0.1", "[::1]")]
            for each in (port, metrics_port)
        ]
        await_ready(f"{urls[1][0]}/readyz", lambda: process.poll() is None)
        with open_http() as http:
            found = [[statuses(http, url) for url in row] for row in urls]
            nothing = http.get(f"{urls[1][0]}/").text

    assert [(line["address"], line["port"], line.get("only")) for line in told] == [
        *[(address, port, None) for address in addresses],
        *[(address, metrics_port, "health and metrics") for address in addresses],
    ]
    assert found == [[[404, 404, 404, 401]] * 2, [[200, 200, 200, 404]] * 2]
    assert nothing == "Not Found. Here are only /livez, /readyz and /metrics.\n"


@contextmanager
def manager_at(address: str) -> Iterator[socket.socket]:
    """A service manager that listens at a path, or at an abstract name behind `@`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        manager.settimeout(30)
        yield manager


def message(manager: socket.socket) -> str:
    """What the manager is told next."""
    return manager.recv(1024).decode()


@pytest.mark.parametrize(("workers", "abstract"), [(1, False), (2, True)])
def test_a_service_manager(
    sandbox: Sandbox, tmp_path: Path, workers: int, *, abstract: bool
) -> None:
    """It is told when the service answers, reloads, has reloaded, and stops."""
    address = f"@{tmp_path.name}-{free_port()}" if abstract else str(tmp_path / "manager")
    port = free_port()
    with (
        manager_at(address) as manager,
        serving(sandbox, tmp_path, address, port=port, workers=workers) as process,
    ):
        told = [message(manager)]
        with open_http() as http:
            answered = http.get(f"http://127.0.0.1:{port}/livez").status_code
        process.send_signal(signal.SIGHUP)
        told += [message(manager), message(manager)]
        process.send_signal(signal.SIGTERM)
        told.append(message(manager))
        process.communicate(timeout=30)

    told[1] = re.sub(r"[0-9]+$", "now", told[1])
    assert told == ["READY=1", "RELOADING=1\nMONOTONIC_USEC=now", "READY=1", "STOPPING=1"]
    assert (answered, process.returncode) == (200, 0)


def test_a_service_manager_that_is_gone(tmp_path: Path) -> None:
    """Nothing comes of that."""
    manager = ServiceManager(str(tmp_path / "nobody"))

    manager.serving()
    manager.reloading()
    manager.stopping()


def test_who_else_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No process that this one starts tells the manager, nor does whoever asks a second time."""
    address = str(tmp_path / "manager")
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    with manager_at(address) as manager:
        manager.setblocking(False)
        first, second = ServiceManager.of_process(), ServiceManager.of_process()
        second.serving()
        first.stopping()
        told = message(manager)

    assert told == "STOPPING=1"
