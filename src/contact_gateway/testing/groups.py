"""The contact groups that the REST API has, for one test."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import httpx

from contact_gateway.testing.gateways import ContactGateway
from contact_gateway.testing.sandbox_api import RESTRequest, SandboxAPI

__all__ = ["ContactGroups"]

Id = str | int


class _Unset:
    """What nobody has said, because None is an empty body."""


_UNSET = _Unset()


class ContactGroups:
    """The sandbox as one test has it: as at the start, and for the customer of the tests.

    Every method raises `SandboxRefusedError` where the sandbox refuses.
    """

    def __init__(self, gateway: ContactGateway, http: httpx.Client) -> None:
        self._gateway = gateway
        self._api = SandboxAPI(gateway.sandbox_url, http)
        self.customer = gateway.customer

    @cached_property
    def other_customer(self) -> str:
        """Another customer of the tests, whose groups have the same ids and names."""
        self._api.ask("POST", "/reset", customer=self._gateway.other_customer)
        return self._gateway.other_customer

    def reset(self) -> None:
        """Let all be as at the start: groups, faults, and what was received."""
        mine = self.customer if self._gateway.shared else None
        self._api.ask("POST", "/reset", customer=mine)
        vars(self).pop("other_customer", None)  # until somebody asks for it

    def all(self, customer: Id | None = None) -> dict[str, str]:
        """The names of a customer's groups by their ids, those of the scenarios included."""
        groups = self._api.ask("GET", f"/groups/{customer or self.customer}")["groups"]
        return {group["id"]: group["name"] for group in groups}

    def name_of(self, group: Id, customer: Id | None = None) -> str | None:
        """The name of a group, None where the customer has none with this id."""
        return self.all(customer).get(str(group))

    def put(self, group: Id, name: str, customer: Id | None = None) -> None:
        """Let the customer have a group with this id and name."""
        self._api.ask("PUT", f"/groups/{customer or self.customer}/{group}", {"name": name})

    def remove(self, group: Id, customer: Id | None = None) -> None:
        """Take a group away."""
        self._api.ask("DELETE", f"/groups/{customer or self.customer}/{group}")

    def fail_next(
        self,
        status: int | None = None,
        *,
        end: Literal["drop", "hang", "drip", "html"] | None = None,
        method: Literal["GET", "PATCH"] | None = None,
        group: Id | None = None,
        customer: Id | None = None,
        times: int = 1,
        headers: Mapping[str, str | Sequence[str]] | None = None,
        body: Any = _UNSET,
        delay: float = 0,
        applied: bool = False,
    ) -> None:
        """Say how the next calls to the REST API end that fit `method`, `group` and `customer`.

        Either with a `status` (then with `headers` and a `body`, by default a problem), or with an
        `end`; or with neither, but `delay` seconds late by the fast clock. Where the change is
        `applied`, it is made all the same. A write without a clear answer is read back, and sent
        again: `method` says which of these calls fails.
        """
        fault = {
            "status": status,
            "end": end,
            "method": method,
            "group": group,
            "customer": customer or self.customer,
            "headers": headers,
        }
        wanted: dict[str, object] = {name: it for name, it in fault.items() if it is not None}
        if body is not _UNSET:
            wanted["body"] = body
        wanted |= {"times": times, "delay": delay, "applied": applied}
        self._api.ask("POST", "/faults", wanted)

    def received(self, customer: Id | None = None) -> list[RESTRequest]:
        """What the REST API received of the customer in this test, oldest first."""
        return self._api.requests(customer=str(customer or self.customer))

    def received_for(self, request_id: str) -> list[RESTRequest]:
        """What the REST API received for the request with this `X-Request-Id`."""
        return self._api.requests(requestId=request_id)

    def token(
        self,
        *,
        scopes: Sequence[str] | None = None,
        customers: Sequence[Id] | None = None,
        lifetime: int = 3600,
        audience: str | Sequence[str] | None = None,
        issuer: str | None = None,
        typ: str | None = None,
        unknown_key: bool = False,
    ) -> str:
        """An access token of the customer of the tests, good unless it is told otherwise.

        It ends in `lifetime` seconds; the gateway believes one for 30 seconds more, so -60 is one
        that is refused.
        """
        wanted = {
            "scopes": scopes,
            "customers": [self.customer] if customers is None else customers,
            "lifetime": lifetime,
            "audience": audience,
            "issuer": issuer,
            "typ": typ,
            "unknownKey": unknown_key,
        }
        body: dict[str, object] = {name: it for name, it in wanted.items() if it is not None}
        token: str = self._api.ask("POST", "/tokens", body)["token"]
        return token
