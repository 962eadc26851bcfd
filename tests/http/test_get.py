"""Queries by GET (GraphQL over HTTP, sec-GET): the URL is read strictly, and nothing is changed."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from contact_gateway.app import build_app
from contact_gateway.observation import Traces
from contact_gateway.sandbox import Sandbox
from tests.client import RENAME, Client
from tests.conftest import IssueToken
from tests.http.by_url import Response, get, url_of
from tests.log_watch import CANARY_NAME, LogWatch
from tests.servers import gateway_before, running_app, settings_for

GROUP = "query Group($id: ID!) {contactGroup(id: $id) {id}}"
TWO = "query A {a: __typename} query B {b: __typename}"
LISTED = {"data": {"contactGroup": {"id": "5514123"}}}
TYPENAME = {"data": {"__typename": "Query"}}


@pytest.fixture(scope="module")
def page_url(sandbox_server: Sandbox) -> Iterator[str]:
    """A gateway with GraphiQL."""
    with gateway_before(sandbox_server, graphiql=True) as url:
        yield url


def refusal(response: Response) -> tuple[int, str, str]:
    """Status, code and sentence of a refusal that has one error."""
    (error,) = response.json()["errors"]
    return response.status, error["extensions"]["code"], error["message"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (url_of(query="{__typename}"), TYPENAME),
        (url_of(query=GROUP, variables={"id": "5514123"}), LISTED),
        (url_of(query=GROUP, variables={"id": "5514123"}, operationName="Group"), LISTED),
        (url_of(query=TWO, operationName="B"), {"data": {"b": "Query"}}),
        # sec-GET: an empty optional parameter is as good as none
        (url_of(query="{__typename}", variables="", operationName="", extensions=""), TYPENAME),
        (url_of(query="{__typename}", variables="null", extensions={}), TYPENAME),
        (url_of(query="{__typename}", anything="else", documentId=""), TYPENAME),
        (f"&&{url_of(query='{__typename}')}&", TYPENAME),
        ("query=query+Q+%7B__typename%7D", TYPENAME),
        ("query=query%20Q%20%7b__typename%7d", TYPENAME),
        ("%71uery={__typename}", TYPENAME),
        (url_of(query="{__typename} # ключ 👍 & = +"), TYPENAME),
    ],
)
def test_queries(client: Client, query: str, expected: object) -> None:
    """They are executed, in every spelling that the form of a URL has."""
    response = get(client, query)

    assert (response.status, response.headers["cache-control"], response.json()) == (
        200,
        "no-store",
        expected,
    )


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("query=%", 400, "Expected two hexadecimal digits behind each % in the URL."),
        ("query=%7", 400, "Expected two hexadecimal digits behind each % in the URL."),
        ("query=%7x", 400, "Expected two hexadecimal digits behind each % in the URL."),
        ("query={__typename}&x=%u0041", 400,
            "Expected two hexadecimal digits behind each % in the URL."),
        ("query=%ff", 400, "Expected UTF-8 in the URL."),
        ("query=%c0%af", 400, "Expected UTF-8 in the URL."),
        ("query=%ed%a0%80", 400, "Expected UTF-8 in the URL."),
        ("query=%e2%82", 400, "Expected UTF-8 in the URL."),
        ("%ff=&query={__typename}", 400, "Expected UTF-8 in the URL."),
        ("query={__typename}&query={x}", 400, "Expected each parameter once in the URL."),
        ("query={__typename}&%71uery={__typename}", 400,
            "Expected each parameter once in the URL."),
        ("query=&query=", 400, "Expected each parameter once in the URL."),
        ("query={__typename}&variables=x", 400,
            "Expected `variables` to be JSON in UTF-8: not JSON at line 1, column 1."),
        ("query={__typename}&extensions={", 400,
            "Expected `extensions` to be JSON in UTF-8: not JSON at line 1, column 2."),
        ('query={__typename}&variables={"a":1,"a":1}', 400,
            "Expected each key of an object once."),
        ("query={__typename}&variables=[7]", 422,
            "Expected `variables` to be an object or null."),
        ("query={__typename}&extensions=0", 422,
            "Expected `extensions` to be an object or null."),
        ("", 422, "Expected the URL of a GET to have `query` or `documentId`."),
        ("documentId=&variables={}", 422,
            "Expected the URL of a GET to have `query` or `documentId`."),
        ("Query={__typename}", 422, "Expected the URL of a GET to have `query` or `documentId`."),
        ("extensions={}", 422, "Expected `query` to be a string."),
        (f"query={{__typename}}&variables={{\"a\":[{'1,' * 1_000}1]}}", 422,
            "Expected at most 1000 values in `variables`."),
    ],
)  # fmt: skip
def test_urls_that_are_no_request(client: Client, query: str, status: int, message: str) -> None:
    """The sentence says what was expected, and quotes nothing of the URL."""
    assert refusal(get(client, query)) == (status, "BAD_REQUEST", message)


@pytest.mark.parametrize(
    ("parameters", "status", "code"),
    [
        ({"query": "{"}, 400, "GRAPHQL_PARSE_FAILED"),
        ({"query": ""}, 400, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{" + "a " * 999 + "}"}, 400, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{__typename}" + " " * 16_373}, 400, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{nothing}"}, 422, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "{" + "__typename " * 16 + "}"}, 422, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "{__schema{types{name}}}"}, 422, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription {x}"}, 422, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": TWO}, 422, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": TWO, "operationName": "C"}, 422, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": GROUP}, 422, "BAD_USER_INPUT"),
        ({"query": GROUP, "variables": {"id": 1.5}}, 422, "BAD_USER_INPUT"),
        ({"documentId": "x"}, 422, "PERSISTED_QUERY_NOT_SUPPORTED"),
    ],
)
def test_limits_and_refusals(
    client: Client, parameters: dict[str, Any], status: int, code: str
) -> None:
    """What POST refuses, GET refuses with the same status and code."""
    posted = client.send_body(json.dumps(parameters).encode())
    got = get(client, url_of(**parameters))

    assert [
        (posted.status_code, posted.json()["errors"][0]["extensions"]["code"]),
        (got.status, got.code()),
    ] == [(status, code)] * 2


@pytest.mark.parametrize(
    "document", [RENAME, "mutation {__typename}", f"query A {{__typename}} {RENAME}"]
)
def test_a_mutation(client: Client, sandbox: Sandbox, document: str) -> None:
    """It is not executed; 405 with `Allow`, and the sentence says what to set."""
    name = "Rename" if "Rename" in document else ""
    variables = {"id": "5514123", "input": {"name": CANARY_NAME}}
    response = get(client, url_of(query=document, operationName=name, variables=variables))

    sentence = (
        "Expected POST: by GET there are queries alone. Clients have a setting for that, such as "
        '`preferGetMethod: false` of urql and `method: "POST"` of graphql-request.'
    )
    assert (*refusal(response), response.headers["allow"]) == (
        405,
        "METHOD_NOT_ALLOWED",
        sentence,
        "POST",
    )
    assert not sandbox.received


@pytest.mark.parametrize(
    ("query", "status"),
    [(url_of(query="{__typename}"), 200), (url_of(query="mutation {__typename}"), 405), ("", 422)],
)
def test_head(client: Client, query: str, status: int) -> None:
    """It is answered as GET is, but for the content (RFC 9110 section 9.3.2)."""
    head, got = (get(client, query, method, X_Request_Id="x") for method in ("HEAD", "GET"))

    of_now = {"date", "x-request-id"}
    assert (head.status, head.content) == (status, b"")
    assert [
        {name: value for name, value in response.headers.items() if name not in of_now}
        for response in (head, got)
    ] == [dict(pair for pair in got.headers.items() if pair[0] not in of_now)] * 2


def test_options(client: Client) -> None:
    """It tells the methods, to anybody, and has no content (RFC 9110 sections 9.3.7 and 8.6)."""
    response = get(client, "", "OPTIONS", Authorization="")

    told = ("allow", "content-length", "content-type")
    assert (response.status, response.content, [response.headers[name] for name in told]) == (
        204,
        b"",
        ["GET, HEAD, OPTIONS, POST", None, None],
    )


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": ""}, 401, "UNAUTHENTICATED"),
        ({"Authorization": "Basic eDp5"}, 401, "UNAUTHENTICATED"),
        ({"Authorization": "", "Cookie": "access_token=x"}, 401, "UNAUTHENTICATED"),
        ({"Customer_Id": "x"}, 400, "BAD_CUSTOMER_ID"),
        ({"Accept": "text/xml"}, 406, "NOT_ACCEPTABLE"),
    ],
)
def test_what_comes_before_the_url(
    client: Client, headers: dict[str, str], status: int, code: str
) -> None:
    """A page of another origin can send no token, and nothing else says who calls."""
    response = get(client, "query=%", **headers)

    assert (response.status, response.code()) == (status, code)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "application/json"),
    ],
)
def test_accept(
    client: Client, page_url: str, issue_token: IssueToken, accept: str, media_type: str
) -> None:
    """The media type is negotiated as for POST; who brings a token gets no page."""
    responses = [
        get(each, url_of(query="{__typename}"), Accept=accept)
        for each in (client, Client(page_url, issue_token()))
    ]

    assert [(response.headers["content-type"], response.json()) for response in responses] == [
        (f"{media_type}; charset=utf-8", TYPENAME)
    ] * 2


def test_a_browser_that_opens_a_url(page_url: str) -> None:
    """It gets GraphiQL, whatever the query of the URL is."""
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    response = httpx.get(
        f"{page_url}/graphql?query=%7B", headers={"Accept": accept}, trust_env=False
    )

    assert (response.status_code, "GraphiQL" in response.text) == (200, True)


@pytest.fixture(scope="module")
def small_url(sandbox_server: Sandbox) -> Iterator[str]:
    """A gateway whose bodies may have 1,024 bytes."""
    with gateway_before(sandbox_server, max_body_bytes=1_024) as url:
        yield url


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (url_of(query="{__typename}" + " " * 1_007), 200),
        (url_of(query="{__typename}" + " " * 1_008), 414),
        (url_of(query="{__typename}#" + "👍" * 251), 200),
        (url_of(query="{__typename}#" + "👍" * 252), 414),
    ],
)
def test_the_largest_url(small_url: str, issue_token: IssueToken, query: str, status: int) -> None:
    """MAX_BODY_BYTES bounds what the URL says, and not how it is escaped."""
    assert get(Client(small_url, issue_token()), query).status == status


def test_a_url_that_is_larger_than_a_head(client: Client) -> None:
    """It is refused with the head that it is in."""
    assert get(client, url_of(query="{__typename}" + " " * 24_576)).status == 431


def test_logs_and_spans(sandbox: Sandbox, issue_token: IssueToken, logs: LogWatch) -> None:
    """Nothing of the query of a URL is in a log line or a span; the operation's name may be."""
    secret = "Of the URL 5e0c1d"
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    settings = settings_for(sandbox.url)
    app = build_app(settings, traces=Traces(provider.get_tracer("test")))
    logs.names.add(secret)
    with running_app(app, settings) as url:
        client = Client(url, issue_token())
        for query in (
            url_of(query=f"query Named {{__typename #{secret}\n}}", variables={secret: 1}),
            f"query=%&{quote_plus(secret)}",
            url_of(query=f"{{{secret}}}", operationName=secret),
        ):
            get(client, query)

    assert secret not in "".join(span.to_json() for span in exporter.get_finished_spans())
