"""A complete answer is an answer, whatever its head says of a body and whatever follows it."""

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client, open_http
from tests.conftest import IssueToken
from tests.scripted_upstream import Answer, ScriptedUpstream
from tests.servers import gateway_before

HEADS = {
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "204 in chunks": b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
    "204 of a length": b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n",
    "204 of two lengths": b"HTTP/1.1 204 X\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
    "204 of both": b"HTTP/1.1 204 X\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
    "204 in another coding": b"HTTP/1.1 204 X\r\nTransfer-Encoding: gzip\r\n\r\n",
    "204 that closes": b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
    "200": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "200 with content": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "200 that closes": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
    "200 in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "201 without an end": b"HTTP/1.1 201 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n",
}
BEHIND = {
    "nothing": b"",
    "the last chunk": b"0\r\n\r\n",
    "content": b"{}",
    "a blank line": b"\r\n",
    "garbage": b"\0\xff",
    "half a response": b"HTTP/1.1 404 No",
    "a response": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    "a 1xx": b"HTTP/1.1 100 Continue\r\n\r\n",
    "a response of its own kind of HTTP": b"ICE/1.1 404 Not Found\r\n\r\n",
}


@pytest.mark.parametrize("apart", [False, True], ids=["together", "in packets of its own"])
def test_what_follows_an_answer(sandbox: Sandbox, issue_token: IssueToken, *, apart: bool) -> None:
    """Success with one call each, on a connection that is closed; no breaker opens for it."""
    results = []
    with (
        ScriptedUpstream() as upstream,
        open_http() as http,
        gateway_before(sandbox, upstream_url=upstream.url) as url,
    ):
        client = Client(url, issue_token(scope="contacts:write"), http=http)
        for head in HEADS.values():
            for behind in BEHIND.values():
                upstream.answers(Answer(head, behind=behind) if apart else Answer(head + behind))
                member = client.rename("1", {"name": "New"})
                results.append((member["__typename"], member["outcome"], len(upstream.received)))

    assert set(results) == {("UpdateContactGroupSuccess", "APPLIED", 1)}


@pytest.mark.parametrize("head", HEADS, ids=HEADS)
def test_a_connection_with_something_behind_an_answer(
    sandbox: Sandbox, issue_token: IssueToken, head: str
) -> None:
    """It is closed: whatever comes on it now is no answer to anything."""
    with ScriptedUpstream() as upstream, open_http() as http:
        upstream.answers(*(Answer(HEADS[head] + behind) for behind in BEHIND.values() if behind))
        with gateway_before(sandbox, upstream_url=upstream.url) as url:
            client = Client(url, issue_token(scope="contacts:write"), http=http)
            for _ in range(len(BEHIND) - 1):
                client.rename("1", {"name": "New"})
            upstream.wait_for_ends()

            assert upstream.accepted == len(BEHIND) - 1


@pytest.mark.parametrize("status", [100, 102, 103, 199])
def test_a_1xx_alone(sandbox: Sandbox, issue_token: IssueToken, status: int) -> None:
    """It is no answer, however whole it is."""
    with ScriptedUpstream() as upstream, open_http() as http:
        upstream.answers(Answer(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status, "close"))
        with gateway_before(sandbox, upstream_url=upstream.url) as url:
            client = Client(url, issue_token(scope="contacts:write"), http=http)
            member = client.rename("1", {"name": "New"})

    assert (member["__typename"], member["outcome"]) == ("UpstreamUnavailableError", "UNKNOWN")
