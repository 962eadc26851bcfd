"""The build hook: what it does without npm, and with an npm that gives something else."""

import re
import shlex
import shutil
import sys
import tarfile
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from hatchling.bridge.app import Application

from contact_gateway.graphiql import pins
from contact_gateway.graphiql.pins import Package, PinnedFile, compress, digest
from hatch_build import FetchGraphiQL, NotAsPinnedError, NotFetchedError, fetch

_CONTENT = b"export {};\n"


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an npm that packs by copying the archives beside it."""
    folder = tmp_path / "npm"
    folder.mkdir()
    copying = f"for found in glob.glob({str(folder / '*.tgz')!r}): shutil.copy(found, '.')\n"
    write_npm(folder, f"import glob, shutil\n{copying}")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def write_npm(folder: Path, code: str) -> None:
    """Put an npm into `folder` that runs Python code."""
    (folder / "npm.py").write_text(code, encoding="utf-8")
    # through a shell, because a path with a space cannot stand after #!
    command = shlex.join([sys.executable, str(folder / "npm.py")])
    (folder / "npm").write_text(f"#!/bin/sh\nexec {command}\n", encoding="utf-8")
    (folder / "npm").chmod(0o755)


def archive(folder: Path, content: bytes = _CONTENT) -> bytes:
    """Put an archive with one script and a licence into `folder`."""
    path = folder / "example-1.0.0.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for name, data in (("index.js", content), ("LICENSE", b"MIT")):
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            tar.addfile(member, BytesIO(data))
    return path.read_bytes()


def package(archived: bytes, content: bytes = _CONTENT) -> Package:
    """The pin of a package with this archive and this script."""
    file = PinnedFile("index.js", digest(content, "sha384"))
    return Package("example", "1.0.0", digest(archived, "sha512"), (file,), "LICENSE")


def files(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_package_as_pinned(npm: Path, tmp_path: Path) -> None:
    """Its files and its licence take the place of what was there before."""
    vendor = tmp_path / "vendor"
    (vendor / "old@1").mkdir(parents=True)
    fetch(pins, [package(archive(npm))], vendor)

    assert (files(vendor), list(tmp_path.glob(".vendor-*"))) == (
        {"example@1.0.0/index.js.gz": compress(_CONTENT), "example@1.0.0/LICENSE": b"MIT"},
        [],
    )


@pytest.mark.parametrize("content", [b"", b"no gzip", compress(b"cut short")[:-9]])
def test_a_vendored_file_that_is_broken(npm: Path, tmp_path: Path, content: bytes) -> None:
    """It counts as missing, so that the page does without."""
    pinned = package(archive(npm))
    fetch(pins, [pinned], tmp_path / "vendor")
    (tmp_path / "vendor" / pinned.spec / "index.js.gz").write_bytes(content)

    assert pins.own_files(tmp_path / "vendor", [pinned]) is None


def test_another_archive_than_pinned(npm: Path, tmp_path: Path) -> None:
    """It is refused and nothing of it is kept."""
    pinned = package(archive(npm))
    archive(npm, b"evil()")

    with pytest.raises(NotAsPinnedError, match=re.escape("another example@1.0.0 than the pinned")):
        fetch(pins, [pinned], tmp_path / "vendor")
    assert not list(tmp_path.glob("*vendor*"))


def test_another_file_than_pinned(npm: Path, tmp_path: Path) -> None:
    """The hash that browsers are told is checked as well."""
    pinned = package(archive(npm), b"something else")

    with pytest.raises(NotAsPinnedError, match="a file of an archive has another hash"):
        fetch(pins, [pinned], tmp_path / "vendor")


def test_npm_fails(npm: Path, tmp_path: Path) -> None:
    """The reason is npm's own."""
    write_npm(npm, "import sys\nsys.exit('npm error code ECONNREFUSED')\n")

    with pytest.raises(NotFetchedError, match="npm failed: code ECONNREFUSED"):
        fetch(pins, [package(b"")], tmp_path / "vendor")


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FetchGraphiQL:
    """The hook of a source tree that has no files yet, where there is no npm."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("REQUIRE_GRAPHIQL", raising=False)
    source = Path(pins.__file__).parent
    tree = tmp_path / source.relative_to(source.parents[2])
    tree.mkdir(parents=True)
    for name in ("pins.py", "pins.json"):
        shutil.copy(source / name, tree)
    build_config, metadata = cast("Any", None), cast("Any", None)
    return FetchGraphiQL(
        str(tmp_path), {}, build_config, metadata, str(tmp_path), "wheel", Application()
    )


def test_no_npm(hook: FetchGraphiQL, capsys: pytest.CaptureFixture[str]) -> None:
    """The build goes on, and says what that means."""
    hook.initialize("editable", {})

    assert "GraphiQL will load its files from a CDN: there is no npm" in capsys.readouterr().err


def test_no_npm_for_a_release(hook: FetchGraphiQL, monkeypatch: pytest.MonkeyPatch) -> None:
    """REQUIRE_GRAPHIQL=1 makes it a failure."""
    monkeypatch.setenv("REQUIRE_GRAPHIQL", "1")

    with pytest.raises(NotFetchedError, match="there is no npm"):
        hook.initialize("standard", {})
