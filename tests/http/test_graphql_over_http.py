"""GraphQL over HTTP, draft of August 2026: each clause by the section that it stands in.

The sections are named as in the rendered draft, `sec-Status-Codes` and so on.
"""

import json
from typing import Any

import httpx
import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
TWO = "query A {__typename} query B {__typename}"
UNRESOLVED = "OPERATION_RESOLUTION_FAILURE"
UNAUTHENTICATED = (
    b'{"errors":[{"message":"Expected a valid access token as `Authorization: Bearer`.",'
    b'"extensions":{"code":"UNAUTHENTICATED"}}]}'
)
TYPENAME = b'{"query": "{__typename}"}'


def outcome(response: httpx.Response) -> tuple[int, str, Any]:
    """Status, media type and body; of each error the code alone."""
    body = response.json()
    if "errors" in body:
        body["errors"] = [error["extensions"]["code"] for error in body["errors"]]
    return response.status_code, response.headers["content-type"], body


def refusal(status: int, code: str) -> tuple[int, str, Any]:
    """What every refusal looks like: a GraphQL response without `data`."""
    return status, f"{GRAPHQL_RESPONSE}; charset=utf-8", {"errors": [code]}


def success(media_type: str) -> tuple[int, str, Any]:
    """What the reply to `{__typename}` looks like."""
    return 200, f"{media_type}; charset=utf-8", {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};charset=utf-8", GRAPHQL_RESPONSE),
        (f'{GRAPHQL_RESPONSE}; charset="UTF-8"', GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}, {JSON};q=0.9", GRAPHQL_RESPONSE),
        (f"{JSON}, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.5, {JSON}", JSON),
        (f"{GRAPHQL_RESPONSE};q=0, {JSON};q=0.1", JSON),
        (f"{GRAPHQL_RESPONSE}, */*", GRAPHQL_RESPONSE),
        (f"{JSON}, */*", JSON),
        (f"{JSON};q=0, */*", GRAPHQL_RESPONSE),
        (f"multipart/mixed;deferSpec=20220824, {JSON}", JSON),
        (JSON.upper(), JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/html, */*;q=0.1", JSON),
        ("", JSON),
        (None, JSON),
    ],
)
def test_accept(client: Client, accept: str | None, media_type: str) -> None:
    """sec-Body: the reply is in the most wanted media type; sec-Accept: without one, in JSON."""
    response = client.send_body(TYPENAME, {"Accept": accept})

    assert outcome(response) == success(media_type)


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "image/*",
        "application/xml, text/*;q=0.5",
        f"{JSON};q=0",
        f"{JSON};q=0, {GRAPHQL_RESPONSE};q=0.000",
        f"{JSON};q=high",
        f"{JSON};charset=iso-8859-1",
        "application/jsonfoo",
        "json",
        ",",
    ],
)
def test_accept_of_nothing_that_is_served(client: Client, accept: str) -> None:
    """sec-Status-Codes: 406 where neither media type is acceptable, and nothing is executed."""
    response = client.send_body(TYPENAME, {"Accept": accept})

    assert outcome(response) == refusal(406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize("accept", [GRAPHQL_RESPONSE, JSON, "*/*"])
@pytest.mark.parametrize(
    ("parameters", "status", "code"),
    [
        ({"query": "{"}, 400, "GRAPHQL_PARSE_FAILED"),
        ({"query": ""}, 400, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{nothing}"}, 422, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription {x}"}, 422, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query($id: ID!) {contactGroup(id: $id) {id}}"}, 422, "BAD_USER_INPUT"),
        ({"query": "query A {__typename}", "operationName": "B"}, 422, UNRESOLVED),
        ({"query": TWO}, 422, UNRESOLVED),
        ({"query": TWO, "operationName": ""}, 422, UNRESOLVED),
        ({"query": "fragment F on Query {__typename}"}, 422, "GRAPHQL_VALIDATION_FAILED"),
        ({"document": "{__typename}"}, 422, "BAD_REQUEST"),
        ({"query": 1}, 422, "BAD_REQUEST"),
        ({"query": None}, 422, "BAD_REQUEST"),
        ({"query": "{__typename}", "variables": [7]}, 422, "BAD_REQUEST"),
        ({"query": "{__typename}", "variables": "{}"}, 422, "BAD_REQUEST"),
        ({"query": "{__typename}", "operationName": {}}, 422, "BAD_REQUEST"),
        ({"query": "{__typename}", "extensions": 0}, 422, "BAD_REQUEST"),
    ],
)  # fmt: skip
def test_request_errors(
    client: Client, parameters: object, status: int, code: str, accept: str
) -> None:
    """sec-Status-Codes: 400 what cannot be parsed, 422 what cannot be executed, never with `data`.

    sec-Body: for a legacy client nothing but the media type of a 2xx reply differs.
    """
    response = client.send_body(json.dumps(parameters).encode(), {"Accept": accept})

    assert outcome(response) == refusal(status, code)


@pytest.mark.parametrize(
    ("name", "value"),
    [("operationName", None), ("variables", None), ("extensions", None), ("operationName", "")],
)
def test_nothing_for_an_optional_parameter(client: Client, name: str, value: str | None) -> None:
    """sec-JSON-Encoding: null is as good as leaving the parameter out; so is a name of nothing."""
    response = client.send_body(json.dumps({"query": "query A {__typename}", name: value}).encode())

    assert outcome(response) == success(GRAPHQL_RESPONSE)


def test_properties_that_are_not_known(client: Client) -> None:
    """sec-JSON-Encoding: properties that the server does not understand are ignored."""
    response = client.send_body(b'{"query": "{__typename}", "id": 1, "doc_id": [], "": {}}')

    assert outcome(response) == success(GRAPHQL_RESPONSE)


def test_the_operation_that_is_named(client: Client) -> None:
    """sec-Request-Parameters: `operationName` chooses among the operations of the document."""
    response = client.send_body(
        b'{"query": "query A {a: __typename} query B {b: __typename}", "operationName": "B"}'
    )

    assert response.json() == {"data": {"b": "Query"}}


def test_characters_of_several_bytes(client: Client) -> None:
    """sec-Media-Types: UTF-8 is assumed, and answered in."""
    text = "query($name: ID!) {contactGroup(id: $name) {id}} # ключ 👍"
    response = client.send_body(
        json.dumps({"query": text, "variables": {"name": "👍"}}, ensure_ascii=False).encode()
    )

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (
        294,
        "INVALID_INPUT",
    )


@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL_RESPONSE, 294), (JSON, 200), ("*/*", 200)])
def test_data_and_errors(client: Client, accept: str, status: int) -> None:
    """sec-Partial-success: 294 with the new media type alone, 200 for a legacy client."""
    response = client.post("{contactGroup(id: 0) {id} __typename}", Accept=accept)

    assert (response.status_code, response.json()["data"], len(response.json()["errors"])) == (
        status,
        {"contactGroup": None, "__typename": "Query"},
        1,
    )


@pytest.mark.parametrize("accept", [GRAPHQL_RESPONSE, JSON])
def test_data_that_is_null(client: Client, accept: str) -> None:
    """sec-Status-Codes: a reply with a `data` of null is a 2xx too: the operation was executed."""
    response = client.post("{contactGroups(page: 0) {itemCount}}", Accept=accept)

    assert (response.status_code, response.json()["data"]) == (
        294 if accept == GRAPHQL_RESPONSE else 200,
        None,
    )


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
def test_other_methods(client: Client, method: str) -> None:
    """sec-Status-Codes: 405, with the `Allow` that RFC 9110 section 15.5.6 asks for."""
    response = client.send_body(TYPENAME, method=method)

    assert (outcome(response), response.headers["allow"]) == (
        refusal(405, "METHOD_NOT_ALLOWED"),
        "GET, HEAD, OPTIONS, POST",
    )


def test_no_content_type(client: Client) -> None:
    """sec-POST: a body without a media type is refused."""
    response = client.send_body(TYPENAME, {"Content-Type": None})

    assert outcome(response) == refusal(415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("size", [65_537, 200_000])
@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_a_body_that_is_too_large(client: Client, size: int, *, chunked: bool) -> None:
    """sec-Status-Codes: 413; the connection goes on to serve what comes next."""
    body = TYPENAME + b" " * (size - len(TYPENAME))
    responses = [
        client.http.post(
            f"{client.url}/graphql",
            content=iter([content]) if chunked else content,
            headers=client.headers(),
        )
        for content in (body, TYPENAME)
    ]

    assert [outcome(response) for response in responses] == [
        refusal(413, "PAYLOAD_TOO_LARGE"),
        success(GRAPHQL_RESPONSE),
    ]


def test_a_body_of_the_largest_size(client: Client) -> None:
    """MAX_BODY_BYTES itself is not too large."""
    response = client.send_body(TYPENAME + b" " * (65_536 - len(TYPENAME)))

    assert outcome(response) == success(GRAPHQL_RESPONSE)


@pytest.mark.parametrize(
    ("headers", "challenge"),
    [
        ({"Authorization": None}, "Bearer"),
        ({"Authorization": "Bearer x"}, 'Bearer error="invalid_token"'),
    ],
)
@pytest.mark.parametrize("body", [TYPENAME, b"NONSENSE", b'{"query": "{"}', b" " * 100_000])
def test_a_caller_who_is_not_authenticated(
    client: Client, headers: dict[str, str | None], challenge: str, body: bytes
) -> None:
    """sec-Status-Codes: 401 before anything is parsed, the same whatever was sent."""
    response = client.send_body(
        body, {**headers, "Customer-Id": "x", "Accept": "x/y", "X-Request-Id": "a"}
    )

    assert (
        response.status_code,
        response.headers["www-authenticate"],
        response.headers["x-request-id"],
        response.content,
    ) == (
        401,
        challenge,
        "a",
        UNAUTHENTICATED,
    )


@pytest.mark.parametrize(
    "scenario", ["400", "403", "404", "409", "422", "429", "500", "502", "503"]
)
def test_the_status_of_the_upstream(client: Client, scenario: str) -> None:
    """The status is that of the GraphQL request, never the upstream's."""
    response = client.post(
        'mutation($id: ID!) {updateContactGroup(id: $id, input: {name: "x"}) {__typename}}',
        {"id": scenario},
    )

    assert (response.status_code, list(response.json())) == (200, ["data"])


def test_every_error_has_a_code_and_a_request_id(client: Client, sandbox: Sandbox) -> None:
    """Request errors and errors of fields alike; the request id is that of the header."""
    responses = [
        client.send_body(body, {"X-Request-Id": "its-name"})
        for body in (b"[", b"{}", b'{"query": "{"}', b'{"query": "{a b c d e f g}"}')
    ]
    responses.append(client.post("{contactGroup(id: 0) {id}}", X_Request_Id="its-name"))

    errors = [error["extensions"] for response in responses for error in response.json()["errors"]]
    assert [(error["code"], error["requestId"]) for error in errors] == [
        ("BAD_REQUEST", "its-name"),
        ("BAD_REQUEST", "its-name"),
        ("GRAPHQL_PARSE_FAILED", "its-name"),
        *[("GRAPHQL_VALIDATION_FAILED", "its-name")] * 5,
        ("INVALID_INPUT", "its-name"),
    ]
    assert not sandbox.received
