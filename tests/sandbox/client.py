"""The one client that the sandbox's tests call it with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import httpx

from contact_gateway.sandbox import Grant

if TYPE_CHECKING:
    from contact_gateway.sandbox import Sandbox

Filters = Sequence[tuple[str, str | int]]


def open_http(sandbox: Sandbox) -> httpx.Client:
    """An HTTP client without any header of its own, whose base is the sandbox.

    Without TLS to verify, it need not load certificates, which takes longer than most tests.
    """
    return httpx.Client(base_url=sandbox.url, trust_env=False, verify=False)  # noqa: S501


@dataclass(frozen=True)
class Client:
    """Calls a sandbox as a customer of it, with a good token unless told otherwise."""

    sandbox: Sandbox
    http: httpx.Client
    customer: int = 5690
    scopes: tuple[str, ...] = ("contacts:read", "contacts:write")

    def of(self, customer: int) -> Client:
        """The same client for another customer."""
        return replace(self, customer=customer)

    def with_scopes(self, *scopes: str) -> Client:
        """The same client with a token for other scopes."""
        return replace(self, scopes=scopes)

    def token(self) -> str:
        """A good token for the customer and the scopes of this client."""
        return self.sandbox.tokens.issue(
            Grant(client_id="test", scopes=self.scopes, customers=(self.customer,))
        )

    def headers(self) -> dict[str, str]:
        """The headers that make a request acceptable."""
        return {"Authorization": f"Bearer {self.token()}", "Customer-Id": str(self.customer)}

    def rename(self, group: int | str, name: str) -> httpx.Response:
        """Give a group a new name."""
        return self.patch(group, httpx.Request("PATCH", "http://_", json={"name": name}).content)

    def patch(self, group: int | str, body: bytes) -> httpx.Response:
        """Update a group with any body."""
        return self.http.patch(
            f"/v1/contactGroups/{group}", content=body, headers=self.headers(), timeout=5
        )

    def list(self, *filters: tuple[str, str | int]) -> httpx.Response:
        """List groups, with filters in the order given, repeated ones included."""
        return self.http.get(
            "/v1/contactGroups", params=httpx.QueryParams(list(filters)), headers=self.headers()
        )

    def names(self, *filters: tuple[str, str | int]) -> dict[int, str]:
        """Id to name of the groups that the filters select, in the order listed."""
        items = self.list(*filters).json()["items"]
        return {item["id"]: item["name"] for item in items}
