"""The third-party files of the page: which, and the hashes that each must have.

The build hook loads this file by its path, before anything is installed: it imports nothing but
the standard library.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["PACKAGES", "VENDOR_FOLDER", "Package", "PinnedFile", "digest", "own_files"]

_FOLDER = Path(__file__).parent

VENDOR_FOLDER = _FOLDER / "vendor"
"""Where the build puts the files; it is not committed, and a wheel carries it."""


class PinnedFile(NamedTuple):
    """A file that the page loads: its path in a package's archive and the base64 of its SHA-384."""

    path: str
    sha384: str


class Package(NamedTuple):
    """An npm package: the base64 of its archive's SHA-512, and what of it is used.

    `served` are in the order in which the page loads them; `licence` is the path of its notice.
    """

    name: str
    version: str
    sha512: str
    served: tuple[PinnedFile, ...]
    licence: str

    @property
    def spec(self) -> str:
        """Name and version as npm and the CDNs write them; also a folder below `VENDOR_FOLDER`."""
        return f"{self.name}@{self.version}"


def digest(content: bytes, algorithm: str) -> str:
    """The base64 of a hash, as Subresource Integrity and npm write it without the prefix."""
    return b64encode(hashlib.new(algorithm, content).digest()).decode("ascii")


def _read() -> tuple[Package, ...]:
    pins = json.loads((_FOLDER / "pins.json").read_text(encoding="utf-8"))
    return tuple(
        Package(**{**pin, "served": tuple(PinnedFile(*item) for item in pin["served"].items())})
        for pin in pins
    )


PACKAGES = _read()
"""The packages, in the order in which the page loads them."""


def own_files(
    folder: Path = VENDOR_FOLDER, packages: Sequence[Package] = PACKAGES
) -> dict[str, bytes] | None:
    """The content of every served file by `spec/path`, or None unless each is as pinned."""
    found = {}
    for package in packages:
        for file in package.served:
            try:
                content = (folder / package.spec / file.path).read_bytes()
            except OSError:
                return None
            if digest(content, "sha384") != file.sha384:
                return None
            found[f"{package.spec}/{file.path}"] = content
    return found
