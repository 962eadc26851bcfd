"""Whatever happens, the mutation gives a member of its union: never an error, never nothing."""

import json
from collections.abc import Iterator
from typing import NoReturn

import httpx
import pytest
from graphql import GraphQLError
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from contact_gateway.contact_groups import print_sdl
from contact_gateway.identity import Principal
from contact_gateway.sandbox import Grant, Sandbox
from tests.client import RENAME, Client
from tests.contact_groups.execution import ANYBODY, rename
from tests.scripted_upstream import Answer, ScriptedUpstream
from tests.servers import gateway_before
from tests.thorough import often

SDL = print_sdl()
ON_OUR_SIDE = {
    "__typename": "UnexpectedProblemError",
    "message": "Something went wrong on our side.",
    "code": "UNEXPECTED_PROBLEM",
    "outcome": "UNKNOWN",
    "retryable": False,
    "problem": None,
    "upstreamStatus": None,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
PROBLEM = st.dictionaries(
    st.sampled_from(["type", "title", "status", "detail", "instance", "errors", "items", "more"]),
    JSON | st.dictionaries(st.sampled_from(["name", "$.Name", "x"]), JSON | st.lists(st.text())),
)


BODIES = st.binary(max_size=64) | (PROBLEM | JSON).map(
    lambda document: json.dumps(document).encode()
)
FIELD_VALUES = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20
)
CONTENT_TYPES = st.sampled_from(
    ["application/problem+json", "application/json; charset=utf-8", "text/html", ""]
)
RETRY_AFTER = (
    st.integers().map(str)
    | st.sampled_from(["Wed, 21 Oct 2026 07:28:00 GMT", "soon", "1e9", "-1", "9" * 5000])
    | FIELD_VALUES
)
HEADERS = st.fixed_dictionaries(
    {}, optional={"Content-Type": CONTENT_TYPES | FIELD_VALUES, "Retry-After": RETRY_AFTER}
)


def check(member: dict[str, object], status: int) -> None:
    """What is true of every member, whatever the answer was."""
    typename = str(member["__typename"])
    if status == 303 or 200 <= status < 300:
        # whatever else it is, it is no answer that the change was not made
        assert member["outcome"] in {"APPLIED", "ACCEPTED", "UNKNOWN"}
        assert (member["outcome"] == "ACCEPTED") == (status == 202)
        return
    assert f"type {typename} implements MutationError" in SDL
    if status < 500:
        assert member["outcome"] == "NOT_APPLIED"
    elif status != 503:
        assert member["outcome"] == "UNKNOWN"
    problem = member["problem"]
    assert isinstance(problem, dict)
    assert problem["status"] == status


@settings(derandomize=True, deadline=None, max_examples=often(250))
@given(status=st.integers(100, 599), headers=HEADERS, body=BODIES)
def test_arbitrary_answer(status: int, headers: dict[str, str], body: bytes) -> None:
    """An answer of any status, headers and body is a member with the right outcome."""
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]

    member = rename(lambda _: httpx.Response(status, headers=raw, content=body))

    check(member, status)


@pytest.fixture(scope="module")
def steady(
    scripted_server: ScriptedUpstream, sandbox_server: Sandbox
) -> Iterator[tuple[Client, ScriptedUpstream]]:
    """A client of a gateway that waits a second at most, and the upstream behind it."""
    grant = Grant(client_id="test", scopes=("contacts:read", "contacts:write"), customers=(5690,))
    token = sandbox_server.tokens.issue(grant)
    changes = {"upstream_url": scripted_server.url, "upstream_deadline": 1}
    with gateway_before(sandbox_server, **changes) as url, Client(url, token).http as http:
        yield Client(url, token, http=http), scripted_server


# 502 to 504 and 520 to 530 are sent again, and would open the circuit
@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    status=st.integers(200, 501) | st.integers(505, 519) | st.integers(531, 599),
    headers=HEADERS,
    body=BODIES,
)
def test_arbitrary_answer_over_a_socket(
    steady: tuple[Client, ScriptedUpstream], status: int, headers: dict[str, str], body: bytes
) -> None:
    """The same is true of the whole gateway, and the reply is always 200."""
    client, scripted = steady
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    # without `Connection: close`, the next request could be on its way as the connection ends
    fields += f"Connection: close\r\nContent-Length: {len(body)}\r\n"
    head = f"HTTP/1.1 {status} X\r\n{fields}\r\n".encode("latin-1")
    scripted.answers(Answer(head + body, "close"))

    response = client.post(RENAME, {"id": "1", "input": {"name": "New"}})

    assert (response.status_code, "errors" in response.json()) == (200, False)
    check(response.json()["data"]["updateContactGroup"], status)


@settings(derandomize=True, deadline=None, max_examples=20)
@given(answer=st.binary(max_size=200) | st.binary(max_size=200).map(lambda b: b"HTTP/1.1 " + b))
def test_arbitrary_bytes_over_a_socket(
    steady: tuple[Client, ScriptedUpstream], answer: bytes
) -> None:
    """Where the upstream speaks no HTTP at all, the reply is still a member."""
    client, scripted = steady
    scripted.answers(Answer(answer, "close"))

    response = client.post(RENAME, {"id": "1", "input": {"name": "New"}})

    member = response.json()["data"]["updateContactGroup"]
    assert (response.status_code, member["__typename"]) == (200, "UpstreamUnavailableError")


@pytest.mark.parametrize(
    "exception",
    [
        RuntimeError("secret"),
        ValueError("secret"),
        KeyError("secret"),
        AssertionError(),
        TimeoutError("secret"),
        RecursionError(),
        MemoryError(),
        StopIteration(),
        UnicodeEncodeError("ascii", "é", 0, 1, "secret"),
        ExceptionGroup("secret", [ValueError()]),
        httpx.InvalidURL("secret"),
        GraphQLError("secret"),
        PermissionError("secret"),
    ],
    ids=lambda exception: type(exception).__name__,
)
def test_exception_of_the_transport(exception: Exception) -> None:
    """An exception that nobody foresaw is a member that tells nothing of it; the log does."""

    def fail(_: httpx.Request) -> NoReturn:
        raise exception

    with capture_logs() as logs:
        member = rename(fail)

    assert member == ON_OUR_SIDE
    assert [(entry["event"], entry["request_id"]) for entry in logs] == [("bug", "the-request")]


class Broken(Principal):
    """A caller whose scopes cannot be told."""

    def has_scope(self, scope: str) -> bool:
        """Fail."""
        raise ZeroDivisionError(scope)


def test_exception_of_the_permission() -> None:
    """The mutation is total from its very first check."""
    broken = Broken(ANYBODY.subject, ANYBODY.scopes, ANYBODY.customers, ANYBODY.token)
    with capture_logs() as logs:
        member = rename(lambda _: httpx.Response(204), broken)

    assert (member, len(logs)) == (ON_OUR_SIDE, 1)
