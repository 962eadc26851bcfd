"""What workers report to the process that has started them: each that it serves.

They all serve the same sockets, so whoever has started that process is told once all of them do.
"""

import multiprocessing
import os
import threading
from collections.abc import Iterable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from contact_gateway.server.service_manager import Told

__all__ = ["Reports"]


class Reports:
    """Tells `told` that the service is up, each time that the last worker awaited has reported."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._reports, self._to_here = multiprocessing.Pipe(duplex=False)
        self._lock = threading.Lock()
        self._awaited: set[int | None] = set()
        self._stopping = False
        threading.Thread(target=self._read, daemon=True).start()

    def of_a_worker(self) -> Told:
        """Who is told in a worker."""
        return _Report(self._to_here)

    def start(self, process: SpawnProcess, instead_of: int | None = None) -> None:
        """Start a worker, and wait for its report and no longer for that of one that is dead."""
        with self._lock:
            process.start()
            self._awaited.discard(instead_of)
            self._awaited.add(process.pid)

    def reloading(self, pids: Iterable[int]) -> None:
        """Wait for the reports of these, which are about to be told, and of no others."""
        with self._lock:
            self._awaited = set(pids)
            self._told.reloading()

    def stopping(self) -> None:
        """Wait for nobody any longer."""
        with self._lock:
            self._stopping = True
            self._told.stopping()

    def _read(self) -> None:
        while True:
            pid = int(self._reports.recv_bytes())
            with self._lock:
                self._awaited.discard(pid)
                if not (self._awaited or self._stopping):
                    self._told.serving()


class _Report:
    """Sends on that a worker serves, of which it says nothing else."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def serving(self) -> None:
        """Report it; so few bytes are written at once, whoever else writes."""
        self._connection.send_bytes(b"%d" % os.getpid())

    def reloading(self) -> None:
        """Whoever has asked for it knows."""

    def stopping(self) -> None:
        """Whoever has asked for it knows."""
