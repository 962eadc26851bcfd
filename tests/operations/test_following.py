"""Manifests that change while the gateway runs: read anew, or kept where they are wrong."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog

from contact_gateway.operations import DocumentReader, OperationStore, Refusal
from contact_gateway.operations.trusted_documents import TrustedSource

OLD, NEW, BOTH = "query Old {__typename}", "query New {__typename}", "query Both {__typename}"


def digest(text: str) -> str:
    """The id of a document."""
    return hashlib.sha256(text.encode()).hexdigest()


def manifest(*texts: str) -> str:
    """A manifest in the form of Relay."""
    return json.dumps({digest(text): text for text in texts})


class Looks:
    """In the place of the seconds between two looks: the test says when they are over."""

    def __init__(self) -> None:
        self._over = asyncio.Semaphore(0)
        self._waiting = asyncio.Event()

    async def pause(self) -> None:
        """Wait for the test."""
        self._waiting.set()
        await self._over.acquire()

    async def look(self) -> None:
        """Let the files be looked at once, to the end of what comes of it."""
        await self._waiting.wait()
        self._waiting.clear()
        self._over.release()
        await self._waiting.wait()


def follow(
    reader: DocumentReader, path: Path, *changes: Callable[[], object]
) -> tuple[list[set[str]], list[dict[str, Any]]]:
    """The documents that are trusted after each of the changes, and what the log says."""
    source = TrustedSource([path], reader)
    store = OperationStore(reader, source.read(), only_trusted=True, source=source)
    trusted = []

    async def body() -> None:
        looks = Looks()
        async with store.kept_fresh(looks.pause):
            for change in changes:
                change()
                await looks.look()
                trusted.append(
                    {
                        text
                        for text in (OLD, NEW, BOTH)
                        if not isinstance(store.by_text(text), Refusal)
                    }
                )

    with structlog.testing.capture_logs() as logs:
        asyncio.run(body())
    return trusted, [dict(line) for line in logs]


def write(path: Path, *texts: str) -> Callable[[], object]:
    """Write a manifest in its place."""
    return lambda: path.write_text(manifest(*texts))


def replace(path: Path, *texts: str) -> Callable[[], object]:
    """Put another file in its place, as programs do that must not be seen half done."""
    other = path.with_suffix(".new")
    return lambda: (other.write_text(manifest(*texts)), other.replace(path))


def nothing() -> None:
    """Change nothing."""


@pytest.mark.parametrize("change", [write, replace])
def test_a_file_that_changes(
    reader: DocumentReader, tmp_path: Path, change: Callable[..., Callable[[], object]]
) -> None:
    """Its documents are trusted from then on, and no others; the log says which came and went."""
    path = tmp_path / "manifest.json"
    path.write_text(manifest(OLD, BOTH))

    trusted, told = follow(reader, path, nothing, change(path, NEW, BOTH, "{a: __typename}"))

    assert trusted == [{OLD, BOTH}, {NEW, BOTH}]
    assert told == [
        {
            "event": "trusted_documents_changed",
            "listed": 3,
            "came": 2,
            "went": 1,
            "came_sha256": sorted([digest(NEW), digest("{a: __typename}")]),
            "went_sha256": [digest(OLD)],
            "log_level": "info",
        }
    ]


def mount(folder: Path, version: str, texts: dict[str, str]) -> None:
    """Put files into a folder as Kubernetes mounts a ConfigMap, or another version of it."""
    content = folder / f"..{version}"
    content.mkdir()
    for name, text in texts.items():
        (content / name).write_text(text)
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(Path("..data") / name)
    (folder / "..data_tmp").symlink_to(content.name)
    (folder / "..data_tmp").replace(folder / "..data")
    for link in folder.iterdir():
        if link.is_symlink() and not link.exists():
            link.unlink()


@pytest.mark.parametrize("of_directory", [True, False], ids=["the directory", "a file in it"])
def test_a_config_map(reader: DocumentReader, tmp_path: Path, *, of_directory: bool) -> None:
    """Only a link before the file changes, and that is noticed."""
    mount(tmp_path, "1", {"web.json": manifest(OLD)})
    path = tmp_path if of_directory else tmp_path / "web.json"

    trusted, _ = follow(
        reader,
        path,
        lambda: mount(tmp_path, "2", {"web.json": manifest(NEW)}),
        lambda: mount(tmp_path, "3", {"web.json": manifest(NEW), "app.json": manifest(BOTH)}),
        lambda: mount(tmp_path, "4", {"web.json": manifest(OLD)}),
    )

    assert trusted == [{NEW}, {NEW, BOTH} if of_directory else {NEW}, {OLD}]


@pytest.mark.parametrize(
    "fault",
    [
        lambda path: path.write_text("{"),
        lambda path: path.write_text(manifest("{x}")),
        lambda path: path.write_text('{"x": "{__typename}"}'),
        lambda path: path.unlink(),
    ],
    ids=["no JSON", "no such field", "no hash", "gone"],
)
def test_a_manifest_that_is_wrong(
    reader: DocumentReader, tmp_path: Path, fault: Callable[[Path], object]
) -> None:
    """The documents from before are served on, the log says so once, and it may be mended."""
    path = tmp_path / "manifest.json"
    path.write_text(manifest(OLD))

    trusted, told = follow(
        reader, path, lambda: fault(path), nothing, write(path, OLD, NEW), nothing
    )

    assert trusted == [{OLD}, {OLD}, {OLD, NEW}, {OLD, NEW}]
    assert [line["event"] for line in told] == [
        "trusted_documents_kept",
        "trusted_documents_changed",
    ]


def test_many_that_come(reader: DocumentReader, tmp_path: Path) -> None:
    """The line in the log counts them, and names five."""
    path = tmp_path / "manifest.json"
    path.write_text(manifest(OLD))
    many = (f"{{a{number}: __typename}}" for number in range(50))

    _, [told] = follow(reader, path, write(path, *many))

    assert (told["came"], len(told["came_sha256"]), told["went"]) == (50, 5, 1)


def test_a_document_that_stays(reader: DocumentReader, tmp_path: Path) -> None:
    """It is not read again, nor forgotten: what its execution has remembered stays too."""
    path = tmp_path / "manifest.json"
    path.write_text(manifest(OLD))
    source = TrustedSource([path], reader)
    before = source.read()
    path.write_text(manifest(OLD, NEW))

    assert source.read().by_text[OLD] is before.by_text[OLD]
