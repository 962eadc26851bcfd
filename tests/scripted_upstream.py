"""An upstream on a real socket that answers what a test tells it to, byte for byte.

    with ScriptedUpstream() as upstream:
        upstream.answers(reply(302), DROP, reply(204))  # in turn, the last one for ever
        ...
        assert [request.method for request in upstream.received] == ["PATCH", "GET", "PATCH"]

For what the sandbox cannot do: this speaks HTTP only as far as the bytes of an answer do.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, Self

from tests.servers import free_port

__all__ = ["DROP", "HANG", "RESET", "Answer", "RecordedRequest", "ScriptedUpstream", "reply"]

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER for no time at all: RST instead of FIN


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request as it came in; `headers` are in the order sent and spelt as sent.

    `connection` tells the connections apart: the port of the other side.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes
    connection: int = 0

    def header(self, name: str) -> tuple[str, ...]:
        """Every value of the header `name`, whatever its case."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes to send, and whether the connection is then kept, closed or reset.

    With `pause`, the bytes are sent one at a time with so many seconds after each. `behind` is sent
    in packets of its own after that, and `endless` over and over, until the other side has gone.
    `late` is sent `late_by` seconds after all that, whatever is asked and answered meanwhile.
    """

    content: bytes = b""
    then: Literal["keep", "close", "reset"] = "keep"
    pause: float = 0
    behind: bytes = b""
    endless: bytes = b""
    late: bytes = b""
    late_by: float = 0


HANG = Answer()
DROP = Answer(then="close")
RESET = Answer(then="reset")


def reply(status: int, body: bytes | str = b"", **headers: str) -> Answer:
    """A well-formed HTTP/1.1 response, after which the connection lasts.

    `headers` have `_` for `-`. What has a body is a problem document unless `Content_Type` says
    otherwise; what can have no body (RFC 9110 section 6.4.1) has no Content-Length either.
    """
    content = body.encode() if isinstance(body, str) else body
    fields = {"Content-Type": "application/problem+json"} if content else {}
    if status not in {204, 304}:
        fields["Content-Length"] = str(len(content))
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return Answer(f"HTTP/1.1 {status} Scripted\r\n{head}\r\n".encode("latin-1") + content)


class ScriptedUpstream:
    """Listens on 127.0.0.1 for as long as the `with` block lasts, a thread for each connection.

    `received` holds the requests in the order of their arrival, however they were answered.
    `accepted` and `ended` count the connections since the start.
    """

    def __init__(self) -> None:
        self.received: list[RecordedRequest] = []
        self.accepted = 0
        self.ended = 0
        self._listener = socket.create_server(("127.0.0.1", free_port()), backlog=2048)
        self._connections: set[socket.socket] = set()
        self._stopped = threading.Event()
        self._changed = threading.Condition()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.answers(reply(204))

    def answers(self, *answers: Answer) -> None:
        """Forget what was received, and answer with these in turn, with the last one for ever."""
        remaining = list(answers)
        self.responds(lambda _: remaining.pop(0) if len(remaining) > 1 else remaining[0])

    def responds(self, respond: Callable[[RecordedRequest], Answer]) -> None:
        """Forget what was received, and answer each request with what `respond` says."""
        self.received.clear()
        self._respond = respond

    def wait_for(self, requests: int) -> None:
        """Block until so many requests have been received, for at most 10 seconds."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.received) >= requests, timeout=10)
        assert arrived, f"{len(self.received)} requests came, and not {requests}"

    def wait_for_ends(self) -> None:
        """Block until every connection so far has ended, for at most 10 seconds."""
        with self._changed:
            ended = self._changed.wait_for(lambda: self.ended == self.accepted, timeout=10)
        assert ended, f"{self.ended} of {self.accepted} connections ended"

    def push(self, content: bytes) -> None:
        """Send bytes that nobody has asked for on every open connection."""
        for connection in tuple(self._connections):
            with contextlib.suppress(OSError):
                connection.sendall(content)

    def __enter__(self) -> Self:
        """Begin to accept connections."""
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def stop(self) -> None:
        """End every connection and stop listening: from now on connecting is refused."""
        self._stopped.set()
        self.stop_listening()
        for each in tuple(self._connections):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def stop_listening(self) -> None:
        """Refuse connections from now on; those that there are go on."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for it
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.accepted += 1
                self._connections.add(connection)
                if self._stopped.is_set():
                    connection.close()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as stream:
            port: int = connection.getpeername()[1]
            while (request := _read_request(stream, port)) is not None:
                with self._changed:
                    self.received.append(request)
                    self._changed.notify_all()
                answer = self._respond(request)
                for piece in _pieces(answer):
                    connection.sendall(piece)
                    self._stopped.wait(answer.pause)
                if answer.late:
                    self._send_late(connection, answer)
                if answer.then == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                if answer.then != "keep":
                    break
        self._connections.discard(connection)
        with self._changed:
            self.ended += 1
            self._changed.notify_all()

    def _send_late(self, connection: socket.socket, answer: Answer) -> None:
        def send() -> None:
            self._stopped.wait(answer.late_by)
            with contextlib.suppress(OSError):
                connection.sendall(answer.late)

        threading.Thread(target=send, daemon=True).start()


def _pieces(answer: Answer) -> Iterator[bytes]:
    if answer.pause:
        yield from (bytes([byte]) for byte in answer.content)
    else:
        yield answer.content
    if answer.behind:
        yield answer.behind
    while answer.endless:
        yield answer.endless


def _read_request(stream: BinaryIO, port: int) -> RecordedRequest | None:
    """Read a request with a Content-Length or without a body; None when no whole one comes."""
    lines = []
    while (line := stream.readline()) != b"\r\n":
        if not line:
            return None
        lines.append(line.decode("latin-1").rstrip("\r\n"))
    method, target, _ = lines[0].split(" ")
    pairs = (line.partition(":") for line in lines[1:])
    headers = tuple((name, value.strip()) for name, _, value in pairs)
    lengths = [int(value) for name, value in headers if name.lower() == "content-length"]
    body = stream.read(sum(lengths))
    if len(body) < sum(lengths):
        return None
    return RecordedRequest(method, target, headers, body, port)
