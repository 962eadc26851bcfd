"""What `make dist` has put into dist/: the same bytes each time, and it works on its own."""

import contextlib
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from packaging.requirements import Requirement

from contact_gateway.sandbox import Sandbox
from contact_gateway.settings import PREFIX
from tests.client import Client
from tests.conftest import IssueToken
from tests.deploy.container import container, debian_testing
from tests.readme import ROOT
from tests.release.project import PROJECT
from tests.servers import await_ready, environment_for, free_port
from tests.thorough import thorough

__all__ = ["debian_testing"]

pytestmark = thorough

_UV = Path(sys.executable).with_name("uv")
NAME = f"contact_gateway-{PROJECT['version']}"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def distribution(suffix: str) -> Path:
    """A file of the release."""
    path = ROOT / "dist" / f"{NAME}{suffix}"
    assert path.exists(), "make dist builds it"
    return path


def wheel() -> Path:
    """The wheel."""
    return distribution("-py3-none-any.whl")


def run(*command: str | Path, **environment: str) -> str:
    """Run a command to its end; what it prints."""
    finished = subprocess.run(  # noqa: S603 - uv, and scripts of our own
        command,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_a_build_from_the_sdist(tmp_path: Path) -> None:
    """Elsewhere, for another user's eyes only, from what the sdist has: the same bytes."""
    with tarfile.open(distribution(".tar.gz")) as sdist:
        epoch = str(sdist.getmembers()[0].mtime)
    run("tar", "-xzf", distribution(".tar.gz"), "-C", tmp_path)
    build = ("build", "--quiet", "--no-build-isolation", "--python", sys.executable)
    mask = os.umask(0o077)
    try:
        run(
            *(_UV, *build, "--out-dir", tmp_path / "again", tmp_path / NAME),
            SOURCE_DATE_EPOCH=epoch,
            REQUIRE_GRAPHIQL="1",
        )
    finally:
        os.umask(mask)

    names = [wheel().name, distribution(".tar.gz").name]
    again = {name: (tmp_path / "again" / name).read_bytes() for name in names}
    assert again == {name: (ROOT / "dist" / name).read_bytes() for name in names}


def metadata() -> Message:
    """What the wheel says of itself."""
    with zipfile.ZipFile(wheel()) as archive:
        return Parser().parsestr(archive.read(f"{NAME}.dist-info/METADATA").decode("utf-8"))


def test_what_the_wheel_says_of_itself() -> None:
    """Name, version, licence, Pythons, what it needs and where to read of it."""
    told = metadata()

    assert (told["Name"], told["Version"], told["License-Expression"], told["Requires-Python"]) == (
        "contact-gateway",
        PROJECT["version"],
        "MIT",
        ">=3.11",
    )
    assert set(told.get_all("Provides-Extra", [])) == {"otel", "redis", "testing"}
    assert {f"Programming Language :: Python :: {version}" for version in PYTHONS} | {
        "Typing :: Typed",
        "Framework :: AsyncIO",
    } <= set(told.get_all("Classifier", []))
    assert len(told.get_all("Project-URL", [])) == len(PROJECT["urls"])
    assert "# contact-gateway" in str(told.get_payload())


def test_what_is_in_the_wheel() -> None:
    """The package as it is here, the licence and GraphiQL's twelve files; nothing of the tests."""
    with zipfile.ZipFile(wheel()) as archive:
        names = set(archive.namelist())
        old = [name for name in names if is_older(name, archive.read(name))]

    assert old == [], "make dist builds it anew"
    assert {name.partition("/")[0] for name in names} == {"contact_gateway", f"{NAME}.dist-info"}
    assert {"contact_gateway/py.typed", f"{NAME}.dist-info/licenses/LICENSE"} <= names
    assert sum(name.startswith("contact_gateway/graphiql/vendor/") for name in names) == 12


def is_older(name: str, content: bytes) -> bool:
    """Whether a file of the wheel is of another state than what is here."""
    if name.startswith("contact_gateway/"):
        return (ROOT / "src" / name).read_bytes() != content
    if not name.endswith("/METADATA"):
        return False
    told = Parser().parsestr(content.decode("utf-8")).get_all("Requires-Dist", [])
    needs = {Requirement(each) for each in told if "extra ==" not in each}
    return needs != set(map(Requirement, PROJECT["dependencies"]))


def test_the_bill_of_materials() -> None:
    """CycloneDX, of this version, with what is locked for here, and GraphiQL's packages of npm."""
    text = distribution(".cdx.json").read_text(encoding="utf-8")
    told = json.loads(text)
    root = told["metadata"]["component"]
    [needs] = [each["dependsOn"] for each in told["dependencies"] if each["ref"] == root["bom-ref"]]
    locked = set(
        re.findall(r"^(\S+)==(\S+)", (ROOT / "requirements-runtime.lock").read_text(), re.MULTILINE)
    )

    assert (told["bomFormat"], root["name"], root["version"]) == (
        "CycloneDX",
        "contact-gateway",
        PROJECT["version"],
    )
    found = {unquote(each["purl"]) for each in told["components"]}
    pins = json.loads((ROOT / "src/contact_gateway/graphiql/pins.json").read_text())
    of_npm = {f"pkg:npm/{pin['name']}@{pin['version']}" for pin in pins}
    of_pypi = {f"pkg:pypi/{name}@{version}" for name, version in locked}
    assert of_npm <= found <= of_npm | of_pypi
    assert len(found) > 50
    assert len(needs) > 20
    assert str(ROOT) not in text


@cache
def pythons() -> dict[str, str]:
    """The Pythons of this machine, by version."""
    found = run(ROOT / ".ci" / "pythons").split()
    show = "import sys; print('%d.%d' % sys.version_info[:2])"
    return {run(python, "-Ic", show).strip(): python for python in found}


@contextlib.contextmanager
def installed_gateway(
    commands: Path, sandbox: Sandbox, folder: Path, python_path: str
) -> Iterator[str]:
    """`contact-gateway serve` of an environment, before the sandbox; its URL."""
    port = free_port()
    environment = environment_for(sandbox.url, port=port)
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(  # noqa: S603 - our own
            [commands / "contact-gateway", "serve"],
            cwd=folder,
            env={**environment, "PATH": python_path},
            stderr=log,
        ) as process,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            await_ready(f"{url}/readyz", lambda: process.poll() is None, seconds=100)
            yield url
        finally:
            process.kill()


def renamed(url: str, token: str, name: str) -> object:
    """What the gateway at a URL answers first: to a rename."""
    client = Client(url, token)
    with client.http:
        return client.rename("5514123", {"name": name})


def success(name: str) -> object:
    """What it should."""
    return {
        "__typename": "UpdateContactGroupSuccess",
        "contactGroup": {"id": "5514123", "name": name},
        "outcome": "APPLIED",
    }


@pytest.mark.parametrize("version", PYTHONS)
def test_the_wheel_on_a_python(
    version: str, sandbox: Sandbox, issue_token: IssueToken, tmp_path: Path
) -> None:
    """Installed as its users do, with the newest of all it needs, it renames a group."""
    if version not in pythons():
        pytest.skip(f"there is no Python {version} here")
    folder = tmp_path / "a päth with spaces"
    run(_UV, "venv", "--quiet", "--python", pythons()[version], folder)
    install = ("pip", "install", "--quiet", "--python", folder)
    run(_UV, *install, wheel(), UV_SYSTEM_CERTS="1")

    with installed_gateway(folder / "bin", sandbox, tmp_path, "/nowhere") as url:
        result = renamed(url, issue_token(), f"Renamed by {version}")

    assert result == success(f"Renamed by {version}")


AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
INSTALL_AND_SERVE = """
folder=$(mktemp -d)
python3 -m venv $folder
$folder/bin/pip install --quiet --disable-pip-version-check /dist/*.whl
exec $folder/bin/contact-gateway serve
"""


def test_the_wheel_on_the_newest_python(
    debian_testing: str, sandbox: Sandbox, issue_token: IssueToken, tmp_path: Path
) -> None:
    """Installed by the pip that comes with that Python, where nothing else is, it does too."""
    port = free_port()
    settings = environment_for(sandbox.url, port=port)
    environment = {name: value for name, value in settings.items() if name.startswith(PREFIX)}
    environment["PIP_CERT"] = str(AUTHORITIES)
    volumes = {wheel().parent: "/dist", AUTHORITIES: str(AUTHORITIES)}
    output = tmp_path / "output"
    command = ("sh", "-ec", INSTALL_AND_SERVE)
    url = f"http://127.0.0.1:{port}"
    with container(
        output, *command, environment=environment, image=debian_testing, volumes=volumes
    ) as running:
        await_ready(f"{url}/readyz", lambda: running.process.poll() is None, seconds=200)
        result = renamed(url, issue_token(), "Best customers")

    assert result == success("Best customers"), output.read_text(encoding="utf-8")
