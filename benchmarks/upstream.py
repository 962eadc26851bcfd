"""The upstream of every contestant: nginx, which answers at once."""

import contextlib
import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import ProcessTree, running
from benchmarks.readiness import wait_until_listening
from contact_gateway.sandbox import AUDIENCE, TokenIssuer

__all__ = ["LIST_SIZES", "Upstream", "free_port", "running_upstream"]

LIST_SIZES = (1, 10, 100, 1000)

_PROBLEM_TITLES = {403: "Forbidden", 404: "Not Found", 422: "Client Error", 500: "Server Error"}


@dataclass(frozen=True)
class Upstream:
    """A running nginx: its address, its process, and the issuer whose key set it publishes."""

    port: int
    process: ProcessTree
    tokens: TokenIssuer
    audience: str = AUDIENCE

    @property
    def url(self) -> str:
        """The base URL, as the gateway's settings want it."""
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def running_upstream(folder: Path, core: int | None) -> Iterator[Upstream]:
    """Serve the upstream from `folder`, which is this nginx's alone."""
    port = free_port()
    tokens = TokenIssuer(f"http://127.0.0.1:{port}")
    _write_documents(folder / "documents", tokens)
    configuration = folder / "nginx.conf"
    shutil.copy(Path(__file__).with_name("nginx.conf"), configuration)
    (folder / "listen.conf").write_text(f"listen 127.0.0.1:{port} backlog=1024;\n")
    command = ["nginx", "-e", "error.log", "-p", f"{folder}/", "-c", str(configuration)]
    log = folder / "output.log"
    with running(command, core=core, folder=folder, log=log, environment={}) as process:
        wait_until_listening(process, port, log)
        yield Upstream(port, process, tokens)


def _write_documents(root: Path, tokens: TokenIssuer) -> None:
    _write(root / ".well-known" / "jwks.json", tokens.key_set())
    for status, title in _PROBLEM_TITLES.items():
        problem = {"title": title, "status": status, "detail": "As asked for."}
        _write(root / "problems" / f"{status}.json", problem)
    for size in LIST_SIZES:
        items = [{"id": 5_514_000 + n, "name": f"Contact group {n:04}"} for n in range(size)]
        page = {"items": items, "pageNumber": 1, "pageSize": size, "pageItemCount": size}
        _write(root / "contactGroups" / f"{size}.json", page)


def _write(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
