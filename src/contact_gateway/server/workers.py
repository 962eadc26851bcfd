"""Several processes that serve one socket: started, replaced when they die, stopped together.

Not uvicorn's own supervisor, because that gives its workers no other server than `uvicorn.Server`
and keeps the socket open while they finish: who connects then waits for nothing.
"""

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from multiprocessing.resource_tracker import ensure_running
from typing import Protocol

import structlog
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.config import STARTUP_FAILURE

from contact_gateway.event_loop.held_signals import HELD, STOPPING, hold, remember, told_to_stop
from contact_gateway.server.listening import Listeners
from contact_gateway.server.service_manager import Told
from contact_gateway.server.worker_reports import Reports

__all__ = ["Work", "WorkersFailedError", "run_workers"]


class Work(Protocol):
    """What a worker does until it is told to stop."""

    def __call__(self, listeners: Listeners, /, *, told: Told) -> None:
        """Serve; `told` is told how it fares."""


_METRICS_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
_AWAITED = HELD | {signal.SIGCHLD}
_SECONDS_BEFORE_ANOTHER = 1.0

_log = structlog.get_logger(__name__)


class WorkersFailedError(Exception):
    """A worker could not start, and no other would."""


def run_workers(count: int, work: Work, listeners: Listeners, told: Told) -> None:
    """Run `work` in `count` processes until SIGTERM or SIGINT, and return when all have ended.

    `work` is called with `listeners`, while signals are held, and is found by its module and name.
    A process that dies is replaced. SIGHUP is passed on to all. `told` is told how all of them
    together fare. Must be called on the main thread.

    Raises:
        WorkersFailedError: the application of a worker did not start.
    """
    with tempfile.TemporaryDirectory(prefix="contact-gateway-metrics-") as directory:
        # prometheus-client reads it in each worker, when it is imported there
        os.environ[_METRICS_DIRECTORY] = directory
        # no handlers: signals wait until they are asked for, so none can come in between
        signal.signal(signal.SIGCHLD, lambda *_: None)
        _start_resource_tracker()
        signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)
        if not told_to_stop():
            _Workers(count, work, listeners, told).run()


def _start_resource_tracker() -> None:
    """Do what the first worker would else begin with, and keep the signals that come meanwhile.

    It lets them come for a moment: multiprocessing unblocks them without looking whether they were.
    """
    early = remember(HELD)
    ensure_running()
    hold()
    for number in early:
        signal.raise_signal(number)


class _Workers:
    def __init__(self, count: int, work: Work, listeners: Listeners, told: Told) -> None:
        self._work = work
        self._listeners = listeners
        self._reports = Reports(told)
        self._processes = [self._started() for _ in range(count)]

    def run(self) -> None:
        failed = False
        while not failed and (told := signal.sigwait(_AWAITED)) not in STOPPING:
            if told == signal.SIGHUP:
                self._hang_up()
            else:
                failed = self._replace_the_dead()
        self._reports.stopping()
        # each worker has them too, for as long as it accepts; here they only keep callers waiting
        for process in self._processes:
            process.terminate()
        self._listeners.close()
        for process in self._processes:
            process.join()
        if failed:
            raise WorkersFailedError("a worker did not start; the log says why")

    def _hang_up(self) -> None:
        alive = [each.pid for each in self._processes if each.pid is not None and each.is_alive()]
        self._reports.reloading(alive)
        for pid in alive:
            os.kill(pid, signal.SIGHUP)

    def _replace_the_dead(self) -> bool:
        """Whether a worker could not start, so that replacing it is in vain."""
        for index, process in enumerate(self._processes):
            if process.is_alive():
                continue
            mark_process_dead(process.pid, os.environ[_METRICS_DIRECTORY])  # type: ignore[no-untyped-call]
            if process.exitcode == STARTUP_FAILURE:
                return True
            _log.error("worker_died", exit_code=process.exitcode)
            self._processes[index] = self._started(instead_of=process.pid)
        return False

    def _started(self, instead_of: int | None = None) -> SpawnProcess:
        context = multiprocessing.get_context("spawn")
        arguments = (self._work, self._listeners, self._reports.of_a_worker())
        process = context.Process(target=_run, args=arguments)
        self._reports.start(process, instead_of)
        return process


def _run(work: Work, listeners: Listeners, told: Told) -> None:
    """What a worker process runs; it starts with its parent's signals blocked."""
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    try:
        work(listeners, told=told)
    except Exception:  # noqa: BLE001 - multiprocessing would print it in words of its own
        _log.exception("worker_failed")
        time.sleep(_SECONDS_BEFORE_ANOTHER)
        sys.exit(1)


def _stop_with_parent() -> None:
    """Stop as on SIGTERM when the parent is gone, which nothing else would tell."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
