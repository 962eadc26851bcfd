"""What a request costs once its document is known: counted, not timed."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from graphql.execution import collect_fields
from graphql.execution.collect_fields import visit_selection_sets
from graphql.language.parser import Parser
from graphql.validation import ValidationContext

from contact_gateway.sandbox import Sandbox
from tests.client import RENAME, Client
from tests.conftest import IssueToken
from tests.scripted_upstream import ScriptedUpstream, reply
from tests.servers import gateway_before

THREE = """\
mutation Three($id: ID!, $input: UpdateContactGroupInput!) {
  a: updateContactGroup(id: $id, input: $input) { __typename }
  b: updateContactGroup(id: $id, input: $input) { __typename }
  c: updateContactGroup(id: $id, input: $input) { __typename }
}
"""


def variables(number: int) -> dict[str, object]:
    """Variables that no other request has."""
    return {"id": str(5_514_000 + number), "input": {"name": f"Customers {number}"}}


def post(client: Client, document: str, times: int) -> list[httpx.Response]:
    """Send a document so many times, one after the other; every reply is whole."""
    responses = [client.post(document, variables(number)) for number in range(times)]
    assert [response.status_code for response in responses] == [200] * times
    return responses


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts what graphql-core makes to parse and to validate, whoever in the process asks it."""
    counter: Counter[str] = Counter()

    def counted(kind: type) -> Callable[..., None]:
        initialise: Callable[..., None] = kind.__init__  # type: ignore[misc]

        def count(self: object, *arguments: Any, **named: Any) -> None:
            counter[kind.__name__] += 1
            initialise(self, *arguments, **named)

        return count

    for kind in (Parser, ValidationContext):
        monkeypatch.setattr(kind, "__init__", counted(kind))
    return counter


def test_a_document_the_second_time(scripted_client: Client, made: Counter[str]) -> None:
    """It is parsed and validated for the first request, and for none after it."""
    post(scripted_client, RENAME, times=1)
    first = dict(made)
    post(scripted_client, RENAME, times=9)

    assert first == dict(made) == {"Parser": 1, "ValidationContext": 1}


def test_the_fields_of_an_operation_the_second_time(
    scripted_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are collected from its selection sets for the first request, and for none after it."""
    visited: list[object] = []

    def visit(*arguments: Any) -> None:
        visited.append(arguments[1])
        visit_selection_sets(*arguments)

    monkeypatch.setattr(collect_fields, "visit_selection_sets", visit)
    post(scripted_client, RENAME, times=1)
    first = len(visited)
    post(scripted_client, RENAME, times=9)

    assert 0 < first == len(visited)


def test_requests_upstream(scripted_client: Client, scripted: ScriptedUpstream) -> None:
    """Each mutation is one request to the upstream and no other, in a document of three too."""
    post(scripted_client, RENAME, times=2)
    post(scripted_client, THREE, times=1)

    assert [(request.method, request.target) for request in scripted.received] == [
        ("PATCH", "/v1/contactGroups/5514000"),
        ("PATCH", "/v1/contactGroups/5514001"),
        *[("PATCH", "/v1/contactGroups/5514000")] * 3,
    ]


def test_connections_upstream(scripted_client: Client, scripted: ScriptedUpstream) -> None:
    """Requests that follow one another share some connections, which rest for 10 ms each time."""
    post(scripted_client, RENAME, times=10)
    post(scripted_client, THREE, times=10)
    first = {request.connection for request in scripted.received}
    post(scripted_client, RENAME, times=40)

    again = {request.connection for request in scripted.received[40:]}
    assert len(scripted.received) == 80
    assert first & again
    assert len(first | again) < 40


def test_connections_of_a_client(scripted_client: Client) -> None:
    """The gateway keeps a client's connection open for the next request."""
    responses = post(scripted_client, RENAME, times=5)

    addresses = {
        response.extensions["network_stream"].get_extra_info("client_addr")
        for response in responses
    }
    assert len(addresses) == 1


def test_requests_to_the_issuer(
    scripted: ScriptedUpstream, sandbox: Sandbox, issue_token: IssueToken
) -> None:
    """The key set is fetched at the start, and not for any request."""
    key_set = reply(200, json.dumps(sandbox.tokens.key_set()), Content_Type="application/json")
    scripted.responds(lambda request: key_set if request.method == "GET" else reply(204))
    servers = {"upstream_url": scripted.url, "jwt_jwks_url": f"{scripted.url}/jwks"}
    with gateway_before(sandbox, **servers) as url:
        client = Client(url, issue_token())
        with client.http:
            post(client, RENAME, times=5)

    methods = [request.method for request in scripted.received]
    assert methods == ["GET", *["PATCH"] * 5]
