"""The files of the page: where the browser finds each, and the content of those served here."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contact_gateway.graphiql.pins import PACKAGES, digest, own_files

__all__ = ["CDN", "Link", "PageFiles", "collect"]

CDN = "cdn.jsdelivr.net"
"""The host that serves any file of any npm package, byte by byte."""

_WEB_FOLDER = Path(__file__).parent / "web"
_WEB_FILES = ("ide.css", "ide.js", "icon.svg")


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

    `third_party` are in the order in which they are loaded. `served` maps the path below
    `/graphiql/` of each file that is served here to its content; the path changes with any of
    them, so that browsers may keep them for ever.
    """

    from_cdn: bool
    third_party: tuple[Link, ...]
    style: Link
    script: Link
    icon: str
    served: Mapping[str, bytes]

    @property
    def source(self) -> str:
        """Where the third-party files come from, for people."""
        return CDN if self.from_cdn else "its own files"


def collect(vendored: Mapping[str, bytes] | None = None) -> PageFiles:
    """The files of the page, with those of third parties if the build has put them here."""
    vendored = own_files() if vendored is None else vendored
    ours = {name: (_WEB_FOLDER / name).read_bytes() for name in _WEB_FILES}
    contents = {**ours, **(vendored or {})}
    release = hashlib.sha256(b"".join(contents.values())).hexdigest()[:16]

    def own(name: str) -> Link:
        return Link(f"graphiql/{release}/{name}", _integrity(digest(contents[name], "sha384")))

    third_party = (
        own(name) if vendored else Link(f"https://{CDN}/npm/{name}", _integrity(sha384))
        for name, sha384 in _pinned()
    )
    return PageFiles(
        from_cdn=not vendored,
        third_party=tuple(third_party),
        style=own("ide.css"),
        script=own("ide.js"),
        icon=own("icon.svg").url,
        served={f"{release}/{name}": content for name, content in contents.items()},
    )


def _pinned() -> list[tuple[str, str]]:
    """`name@version/path` and hash of every third-party file: the same here and at the CDN."""
    return [(f"{package.spec}/{path}", sha) for package in PACKAGES for path, sha in package.served]


def _integrity(sha384: str) -> str:
    return f"sha384-{sha384}"
