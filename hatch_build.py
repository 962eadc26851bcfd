"""The build hook: fetches the pinned files of GraphiQL, so that a wheel carries them.

They come from npm by package name, are checked against the hashes in `pins.json`, and are put,
compressed, into a folder that is not committed. Without npm, or without a network, the build goes
on: the page then loads the same files from a CDN. REQUIRE_GRAPHIQL=1 makes that a failure, for a
release.
"""

import importlib.util
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["FetchGraphiQL", "NotAsPinnedError", "NotFetchedError", "fetch", "load_pins"]

_PINS = "src/contact_gateway/graphiql/pins.py"
_SECONDS = 30  # a silent registry must not hold up an installation for longer


class NotFetchedError(Exception):
    """npm is missing, or it gave no archives; the message says which."""


class NotAsPinnedError(Exception):
    """npm gave something else than what is pinned. Nothing of it was kept."""


class FetchGraphiQL(BuildHookInterface[Any]):
    """Runs before an sdist, a wheel or an editable installation is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling passes them
        """Fetch the files unless they are there."""
        pins = load_pins(Path(self.root, _PINS))
        if pins.own_files() is not None:
            return
        try:
            fetch(pins, pins.PACKAGES, pins.VENDOR_FOLDER)
        except NotFetchedError as error:
            if os.environ.get("REQUIRE_GRAPHIQL"):
                raise
            self.app.display_warning(f"GraphiQL will load its files from a CDN: {error}")


def load_pins(path: Path) -> ModuleType:
    """The module `pins`, which cannot be imported by name before the package is installed."""
    spec = importlib.util.spec_from_file_location("pins", path)
    assert spec is not None  # noqa: S101 - it is None only for an unknown suffix
    assert spec.loader is not None  # noqa: S101
    pins = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pins)
    return pins


def fetch(pins: ModuleType, packages: Sequence[Any], folder: Path) -> None:
    """Put the pinned files of `packages` below `folder`, all of them or none.

    Raises:
        NotFetchedError: there is no npm, or it failed.
        NotAsPinnedError: an archive or a file has another hash than its pin.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    # beside its place, so that it can be moved there at once
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".vendor-") as temporary:
        archives = _download([package.spec for package in packages], Path(temporary))
        found = {pins.digest(archive.read_bytes(), "sha512"): archive for archive in archives}
        unpacked = Path(temporary, "unpacked")
        for package in packages:
            if package.sha512 not in found:
                raise NotAsPinnedError(f"npm gave another {package.spec} than the pinned one")
            _unpack(pins, package, found[package.sha512], unpacked / package.spec)
        if pins.own_files(unpacked, packages) is None:
            raise NotAsPinnedError("a file of an archive has another hash than its pin")
        shutil.rmtree(folder, ignore_errors=True)
        unpacked.rename(folder)


def _download(specs: list[str], folder: Path) -> list[Path]:
    npm = shutil.which("npm")
    if npm is None:
        raise NotFetchedError("there is no npm")
    options = ["--ignore-scripts", "--prefer-offline", "--fetch-retries=0", "--fetch-timeout=10000"]
    try:
        subprocess.run(  # noqa: S603 - our own arguments
            [npm, "pack", *options, *specs],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise NotFetchedError(f"npm took more than {_SECONDS} s") from None
    except subprocess.CalledProcessError as error:
        raise NotFetchedError(f"npm failed: {_reason(error.stderr)}") from None
    return list(folder.glob("*.tgz"))


def _reason(output: str) -> str:
    """The line in which npm names the error, without its prefix."""
    lines = [line for line in output.splitlines() if line.startswith("npm error")]
    return lines[0].removeprefix("npm error ") if lines else "it does not say why"


def _unpack(pins: ModuleType, package: Any, archive: Path, folder: Path) -> None:
    """Take what is served, compressed, and the licence out of an archive."""
    with tarfile.open(archive) as tar:

        def put(path: str, ending: str, convert: Callable[[bytes], bytes]) -> None:
            member = tar.extractfile(f"package/{path}")
            if member is None:
                raise NotAsPinnedError(f"{package.spec} has no file {path}")
            target = folder / f"{path}{ending}"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(convert(member.read()))

        for file in package.served:
            put(file.path, ".gz", pins.compress)
        put(package.licence, "", bytes)
