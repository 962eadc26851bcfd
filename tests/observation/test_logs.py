"""How lines look, whoever writes them."""

import subprocess
import sys

import orjson

SCRIPT = """
import logging, sys, structlog
from contact_gateway.observation.logs import configure_logs
configure_logs("info", sys.argv[1])
log = structlog.get_logger()
log.debug("unseen")
log.info("gateway", number=1)
logging.getLogger("uvicorn.error").info("library %s", "speaks")
logging.getLogger("uvicorn.error").debug("unseen")
logging.getLogger("strawberry.execution").error("a document")
try:
    int("canary")
except ValueError as error:
    try:
        raise RuntimeError("canary") from error
    except RuntimeError:
        log.exception("bug")
        logging.getLogger("aiohttp").exception("library bug")
"""


def written(form: str) -> str:
    """What a process with this form of logs writes."""
    command = [sys.executable, "-c", SCRIPT, form]
    finished = subprocess.run(  # noqa: S603 - our own code
        command, check=True, capture_output=True, text=True
    )
    assert finished.stdout == ""
    return finished.stderr


def test_json() -> None:
    """Each line is one object, those of libraries too; an exception is told without its message."""
    lines = [orjson.loads(line) for line in written("json").splitlines()]

    assert [(line["event"], line["level"], line.get("logger")) for line in lines] == [
        ("gateway", "info", None),
        ("library speaks", "info", "uvicorn.error"),
        ("bug", "error", None),
        ("library bug", "error", "aiohttp"),
    ]
    for line in lines[2:]:
        assert line["exception"].splitlines()[0] == "builtins.RuntimeError"
        assert "builtins.ValueError" in line["exception"]
    assert "canary" not in str(lines[2:]).replace('int("canary")', "").replace(
        'raise RuntimeError("canary") from error', ""
    )


def test_console() -> None:
    """Lines for people have the same events, and no messages of exceptions either."""
    text = written("console")

    assert [event in text for event in ("gateway", "library speaks", "bug", "unseen")] == [
        *[True] * 3,
        False,
    ]
    assert "invalid literal" not in text
    assert "a document" not in text


REPORTS = """
import sys, threading, warnings
from contact_gateway.observation.logs import configure_logs, log_what_python_reports
configure_logs("info", "json")
log_what_python_reports()

class Unraisable:
    def __del__(self):
        raise ValueError(sys.argv[1])

def fail():
    raise KeyError(sys.argv[1])

Unraisable()
thread = threading.Thread(target=fail, name="aside")
thread.start()
thread.join()
warnings.warn("of a library")
raise RuntimeError(sys.argv[1])
"""


def test_what_python_reports() -> None:
    """Exceptions that nobody has caught, on any thread, and warnings are lines like all others."""
    finished = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", REPORTS, "canary"], check=False, capture_output=True, text=True
    )

    lines = [orjson.loads(line) for line in finished.stderr.splitlines()]
    exceptions = [line.get("exception", "-").splitlines()[0] for line in lines]
    assert (finished.returncode, finished.stdout, exceptions) == (
        1,
        "",
        ["builtins.ValueError", "builtins.KeyError", "-", "builtins.RuntimeError"],
    )
    assert [line["event"] for line in lines if "warning" not in line["level"]] == [
        "uncaught_exception"
    ] * 3
    assert "canary" not in finished.stderr


def test_logs_of_somebody_else() -> None:
    """An application that is run with structlog as it comes logs each request all the same."""
    script = (
        "from contact_gateway.observation import RequestRecord, log_request\n"
        "record = RequestRecord()\n"
        "record.status = 200\n"
        "log_request(record, 1.0)\n"
    )
    finished = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )

    assert "request" in finished.stdout
    assert "200" in finished.stdout


TURNS = """
import asyncio, io, select, structlog
from contact_gateway.observation.logs import configure_logs

class Writes(io.RawIOBase):
    seen, broken, longest = [], False, 0
    def writable(self):
        return True
    def write(self, data):
        if self.broken:
            raise BrokenPipeError
        self.seen.append(bytes(data).count(b"\\n"))
        self.longest = max(self.longest, len(data))
        return len(data)

writes = Writes()
configure_logs("info", "json", io.BufferedWriter(writes, 100_000))
log = structlog.get_logger()
complaints = []

async def main():
    asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))
    log.info("first")
    log.info("second")
    assert writes.seen == []
    await asyncio.sleep(0)
    assert writes.seen == [2], writes.seen
    writes.broken = True
    log.info("third")
    await asyncio.sleep(0)
    writes.broken = False
    log.info("fourth")
    await asyncio.sleep(0)
    assert writes.seen == [2, 2], writes.seen
    for _ in range(100):
        log.info("many")
    await asyncio.sleep(0)
    assert sum(writes.seen) == 104 and len(writes.seen) < 10, writes.seen
    assert writes.longest <= select.PIPE_BUF, writes.longest
    asyncio.get_running_loop().stop()
    log.info("fifth")

try:
    asyncio.run(main())
except RuntimeError:
    pass  # it was stopped
log.info("sixth")
assert sum(writes.seen) == 106, writes.seen
assert complaints == [], complaints
"""


def test_lines_of_one_turn() -> None:
    """They are written together; none is lost where the reader or the event loop goes away."""
    finished = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", TURNS], check=False, capture_output=True, text=True
    )

    assert (finished.returncode, finished.stderr) == (0, "")
