"""Names and addresses of hosts, as they stand in URLs and as they are compared."""

import ipaddress
import re

import idna

__all__ = ["Address", "address_of", "ascii_host", "authority"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NEITHER = "neither a name nor an address"
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*")
_NUMBERS = re.compile(r"[0-9.]+")


def address_of(host: str) -> Address | None:
    """The address that a host is, if it is none that has a name; IPv4 within IPv6 is IPv4."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def ascii_host(host: str) -> str:
    """A host in lower case and ASCII, without a dot behind it; of an address, its usual form.

    Other letters are encoded as httpx does (RFC 5891): what is compared is what is called.

    Raises:
        ValueError: it is neither an address nor a name.
    """
    address = address_of(host)
    if address is not None:
        return str(address)
    name = host.lower().rstrip(".")
    try:
        if not name.isascii():
            name = idna.encode(name).decode("ascii")
        if "xn--" in name:
            idna.decode(name)
    except idna.IDNAError:
        raise ValueError(_NEITHER) from None
    if not _NAME.fullmatch(name) or _NUMBERS.fullmatch(name):
        raise ValueError(_NEITHER)
    return name


def authority(host: str, port: int) -> str:
    """Host and port as they stand in a URL (RFC 3986 section 3.2)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
