"""Which hosts need no proxy: the list that other programs call no_proxy, read as they read it."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from contact_gateway.forms.hosts import address_of, ascii_host

__all__ = ["NoProxy"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class NoProxy:
    """Hosts that are spoken to directly.

    An entry is a name, which stands for itself and all below it (with `.` or `*.` before it or
    not), an address, a network such as 10.0.0.0/8, or `*`; with `:port` behind it, only that port.

    Raises:
        ValueError: an entry is none of these.
    """

    def __init__(self, entries: Iterable[str] = ()) -> None:
        self._entries = [_read(entry) for entry in entries]

    def covers(self, host: str, port: int) -> bool:
        """Whether `host` needs no proxy; a name is never looked up."""
        return any(entry.covers(host, port) for entry in self._entries)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A network, or else a name, or else everything."""

    port: int | None
    network: Network | None = None
    name: str | None = None

    def covers(self, host: str, port: int) -> bool:
        if self.port not in {None, port}:
            return False
        if self.network is not None:
            address = address_of(host)
            return address is not None and address in self.network
        if self.name is None:
            return True
        return f".{host.lower().rstrip('.')}".endswith(f".{self.name}")


def _read(text: str) -> _Entry:
    network = _network(text)
    if network is not None:
        return _Entry(None, network)
    host, colon, port_text = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port_text = text, ""
    port = int(port_text) if colon and port_text else None
    if (colon and not port_text) or (port is not None and not 0 < port < 65536):
        raise ValueError("no port")
    network = _network(host)
    if network is not None or host == "*":
        return _Entry(port, network)
    return _Entry(port, None, ascii_host(host.removeprefix("*").removeprefix(".")))


def _network(text: str) -> Network | None:
    address, slash, length = text.partition("/")
    bare = address[1:-1] if address.startswith("[") and address.endswith("]") else address
    single = address_of(bare)
    if single is None or ":" in length:
        return None
    return ipaddress.ip_network(f"{single}{slash}{length}", strict=False)
