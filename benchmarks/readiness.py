"""Waiting for a server: until it listens, and until it answers as it should."""

import socket
import time
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from benchmarks.http_requests import Expected, Workload
from benchmarks.processes import ProcessTree

__all__ = ["NotReadyError", "wait_until_answering", "wait_until_listening"]

_LONGEST_WAIT = 60.0
_PAUSE = 0.005


class NotReadyError(Exception):
    """A server ended, or did not become ready in a minute; the message ends with its log."""


def wait_until_listening(process: ProcessTree, port: int, log: Path) -> None:
    """Return once `port` takes connections.

    Raises:
        NotReadyError: it never did.
    """
    _wait(process, log, lambda: _connects(port))


def wait_until_answering(process: ProcessTree, port: int, workload: Workload, log: Path) -> None:
    """Return once the first request of `workload` gets the reply that is expected.

    Raises:
        NotReadyError: it never did.
    """
    _wait(process, log, lambda: _answers(port, workload.requests[0], workload.expected))


def _wait(process: ProcessTree, log: Path, ready: Callable[[], bool]) -> None:
    end = time.monotonic() + _LONGEST_WAIT
    while not ready():
        if not process.running or time.monotonic() > end:
            raise NotReadyError(log.read_text(errors="replace")[-2000:])
        time.sleep(_PAUSE)


def _connects(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _answers(port: int, request: bytes, expected: Expected) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(request)
            response = HTTPResponse(connection)
            response.begin()
            return expected.matches(response.status, response.read())
    except (OSError, HTTPException):
        return False
