"""TLS before a server that speaks none: what comes in is passed on, and who came is noted."""

import contextlib
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from tests.servers import free_port

__all__ = ["Certified", "Relay", "pass_on", "relay_to", "server_context"]


@dataclass
class Relay:
    """Where it listens, and the subjects of the certificates that clients have shown, in order."""

    port: int
    shown: list[str | None] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its URL."""
        return f"https://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Certified:
    """A certificate and its key in files of their own."""

    certificate: Path
    key: Path

    @classmethod
    def issued(cls, authority: trustme.CA, folder: Path, name: str) -> "Certified":
        """A certificate for a client of this name."""
        return cls.of(authority.issue_cert(f"{name}@example.test", common_name=name), folder, name)

    @classmethod
    def of(cls, issued: trustme.LeafCert, folder: Path, name: str) -> "Certified":
        """Write it to files."""
        certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
        certificate.write_bytes(b"".join(each.bytes() for each in issued.cert_chain_pems))
        key.write_bytes(issued.private_key_pem.bytes())
        return cls(certificate, key)

    def settings(self) -> dict[str, str]:
        """The settings that have the gateway show it."""
        return {
            "upstream_client_certificate": str(self.certificate),
            "upstream_client_key": str(self.key),
        }


def server_context(
    issued: trustme.LeafCert | None = None,
    *,
    clients: trustme.CA | None = None,
    newest: ssl.TLSVersion | None = None,
) -> ssl.SSLContext:
    """What a server has to say; `clients` is who must have issued the certificate of a client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if issued is not None:
        issued.configure_cert(context)
    if clients is not None:
        clients.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    if newest is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that they are old is the point
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = newest
    return context


@contextlib.contextmanager
def relay_to(url: str, context: ssl.SSLContext) -> Iterator[Relay]:
    """Speak TLS before the server at an http `url`, a thread for each connection."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    with socket.create_server(("127.0.0.1", free_port()), backlog=256) as listener:
        relay = Relay(listener.getsockname()[1])

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    plain, _ = listener.accept()
                    threading.Thread(target=serve, args=(plain,), daemon=True).start()

        def serve(plain: socket.socket) -> None:
            with contextlib.suppress(OSError), plain:
                plain.settimeout(10)  # for a handshake, and for a request that never comes
                client = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
                try:
                    client.do_handshake()
                except ssl.SSLError:
                    _hang_up(socket.socket(fileno=client.detach()))
                    return
                with client, socket.create_connection((host, int(port))) as server:
                    relay.shown.append(_common_name(client.getpeercert()))
                    pass_on(client, server)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield relay
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _hang_up(refused: socket.socket) -> None:
    """Close when all has come in: to close before that would take back the alert."""
    with refused:
        refused.settimeout(10)
        refused.shutdown(socket.SHUT_WR)
        while refused.recv(65_536):
            pass


def pass_on(client: socket.socket, server: socket.socket) -> None:
    """Hand each what the other sends, until one of them ends."""
    back = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
    back.start()
    _pass_on(client, server)
    back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    for each in (source, target):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def _common_name(certificate: object) -> str | None:
    if not isinstance(certificate, dict):
        return None
    pairs = dict(pair for part in certificate.get("subject", ()) for pair in part)
    name: str | None = pairs.get("commonName")
    return name
