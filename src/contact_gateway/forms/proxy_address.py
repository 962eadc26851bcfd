"""How a proxy is written: a URL, perhaps with the name and password to be shown to it."""

import base64
import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes, urlsplit

from contact_gateway.forms.hosts import ascii_host, authority

__all__ = ["ProxyAddress", "read_proxy"]

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class ProxyAddress:
    """Where an HTTP proxy listens, and the value of `Proxy-Authorization` for it, if it wants one.

    As text it is host and port, and never the credentials.
    """

    host: str
    port: int
    authorization: bytes | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Host and port."""
        return authority(self.host, self.port)


def read_proxy(url: str) -> ProxyAddress:
    """The proxy that an http URL names; its credentials are percent-decoded, and sent as Basic.

    Raises:
        ValueError: it is no such URL, or has a path. The message repeats nothing of it.
    """
    if not url.isprintable() or " " in url:
        raise ValueError("not printable")
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or parts.path.strip("/") or "?" in url:
        raise ValueError("not the http URL of a proxy")
    if "#" in url:
        raise ValueError("a fragment, or a # in a password that should be %23")
    port = 80 if parts.port is None else parts.port
    if not port:
        raise ValueError("no port")
    return ProxyAddress(ascii_host(parts.hostname), port, _basic(parts.username, parts.password))


def _basic(user: str | None, password: str | None) -> bytes | None:
    """RFC 7617, in UTF-8; a name with a colon in it would be read as another."""
    if user is None:
        return None
    name, secret = unquote_to_bytes(user), unquote_to_bytes(password or "")
    if b":" in name or _CONTROL.search(name + secret):
        raise ValueError("credentials that Basic cannot carry")
    return b"Basic " + base64.b64encode(name + b":" + secret)
