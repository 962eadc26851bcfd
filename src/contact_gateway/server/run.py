"""Running an application: one configuration of uvicorn, for the demo and for production."""

import gc
import math
import signal
from functools import partial
from typing import Protocol

import structlog
import uvicorn
from starlette.types import ASGIApp

from contact_gateway.event_loop.held_signals import STOPPING, hold, remember
from contact_gateway.event_loop.writes import Writes
from contact_gateway.observation import Traces
from contact_gateway.observation.exporting import exported_traces
from contact_gateway.observation.logs import configure_logs, log_what_python_reports
from contact_gateway.server.connection import HTTPConnection
from contact_gateway.server.listening import Listeners, accepting, listen
from contact_gateway.server.process import Server
from contact_gateway.server.service_manager import ServiceManager, Told
from contact_gateway.server.turns import Turns
from contact_gateway.server.workers import run_workers
from contact_gateway.settings import Settings

__all__ = ["accepting", "listen", "serve", "serve_on", "server_config"]


class Build(Protocol):
    """Whoever makes the application that settings describe."""

    def __call__(self, settings: Settings, /, *, traces: Traces | None = None) -> ASGIApp:
        """The application; `traces` makes spans, if somebody wants them."""


_log = structlog.get_logger(__name__)


def server_config(
    app: ASGIApp, settings: Settings, connection: type[HTTPConnection] = HTTPConnection
) -> uvicorn.Config:
    """How uvicorn serves `app`."""
    # some calls are left for requests that begin before there is room
    at_once = settings.upstream_max_connections * 3 // 4
    return uvicorn.Config(
        app,
        # on httptools: h11 accepts Content-Length with Transfer-Encoding
        http=partial(connection, Turns(at_once), Writes()),  # type: ignore[arg-type]
        ws="none",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        # every request in flight has its answer by then; what has not is not being read
        timeout_graceful_shutdown=math.ceil(settings.upstream_deadline),
    )


def serve(settings: Settings, build: Build) -> None:
    """Serve what `build` makes until SIGINT or SIGTERM, and return when all is finished.

    On SIGHUP the application reads its files anew. All that is written meanwhile is lines of the
    log; signals that come before there is a server, or after it, interrupt nothing. With several
    workers each builds an application of its own, so `build` is found by its module and name, with
    the settings that it is called with.

    Raises:
        SettingsError: a file that the settings name cannot be used.
        ListenError: an address cannot be listened on.
        WorkersFailedError: a worker process could not start.
    """
    manager = ServiceManager.of_process()
    listeners = Listeners.of(settings)
    if settings.workers == 1:
        serve_on(listeners, settings, build, told=manager, announced=True, reloads=True)
    else:
        hold()
        _begin_to_log(settings)
        build(settings)  # what keeps one from starting is told once, and not by each worker
        _announce(listeners)
        work = partial(serve_on, settings=settings, build=build, reloads=True)
        run_workers(settings.workers, work, listeners, manager)


def serve_on(
    listeners: Listeners,
    settings: Settings,
    build: Build,
    *,
    told: Told | None = None,
    announced: bool = False,
    reloads: bool = False,
) -> None:
    """Serve what `build` makes on sockets that already listen, in this process.

    When `announced`, the log says where they listen, once nothing keeps the gateway from starting.
    Unless it `reloads`, SIGHUP means what it does elsewhere: the terminal is gone. `told` is told
    how it fares.
    """
    hold()
    _begin_to_log(settings)
    early = remember(STOPPING)
    with exported_traces():
        app = build(settings, traces=Traces.of_process())
        told = told or ServiceManager()
        server = Server(server_config(app, settings), pause=settings.drain_pause, told=told)
        # until uvicorn handles them itself, and when it repeats them at the end
        for stopping in STOPPING:
            signal.signal(stopping, server.handle_exit)
        for number in early:
            server.handle_exit(number, None)
        if reloads:
            signal.signal(signal.SIGHUP, server.reload)
        if announced:
            _announce(listeners)
        _spare_the_garbage_collector()
        server.run(sockets=listeners.accepting())
        hold()  # what comes now would only interrupt the end


def _begin_to_log(settings: Settings) -> None:
    configure_logs(settings.log_level, settings.log_format)
    log_what_python_reports()


def _announce(listeners: Listeners) -> None:
    """Say where it listens: for port 0, nothing else would tell."""
    for listener in listeners.callers:
        address, port = listener.getsockname()[:2]  # of IPv6 it has more
        _log.info("listening", address=address, port=port)
    for listener in listeners.aside:
        address, port = listener.getsockname()[:2]
        _log.info("listening", address=address, port=port, only="health and metrics")


def _spare_the_garbage_collector() -> None:
    """Keep it from looking again and again at what lives as long as the process.

    A mutation leaves no cycles behind, so looking for them rarely costs no memory; and it is made
    of some hundred objects, so 50,000 are not even reached by 256 at a time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
