"""Connections to the upstream: what they carry, how long they are kept, and TLS."""

import asyncio
import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contact_gateway.upstream import Transport
from contact_gateway.upstream.connection import Connection, ExchangeError
from contact_gateway.upstream.connections import Connections, Key
from contact_gateway.upstream.problems import ConnectError, NotAnsweredError
from tests.scripted_upstream import Answer, ScriptedUpstream, reply
from tests.upstream.stack import run

CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2\r\n{}\r\n0\r\nContent-Encoding: gzip\r\n\r\n"
)
ANSWER = reply(204).content


def read(url: str) -> httpx.Request:
    """A request that reads."""
    return httpx.Request("GET", f"{url}/v1", extensions={"deadline": time.monotonic() + 5})


async def twice(url: str) -> list[httpx.Response]:
    """The answers to two requests, one after the other, in one pool."""
    async with Transport() as transport:
        return [await transport.handle_async_request(read(url)) for _ in range(2)]


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (Answer(b"HTTP/1.1 100 Go on\r\n\r\n" + reply(200, "{}").content), 200, b"{}"),
        (Answer(b"HTTP/1.1 103 X\r\nLink: x\r\n\r\n" * 3 + reply(422, "{}").content), 422, b"{}"),
        (Answer(CHUNKED), 200, b"{}"),
        (Answer(b"HTTP/1.1 200 OK\r\n\r\n{}", then="close"), 200, b"{}"),
        (Answer(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", then="close"), 200, b"{}"),
        (Answer(reply(200, "{}").content, pause=0.0001), 200, b"{}"),
    ],
    ids=["100", "103", "chunks with a trailer", "until it closes", "HTTP/1.0", "byte by byte"],
)
def test_framing(scripted: ScriptedUpstream, answer: Answer, status: int, body: bytes) -> None:
    """The final response is the answer, without what came before it or in trailers."""
    scripted.answers(answer)

    for response in run(twice(scripted.url)):
        assert (response.status_code, response.read()) == (status, body)
        assert response.extensions == {}
        assert not {"link", "content-encoding"} & set(response.headers)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"HTTP/1.1 101 Yes\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nx"),
        Answer(b"HTTP/1.1 101 Yes\r\n\r\n" + reply(200).content),
    ],
)
def test_other_protocol(scripted: ScriptedUpstream, answer: Answer) -> None:
    """An upstream that changes the protocol has not answered."""
    scripted.answers(answer)

    with pytest.raises(NotAnsweredError, match="HttpParser"):
        run(twice(scripted.url))


def key_of(url: httpx.URL, customer: int | None = 5690) -> Key:
    """What a customer's connections are found by."""
    return url.scheme, url.netloc, customer


def test_idle_connection(scripted: ScriptedUpstream) -> None:
    """One that nobody uses is closed after a while; until then, it is the next one taken."""

    async def idle() -> bool:
        connections = Connections(most=5, idle_seconds=0.2)
        url = httpx.URL(scripted.url)
        connection = await connections.open(url)
        connections.give_back(key_of(url), connection)
        assert connections.take(key_of(url)) is connection
        connections.give_back(key_of(url), connection)
        async with asyncio.timeout(5):
            while connection.usable:  # noqa: ASYNC110 - it sets no event
                await asyncio.sleep(0.01)
        return connections.take(key_of(url)) is None

    assert run(idle())


def test_connection_that_is_too_old(scripted: ScriptedUpstream) -> None:
    """It is not taken even where it is not closed yet: the upstream may be about to close it."""

    async def too_old() -> bool:
        connections = Connections(most=5, idle_seconds=0)
        url = httpx.URL(scripted.url)
        connection = await connections.open(url)
        connections.give_back(key_of(url), connection)
        return connections.take(key_of(url)) is None and not connection.usable

    assert run(too_old())


def test_connection_given_back_to_a_closed_pool(scripted: ScriptedUpstream) -> None:
    """It is closed too."""

    async def late() -> bool:
        connections = Connections(most=5)
        url = httpx.URL(scripted.url)
        connection = await connections.open(url)
        connections.close()
        connections.give_back(key_of(url), connection)
        return connection.usable

    assert not run(late())


def test_more_customers_than_connections(scripted: ScriptedUpstream) -> None:
    """The connection that is idle longest makes room for another customer's; none in use does."""

    async def three_of_five() -> tuple[bool, list[bool]]:
        connections = Connections(most=3)
        url = httpx.URL(scripted.url)
        in_use = await connections.open(url)
        idle = []
        for customer in range(1, 5):
            connection = await connections.open(url)
            connections.give_back(key_of(url, customer), connection)
            idle.append(connection)
        left = in_use.usable, [connection.usable for connection in idle]
        connections.close()
        in_use.abort()
        await asyncio.sleep(0)  # or closing uvloop's loop would wait for them
        return left

    assert run(three_of_five()) == (True, [False, False, True, True])


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

    assert [answer.status_code for answer in run(twice(tls_url))] == [204, 204]


def test_certificate_that_is_not_trusted(tls_url: str) -> None:
    """Nothing is sent to it."""
    with pytest.raises(ConnectError, match="SSLCertVerificationError"):
        run(twice(tls_url))


@contextlib.asynccontextmanager
async def holding(
    held: list[Callable[[], None]],
) -> AsyncIterator[tuple[Connection, socket.socket]]:
    """A connection whose requests are `held` until they are called, and its upstream."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(held.append), *address
        )
        upstream, _ = await asyncio.to_thread(listener.accept)
    with upstream:
        upstream.settimeout(10)
        yield connection, upstream


async def before_it_is_sent(happens: Callable[[socket.socket], None]) -> tuple[bool, bool, bytes]:
    """Whether a request is said to be sent, the connection may be used, and what was sent."""
    held: list[Callable[[], None]] = []
    async with holding(held) as (connection, upstream):
        exchange = asyncio.create_task(connection.exchange(b"a request", time.monotonic() + 10))
        await asyncio.sleep(0)
        happens(upstream)
        with pytest.raises(ExchangeError) as error:
            await exchange
        for send in held:
            send()
        return error.value.sent, connection.usable, await asyncio.to_thread(upstream.recv, 100)


async def late_when_it_is_sent() -> tuple[bool, bytes]:
    """Whether a request is said to be sent whose deadline ends right before that, and what was."""
    held: list[Callable[[], None]] = []
    async with holding(held) as (connection, upstream):
        exchange = asyncio.create_task(connection.exchange(b"a request", time.monotonic() - 1))
        await asyncio.sleep(0)
        for send in held:
            asyncio.get_running_loop().call_soon(send)
        with pytest.raises(ExchangeError) as error:
            await exchange
        return error.value.sent, await asyncio.to_thread(upstream.recv, 100)


@pytest.mark.parametrize(
    "happens",
    [lambda upstream: upstream.shutdown(socket.SHUT_WR), lambda upstream: upstream.sendall(ANSWER)],
    ids=["an end", "an answer"],
)
def test_what_comes_before_the_request_is_sent(happens: Callable[[socket.socket], None]) -> None:
    """It is no answer: the request is never sent, said so, and may be sent on another."""
    assert run(before_it_is_sent(happens)) == (False, False, b"")


def test_late_when_it_is_sent() -> None:
    """A request that is said not to be sent is not sent."""
    assert run(late_when_it_is_sent()) == (False, b"")
