"""What may stand at the base URL of a REST API: servers and proxies of others, as they come.

Each counts the requests that get through to whatever answers them, by method.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from tests.scripted_upstream import ScriptedUpstream
from tests.servers import await_ready, free_port
from tests.thorough import program

__all__ = ["FRONTS", "FrontServer"]

_FILES: Final = Path(__file__).parent / "front_servers"


@dataclass(frozen=True)
class _Program:
    """How a server is started, and told to read its configuration anew.

    In arguments and configurations, `@PORT@` and the like stand for what is only known then.
    """

    names: tuple[str, ...]
    arguments: tuple[str, ...]
    configuration: str | None = None
    reload: tuple[str, ...] | signal.Signals | None = None


_PROGRAMS: Final = {
    "uvicorn": _Program(
        (sys.executable,), ("-m", "uvicorn", "counting_app:app", "--port=@PORT@", "--no-access-log")
    ),
    "Node": _Program(("node",), ("counting_server.mjs", "@PORT@")),
    "Apache": _Program(
        ("apache2", "httpd"), ("-DFOREGROUND", "-f", "@FILE@"), "apache.conf", signal.SIGUSR1
    ),
    "HAProxy": _Program(("haproxy",), ("-W", "-q", "-f", "@FILE@"), "haproxy.cfg", signal.SIGUSR2),
    "nginx": _Program(
        ("nginx",),
        ("-g", "daemon off;", "-p", "@FOLDER@", "-c", "@FILE@"),
        "nginx.conf",
        signal.SIGHUP,
    ),
    "Caddy": _Program(
        ("caddy",),
        ("run", "--config", "@FILE@"),
        "Caddyfile",
        ("reload", "--force", "--config", "@FILE@"),
    ),
}

FRONTS: Final = tuple(_PROGRAMS)
"""Their names."""


class FrontServer:
    """A server, or a proxy before an origin that answers 204 to everything, or before another.

    `received` counts by method what has got through to whatever answers, but another origin.
    """

    def __init__(self, name: str, folder: Path, origin_url: str | None = None) -> None:
        self.name = name
        self._program = _PROGRAMS[name]
        self._path = program(*self._program.names)
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._origin = ScriptedUpstream()
        self._ready = ("/ready", 204) if origin_url is None else ("/", 200)
        self._log = folder / "log"
        file = self._program.configuration or ""
        self._values = {
            "@PORT@": str(self._port),
            "@ORIGIN@": (origin_url or self._origin.url).rpartition(":")[2],
            "@ADMIN@": str(free_port()),
            "@FOLDER@": str(folder),
            "@FILE@": str(folder / file),
        }
        if file:
            text = (_FILES / file).read_text(encoding="utf-8")
            (folder / file).write_text(self._filled(text), encoding="utf-8")

    def _filled(self, text: str) -> str:
        for name, value in self._values.items():
            text = text.replace(name, value)
        return text

    @contextlib.contextmanager
    def running(self) -> Iterator[Self]:
        """Run as long as the block lasts; it answers when that begins."""
        with self._origin:
            self.start()
            try:
                yield self
            finally:
                self.stop(signal.SIGTERM)

    def start(self) -> None:
        """Start, and wait until it answers; nothing is counted before that."""
        arguments = map(self._filled, self._program.arguments)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - Debian's own, and Python
                [self._path, *arguments], cwd=_FILES, stdout=log, stderr=log, env=self._environment
            )
        try:
            path, status = self._ready
            await_ready(f"{self.url}{path}", lambda: self._process.poll() is None, status=status)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self._log.read_text('utf-8')}") from None

    def stop(self, number: signal.Signals) -> None:
        """Tell it to stop, and wait until it has."""
        self._process.send_signal(number)
        self._process.wait(20)

    def reload(self) -> None:
        """Tell it to read its configuration anew, and wait until that is taken on."""
        how = self._program.reload
        assert how is not None, f"{self.name} knows no such thing"
        if isinstance(how, signal.Signals):
            self._process.send_signal(how)
        else:
            subprocess.run(  # noqa: S603 - as above
                [self._path, *map(self._filled, how)],
                check=True,
                capture_output=True,
                env=self._environment,
            )

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "HOME": str(self._log.parent)}  # where Caddy keeps what it has

    @property
    def received(self) -> Counter[str]:
        """How many requests have got through of each method, but for those of `start`."""
        if self._program.configuration:
            lines = [f"{each.method} {each.target}" for each in self._origin.received]
        else:
            lines = self._log.read_text(encoding="utf-8").splitlines()
        asked = [line.split(" ") for line in lines]
        return Counter(each[0] for each in asked if len(each) == 2 and each[1] != "/ready")
