"""REST servers of other people's making: which there are, and how each is started."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from contact_gateway.rest_client import HTTP11Transport
from tests.servers import await_ready, free_port

__all__ = ["GROUPS", "SERVERS", "Asking", "RestServer", "is_installed", "started"]

_FOLDER: Final = Path(__file__).parent / "rest_servers"
_PYTHON: Final = str(_FOLDER / ".venv" / "bin" / "python")
_PRISM: Final = ("node_modules/@stoplight/prism-cli/dist/index.js", "mock")

SERVERS: Final = {
    "FastAPI": (_PYTHON, "fastapi_app.py"),
    "Django REST framework": (_PYTHON, "django_app.py"),
    "connexion": (_PYTHON, "connexion_app.py"),
    "express-openapi-validator": ("node", "express_app.mjs"),
    "NestJS": ("node", "node_modules/.built/nest_app.js"),
    "Prism": ("node", *_PRISM, "contact_groups.openapi.yaml", "--port"),
}
"""The command of each server; its port follows."""

GROUPS: Final = {204: "1", 200: "2", 403: "3", 500: "4", 404: "5"}
"""The group that every server answers an update of with this status."""


@dataclass(frozen=True)
class RestServer:
    """A server that runs, or is about to."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def await_ready(self) -> None:
        """Wait until it knows what it does not have; all six at once are slow to start."""

        def alive() -> bool:
            return self.process.poll() is None

        try:
            await_ready(f"{self.url}/nothing", alive, status=404, seconds=120)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log.read_text('utf-8')}") from None


def is_installed(name: str) -> bool:
    """Whether `make servers` has installed a server."""
    folder = "node_modules" if SERVERS[name][0] == "node" else ".venv"
    return (_FOLDER / folder / ".installed").exists()


@contextlib.contextmanager
def started(name: str, folder: Path) -> Iterator[RestServer]:
    """Start a server, and end it with the `with` block; `folder` is where its log goes."""
    port = free_port()
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - a command from above
            [*SERVERS[name], str(port)], cwd=_FOLDER, stdout=output, stderr=output
        )
    with process:
        try:
            yield RestServer(name, f"http://127.0.0.1:{port}", process, log)
        finally:
            process.kill()


class Asking(HTTP11Transport):
    """Asks Prism for the answer of its document that an update of this group is to have.

    Its own header is the one way to do so, and other servers do not know it.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` with one header more, where it updates one of `GROUPS`."""
        group = request.url.path.rpartition("/")[2]
        for status, known in GROUPS.items():
            if group == known:
                request.headers["Prefer"] = f"code={status}"
        return await super().handle_async_request(request)
