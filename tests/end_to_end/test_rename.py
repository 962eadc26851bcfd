"""The mutation over real sockets: what a frontend does."""

from contact_gateway.sandbox import Sandbox
from tests.client import Client


def test_a_new_name(client: Client, sandbox: Sandbox) -> None:
    """Success names the group as it is now, and the REST server has the new name."""
    result = client.rename("5514123", {"name": "Best customers"})

    assert result == {
        "__typename": "UpdateContactGroupSuccess",
        "contactGroup": {"id": "5514123", "name": "Best customers"},
        "outcome": "APPLIED",
    }
    assert sandbox.store.name_of(5690, 5514123) == "Best customers"
