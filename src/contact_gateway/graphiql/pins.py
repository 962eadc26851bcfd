"""The third-party files of the page: which, and the hashes that each must have.

The build hook loads this file by its path, before anything is installed: it imports nothing but
the standard library.
"""

import gzip
import hashlib
import json
import zlib
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

__all__ = [
    "PACKAGES",
    "VENDOR_FOLDER",
    "Package",
    "PinnedFile",
    "VendoredFile",
    "compress",
    "digest",
    "own_files",
]

_FOLDER = Path(__file__).parent

VENDOR_FOLDER = _FOLDER / "vendor"
"""Where the build puts the files, compressed; it is not committed, and a wheel carries it."""


class PinnedFile(NamedTuple):
    """A file that the page loads: its path in a package's archive and the base64 of its SHA-384."""

    path: str
    sha384: str


class Package(NamedTuple):
    """An npm package: the base64 of its archive's SHA-512, and what of it is used.

    `served` are in the order in which the page loads them; `licence` is the path of its notice.
    What is for a `login` is loaded only where there is one.
    """

    name: str
    version: str
    sha512: str
    served: tuple[PinnedFile, ...]
    licence: str
    purpose: Literal["page", "login"] = "page"

    @property
    def spec(self) -> str:
        """Name and version as npm and the CDNs write them; also a folder below `VENDOR_FOLDER`."""
        return f"{self.name}@{self.version}"


class VendoredFile(NamedTuple):
    """A file as it is pinned, and as it is kept and sent: compressed with gzip."""

    content: bytes
    compressed: bytes


def compress(content: bytes) -> bytes:
    """Compress with gzip as far as that goes; the same content always comes to the same bytes."""
    return gzip.compress(content, 9, mtime=0)


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
) -> dict[str, VendoredFile] | None:
    """Every served file by `spec/path`, or None unless each is there and as pinned."""
    found = {}
    for package in packages:
        for file in package.served:
            try:
                compressed = (folder / package.spec / f"{file.path}.gz").read_bytes()
                content = gzip.decompress(compressed)
            except (OSError, EOFError, zlib.error):
                return None
            if digest(content, "sha384") != file.sha384:
                return None
            found[f"{package.spec}/{file.path}"] = VendoredFile(content, compressed)
    return found
