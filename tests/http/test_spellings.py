"""Header fields in other spellings, byte by byte: as RFC 9110 section 5 lets them be written."""

import json
import re
import time
from collections.abc import Iterator

import pytest

from contact_gateway.forms.header_fields import members, parameterized, weight
from contact_gateway.http.correlation import traceparent_of
from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.http.raw import connect, read_response
from tests.scripted_upstream import ScriptedUpstream
from tests.servers import gateway_before

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
RENAMING = json.dumps(
    {"query": 'mutation {updateContactGroup(id: "1", input: {name: "New"}) {__typename}}'}
).encode()
OLD_JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def ask(
    client: Client,
    *lines: str,
    start: str = "POST /graphql",
    body: bytes = RENAMING,
    without: str = "",
) -> tuple[int, dict[str, str]]:
    """Status and headers of the response to a request; `lines` take the place of usual headers."""
    usual = {name.lower(): f"{name}: {value}" for name, value in client.headers().items()}
    named = {without, *(line.partition(":")[0].lower() for line in lines)}
    kept = [line for name, line in usual.items() if name not in named]
    head = [f"{start} HTTP/1.1", "Host: gateway", *kept, *lines, f"Content-Length: {len(body)}"]
    with connect(client.url) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode("latin-1") + body)
        answer, *fields = read_response(connection).partition(b"\r\n\r\n")[0].decode().splitlines()
    pairs = (field.partition(": ") for field in fields)
    return int(answer.split(" ")[1]), {name.lower(): value for name, _, value in pairs}


@pytest.mark.parametrize("white", [" ", "\t", " \t  "], ids=["space", "tab", "several"])
def test_white_space_around_each_value(
    scripted_client: Client, scripted: ScriptedUpstream, white: str
) -> None:
    """It is no part of the value (section 5.5), whichever header it is."""
    values = {
        **scripted_client.headers(),
        "Content-Encoding": "identity",
        "Prefer": "wait=5",
        "traceparent": f"00-{TRACE}-{PARENT}-01",
        "X-Request-Id": "its-name",
    }

    status, headers = ask(
        scripted_client, *[f"{name}:{white}{value}{white}" for name, value in values.items()]
    )

    (request,) = scripted.received
    assert (status, headers["content-type"], headers["x-request-id"]) == (
        200,
        f"{GRAPHQL_RESPONSE}; charset=utf-8",
        "its-name",
    )
    assert [request.header(name) for name in ("Customer-Id", "traceparent", "X-Request-Id")] == [
        ("5690",),
        (f"00-{TRACE}-{PARENT}-01",),
        ("its-name",),
    ]


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["Authorization: Bearer"], 401),
        (["Authorization: Bearer \t"], 401),
        (["Customer-Id: "], 400),
        (["Customer-Id: 56 90"], 400),
        (["Customer-Id: 5690", "Customer-Id: 5690 "], 400),
    ],
)
def test_white_space_that_is_all_or_within(client: Client, lines: list[str], status: int) -> None:
    """What is wrong without it stays wrong with it."""
    assert ask(client, *lines)[0] == status


@pytest.mark.parametrize(
    ("lines", "media_type"),
    [
        ([f"Accept: {OLD_JAVA}"], JSON),
        ([f"Accept: {GRAPHQL_RESPONSE};q=.2, {JSON};q=.1"], GRAPHQL_RESPONSE),
        ([f"Accept: {GRAPHQL_RESPONSE};Q=0.1, {JSON} ; Q=0.9"], JSON),
        ([f"Accept: {GRAPHQL_RESPONSE};q=1., {JSON};q=0."], GRAPHQL_RESPONSE),
        ([f"Accept: {GRAPHQL_RESPONSE};\tq=0.5\t,\t{JSON}\t;\tq=0.6"], JSON),
        ([f"Accept: , ,{GRAPHQL_RESPONSE},,"], GRAPHQL_RESPONSE),
        ([f"Accept: {GRAPHQL_RESPONSE};;q=0.5;, {JSON};q=.1"], GRAPHQL_RESPONSE),
        (["Accept: text/html", f"Accept: {GRAPHQL_RESPONSE}"], GRAPHQL_RESPONSE),
        ([f"Accept: {JSON};q=0.1", "accept: ", f"ACCEPT: {GRAPHQL_RESPONSE}"], GRAPHQL_RESPONSE),
        ([f"Accept: {GRAPHQL_RESPONSE};charset=utf8"], GRAPHQL_RESPONSE),
        ([f'Accept: {GRAPHQL_RESPONSE};Charset="UTF\\-8"'], GRAPHQL_RESPONSE),
        ([f'Accept: text/x;a="\\", {JSON};q=0, ", {GRAPHQL_RESPONSE}'], GRAPHQL_RESPONSE),
        ([f'Accept: {GRAPHQL_RESPONSE};profile="a;q=0,b", {JSON};q=.9'], GRAPHQL_RESPONSE),
        ([f'Accept: {GRAPHQL_RESPONSE};q="0.1", {JSON};q="0.9"'], JSON),
    ],
)
def test_accept(client: Client, lines: list[str], media_type: str) -> None:
    """Lists, weights and quoted strings are read as sections 5.6 and 12.4.2 write them."""
    status, headers = ask(client, *lines)

    assert (status, headers["content-type"]) == (200, f"{media_type}; charset=utf-8")


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["Content-Type: application/json ; charset=utf8"], 200),
        (["Content-Type: application/json;\tCHARSET=Utf-8\t"], 200),
        (['Content-Type: Application/JSON; charset="UTF8";'], 200),
        (['Content-Type: application/json; charset="u\\tf-8"'], 200),
        (['Content-Type: application/json; charset="utf-8'], 415),
        (["Content-Type: application/json; charset"], 415),
        (["Content-Type: application/json; charset=utf-8, application/json"], 415),
        (["Content-Encoding: Identity"], 200),
        (["Content-Encoding: "], 200),
        (["Content-Encoding: identity,, identity", "Content-Encoding: identity"], 200),
        (["Content-Encoding: identity", "Content-Encoding: gzip"], 415),
        (["Content-Encoding: identity, br"], 415),
    ],
)
def test_what_a_body_is_written_in(client: Client, lines: list[str], status: int) -> None:
    """JSON in UTF-8 is served under each of its names, and nothing else."""
    assert ask(client, *lines)[0] == status


@pytest.mark.parametrize(
    ("value", "goes_on_as"),
    [
        (f"01-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-01"),
        (f"01-{TRACE}-{PARENT}-00", f"00-{TRACE}-{PARENT}-00"),
        (f"fe-{TRACE}-{PARENT}-ff-more-and-more", f"00-{TRACE}-{PARENT}-01"),
        (f"cc-{TRACE}-{PARENT}-02-", f"00-{TRACE}-{PARENT}-00"),
        (f"00-{TRACE}-{PARENT}-03", f"00-{TRACE}-{PARENT}-03"),
        (f"00-{TRACE}-{PARENT}-01-more", None),
        (f"01-{TRACE}-{PARENT}-01more", None),
        (f"01-{TRACE}-{PARENT}-0", None),
        (f"01-{TRACE}-{'0' * 16}-01", None),
        (f"01-{'0' * 32}-{PARENT}-01", None),
        (f"01-{TRACE.upper()}-{PARENT}-01", None),
        (f"ff-{TRACE}-{PARENT}-01", None),
        (f"FE-{TRACE}-{PARENT}-01", None),
        (f"1-{TRACE}-{PARENT}-01", None),
        ("", None),
    ],
)
def test_versions_of_traceparent(value: str, goes_on_as: str | None) -> None:
    """The trace of a later version is kept; what is malformed, or version ff, begins a new one."""
    given = traceparent_of([value.encode()])

    if goes_on_as is not None:
        assert given == goes_on_as
    else:
        assert TRACE not in given
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00", given)


def test_a_later_version_of_traceparent(
    scripted_client: Client, scripted: ScriptedUpstream
) -> None:
    """The upstream gets the trace of the caller, in the version that the gateway knows."""
    status, _ = ask(scripted_client, f"traceparent: 01-{TRACE}-{PARENT}-01-later ")

    (request,) = scripted.received
    assert (status, request.header("traceparent")) == (200, (f"00-{TRACE}-{PARENT}-01",))


@pytest.fixture
def page_client(sandbox: Sandbox, issue_token: IssueToken) -> Iterator[Client]:
    """A client of a gateway with GraphiQL that pages of one origin may call."""
    with gateway_before(sandbox, graphiql=True, cors_origins="https://a.example") as url:
        client = Client(url, issue_token())
        with client.http:
            yield client


def test_other_readers(page_client: Client) -> None:
    """What GraphiQL and CORS read is written in as many ways."""
    asked_for = [
        ask(page_client, accept, start="GET /graphql", body=b"", without="authorization")[0]
        for accept in (
            "Accept: application/json,\tText/HTML\t",
            'Accept: text/x;a=",", text/html;level="1,2"',
            "Accept: text/html;q=0",
            'Accept: text/x;a=",text/html,"',
        )
    ]
    preflight = ask(
        page_client,
        "Origin: https://a.example ",
        "Access-Control-Request-Method: POST\t",
        "Access-Control-Request-Headers: baggage, sentry-trace ",
        start="OPTIONS /graphql",
        body=b"",
    )

    assert asked_for == [200, 200, 401, 401]
    assert (preflight[0], preflight[1]["access-control-allow-headers"]) == (
        200,
        "baggage, sentry-trace",
    )


@pytest.mark.parametrize("text", [b'"\\' * 8_000, b'"' * 16_001, b'a;b="' * 3_000, b"\\" * 16_000])
def test_quotes_that_do_not_match(text: bytes) -> None:
    """A head full of them is read in a few milliseconds of CPU, and comes to nothing."""

    def read() -> float:
        begun = time.process_time()
        for member in members([text]):
            weight(parameterized(member).parameters)
        return time.process_time() - begun

    assert min(read() for _ in range(3)) < 0.05
