"""The client that tests call the gateway with."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import uuid4

import httpx

from contact_gateway.testing.gateways import ContactGateway
from contact_gateway.testing.groups import ContactGroups
from contact_gateway.testing.outcomes import Reply, Result

__all__ = ["ContactGatewayClient"]


@dataclass(frozen=True, kw_only=True)
class ContactGatewayClient:
    """Calls the gateway for a customer with a token; `as_customer` and the like give others.

    What it does not send is None.
    """

    gateway: ContactGateway
    groups: ContactGroups = field(repr=False)
    http: httpx.Client = field(repr=False)
    token: str | None = field(repr=False)
    customer: str | None

    def as_customer(self, customer: str | int | None) -> "ContactGatewayClient":
        """The same client for another customer, with a token for it; None is no `Customer-Id`."""
        if customer is None:
            return replace(self, customer=None)
        token = self.groups.token(customers=[customer])
        return replace(self, customer=str(customer), token=token)

    def with_scopes(self, *scopes: str) -> "ContactGatewayClient":
        """The same client with a token that has these scopes."""
        customers = [self.groups.customer if self.customer is None else self.customer]
        return self.with_token(self.groups.token(scopes=scopes, customers=customers))

    def with_token(self, token: str | None) -> "ContactGatewayClient":
        """The same client with this token, or with none."""
        return replace(self, token=token)

    def rename(self, group: str | int, name: object, *, document: str | None = None) -> Result:
        """Rename a group; what it came to, with every field of every member of the union."""
        return self.update(group, {"name": name}, document=document)

    def update(self, group: str | int, input: object, *, document: str | None = None) -> Result:
        """Run the mutation with any input; another `document` may select less."""
        __tracebackhide__ = True
        from contact_gateway.contact_groups import RENAME

        reply = self.execute(document or RENAME, {"id": str(group), "input": input})
        data = reply.get("data")
        members = [*data.values()] if isinstance(data, dict) else []
        if len(members) != 1 or not isinstance(members[0], dict):
            reply.fail("expected the result of a mutation")
        return Result(members[0], reply)

    def query(self, document: str, **variables: object) -> Reply:
        """Run a query with these variables."""
        return self.execute(document, variables)

    def execute(
        self,
        document: str,
        variables: dict[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Send any request; `headers` beside the usual ones, or in their place."""
        request_id = uuid4().hex
        usual = {
            "Accept": "application/graphql-response+json",
            "Authorization": None if self.token is None else f"Bearer {self.token}",
            "Customer-Id": self.customer,
            "X-Request-Id": request_id,
        }
        sent = httpx.Headers({name: it for name, it in usual.items() if it is not None})
        sent.update(headers)  # whatever the case of their names
        body = {"query": document, "variables": variables or {}, "operationName": operation_name}
        response = self.http.post(self.gateway.url, json=body, headers=sent)
        return Reply(response, partial(self.groups.received_for, sent["X-Request-Id"]))
