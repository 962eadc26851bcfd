"""Logs: an event name and fields, one line each; never a token, a name or a document."""

import asyncio
import logging
import select
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import BinaryIO, Literal, cast

import orjson
import structlog
from structlog.typing import BindableLogger, EventDict, WrappedLogger

__all__ = ["configure_logs", "log_what_python_reports", "logs_of_python", "no_warnings"]

_Render = Callable[[WrappedLogger, str, EventDict], bytes]

# These log documents, names, headers and URLs, at levels that production may have on.
_TOO_TALKATIVE = ("strawberry.execution", "httpx", "httpcore")
_SILENT = logging.CRITICAL + 1


def configure_logs(
    level: str, form: Literal["json", "console"], stream: BinaryIO | None = None
) -> None:
    """Send all logs, those of libraries too, to standard error as JSON or as readable lines.

    `stream` takes the lines in the place of standard error.
    """
    stream = stream or sys.stderr.buffer
    lines = _Lines(stream)
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        _timestamped if form == "json" else structlog.processors.TimeStamper(fmt="iso"),
        _without_messages,
    ]
    render: _Render = _json if form == "json" else _console(stream)
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=_logger_from(number),
        # not through the standard library: that takes three times as long for each line
        logger_factory=structlog.BytesLoggerFactory(cast("BinaryIO", lines)),
        cache_logger_on_first_use=True,
    )
    handler = _Handler(lines)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                lambda logger, name, event: render(logger, name, event).decode(),
            ],
            keep_exc_info=False,
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(number)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    for name in _TOO_TALKATIVE:
        logging.getLogger(name).setLevel(_SILENT)


def log_what_python_reports() -> None:
    """Have this process log what Python would write to standard error in words of its own.

    Those are warnings, and exceptions that nobody has caught: on the main thread, on another, or
    where nothing can be raised. Whoever reads the lines as JSON can read them all.
    """
    log = structlog.get_logger(__name__)

    def uncaught(error: BaseException | None, **where: object) -> None:
        log.error("uncaught_exception", exc_info=error or True, **where)

    logging.captureWarnings(capture=True)
    sys.excepthook = lambda _kind, error, _traceback: uncaught(error)
    threading.excepthook = lambda told: uncaught(
        told.exc_value, thread=told.thread and told.thread.name
    )
    sys.unraisablehook = lambda told: uncaught(told.exc_value, where=told.err_msg)


@contextmanager
def logs_of_python() -> Iterator[None]:
    """Have Python's own logging take what the gateway logs, for as long as the block lasts.

    It is for a process that is somebody else's: where structlog is configured, it stays so.
    """
    if structlog.is_configured():
        yield
        return
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            _without_messages,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    try:
        yield
    finally:
        structlog.reset_defaults()


@contextmanager
def no_warnings() -> Iterator[None]:
    """Have nothing logged for as long as the block lasts but what is critical.

    It is for a command that says itself what it finds, on standard output, where structlog writes
    as it comes. Where structlog is configured, it stays so.
    """
    if structlog.is_configured():
        yield
        return
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.reset_defaults()


def _logger_from(level: int) -> type[BindableLogger]:
    """What structlog gives for a level, with a shorter way for the line that each request has."""
    logger: type[BindableLogger] = structlog.make_filtering_bound_logger(level)
    if level > logging.INFO:
        return logger

    class Logger(logger):  # type: ignore[misc, valid-type]
        def info(self, event: str, *values: object, **fields: object) -> None:
            """Log an event: structlog's own hands its fields on from method to method."""
            if values:
                super().info(event, *values, **fields)
                return
            try:
                arguments, named = self._process_event("info", event, fields)
            except structlog.DropEvent:
                return
            self._logger.info(*arguments, **named)

    return Logger


class _Lines:
    """What loggers write to: lines of one turn of an event loop are written to `stream` together.

    Each write is a system call, and wakes whoever reads the lines from a pipe. Only of as much as a
    pipe takes whole are they, or those of several workers would be mixed (POSIX, write).
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffered = 0
        self._about_to_flush: asyncio.AbstractEventLoop | None = None

    def write(self, line: bytes) -> int:
        """Buffer a line."""
        if self._buffered + len(line) > select.PIPE_BUF:
            self._flush_stream()
        self._buffered += len(line)
        return self._stream.write(line)

    def flush(self) -> None:
        """Write what is buffered by the end of the turn of an event loop; where none runs, now."""
        about_to_flush = self._about_to_flush
        if about_to_flush is not None and about_to_flush.is_running():
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._flush_stream()
        else:
            self._about_to_flush = loop
            loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._about_to_flush = None
        # told to nobody: the event loop would log it, and that would be about to flush again
        with suppress(OSError):
            self._flush_stream()

    def _flush_stream(self) -> None:
        self._buffered = 0
        self._stream.flush()


class _Handler(logging.Handler):
    """Writes the lines of libraries to where the gateway's own go."""

    def __init__(self, lines: "_Lines") -> None:
        super().__init__()
        self._log = structlog.BytesLogger(cast("BinaryIO", lines))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            self._log.msg(self.format(record).encode("utf-8", "backslashreplace"))
        except Exception:  # noqa: BLE001 - as every handler: a log must not break what it tells of
            self.handleError(record)


def _json(_logger: WrappedLogger, _name: str, event: EventDict) -> bytes:
    return orjson.dumps(event, lambda value: type(value).__name__, orjson.OPT_UTC_Z)


def _timestamped(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Note the moment: orjson writes it in the form that structlog would give it, but in C."""
    event["timestamp"] = datetime.now(UTC)
    return event


def _console(stream: BinaryIO) -> _Render:
    renderer = structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    return lambda logger, name, event: renderer(logger, name, event).encode(
        "utf-8", "backslashreplace"
    )


def _without_messages(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Tell an exception by its types and places alone: its message may quote what it was given."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    elif error and not isinstance(error, BaseException):
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = "".join(_chain(error))
    return event


def _chain(error: BaseException) -> Iterator[str]:
    """The exception and what led to it, the last first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield f"{type(cause).__module__}.{type(cause).__qualname__}\n"
        yield from traceback.format_tb(cause.__traceback__)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
