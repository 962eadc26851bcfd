"""The fixtures, as pytest finds them; it imports this wherever the gateway is installed."""

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from contact_gateway.testing import ContactGateway, ContactGatewayClient, ContactGroups


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a gateway be named that runs already."""
    group = parser.getgroup("contact-gateway")
    group.addoption(
        "--contact-gateway-url",
        metavar="URL",
        help="a `contact-gateway demo` that runs already, such as http://127.0.0.1:8000",
    )
    group.addoption(
        "--contact-gateway-sandbox-url",
        metavar="URL",
        help="its sandbox; port 8001 of the same host if not given",
    )


@pytest.fixture(scope="session")
def contact_gateway_settings() -> Mapping[str, object]:
    """Settings of the gateway that are not those of the demo, in lower case: override it."""
    return {}


@pytest.fixture(scope="session")
def contact_gateway(
    request: pytest.FixtureRequest, contact_gateway_settings: Mapping[str, object]
) -> Iterator["ContactGateway"]:
    """The gateway and its sandbox: of this process, or those that `--contact-gateway-url` names."""
    from contact_gateway.testing import gateways

    url = request.config.getoption("--contact-gateway-url")
    if url is None:
        with gateways.gateway_of_this_process(contact_gateway_settings) as gateway:
            yield gateway
    else:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
        sandbox_url = request.config.getoption("--contact-gateway-sandbox-url")
        yield gateways.gateway_elsewhere(url, sandbox_url, int(worker) if worker else None)


@pytest.fixture(scope="session")
def _contact_gateway_http(contact_gateway: "ContactGateway") -> Iterator["httpx.Client"]:
    from contact_gateway.testing.gateways import open_http

    with open_http(contact_gateway.url, contact_gateway.sandbox_url) as http:
        yield http


@pytest.fixture
def contact_groups(
    contact_gateway: "ContactGateway", _contact_gateway_http: "httpx.Client"
) -> "ContactGroups":
    """What the REST API has, as at the start."""
    from contact_gateway.testing.groups import ContactGroups

    groups = ContactGroups(contact_gateway, _contact_gateway_http)
    groups.reset()
    return groups


@pytest.fixture
def contact_gateway_client(
    contact_gateway: "ContactGateway",
    contact_groups: "ContactGroups",
    _contact_gateway_http: "httpx.Client",
) -> "ContactGatewayClient":
    """A client of the gateway with both scopes."""
    from contact_gateway.testing.caller import ContactGatewayClient

    return ContactGatewayClient(
        gateway=contact_gateway,
        groups=contact_groups,
        http=_contact_gateway_http,
        token=contact_groups.token(),
        customer=contact_groups.customer,
    )
