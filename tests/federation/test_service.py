"""What a subgraph says of itself, and to whom (Apollo Federation, "Subgraph specification")."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import parse

from contact_gateway import contact_groups
from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.servers import gateway_before

ROVER = """query SubgraphIntrospectQuery {
    # eslint-disable-next-line no-underscore-dangle
    _service {
        sdl
    }
}"""
APOLLO_GATEWAY = "query __ApolloGetServiceDefinition__ { _service { sdl } }"
SDL = contact_groups.print_sdl(federation=True).removesuffix("\n")
SERVICE = {"sdl": SDL}


def ask(client: Client, document: str, **more: Any) -> httpx.Response:
    """Ask without a token and for no customer, as a gateway does that has neither."""
    content = json.dumps({"query": document, **more}).encode()
    return client.send_body(content, {"Authorization": None, "Customer-Id": None})


def test_the_schema_of_a_subgraph() -> None:
    """It is that of schema.graphql, with the key of groups, and what gateways ask for."""
    plain = contact_groups.print_sdl().splitlines()
    added = {line.strip() for line in SDL.splitlines() if line not in plain}

    assert added >= {
        'schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key"]) {',
        'type ContactGroup @key(fields: "id") {',
        "_service: _Service!",
        "_entities(",
        "representations: [_Any!]!",
        "): [_Entity]!",
        "scalar _Any",
        "union _Entity = ContactGroup",
        "type _Service {",
        "sdl: String!",
    }


def test_schemas_side_by_side() -> None:
    """One that is no subgraph is none, whatever was made and printed of the other before."""
    contact_groups.print_sdl(federation=True)

    types = contact_groups.build_schema().type_map.keys()
    added = contact_groups.build_schema(federation=True).type_map.keys() - types
    assert ("@" in contact_groups.print_sdl(), added) == (
        False,
        {"_Any", "_Entity", "_Service", "link__Import", "link__Purpose"},
    )


@pytest.mark.parametrize(
    "document",
    [
        ROVER,
        APOLLO_GATEWAY,
        "{_service{sdl}}",
        "query{_service{sdl}}",
        "query,Q{,_service,{sdl,},}",
        "\ufeff{ _service { sdl } }",
    ],
)
def test_asked_without_a_token(subgraph: Client, document: str) -> None:
    """It is told, as to anybody who may read the schema."""
    response = ask(subgraph, document)

    assert (response.status_code, response.json()) == (200, {"data": {"_service": SERVICE}})


@pytest.mark.parametrize(
    ("document", "data"),
    [
        ("{__typename _service{sdl}}", {"__typename": "Query", "_service": SERVICE}),
        ("{_service{__typename sdl} __typename}", None),
        ("{_service{sdl __typename}}", {"_service": {**SERVICE, "__typename": "_Service"}}),
    ],
)
def test_asked_with_the_names_of_types(
    subgraph: Client, document: str, data: dict[str, Any] | None
) -> None:
    """Those are told too."""
    whole = {"_service": {"__typename": "_Service", **SERVICE}, "__typename": "Query"}

    assert ask(subgraph, document).json() == {"data": data or whole}


def test_named_without_a_token(subgraph: Client) -> None:
    """The operation may be named, as most clients do; null is as good as no name."""
    named: list[dict[str, object]] = [
        {"operationName": "__ApolloGetServiceDefinition__", "variables": {}},
        {"operationName": None, "variables": None},
        {"operationName": "Another"},
    ]
    replies = [ask(subgraph, APOLLO_GATEWAY, **each).status_code for each in named]

    assert replies == [200, 200, 401]


@pytest.mark.parametrize(
    "document",
    [
        "{ viewer { customerId } }",
        "{ __schema { types { name } } }",
        "{ __typename }",
        "{ _service { sdl } viewer { customerId } }",
        "{ _service { sdl } _service { sdl } }",
        "{ a: _service { sdl } }",
        "{ _service { sdl } } { _service { sdl } }",
        "{ _service { sdl } } query B { viewer { customerId } }",
        "{ _service { ...F } } fragment F on _Service { sdl }",
        "query ($a: Int) { _service { sdl } }",
        "query @skip(if: false) { _service { sdl } }",
        "mutation { _service { sdl } }",
        "subscription { _service { sdl } }",
        "{ _service { sdl }",
        '{ _entities(representations: [{__typename: "ContactGroup", id: "1"}]) { __typename } }',
        "{ _service } # { sdl } }",
        "{ _service { sdl } }" + " " * 2_048,
        "",
    ],
)
def test_asked_for_anything_else_without_a_token(subgraph: Client, document: str) -> None:
    """The answer is that of every caller without a token, to the letter."""
    response = ask(subgraph, document)

    refused = ask(subgraph, "{ nothing }")
    assert (response.status_code, response.content) == (401, refused.content)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b'{"query": 1}', b'{"query": "{_service{sdl}}", "variables": {"a": 1}}'],
)
def test_a_body_that_asks_for_nothing(subgraph: Client, body: bytes) -> None:
    """Nor does what is no request, or says more than that."""
    response = subgraph.send_body(body, {"Authorization": None})

    assert response.status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": ""},
        {"Authorization": None, "Content-Type": "text/plain"},
        {"Authorization": None, "Accept": "text/html"},
    ],
)
def test_asked_in_another_way(subgraph: Client, headers: dict[str, str | None]) -> None:
    """A token that is not valid is refused as everywhere, and what is no GraphQL over HTTP too."""
    body = json.dumps({"query": APOLLO_GATEWAY}).encode()

    assert subgraph.send_body(body, headers).status_code == 401


def test_asked_with_a_token(subgraph: Client) -> None:
    """It is told, in whatever document."""
    response = subgraph.post("{ a: _service { b: sdl } viewer { customerId } }")

    assert response.json() == {"data": {"a": {"b": SDL}, "viewer": {"customerId": "5690"}}}


def test_asked_where_the_schema_is_hidden(sandbox: Sandbox, issue_token: IssueToken) -> None:
    """Without INTROSPECTION nobody is told, with a token or without; everything else goes on."""
    with gateway_before(sandbox, federation=True) as url:
        client = Client(url, issue_token())
        with client.http:
            without = ask(client, APOLLO_GATEWAY)
            refused, served = map(client.post, (APOLLO_GATEWAY, "{ viewer { customerId } }"))

    assert (without.status_code, refused.status_code, served.status_code) == (401, 422, 200)
    [error] = refused.json()["errors"]
    assert error["message"] == (
        "GraphQL introspection has been disabled, but the requested query contained the field "
        "'_service'."
    )


def test_asked_where_only_listed_documents_run(sandbox: Sandbox, tmp_path: Path) -> None:
    """It is not listed, so it is not told."""
    document = "{ viewer { customerId } }"
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({sha256(document.encode()).hexdigest(): document}), "utf-8")
    changes = {"trusted_documents": str(manifest), "trusted_documents_mode": "enforce"}
    with gateway_before(sandbox, federation=True, introspection=True, **changes) as url:
        client = Client(url, "")
        with client.http:
            assert ask(client, APOLLO_GATEWAY).status_code == 401


@pytest.mark.parametrize(
    "document", [APOLLO_GATEWAY, "{_entities(representations: []) {__typename}}"]
)
def test_asked_of_what_is_no_subgraph(client: Client, document: str) -> None:
    """There is no such field."""
    response = client.post(document)

    assert (response.status_code, ask(client, document).status_code) == (422, 401)


def test_its_names(subgraph: Client) -> None:
    """The printed schema is one that can be parsed, and the executed one tells the same types."""
    names = subgraph.post("{ __schema { types { name } } }").json()["data"]["__schema"]["types"]
    printed = {node.name.value for node in parse(SDL).definitions if hasattr(node, "name")}

    assert printed - {each["name"] for each in names} == set()
