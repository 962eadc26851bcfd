"""Proxies of a test's own: tinyproxy as Debian has it, and one that answers what is scripted."""

import base64
import contextlib
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.egress.tls_relay import pass_on
from tests.servers import free_port
from tests.thorough import program

__all__ = ["ScriptedProxy", "TinyProxy", "scripted_proxy", "tinyproxy"]


@dataclass
class ScriptedProxy:
    """A proxy that knows names which nobody else does; `asked` is what it was asked, in order.

    With an `answer`, that is all it says, to anybody; where it `hangs`, it stays.
    """

    port: int
    answer: bytes | None = None
    asked: list[bytes] = field(default_factory=list)
    hangs: bool = False

    @property
    def heads(self) -> list[str]:
        """The first line of each request, and its credentials."""
        found = []
        for head in self.asked:
            credentials = re.search(rb"(?mi)^proxy-authorization: Basic (\S+)\r$", head)
            shown = base64.b64decode(credentials[1]).decode() if credentials else ""
            found.append(f"{head.splitlines()[0].decode()} {shown}".strip())
        return found


@contextlib.contextmanager
def scripted_proxy(answer: bytes | None = None) -> Iterator[ScriptedProxy]:
    """Run one, a thread for each connection."""
    with socket.create_server(("127.0.0.1", free_port()), backlog=256) as listener:
        proxy = ScriptedProxy(listener.getsockname()[1], answer)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    threading.Thread(target=serve, args=(client,), daemon=True).start()

        def serve(client: socket.socket) -> None:
            with contextlib.suppress(OSError), client:
                client.settimeout(10)
                head = b""
                while b"\r\n\r\n" not in head:
                    if not (data := client.recv(65_536)):
                        return
                    head += data
                proxy.asked.append(head)
                if proxy.answer is not None:
                    client.sendall(proxy.answer)
                    if not proxy.hangs:
                        client.shutdown(socket.SHUT_WR)
                    client.recv(65_536)
                    return
                method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
                origin = target if method == "CONNECT" else target.split("/")[2]
                port = int(origin.rpartition(":")[2])
                with socket.create_connection(("127.0.0.1", port)) as server:
                    if method == "CONNECT":
                        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    else:
                        server.sendall(head)
                    pass_on(client, server)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


@dataclass(frozen=True)
class TinyProxy:
    """Where tinyproxy listens, and the file that it logs to."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]

    def requests(self) -> list[str]:
        """What it was asked for: method and target of each request, in order."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return re.findall(r"Request \(file descriptor \d+\): (\S+ \S+) HTTP", text)


@contextlib.contextmanager
def tinyproxy(folder: Path, *lines: str, port: int | None = None) -> Iterator[TinyProxy]:
    """Run Debian's tinyproxy with some more lines of configuration; it listens when it begins."""
    path = program("tinyproxy")
    port, log = port or free_port(), folder / "tinyproxy.log"
    configuration = folder / "tinyproxy.conf"
    usual = [
        f"Port {port}",
        "Listen 127.0.0.1",
        "Timeout 60",
        f'LogFile "{log}"',
        "LogLevel Info",
        "MaxClients 100",
        "Allow 127.0.0.1",
    ]
    configuration.write_text("\n".join([*usual, *lines, ""]), encoding="utf-8")
    process = subprocess.Popen(  # noqa: S603 - Debian's own
        [path, "-d", "-c", str(configuration)], stdout=subprocess.DEVNULL
    )
    with process:
        try:
            _await_listener(port, process)
            yield TinyProxy(port, log, process)
        finally:
            process.kill()


def _await_listener(port: int, process: subprocess.Popen[bytes]) -> None:
    waiting = threading.Event()
    for _ in range(1000):
        assert process.poll() is None, "tinyproxy ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        waiting.wait(0.02)
    raise AssertionError("tinyproxy does not listen")
