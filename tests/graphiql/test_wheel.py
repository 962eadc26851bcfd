"""The wheel: what a user has who installs it where there is no npm."""

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

_ROOT = Path(__file__).parents[2]
_UV = Path(sys.executable).with_name("uv")


@pytest.fixture
def installed(tmp_path: Path, own_files_are_there: None) -> Path:  # noqa: ARG001
    """The folder of the commands of an environment with the wheel, its requirements and no npm."""
    environment = tmp_path / "environment"
    offline = {"PATH": os.devnull, "HOME": str(tmp_path), "UV_OFFLINE": "1", "UV_NO_CACHE": "1"}

    def uv(*arguments: str) -> None:
        subprocess.run([_UV, "--quiet", *arguments], env=offline, check=True)  # noqa: S603

    build = ["build", "--wheel", "--no-build-isolation", "--python", sys.executable]
    uv(*build, "--out-dir", str(tmp_path), str(_ROOT))
    uv("venv", "--python", sys.executable, str(environment))
    [wheel] = tmp_path.glob("*.whl")
    uv("pip", "install", "--python", str(environment), "--no-deps", str(wheel))
    # what the wheel requires is taken from here; the editable installation beside it is not,
    # because Python reads no .pth file of a folder that is named in one
    [packages] = environment.glob("lib/*/site-packages")
    (packages / "requirements.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return environment / "bin"


@pytest.fixture
def demo_url(installed: Path, tmp_path: Path) -> Iterator[str]:
    """The demo of that environment."""
    command = [str(installed / "contact-gateway"), "demo", "--port", "0", "--sandbox-port", "0"]
    with subprocess.Popen(  # noqa: S603
        command,
        cwd=tmp_path,
        env={"PATH": os.devnull, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            found = (re.match(r"GraphiQL +(http://\S+)/graphql", line) for line in process.stdout)
            yield next(match[1] for match in found if match)
        finally:
            process.terminate()


def test_the_wheel_installed_into_an_empty_environment(demo_url: str, installed: Path) -> None:
    """It serves the page from its own files, all of which it carries."""
    with httpx.Client(base_url=demo_url, trust_env=False) as http:
        page = http.get("/graphql", headers={"Accept": "text/html"})
        urls = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        statuses = {url: http.get(f"/{url}").status_code for url in urls}

    [vendored] = installed.parent.glob("lib/*/site-packages/contact_gateway/graphiql/vendor")
    assert (set(statuses.values()), "https:" in page.text) == ({200}, False)
    assert "https:" not in page.headers["content-security-policy"]
    assert len([path for path in vendored.rglob("*") if path.is_file()]) == 12
