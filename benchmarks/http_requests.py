"""The requests that the load replays, as bytes, and what a successful reply looks like."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Expected", "Workload", "http_request", "write_requests"]


@dataclass(frozen=True)
class Expected:
    """A successful reply: its status, and a text that its body holds so many times."""

    status: int
    text: str = ""
    count: int = 1

    def matches(self, status: int, body: bytes) -> bool:
        """Whether a reply is that success; a body with GraphQL errors never is."""
        if status != self.status or b'"errors"' in body:
            return False
        return not self.text or body.count(self.text.encode()) == self.count


@dataclass(frozen=True)
class Workload:
    """Requests that are sent in turn, and the reply that each of them must get."""

    requests: tuple[bytes, ...]
    expected: Expected


def http_request(
    method: str, path: str, headers: Mapping[str, str], document: Mapping[str, object]
) -> bytes:
    """One HTTP/1.1 request with a JSON body."""
    body = json.dumps(document).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("ascii") + body


def write_requests(path: Path, requests: Iterable[bytes]) -> None:
    """Write requests as load.lua reads them: each after a line with its length."""
    with path.open("wb") as file:
        for request in requests:
            file.write(b"%d\n" % len(request) + request)
