"""NO_PROXY by name: who is named there is spoken to directly, and everybody else is not."""

from collections.abc import Sequence
from typing import Final

import pytest

from contact_gateway.egress import Egress
from contact_gateway.rest_client import HTTP11Transport
from contact_gateway.rest_client.http11.dialling import Dialling
from contact_gateway.rest_client.http11.name_resolution import Address
from contact_gateway.rest_client.problems import ConnectError
from contact_gateway.rest_client.sending import Sender
from contact_gateway.settings import Settings, load_settings
from tests.rest_client.stack import call, run
from tests.scripted_upstream import ScriptedUpstream, reply
from tests.servers import free_port

NAME: Final = "upstream.corp.test"


class Knowing(Dialling):
    """Dials on a machine that knows the name, which is this one."""

    async def look_up(self, host: str, port: int) -> Sequence[Address]:
        """The addresses of this machine."""
        return await super().look_up("127.0.0.1" if host == NAME else host, port)


async def asked(url: str, settings: Settings) -> int | str:
    """What a call is answered with, or why it could not be sent."""
    way = Egress(settings).to_rest_api
    async with HTTP11Transport(way=way, dial=Knowing(way)) as transport:
        try:
            return (await Sender(transport, url, 5).send(call("GET"))).status
        except ConnectError as error:
            return str(error)


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        (NAME, True),
        ("corp.test", True),
        (".corp.test", True),
        ("*.CORP.test.", True),
        ("elsewhere.test, corp.test:{}", True),
        ("stream.corp.test", False),
        ("corp.test:1", False),
        ("127.0.0.1", False),
    ],
)
def test_a_name(scripted: ScriptedUpstream, no_proxy: str, *, direct: bool) -> None:
    """It covers itself and all below it; a name is not looked up to see whether it is covered."""
    scripted.responds(lambda _: reply(204))
    port, gone = int(scripted.url.rpartition(":")[2]), free_port()
    settings = load_settings(
        _env_file=None,
        upstream_url=f"http://{NAME}:{port}",
        token_verification="upstream",
        proxy=f"http://127.0.0.1:{gone}",
        no_proxy=no_proxy.format(port),
    )
    found = run(asked(settings.upstream_url, settings))

    refused = f"the proxy 127.0.0.1:{gone} cannot be reached: ConnectionRefusedError"
    assert (found, len(scripted.received)) == ((204, 1) if direct else (refused, 0))
