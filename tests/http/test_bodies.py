"""Bodies that are not requests, and content types that are not JSON."""

import json

import pytest

from contact_gateway.http.graphql_request import NotJSONError, NotWellFormedError, read_request
from tests.client import Client
from tests.cpu_time import least_cpu_time

TYPENAME = b'{"query": "{__typename}"}'

NOT_JSON_OBJECTS = {
    "nothing": b"",
    "a space": b" ",
    "a string": b'"abc"',
    "an integer": b"1",
    "a float": b"1.5",
    "null": b"null",
    "true": b"true",
    "an array": b"[]",
    "a batch of no requests": b"[1, {}]",
    "a very large batch": b"[" + b",".join([TYPENAME] * 101) + b"]",
    "a word": b"NONSENSE",
    "half an object": b'{"query":',
    "half a string": b'{"query": "{__typename',
    "half a literal": b'{"query": nul',
    "a trailing comma": b'{"query": "{__typename}",}',
    "single quotes": b"{'query': '{__typename}'}",
    "a key without quotes": b'{query: "{__typename}"}',
    "a comment": b'{"query": "{__typename}"} // x',
    "trailing bytes": TYPENAME + b"x",
    "two objects": TYPENAME + TYPENAME,
    "a trailing NUL": TYPENAME + b"\0",
    "a byte order mark": b"\xef\xbb\xbf" + TYPENAME,
    "UTF-16 with a mark": TYPENAME.decode().encode("utf-16"),
    "UTF-16 without a mark": TYPENAME.decode().encode("utf-16-le"),
    "UTF-32": TYPENAME.decode().encode("utf-32"),
    "Latin-1": '{"query": "{__typename} # é"}'.encode("latin-1"),
    "half a character": b'{"query": "{__typename} # \xe2\x82"}',
    "a character in too many bytes": b'{"query": "\xc0\xaf{__typename}"}',
    "an encoded surrogate": b'{"query": "\xed\xa0\x80{__typename}"}',
    "NaN": b'{"query": "{__typename}", "variables": {"a": NaN}}',
    "an infinity": b'{"query": "{__typename}", "variables": {"a": -Infinity}}',
    "a control character": b'{"query": "{__typename}\n"}',
    "a bad escape": b'{"query": "\\x"}',
    "an integer of 5,000 digits": b'{"variables": {"a": ' + b"9" * 5_000 + b"}}",
    "a leading zero": b'{"query": "{__typename}", "variables": {"a": 01}}',
    "deep arrays": b"[" * 65_000,
    "deep arrays that are closed": b'{"variables":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "deep objects": b'{"a":' * 13_000,
    "a duplicate key": b'{"query": "{__typename}", "query": "{x}"}',
    "a duplicate key below": b'{"query": "{__typename}", "variables": {"a": 1, "\\u0061": 1}}',
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "a form": b"query=%7B__typename%7D",
    "multipart": b'--x\r\nContent-Disposition: form-data; name="query"\r\n\r\n{}\r\n--x--',
}  # fmt: skip

NOT_WELL_FORMED = {
    "an empty object": b"{}",
    "null for the query": b'{"query": null}',
    "an array of ids": b'{"documentId": ["x"]}',
    "a persisted query of another version": b'{"extensions": {"persistedQuery": {"version": 2}}}',
    "a persisted query without a hash": b'{"extensions": {"persistedQuery": {"version": 1}}}',
    "a persisted query that is a string": b'{"extensions": {"persistedQuery": "x"}}',
    "too many values": b'{"query": "{__typename}", "variables": {"a": ['
    + b"1," * 1_000
    + b'{"b": 1}]}}',
}

PLACES = {
    b"": "Expected one JSON object in UTF-8: it is empty.",
    b" \n ": "Expected one JSON object in UTF-8: it is empty.",
    b"{'secret': 1}": "Expected one JSON object in UTF-8: not JSON at line 1, column 2.",
    b'{"secret": 1,\n "a": secret}': (
        "Expected one JSON object in UTF-8: not JSON at line 2, column 7."
    ),
    b'{"a": "\\secret"}': "Expected one JSON object in UTF-8: not JSON at line 1, column 8.",
    TYPENAME + b"secret": "Expected one JSON object in UTF-8: not JSON at line 1, column 26.",
    b"secret\xff": "Expected one JSON object in UTF-8: not UTF-8 at byte 7.",
    b'{"a": [NaN]}': (
        "Expected one JSON object in UTF-8: a number that is not finite, or has over 4,300 digits."
    ),
    b"[" * 65_000: "Expected one JSON object in UTF-8: nested too deeply.",
    b'{"secret": 1, "secret": 1}': "Expected each key of an object once.",
    b"[]": "Expected a JSON object; batches are not served.",
}

CONTENT_TYPES = [
    "application/json",
    "application/json; charset=utf-8",
    'application/json;charset="UTF-8"',
    "APPLICATION/JSON",
    "application/json;",
    "application/json; charset=utf8",
    "application/json; charset=utf-16",
    "application/json; charset=iso-8859-1",
    "application/json; charset=",
    "application/json; charset=utf-8; charset=utf-16",
    "application/json; boundary=x",
    "application/json, application/json",
    "application/jsonfoo",
    "application/json+x",
    "application/x-json",
    "application/graphql",
    "application/graphql-response+json",
    "application/graphql+json",
    "application/*",
    "*/*",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "text/json",
    "x" * 5_000,
]
EXACT = CONTENT_TYPES[:6]
METHODS = ["POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]


@pytest.mark.parametrize("body", NOT_JSON_OBJECTS.values(), ids=NOT_JSON_OBJECTS)
def test_a_body_that_is_no_json_object(client: Client, body: bytes) -> None:
    """It is a 400 with one error, and does not name what was in it."""
    response = client.send_body(body, {"X-Request-Id": "x"})

    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]) == (
        400,
        {"code": "BAD_REQUEST", "requestId": "x"},
    )


@pytest.mark.parametrize(("body", "message"), PLACES.items(), ids=PLACES.values())
def test_the_place_of_what_is_no_json(client: Client, body: bytes, message: str) -> None:
    """The message says where it is, and quotes nothing."""
    (error,) = client.send_body(body).json()["errors"]

    assert error["message"] == message


@pytest.mark.parametrize("length", [1, 3, 100])
def test_a_batch(client: Client, length: int) -> None:
    """None of its requests is executed, and in the place of each is the refusal."""
    body = b"[" + b",".join([TYPENAME] * length) + b"]"
    response = client.send_body(body, {"X-Request-Id": "x"})

    message = (
        "Expected a JSON object; batches are not served. Send each request by itself, in Apollo "
        "Client with HttpLink in the place of BatchHttpLink."
    )
    error = {"message": message, "extensions": {"code": "BAD_REQUEST", "requestId": "x"}}
    assert (response.status_code, response.json()) == (400, [{"errors": [error]}] * length)


@pytest.mark.parametrize("body", NOT_WELL_FORMED.values(), ids=NOT_WELL_FORMED)
def test_an_object_that_is_no_request(client: Client, body: bytes) -> None:
    """It is a 422 with one error."""
    response = client.send_body(body, {"X-Request-Id": "x"})

    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]) == (
        422,
        {"code": "BAD_REQUEST", "requestId": "x"},
    )


@pytest.mark.parametrize("body", NOT_JSON_OBJECTS.values(), ids=NOT_JSON_OBJECTS)
def test_the_cost_of_a_body_that_is_no_json_object(body: bytes) -> None:
    """It is told in under a millisecond of CPU."""

    def read() -> None:
        with pytest.raises((NotJSONError, NotWellFormedError)):
            read_request(body)

    assert least_cpu_time(read, times=5) < 0.001


def test_text_that_utf_8_cannot_carry(client: Client) -> None:
    """A lone surrogate is JSON; where an error quotes it, the reply is still one."""
    response = client.send_body(b'{"query": "query A {__typename}", "operationName": "\\ud800"}')

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (
        422,
        "OPERATION_RESOLUTION_FAILURE",
    )


@pytest.mark.parametrize("method", METHODS)
def test_content_types(client: Client, method: str) -> None:
    """Of 25 content types and 7 methods, exact JSON by POST alone is executed.

    A body has no meaning in a GET, whose URL here has no document, and none in OPTIONS.
    """
    statuses = {
        content_type: client.send_body(TYPENAME, {"Content-Type": content_type}, method).status_code
        for content_type in CONTENT_TYPES
    }

    refused = {"POST": 415, "GET": 422, "HEAD": 422, "OPTIONS": 204}.get(method, 405)
    assert statuses == {
        content_type: 200 if method == "POST" and content_type in EXACT else refused
        for content_type in CONTENT_TYPES
    }


@pytest.mark.parametrize("encoding", ["gzip", "identity, br", "x"])
def test_a_content_encoding(client: Client, encoding: str) -> None:
    """No content encoding is served; the refusal says what is (RFC 9110 section 15.5.16)."""
    response = client.send_body(TYPENAME, {"Content-Encoding": encoding})

    assert (
        response.status_code,
        response.headers["accept"],
        response.headers["accept-encoding"],
        response.json()["errors"][0]["extensions"]["code"],
    ) == (415, "application/json", "identity", "UNSUPPORTED_MEDIA_TYPE")


def test_two_content_types(client: Client) -> None:
    """A content type that is sent twice is refused, even if it is right both times."""
    headers = [*client.headers().items(), ("content-type", "application/json")]
    response = client.http.post(f"{client.url}/graphql", content=TYPENAME, headers=headers)

    assert response.status_code == 415


def test_many_values_in_variables_that_are_not_too_many(client: Client) -> None:
    """Commas in the document do not count as values."""
    body = {"query": "{__typename" + "," * 5_000 + "}", "variables": {"a": list(range(900))}}
    response = client.send_body(json.dumps(body).encode())

    assert response.json() == {"data": {"__typename": "Query"}}
