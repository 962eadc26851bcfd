"""The checks of the public tool graphql-cop, in production settings: it would report one of them.

Twelve run by default there, and one more is there without being run (field duplication). Each sends
what the tool sends, and fails on what the tool calls a finding, but for queries by GET, which are
served.
"""

from typing import Any

import httpx
import pytest

from tests.client import Client


def ask(client: Client, document: str) -> Any:
    """The reply to a document whose operation is named as the tool names it."""
    body = {"query": document, "operationName": "cop"}
    headers = {**client.headers(), "Accept": "*/*"}
    return client.http.post(f"{client.url}/graphql", json=body, headers=headers).json()


def get(client: Client, **parameters: str) -> httpx.Response:
    """The reply to a GET with parameters in the URL."""
    headers = {**client.headers(), "Accept": "*/*"}
    return client.http.get(f"{client.url}/graphql", params=parameters, headers=headers)


def test_it_is_graphql(client: Client) -> None:
    """Where the tool finds no GraphQL, it finds nothing else: so this has to succeed."""
    assert ask(client, "query cop {__typename}") == {"data": {"__typename": "Query"}}


def test_alias_overloading(client: Client) -> None:
    """dos_alias_overloading: 101 aliases are refused."""
    aliases = " ".join(f"alias{number}:__typename" for number in range(101))

    assert "data" not in ask(client, f"query cop {{ {aliases} }}")


def test_batch_query(client: Client) -> None:
    """dos_batch: of ten operations in an array none is executed.

    It is a finding there that as many replies come; here each is the refusal, for clients that look
    for one in its place.
    """
    response = client.http.post(
        f"{client.url}/graphql",
        json=[{"query": "query cop { __typename }"}] * 10,
        headers=client.headers(),
    )

    assert (response.status_code, [list(each) for each in response.json()]) == (
        400,
        [["errors"]] * 10,
    )


def test_circular_query_introspection(client: Client) -> None:
    """dos_circular_introspection: introspection cannot be nested, because there is none."""
    circle = "{ fields { type " * 4 + "{ name }" + " } }" * 4

    assert "data" not in ask(client, f"query cop {{ __schema {{ types {circle} }} }}")


def test_directive_overloading(client: Client) -> None:
    """dos_directive_overloading: ten unknown directives are not answered by ten errors."""
    errors = ask(client, f"query cop {{ __typename {'@aa' * 10} }}")["errors"]

    assert len(errors) <= 5


def test_field_duplication(client: Client) -> None:
    """dos_field_duplication: one field 500 times is refused."""
    assert "data" not in ask(client, "query cop { " + "__typename \n" * 500 + "} ")


def test_field_suggestions(client: Client) -> None:
    """info_field_suggestions: a field that is nearly right is not put right."""
    errors = ask(client, "query cop { __schema { directive } }")["errors"]

    assert not [error for error in errors if "did you mean" in error["message"].lower()]


def test_get_based_mutation(client: Client) -> None:
    """info_get_based_mutation: no mutation is executed for a GET."""
    assert "data" not in get(client, query="mutation cop {__typename}").json()


def test_get_method_support(client: Client) -> None:
    """info_get_method_support: it is a finding there because of what it may lead to elsewhere.

    A page of another origin could send a GET with cookies. Here it would have to send the access
    token, which no page has but one that may call anyway.
    """
    headers = {"Accept": "*/*", "Cookie": "session=x"}
    response = client.http.get(
        f"{client.url}/graphql?query=query cop {{__typename}}", headers=headers
    )

    assert (response.status_code, list(response.json())) == (401, ["errors"])


@pytest.mark.parametrize("path", ["/", "/graphiql", "/playground", "/console", "/graphql"])
def test_graphiql(client: Client, path: str) -> None:
    """info_graphiql: no explorer is served."""
    response = client.http.get(f"{client.url}{path}", headers={"Accept": "text/html"})

    found = [
        word
        for word in ("graphiql.min.css", "GraphQL Playground", "GraphiQL", "graphql-playground")
        if word in response.text
    ]
    assert found == []


def test_introspection(client: Client) -> None:
    """info_introspect: the schema is not told."""
    assert "data" not in ask(client, "query cop { __schema { types { name fields { name } } } }")


def test_post_based_csrf(client: Client) -> None:
    """info_post_based_csrf: what a form of any website could send is refused."""
    response = client.http.post(
        f"{client.url}/graphql",
        data={"query": "query cop { __typename }"},
        headers={**client.headers(), "Content-Type": "application/x-www-form-urlencoded"},
    )

    assert (response.status_code, list(response.json())) == (415, ["errors"])


def test_trace_mode(client: Client) -> None:
    """info_trace_mode: nothing tells how long a resolver took."""
    assert "tracing" not in str(ask(client, "query cop { __typename }")).lower()


def test_unhandled_error_detection(client: Client) -> None:
    """info_unhandled_error: an error tells no exception of the server."""
    (error,) = ask(client, "qwerty cop { abc }")["errors"]

    assert set(error["extensions"]) == {"code", "requestId"}
