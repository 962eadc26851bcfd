"""What the value of a setting may be: types that refuse everything else with a ValueError."""

import ipaddress
import re
from importlib.util import find_spec
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from contact_gateway.forms.hosts import ascii_host
from contact_gateway.forms.no_proxy import NoProxy
from contact_gateway.forms.proxy_address import read_proxy
from contact_gateway.settings.secret_files import readable

__all__ = [
    "ANY_PORT",
    "Algorithms",
    "BaseUrl",
    "CommaSeparated",
    "Hosts",
    "LogLevel",
    "NoProxyHosts",
    "Origins",
    "ProxyUrl",
    "Rate",
    "RedisUrl",
    "Seconds",
    "SecretFile",
    "SecureUrl",
    "SeveralOrNone",
    "can_be_discovered",
    "is_origin",
    "secure_url",
]

ANY_PORT = ":*"
"""What stands for any port, or none, behind an origin of this machine."""

_SIGNATURE_ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
    | {"Ed25519", "Ed448"}  # RFC 9864: the names that are to replace EdDSA
)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _url_parts(text: str) -> SplitResult:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "#" in text:
        raise ValueError
    if parts.username is not None or parts.password is not None:
        raise ValueError
    if not text.isprintable() or " " in text:  # urlsplit drops line breaks without a word
        raise ValueError
    _ = parts.port  # raises ValueError when it is not a port
    ascii_host(parts.hostname)  # raises ValueError when nothing can be called that
    if "[" in parts.netloc:
        ipaddress.IPv6Address(parts.hostname)  # raises ValueError: nothing else is in brackets
    return parts


def _base_url(text: str) -> str:
    _url_parts(text)
    url = text.rstrip("/")
    if "?" in text or re.search(r"/v\d+$", url):  # each operation's path begins with its version
        raise ValueError
    return url


def secure_url(text: str) -> str:
    """The URL as it is, if what comes from there can be believed: https, or http on loopback.

    Raises:
        ValueError: it is none of these, or has a fragment or credentials in it.
    """
    parts = _url_parts(text)
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        raise ValueError
    return text  # as it is: some issuers tell their key sets apart by a query or a final slash


def can_be_discovered(issuer: str) -> bool:
    """Whether an issuer is a URL that another can be made of (RFC 8414 section 2)."""
    try:
        return "?" not in secure_url(issuer)
    except ValueError:
        return False


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _not_empty(values: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if values == ():
        raise ValueError
    return values


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _algorithms(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names or not set(names) <= _SIGNATURE_ALGORITHMS:
        raise ValueError
    return names


def is_origin(text: str) -> bool:
    """Whether it is an origin as browsers write it, of a page that came over http or https."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises ValueError when it is not a port
    except ValueError:
        return False
    written = f"{parts.scheme}://{parts.netloc}" == text == text.lower() and not {"@", "*"} & {
        *text
    }
    return written and parts.scheme in {"http", "https"} and bool(parts.hostname)


def _origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    for origin in origins:
        exact = origin.removesuffix(ANY_PORT)
        if not is_origin(exact):
            raise ValueError
        if exact != origin:
            parts = urlsplit(exact)
            if parts.port is not None or not _is_loopback(parts.hostname or ""):
                raise ValueError
    return origins


def _hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    without_brackets = (host.removeprefix("[").removesuffix("]") for host in hosts)
    return tuple(dict.fromkeys(without_brackets))


def _rate(text: str) -> str:
    import limits

    if limits.parse(text).amount < 1:  # it raises ValueError itself where it understands nothing
        raise ValueError
    return text


def _redis_url(url: SecretStr) -> SecretStr:
    if find_spec("redis") is None:
        raise PydanticCustomError("missing_extra", "the extra contact-gateway[redis] is missing")
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname or not parts.port:
        raise ValueError
    return url


def _proxy_url(url: SecretStr) -> SecretStr:
    read_proxy(url.get_secret_value())
    return url


def _no_proxy(entries: tuple[str, ...]) -> tuple[str, ...]:
    NoProxy(entries)
    return entries


BaseUrl = Annotated[str, AfterValidator(_base_url)]
SecureUrl = Annotated[str, AfterValidator(secure_url)]
CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
SeveralOrNone = Annotated[
    tuple[str, ...] | None,
    NoDecode,
    BeforeValidator(_split),
    AfterValidator(_not_empty),
]
# in any case, because many programs write levels in capitals
LogLevel = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)]
Seconds = Annotated[float, Field(gt=0, le=300, allow_inf_nan=False)]
Algorithms = Annotated[CommaSeparated, AfterValidator(_algorithms)]
Origins = Annotated[CommaSeparated, AfterValidator(_origins)]
Hosts = Annotated[CommaSeparated, Field(min_length=1), AfterValidator(_hosts)]
Rate = Annotated[str, AfterValidator(_rate)]
RedisUrl = Annotated[SecretStr, AfterValidator(_redis_url)]
ProxyUrl = Annotated[SecretStr, AfterValidator(_proxy_url)]
NoProxyHosts = Annotated[CommaSeparated, AfterValidator(_no_proxy)]
# before pydantic makes a plain string of it
SecretFile = Annotated[str, BeforeValidator(readable)]
