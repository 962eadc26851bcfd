"""A Redis server of a test's own: Debian's, on a free port, in memory."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.servers import free_port
from tests.thorough import program

__all__ = ["RedisServer", "redis_server"]


@dataclass
class RedisServer:
    """Where it is, and its process."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def redis_server(port: int | None = None) -> Iterator[RedisServer]:
    """Run Redis for as long as the `with` block lasts; it answers when the block begins."""
    port = port or free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(  # noqa: S603 - Debian's own
        [program("redis-server"), *options], cwd="/", stdout=subprocess.DEVNULL
    )
    with process:
        try:
            _await_answer(port)
            yield RedisServer(f"redis://127.0.0.1:{port}", process)
        finally:
            process.kill()


def _await_answer(port: int, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with (
            contextlib.suppress(ConnectionError),
            socket.create_connection(("127.0.0.1", port)) as connection,
        ):
            connection.sendall(b"PING\r\n")
            if connection.recv(16) == b"+PONG\r\n":
                return
        time.sleep(0.02)
    raise AssertionError("Redis does not answer")
