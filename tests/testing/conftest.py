"""What a user has: the wheel in an empty environment, and a demo that others share."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.readme import ROOT
from tests.thorough import THOROUGH

UV = Path(sys.executable).with_name("uv")
PYTHON_EXAMPLE = ROOT / "examples" / "tests-python"

ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    # what pytest tells the processes that it starts is about this run of it
    if not name.startswith(("CONTACT_GATEWAY_", "PYTEST_", "COV_"))
}


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of an environment with `contact-gateway[testing]`, as a wheel.

    Beside it there is what the Python example asks for, locked by hash.
    """
    if not THOROUGH:
        pytest.skip("THOROUGH=1 tries it with an installed wheel, as .ci/run does")
    folder = tmp_path_factory.mktemp("kit")
    target = folder / "environment"

    def uv(*arguments: str | Path) -> None:
        subprocess.run([UV, "--quiet", *arguments], check=True)  # noqa: S603

    uv(
        "build",
        "--wheel",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "--out-dir",
        folder,
        ROOT,
    )
    [wheel] = folder.glob("*.whl")
    uv("venv", "--python", sys.executable, target)
    lock = PYTHON_EXAMPLE / "requirements.lock"
    uv("pip", "sync", "--python", target, "--require-hashes", "--compile-bytecode", lock)
    # all that it asks for is there, or this would fail
    uv(
        "pip",
        "install",
        "--python",
        target,
        "--offline",
        f"contact-gateway[testing] @ {wheel.as_uri()}",
    )
    return target / "bin"


Run = Callable[..., str]


@pytest.fixture
def run_pytest(environment: Path) -> Run:
    """Runs pytest in that environment: `run_pytest(folder, *arguments)`; its output."""

    def run(folder: Path, *arguments: str | Path) -> str:
        ended = subprocess.run(  # noqa: S603 - our own code
            [environment / "pytest", "-q", "-p", "no:cacheprovider", *arguments],
            cwd=folder,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    return run


@dataclass(frozen=True)
class Demo:
    """A demo of that environment: what it tells, and the file that it tells it in."""

    file: Path
    told: dict[str, Any]


@pytest.fixture
def shared_demo(environment: Path, tmp_path: Path) -> Iterator[Demo]:
    """A demo as a process of its own, whose clock is ten times as fast."""
    file = tmp_path / "ready.json"
    command: Sequence[str | Path] = [environment / "contact-gateway", "demo", "--json"]
    options = ["--port=0", "--sandbox-port=0", f"--ready-file={file}"]
    with subprocess.Popen(  # noqa: S603 - our own code
        [*command, *options],
        env={**ENVIRONMENT, "CONTACT_GATEWAY_ONLY_FOR_TESTS_TIME_FACTOR": "10"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield Demo(file, json.loads(process.stdout.readline()))
        finally:
            process.send_signal(signal.SIGINT)
