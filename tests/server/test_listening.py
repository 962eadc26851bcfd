"""Sockets that listen: which callers reach them, and what is in their way."""

import contextlib
import socket
from collections.abc import Iterable, Iterator, Sequence

import pytest

from contact_gateway.server.listening import ListenError, Listeners, listen_on_all
from contact_gateway.settings import load_settings
from tests.servers import free_port

IPV4, IPV6 = "127.0.0.1", "::1"
ALL_IPV4 = "0.0.0.0"  # noqa: S104 - what is tried


@contextlib.contextmanager
def listening(hosts: Sequence[str], port: int = 0) -> Iterator[list[socket.socket]]:
    """Listen as long as the block lasts."""
    listeners = listen_on_all(hosts, port, "PORT")
    try:
        yield listeners
    finally:
        Listeners(listeners).close()


def reached(address: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection((address, port), timeout=5).close()
    except OSError:
        return False
    return True


def accepted(listeners: Iterable[socket.socket], address: str, port: int) -> bool:
    """Whether one of these is who listens there: another test may have that port of an address."""
    try:
        with socket.create_connection((address, port), timeout=5) as connection:
            caller = connection.getsockname()[1]
            return any(caller in callers_of(listener) for listener in listeners)
    except OSError:
        return False


def callers_of(listener: socket.socket) -> set[int]:
    """The ports of those who wait to be accepted, and now are."""
    listener.setblocking(False)
    found = set()
    with contextlib.suppress(BlockingIOError):
        while True:
            connection, caller = listener.accept()
            connection.close()
            found.add(caller[1])
    return found


@pytest.mark.parametrize(
    ("hosts", "callers"),
    [
        (["127.0.0.1"], {IPV4}),
        (["localhost"], {IPV4}),
        (["::1"], {IPV6}),
        ([ALL_IPV4], {IPV4}),
        (["::"], {IPV4, IPV6}),
        ([ALL_IPV4, "::"], {IPV4, IPV6}),
        (["::", ALL_IPV4], {IPV4, IPV6}),
        (["127.0.0.1", "::"], {IPV4, IPV6}),
        (["127.0.0.1", "::1"], {IPV4, IPV6}),
        (["127.0.0.2", "127.0.0.1"], {IPV4}),
    ],
)
def test_whom_addresses_are_for(hosts: list[str], callers: set[str]) -> None:
    """`::` alone is for both families; addresses beside each other never clash, on one port."""
    with listening(hosts) as listeners:
        ports = {listener.getsockname()[1] for listener in listeners}
        (port,) = ports
        found = {address for address in (IPV4, IPV6) if accepted(listeners, address, port)}

    assert (len(listeners), found) == (len(hosts), callers)


@pytest.mark.parametrize("taken", ["127.0.0.1", "::1"])
def test_an_address_that_is_taken(taken: str) -> None:
    """The error names the address, and what listened already listens no longer."""
    port = free_port()
    with (
        listening([taken], port),
        pytest.raises(ListenError, match=rf"in use .*{taken}") as caught,
        listening(["127.0.0.3", taken], port),
    ):
        pass

    assert (caught.value.setting, reached("127.0.0.3", port)) == ("PORT", False)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "nothing.invalid"])
def test_an_address_of_another_machine(host: str) -> None:
    """It cannot be listened on."""
    with pytest.raises(ListenError), listening([host]):
        pass


@pytest.mark.parametrize(("taken", "setting"), [("port", "PORT"), ("metrics_port", "METRICS_PORT")])
@pytest.mark.usefixtures("nowhere")
def test_which_port_is_taken(taken: str, setting: str) -> None:
    """The error knows which setting it is of, and nothing listens any longer."""
    ports = {"port": free_port(), "metrics_port": free_port()}
    settings = load_settings(
        upstream_url="https://api.example.com", token_verification="upstream", **ports
    )

    with listening(["127.0.0.1"], ports[taken]), pytest.raises(ListenError) as caught:
        Listeners.of(settings)

    free = ports["port" if taken == "metrics_port" else "metrics_port"]
    assert (caught.value.setting, reached("127.0.0.1", free)) == (setting, False)
