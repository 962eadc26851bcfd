"""The demo as a program starts it: one line of JSON, a file, and whom it obeys."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from contact_gateway.cli import app
from tests.client import RENAME, Client, open_http
from tests.thorough import thorough

DEMO = [sys.executable, "-m", "contact_gateway", "demo", "--json", "--port=0", "--sandbox-port=0"]
GROUPS = [
    {"id": "5514123", "name": "High value customers"},
    {"id": "5514124", "name": "Suppliers"},
    {"id": "5514125", "name": "Subcontractors"},
    {"id": "5514126", "name": "Facilities management"},
    {"id": "5514127", "name": "Annual boiler service"},
    {"id": "5514128", "name": "Letting agents, North West"},
    {"id": "5514129", "name": "Schools and colleges"},
    {"id": "5514130", "name": "Dormant accounts"},
]


@contextlib.contextmanager
def demo(*options: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """Run the demo until it is told to stop, as a supervisor does that reads its output."""
    environment = {**os.environ, **{f"CONTACT_GATEWAY_{k}": v for k, v in variables.items()}}
    with subprocess.Popen(  # noqa: S603 - our own command
        [*DEMO, *options], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            rest, _ = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, "")


def announced(process: subprocess.Popen[str]) -> Any:
    """The first line that it prints."""
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def rename(told: dict[str, Any]) -> Any:
    """Rename the first group, at once and only once; the status and the result."""
    client = Client(told["graphql"].removesuffix("/graphql"), told["token"], told["customer"])
    variables = {"id": told["groups"][0]["id"], "input": {"name": "Best customers"}}
    with client.http:
        response = client.post(RENAME, variables)
    return response.status_code, response.json()["data"]["updateContactGroup"]["__typename"]


def test_one_line(tmp_path: Path) -> None:
    """It has what is needed, is in the file too, and all there is; the first request succeeds.

    What was there before is gone when the line comes, and the file when the demo ends. The line is
    as good for whoever listens everywhere and has a fast clock.
    """
    file = tmp_path / "ready.json"
    file.write_text("of an earlier demo", encoding="utf-8")
    arguments = [f"--ready-file={file}", "--host=0.0.0.0", "--admin-from-anywhere"]

    with demo(*arguments, ONLY_FOR_TESTS_TIME_FACTOR="20") as process:
        told = announced(process)
        in_file = json.loads(file.read_text(encoding="utf-8"))
        first = rename(told)
        with open_http() as http:
            received = http.get(
                f"{told['sandbox']}/__admin/requests", headers={"Host": "demo.example"}
            ).json()["requests"]
        client = Client(told["graphql"].removesuffix("/graphql"), told["token"], told["customer"])
        with client.http:
            hung = client.post(RENAME, {"id": "9001", "input": {"name": "New"}})

    assert (told["customer"], told["groups"], in_file) == ("5690", GROUPS, told)
    assert first == (200, "UpdateContactGroupSuccess")
    assert [(request["method"], request["status"]) for request in received] == [("PATCH", 204)]
    assert hung.elapsed.total_seconds() < 5
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("name", ["missing/ready.json", "."])
def test_a_file_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    """It is told in one line, before anything listens."""
    arguments = [*DEMO[DEMO.index("demo") :], "--ready-file", str(tmp_path / name)]

    result = CliRunner().invoke(app, arguments)

    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert result.stderr.startswith("The demo cannot start: ")


def start_once(_: int) -> Any:
    """Start a demo and call it as soon as its line has come."""
    with demo() as process:
        return rename(announced(process))


@thorough
def test_twenty_starts() -> None:
    """Whoever reads the line can call at once: the first request of every start is answered."""
    with ThreadPoolExecutor(4) as starters:
        ends = [*starters.map(start_once, range(20))]

    assert ends == [(200, "UpdateContactGroupSuccess")] * 20
