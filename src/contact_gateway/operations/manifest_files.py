"""Where trusted documents are listed: files of manifests, and directories of such files."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from contact_gateway.operations.manifests import ManifestError, read_manifest

__all__ = ["Listed", "ManifestFiles", "State"]

State = tuple[tuple[Path, tuple[int, ...] | None], ...]


class Listed(NamedTuple):
    """A document, and the file that lists it."""

    file: Path
    digest: str
    text: str


class ManifestFiles:
    """The manifests at some paths. A directory stands for every `*.json` that is in it now.

    Neither hidden files nor those in further directories are looked at: Kubernetes keeps the
    versions of a ConfigMap there, and the file in front is a link that leads through them.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths

    @property
    def several(self) -> bool:
        """Whether there may be more than one, so that whoever reads of a fault asks in which."""
        return len(self._paths) > 1 or any(path.is_dir() for path in self._paths)

    def state(self) -> State:
        """What is another whenever a manifest is, or comes or goes, through links too."""
        return tuple((path, _state_of(path)) for path in self._files())

    def read(self) -> Iterator[Listed]:
        """Every document that is listed, as often as it is.

        Raises:
            OSError: a manifest cannot be read.
            ManifestError: one is none, or a directory has none.
        """
        for path in self._paths:
            if path.is_dir() and not _manifests_in(path):
                raise ManifestError(f"{path}: expected a manifest (*.json) in the directory")
        for file in self._files():
            try:
                listed = read_manifest(file.read_bytes())
            except ManifestError as error:
                raise ManifestError(f"{file}: {error}" if self.several else str(error)) from error
            yield from (Listed(file, digest, text) for digest, text in listed.items())

    def _files(self) -> Iterator[Path]:
        for path in self._paths:
            yield from _manifests_in(path) if path.is_dir() else (path,)


def _manifests_in(directory: Path) -> list[Path]:
    try:
        files = sorted(directory.glob("*.json"))
    except OSError:  # it has gone meanwhile, or may not be looked into
        return []
    return [path for path in files if not path.name.startswith(".") and not path.is_dir()]


def _state_of(file: Path) -> tuple[int, ...] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
