"""Every log line of the whole test run, and what must be in none of them."""

import io
import re
from typing import Any, Final

import orjson

from contact_gateway.logs import configure_logs

__all__ = ["CANARY_NAME", "LOGS", "LogWatch"]

CANARY_NAME: Final = "Canary b4c1e07d"
"""A name that tests give to a contact group and then look for."""

# a JSON object in base64url, a dot, and more: every token that is signed
_TOKEN = re.compile(rb"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+")
_SHORTEST_NAME = 8


class LogWatch(io.BytesIO):
    """Takes the logs of the gateways and the libraries in this process, at DEBUG.

    `names` are those that tests gave to contact groups; `add` takes in the log of a process.
    """

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = {CANARY_NAME}

    def begin(self) -> None:
        """Take all logs from now on."""
        configure_logs("debug", "json", self)

    def add(self, log: bytes) -> None:
        """Take in the log of another process."""
        self.write(log)

    def lines(self, request_id: str) -> list[dict[str, Any]]:
        """The lines about one request."""
        lines = [line for line in self.getvalue().splitlines() if request_id.encode() in line]
        return [orjson.loads(line) for line in lines]

    def leaks(self) -> list[str]:
        """The lines with a token or a name in them."""
        names = [
            name.encode("utf-8", "backslashreplace")
            for name in self.names
            if len(name) >= _SHORTEST_NAME
        ]
        return [
            line.decode("utf-8", "replace")
            for line in self.getvalue().splitlines()
            if _TOKEN.search(line) or any(name in line for name in names)
        ]


LOGS: Final = LogWatch()
"""The one of this run; tests ask for the fixture `logs`."""
