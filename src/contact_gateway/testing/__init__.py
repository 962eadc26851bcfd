"""A kit for the tests of whoever uses the gateway: fixtures of pytest, found by its entry point.

    def test_a_rename(contact_gateway_client, contact_groups):
        contact_gateway_client.rename("5514123", "Best customers").assert_success()

        assert contact_groups.name_of("5514123") == "Best customers"

`docs/testing.md` tells the rest. pytest imports this wherever the gateway is installed, so what
takes time is imported where a fixture is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contact_gateway.testing.caller import ContactGatewayClient
    from contact_gateway.testing.gateways import ContactGateway
    from contact_gateway.testing.groups import ContactGroups
    from contact_gateway.testing.outcomes import Reply, Result
    from contact_gateway.testing.sandbox_api import RESTRequest, SandboxRefusedError

__all__ = [
    "ContactGateway",
    "ContactGatewayClient",
    "ContactGroups",
    "RESTRequest",
    "Reply",
    "Result",
    "SandboxRefusedError",
]

_HOMES = {
    "ContactGateway": "gateways",
    "ContactGatewayClient": "caller",
    "ContactGroups": "groups",
    "RESTRequest": "sandbox_api",
    "Reply": "outcomes",
    "Result": "outcomes",
    "SandboxRefusedError": "sandbox_api",
}


def __getattr__(name: str) -> object:
    """Import a name where it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
