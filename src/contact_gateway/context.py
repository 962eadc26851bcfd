"""What resolvers see of a request: one frozen object, never a dict."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from graphql import GraphQLError

from contact_gateway.identity import Principal
from contact_gateway.observation import RequestRecord
from contact_gateway.rest_client import Caller

__all__ = ["RequestContext"]

Resources = TypeVar("Resources")


@dataclass(frozen=True, slots=True)
class RequestContext(Generic[Resources]):
    """One GraphQL request: who calls, for whom, and what can be asked of the REST API for them.

    `caller` is None when the token does not name the customer that the request asks for; no
    upstream call can then be made. `resources` is what the application puts there for resolvers.
    `partial_errors` are of what is left out of a field that has a result all the same.
    """

    request_id: str
    principal: Principal
    caller: Caller | None
    record: RequestRecord
    resources: Resources
    partial_errors: list[GraphQLError] = field(default_factory=list)
