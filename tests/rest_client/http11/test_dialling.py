"""Opening a connection to the upstream: TLS."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contact_gateway.rest_client import Answer, HTTP11Transport
from contact_gateway.rest_client.problems import ConnectError
from contact_gateway.rest_client.sending import Sender
from tests.rest_client.stack import call, run
from tests.scripted_upstream import reply


async def twice(url: str) -> list[Answer]:
    """The answers to two reads, one after the other, in one pool."""
    async with HTTP11Transport() as transport:
        sender = Sender(transport, url, 5)
        return [await sender.send(call("GET")) for _ in range(2)]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A new certificate for 127.0.0.1, signed by itself, with its key behind it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "upstream")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture
def tls_url(certificate: Path) -> Iterator[str]:
    """An upstream behind TLS that takes one connection and answers every request with 204."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve() -> None:
        try:
            plain, _ = listener.accept()
            with plain, context.wrap_socket(plain, server_side=True) as connection:
                while connection.recv(65_536):
                    connection.sendall(reply(204).content)
        except OSError:
            return  # a client that does not trust it

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


def test_tls(tls_url: str, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upstream whose certificate is trusted is spoken to, on a connection that is kept."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    assert [answer.status for answer in run(twice(tls_url))] == [204, 204]


def test_certificate_that_is_not_trusted(tls_url: str) -> None:
    """Nothing is sent to it."""
    with pytest.raises(ConnectError, match="SSLCertVerificationError"):
        run(twice(tls_url))
