"""Containers of the images that `make` builds: run as deploy/ has ours run, by podman."""

import contextlib
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.thorough import program

__all__ = ["DEBIAN_TESTING", "IMAGE", "Container", "container", "podman"]

IMAGE = "localhost/contact-gateway"
DEBIAN_TESTING = "localhost/contact-gateway-ci"

# what compose.yaml and deployment.yaml ask for; limits that any CI has too
_CONFINED = [
    *(
        "--read-only",
        "--read-only-tmpfs=false",
        "--tmpfs=/tmp",
        "--cap-drop",
        "all",
        "--security-opt",
        "no-new-privileges",
    ),
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
    output: Path,
    *command: str,
    environment: Mapping[str, str] | None = None,
    image: str = IMAGE,
    volumes: Mapping[Path, str] | None = None,
) -> Iterator[Container]:
    """Run an image, confined, for as long as the `with` block lasts; `output` gets all it says."""
    name = f"contact-gateway-{uuid.uuid4().hex[:12]}"
    settings = [f"--env={key}={value}" for key, value in (environment or {}).items()]
    settings += [f"--volume={path}:{inside}:ro" for path, inside in (volumes or {}).items()]
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
            [*run, image, *command], stdout=file, stderr=subprocess.STDOUT
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
    return _built(IMAGE, "make image")


@pytest.fixture(scope="session")
def debian_testing() -> str:
    """The name of the image of Debian testing, where it has been built."""
    return _built(DEBIAN_TESTING, "make debian")


def _built(name: str, by: str) -> str:
    try:
        podman("image", "exists", name)
    except AssertionError:
        pytest.fail(f"there is no image: {by} builds it")
    return name
