"""Every log line of the whole test run, and what must be in none of them."""

import io
import re
import threading
from typing import Any, Final

import orjson

from contact_gateway.observation.logs import configure_logs

__all__ = ["CANARY_NAME", "LOGS", "LogWatch"]

CANARY_NAME: Final = "Canary b4c1e07d"
"""A name that tests give to a contact group and then look for."""

# a JSON object in base64url, a dot, and more: every token that is signed
_TOKEN = re.compile(rb"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+")
_LEAST_CHARACTERS = 6  # different ones: a shorter name may be part of anything


class LogWatch(io.BytesIO):
    """Takes the logs of the gateways and the libraries in this process, at DEBUG.

    `names` are those that tests gave to contact groups; `add` takes in the log of a process.
    """

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()
        self.names: set[str] = {CANARY_NAME}

    def begin(self) -> None:
        """Take all logs from now on."""
        configure_logs("debug", "json", self)

    def add(self, log: bytes) -> None:
        """Take in the log of another process."""
        self.write(log)

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take in a line, and wake whoever waits for it."""
        with self._changed:
            written = super().write(data)
            self._changed.notify_all()
        return written

    def lines(self, request_id: str, least: int = 1) -> list[dict[str, Any]]:
        """The lines about one request; waits for so many, which may be later than the reply."""

        def found() -> list[bytes]:
            return [line for line in self.getvalue().splitlines() if request_id.encode() in line]

        with self._changed:
            self._changed.wait_for(lambda: len(found()) >= least, timeout=10)
        return [orjson.loads(line) for line in found()]

    def leaks(self) -> list[str]:
        """Each token or name that is in a line, and the line."""
        names = [
            re.escape(name.encode("utf-8", "backslashreplace"))
            for name in self.names
            if len(set(name)) >= _LEAST_CHARACTERS
        ]
        secret = re.compile(b"|".join([_TOKEN.pattern, *names]))
        return [
            f"{found[0].decode('utf-8', 'replace')} in {line.decode('utf-8', 'replace')}"
            for line in self.getvalue().splitlines()
            if (found := secret.search(line))
        ]


LOGS: Final = LogWatch()
"""The one of this run; tests ask for the fixture `logs`."""
