"""Containers of the image that `make image` builds: run as deploy/ has them run, by podman."""

import contextlib
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.thorough import program

__all__ = ["IMAGE", "Container", "container", "podman"]

IMAGE = "localhost/contact-gateway"

# what compose.yaml and deployment.yaml ask for; limits that any CI has too
_CONFINED = [
    *("--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges"),
    *("--runtime", "runc", "--network", "host"),
    *("--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"),
]


def podman(*arguments: str, seconds: float = 120) -> str:
    """Run podman to its end; what it prints. Skips where no thorough run is asked for."""
    finished = subprocess.run(  # noqa: S603 - Debian's own
        [program("podman"), *arguments],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@dataclass(frozen=True)
class Container:
    """A container that runs: its name, and podman's process, which ends as it does."""

    name: str
    process: subprocess.Popen[bytes]

    def stop(self) -> int:
        """Stop it as `docker stop` does, with the image's own signal; its exit status."""
        podman("stop", "--time", "30", self.name)
        return self.process.wait(30)


@contextlib.contextmanager
def container(
    output: Path, *command: str, environment: Mapping[str, str] | None = None
) -> Iterator[Container]:
    """Run the image, confined, for as long as the `with` block lasts; `output` gets all it says."""
    name = f"contact-gateway-{uuid.uuid4().hex[:12]}"
    settings = [f"--env={key}={value}" for key, value in (environment or {}).items()]
    run = [
        program("podman"),
        "--log-level",
        "fatal",
        "run",
        "--rm",
        "--name",
        name,
        *_CONFINED,
        *settings,
    ]
    with output.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603 - Debian's own
            [*run, IMAGE, *command], stdout=file, stderr=subprocess.STDOUT
        )
    with process:
        try:
            yield Container(name, process)
        finally:
            if process.poll() is None:
                podman("kill", name)


@pytest.fixture(scope="session")
def image() -> str:
    """The image's name, where it has been built."""
    try:
        podman("image", "exists", IMAGE)
    except AssertionError:
        pytest.fail("there is no image: make image builds it")
    return IMAGE
