"""The command as its users start it: real processes, real ports, and what they print."""

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contact_gateway.cli import app
from contact_gateway.sandbox import Sandbox
from tests.client import Client, open_http
from tests.readme import ROOT
from tests.scripted_upstream import DROP, Answer, ScriptedUpstream, reply

COMMAND = [sys.executable, "-m", "contact_gateway"]
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith("CONTACT_GATEWAY_")
}


@contextlib.contextmanager
def running(directory: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command until the block ends, and then stop it as Ctrl-C does; it ends well."""
    process = subprocess.Popen(  # noqa: S603 - our own code
        [*COMMAND, *arguments],
        cwd=directory,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in errors


def printed(process: subprocess.Popen[str], start: str) -> str:
    """The next line that begins so."""
    assert process.stdout is not None
    return next(line.strip() for line in process.stdout if line.startswith(start))


def invoke(*arguments: str) -> tuple[int, str, str]:
    """Run a command that ends by itself, in this process: status, output and errors."""
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def taken_port() -> Iterator[str]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield str(taken.getsockname()[1])


def test_serve_without_settings(tmp_path: Path) -> None:
    """It ends with status 2 and one line for each variable that is missing."""
    ended = subprocess.run(  # noqa: S603 - our own code
        [*COMMAND, "serve"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )

    names = [line.partition(":")[0] for line in ended.stderr.splitlines()]
    assert (ended.returncode, ended.stdout, names) == (
        2,
        "",
        [
            "CONTACT_GATEWAY_UPSTREAM_URL",
            "CONTACT_GATEWAY_JWT_ISSUER",
            "CONTACT_GATEWAY_JWT_AUDIENCE",
        ],
    )


@pytest.mark.parametrize("setting", ["PORT", "METRICS_PORT"])
def test_serve_on_a_port_that_is_taken(
    monkeypatch: pytest.MonkeyPatch, taken_port: str, setting: str
) -> None:
    """It ends with status 1 and one line, which names the setting."""
    monkeypatch.setenv("CONTACT_GATEWAY_PORT", "0")
    monkeypatch.setenv(f"CONTACT_GATEWAY_{setting}", taken_port)
    monkeypatch.setenv("CONTACT_GATEWAY_UPSTREAM_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("CONTACT_GATEWAY_TOKEN_VERIFICATION", "upstream")

    status, output, errors = invoke("serve")

    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert "The gateway cannot start: " in errors
    assert "Address already in use" in errors
    assert errors.endswith(f"; set CONTACT_GATEWAY_{setting} to another port\n")


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (["demo", "--sandbox-port=0", "--port"], "--port or --sandbox-port"),
        (["demo", "--port=0", "--sandbox-port"], "--port or --sandbox-port"),
        (["sandbox", "--port"], "--port"),
    ],
)
def test_demo_and_sandbox_on_a_port_that_is_taken(
    taken_port: str, arguments: list[str], options: str
) -> None:
    """They too end with status 1 and one line, which names the options."""
    status, output, errors = invoke(*arguments, taken_port)

    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert f"The {arguments[0]} cannot start: " in errors
    assert "Address already in use" in errors
    assert f"', {taken_port}))" in errors
    assert errors.endswith(f"; set {options} to another port\n")


@pytest.mark.parametrize(
    "arguments", [["demo", "--port"], ["demo", "--sandbox-port"], ["sandbox", "--port"]]
)
def test_port_that_is_none(arguments: list[str]) -> None:
    """A port out of bounds is a wrong argument."""
    assert [invoke(*arguments, port)[0] for port in ("65536", "-1", "http")] == [2, 2, 2]


def test_demo_in_a_wrong_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment counts in the demo too, and what is wrong with it is told in one line."""
    monkeypatch.setenv("CONTACT_GATEWAY_LOG_LEVEL", "loud")

    status, _, errors = invoke("demo", "--port=0", "--sandbox-port=0")

    assert (status, errors) == (
        2,
        (
            "CONTACT_GATEWAY_LOG_LEVEL: expected debug, info, warning or error "
            "(it is set to something else)\n"
        ),
    )


@pytest.mark.parametrize("command", ["demo", "sandbox"])
def test_data_that_is_no_database(tmp_path: Path, command: str) -> None:
    """A file that is something else is left alone, and told in one line."""
    file = tmp_path / "letter.txt"
    file.write_text("Dear customer, " * 100, encoding="utf-8")
    ports = ["--port=0", "--sandbox-port=0"] if command == "demo" else ["--port=0"]

    status, _, errors = invoke(command, *ports, "--data", str(file))

    assert (status, errors) == (
        1,
        f"The {command} cannot start: {file}: file is not a database\n",
    )
    assert file.read_text(encoding="utf-8").startswith("Dear customer")


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, as the demo's reader does")
def test_demo(tmp_path: Path) -> None:
    """Its curl line renames a group, and the new name is there after a restart, for anyone."""
    arguments = ["demo", "--port=0", "--sandbox-port=0", "--data=groups.db"]
    with running(tmp_path, *arguments) as first:
        curl = shlex.split(printed(first, "curl"))
        renamed = subprocess.run(  # noqa: S603 - as the demo printed it
            [*curl, "--silent", "--show-error"], capture_output=True, text=True, check=True
        )
    with (
        running(tmp_path, *arguments) as second,
        running(tmp_path, "sandbox", "--port=0", "--data=groups.db") as third,
        open_http() as http,
    ):
        _, url, *options = shlex.split(printed(second, "curl"))
        headers = dict(option.split(": ", 1) for option in options[1:-1:2])
        query = '{ contactGroup(id: "5514123") { name } }'
        read = http.post(url, json={"query": query}, headers=headers)
        page = http.get(url, headers={"Accept": "text/html"})
        asking = {"Origin": "http://localhost:5173", "Access-Control-Request-Method": "GET"}
        preflight = http.options(url, headers=asking)
        url = printed(third, "Sandbox at").removeprefix("Sandbox at ")
        _, token, _ = invoke("token", "--sandbox-url", url)
        headers = {"Authorization": f"Bearer {token.strip()}", "Customer-Id": "5690"}
        listed = http.get(f"{url}/v1/contactGroups?id=5514123", headers=headers)

    assert '"contactGroup":{"id":"5514123","name":"Best customers"}' in renamed.stdout
    assert read.json() == {"data": {"contactGroup": {"name": "Best customers"}}}
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert preflight.headers["access-control-allow-origin"] == "http://localhost:5173"
    assert listed.json()["items"] == [{"id": 5514123, "name": "Best customers"}]


def test_token(sandbox: Sandbox, client: Client) -> None:
    """The token alone is printed, and the gateway accepts it."""
    status, token, errors = invoke("token", "--sandbox-url", sandbox.url)
    client.token = token.removesuffix("\n")

    result = client.rename("5514124", {"name": "Renamed by token"})

    assert (status, errors, result["__typename"]) == (0, "", "UpdateContactGroupSuccess")


def test_token_for_another_scope_and_customer(sandbox: Sandbox, client: Client) -> None:
    """A token names the scopes and the customer that were asked for, and no others."""
    _, token, _ = invoke(
        "token", "--sandbox-url", sandbox.url, "--scope", "contacts:read", "--customer", "7310"
    )
    client.token, client.customer = token.removesuffix("\n"), "7310"

    read = client.post('{ contactGroup(id: "6620413") { name } }')
    result = client.rename("6620413", {"name": "New"})

    assert read.json() == {"data": {"contactGroup": {"name": "Fleet hire"}}}
    assert result["requiredScope"] == "contacts:write"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply(401, '{"error": "invalid_client"}'), "invalid_client"),
        (reply(200, "<html>"), "it does not answer like a sandbox"),
        (reply(200, "[]"), "it does not answer like a sandbox"),
        (
            DROP,
            (
                "RemoteProtocolError; start it with: contact-gateway sandbox, or say where it is "
                "with --sandbox-url"
            ),
        ),
    ],
    ids=["refused", "HTML", "no token", "dropped"],
)
def test_token_that_is_not_given(scripted: ScriptedUpstream, answer: Answer, reason: str) -> None:
    """Without a token, the status is 1 and one line says why."""
    scripted.answers(answer)

    ended = invoke("token", "--sandbox-url", scripted.url)

    assert ended == (1, "", f"No token from the sandbox at {scripted.url}: {reason}\n")


@pytest.mark.parametrize(
    "url", ["nowhere", "http://", "http://a:b", "ftp://a", "127.0.0.1:9001", "localhost:9001"]
)
def test_token_from_no_url(url: str) -> None:
    """What is no URL is one line too, which says what was expected."""
    reason = "expected --sandbox-url to be a URL, such as http://127.0.0.1:8001"

    ended = invoke("token", "--sandbox-url", url)

    assert ended == (1, "", f"No token from the sandbox at {url}: {reason}\n")


def test_help() -> None:
    """Each command explains itself."""
    _, output, _ = invoke("--help")

    assert [
        name for name in ("demo", "serve", "check", "sandbox", "schema", "token") if name in output
    ] == [
        command.name or getattr(command.callback, "__name__", "")
        for command in app.registered_commands
    ]


def test_version() -> None:
    """It is that of the package, and nothing else."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert invoke("--version") == (0, f"{project['version']}\n", "")


def test_windows() -> None:
    """It says in one sentence that it does not run there, instead of what it misses first."""
    script = "import sys; sys.platform = 'win32'; from contact_gateway.__main__ import main; main()"
    finished = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert (finished.returncode, finished.stdout, finished.stderr) == (
        1,
        "",
        "contact-gateway does not run on Windows; run it in WSL, or its image.\n",
    )
