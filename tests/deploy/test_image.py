"""The image of deploy/Dockerfile, run as it is: what it answers, and what is in it."""

import json
import os
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from contact_gateway.contact_groups import print_sdl
from contact_gateway.sandbox import Sandbox
from contact_gateway.settings import PREFIX
from tests.client import Client
from tests.conftest import IssueToken
from tests.deploy.container import Container, container, image, podman
from tests.log_watch import LOGS
from tests.readme import ROOT
from tests.servers import await_ready, environment_for, free_port

__all__ = ["image"]

MEGABYTE = 1_000_000
NOT_ASKED_FOR = ("cc", "gcc", "ld", "make", "npm", "node", "pip", "uv", "hatchling", "git", "curl")


@pytest.fixture(scope="module")
def serving(
    image: str, sandbox_server: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Container, Path, str]]:
    """The image with two workers before the sandbox, its output and its URL."""
    assert image
    output = tmp_path_factory.mktemp("image") / "output"
    port = free_port()
    settings = environment_for(
        sandbox_server.url, host="127.0.0.1", port=port, workers=2, drain_pause=1, graphiql=True
    )
    environment = {name: value for name, value in settings.items() if name.startswith(PREFIX)}
    with container(output, environment=environment) as running:
        url = f"http://127.0.0.1:{port}"
        await_ready(f"{url}/readyz", lambda: running.process.poll() is None)
        yield running, output, url
    LOGS.add(output.read_bytes())


def test_serving(serving: tuple[Container, Path, str], issue_token: IssueToken) -> None:
    """Two workers rename a group, from a root that is read-only and as nobody in particular."""
    running, output, url = serving
    client = Client(url, issue_token())
    with client.http:
        result = client.rename("5514123", {"name": "Best customers"})
        page = client.http.get(f"{url}/graphql", headers={"Accept": "text/html"})
        metrics = client.http.get(f"{url}/metrics").text

    status = podman("exec", running.name, "cat", "/proc/1/status")
    told = dict(line.split(":\t", 1) for line in status.splitlines())
    assert result == {
        "__typename": "UpdateContactGroupSuccess",
        "contactGroup": {"id": "5514123", "name": "Best customers"},
        "outcome": "APPLIED",
    }
    assert "contact_gateway_requests_total" in metrics
    assert (page.status_code, "script-src 'self'" in page.headers["Content-Security-Policy"]) == (
        200,
        True,
    )
    assert (told["Uid"].split()[0], int(told["CapBnd"], 16), told["NoNewPrivs"]) == (
        "10001",
        0,
        "1",
    )
    assert '"loads_from":"its own files"' in output.read_text(encoding="utf-8")


def test_health(serving: tuple[Container, Path, str]) -> None:
    """The image says itself how to ask for its health, and the answer is that it is well."""
    running, *_ = serving

    assert podman("healthcheck", "run", running.name).strip() in {"", "healthy"}


def test_health_on_a_port_of_its_own(image: str, sandbox_server: Sandbox, tmp_path: Path) -> None:
    """It is asked for where METRICS_PORT says, and past a proxy that the environment names."""
    assert image
    port, apart = free_port(), free_port()
    settings = environment_for(
        sandbox_server.url, host="127.0.0.1", port=port, metrics_port=apart, drain_pause=0
    )
    environment = {name: value for name, value in settings.items() if name.startswith(PREFIX)}
    environment["http_proxy"] = f"http://127.0.0.1:{free_port()}"
    with container(tmp_path / "output", environment=environment) as running:
        await_ready(f"http://127.0.0.1:{apart}/readyz", lambda: running.process.poll() is None)
        told = podman("healthcheck", "run", running.name).strip()

    assert told in {"", "healthy"}


def test_demo(image: str, tmp_path: Path) -> None:
    """The demo needs nothing but the image: it opens GraphiQL, from its own files."""
    assert image
    port = free_port()
    command = ["contact-gateway", "demo", "--port", str(port), "--sandbox-port", "0"]
    with container(tmp_path / "output", *command) as running:
        await_ready(f"http://127.0.0.1:{port}/readyz", lambda: running.process.poll() is None)
        page = httpx.get(f"http://127.0.0.1:{port}/graphql", headers={"Accept": "text/html"})
        status = running.stop()

    assert (page.status_code, "script-src 'self'" in page.headers["Content-Security-Policy"]) == (
        200,
        True,
    )
    assert status == 0


def test_stopping(serving: tuple[Container, Path, str], issue_token: IssueToken) -> None:
    """What stops a container gives it the time to finish, and it ends with 0.

    It is the last test of the module, because nobody serves after it.
    """
    running, output, url = serving
    client = Client(url, issue_token())
    with client.http:
        before = client.post("{ __typename }").status_code
        status = running.stop()

    events = [json.loads(line)["event"] for line in output.read_text("utf-8").splitlines()]
    assert (before, status, "uncaught_exception" in events) == (200, 0, False)


def head() -> str:
    """The commit that is checked out."""
    command = ["git", "-c", f"safe.directory={ROOT}", "rev-parse", "HEAD"]
    return subprocess.run(  # noqa: S603 - whatever has cloned this
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_labels(image: str) -> None:
    """They say what it is, of which version and from what, and whom it runs as."""
    [told] = json.loads(podman("image", "inspect", image))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    labels = {
        name.removeprefix("org.opencontainers.image."): value
        for name, value in told["Labels"].items()
        if name.startswith("org.opencontainers.image.")
    }

    assert labels.pop("revision") == head(), "make image builds it anew"
    assert labels == {
        "title": "contact-gateway",
        "description": "A GraphQL gateway over the contact groups of a REST API.",
        "version": project["version"],
        "licenses": "MIT",
        "base.name": "debian:trixie-slim",
    }
    assert (told["User"], told["Config"]["StopSignal"], told["Config"]["Cmd"]) == (
        "10001:10001",
        "SIGTERM",
        ["contact-gateway", "serve"],
    )
    assert told["Size"] < 250 * MEGABYTE


def look(root: Path) -> dict[str, Any]:
    """What is in a root that should not be, as paths in it; and whether its code is compiled."""
    places = ("var/cache", "var/lib/apt/lists", "var/log", "root", "tmp", "build", "tools")
    usual = {".bashrc", ".profile", "aux-cache"}
    files = [path for place in places for path in (root / place).rglob("*") if path.is_file()]
    folders = ("bin", "usr/bin", "usr/local/bin", "usr/sbin", "gateway/bin")
    installed = [path for path in (root / "gateway").rglob("*") if not path.is_symlink()]
    return {
        "left": [str(path.relative_to(root)) for path in files if path.name not in usual],
        "programs": [
            name
            for folder in folders
            for name in NOT_ASKED_FOR
            if os.path.lexists(root / folder / name)
        ],
        "writable": [
            str(path.relative_to(root))
            for path in installed
            if path.stat().st_uid != 0 or path.stat().st_mode & 0o022
        ],
        "compiled": any(
            (root / "gateway").glob("lib/python*/site-packages/strawberry/__pycache__/*")
        ),
    }


def test_what_is_in_it(image: str) -> None:
    """No compiler, no package manager of Python or Node, no cache, nothing that it can change."""
    root = Path(podman("image", "mount", image).strip())
    try:
        told = look(root)
    finally:
        podman("image", "unmount", image)

    assert told == {"left": [], "programs": [], "writable": [], "compiled": True}


def test_the_schema(image: str, tmp_path: Path) -> None:
    """What it serves is what this repository has: the image is of now."""
    assert image
    with container(tmp_path / "output", "contact-gateway", "schema") as running:
        status = running.process.wait(60)

    assert (status, (tmp_path / "output").read_text(encoding="utf-8")) == (0, print_sdl())
