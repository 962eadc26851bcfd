"""The files of the page: where the browser finds each, and the content of those served here."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contact_gateway.graphiql.pins import PACKAGES, VendoredFile, compress, digest, own_files

__all__ = ["CDN", "Link", "PageFiles", "collect"]

CDN = "cdn.jsdelivr.net"
"""The host that serves any file of any npm package, byte by byte."""

_WEB_FOLDER = Path(__file__).parent / "web"
_START = "ide.js"

# seven eighths of GraphiQL's style sheet are fonts; ide.css names those that every system has
_FONT = re.compile(rb"@font-face\s*\{[^}]*\}")


@dataclass(frozen=True)
class Link:
    """A file as the page names it: a URL and its Subresource Integrity hash."""

    url: str
    integrity: str

    @property
    def is_style(self) -> bool:
        """Whether it is a style sheet, and not a script."""
        return self.url.endswith(".css")


@dataclass(frozen=True)
class PageFiles:
    """Every file of the page.

    `third_party` are in the order in which they are loaded, and before them `login` where the page
    has one. `start` is the module that begins, and imports `modules`. `served` maps the path below
    `/graphiql/` of each file that is served here to its content, compressed with gzip; the path
    changes with any of them, so that browsers may keep them for ever.
    """

    from_cdn: bool
    third_party: tuple[Link, ...]
    login: tuple[Link, ...]
    style: Link
    start: Link
    modules: tuple[Link, ...]
    icon: str
    served: Mapping[str, bytes]

    @property
    def source(self) -> str:
        """Where the third-party files come from, for people."""
        return CDN if self.from_cdn else "its own files"


def collect(vendored: Mapping[str, VendoredFile] | None = None) -> PageFiles:
    """The files of the page, with those of third parties if the build has put them here."""
    vendored = own_files() if vendored is None else vendored
    files = {**_written_here(), **_lightened(vendored or {})}
    contents = b"".join(file.content for file in files.values())
    release = hashlib.sha256(contents).hexdigest()[:16]

    def own(name: str) -> Link:
        return Link(f"graphiql/{release}/{name}", _integrity(digest(files[name].content, "sha384")))

    def third_party(purpose: str) -> tuple[Link, ...]:
        return tuple(
            own(name) if vendored else Link(f"https://{CDN}/npm/{name}", _integrity(sha384))
            for name, sha384 in _pinned(purpose)
        )

    return PageFiles(
        from_cdn=not vendored,
        third_party=third_party("page"),
        login=third_party("login"),
        style=own("ide.css"),
        start=own(_START),
        modules=tuple(own(name) for name in files if _is_module(name) and name != _START),
        icon=own("icon.svg").url,
        served={f"{release}/{name}": file.compressed for name, file in files.items()},
    )


def _written_here() -> dict[str, VendoredFile]:
    contents = {
        path.name: path.read_bytes()
        for path in sorted(_WEB_FOLDER.iterdir())
        if path.suffix != ".html"
    }
    return {name: VendoredFile(content, compress(content)) for name, content in contents.items()}


def _lightened(vendored: Mapping[str, VendoredFile]) -> dict[str, VendoredFile]:
    """The same files without the fonts in them."""
    light = {}
    for name, file in vendored.items():
        content = _FONT.sub(b"", file.content) if name.endswith(".css") else file.content
        same = content == file.content
        light[name] = file if same else VendoredFile(content, compress(content))
    return light


def _is_module(name: str) -> bool:
    return name.endswith(".js") and "/" not in name


def _pinned(purpose: str) -> list[tuple[str, str]]:
    """`name@version/path` and hash of third-party files: the same here and at the CDN."""
    return [
        (f"{package.spec}/{path}", sha384)
        for package in PACKAGES
        if package.purpose == purpose
        for path, sha384 in package.served
    ]


def _integrity(sha384: str) -> str:
    return f"sha384-{sha384}"
