"""Little text, much memory: how many groups one request may ask for."""

import contextlib
import json
import re
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.scripted_upstream import ScriptedUpstream, reply
from tests.servers import GatewayProcess, gateway_process
from tests.thorough import thorough

ITEMS = "{items {id name}}"
ALL_OF_IT = f"""query ($size: Int! = 1000, $maybe: Boolean! = false) {{
  a: contactGroups(pageSize: $size) {ITEMS}
  b: contactGroups(pageSize: 949) {ITEMS}
  c: contactGroups {ITEMS}
  d: contactGroup(id: "5514124") {{id}}
  e: contactGroup(id: "5514129") @include(if: $maybe) {{id}}
}}"""


def test_as_many_as_may_be(client: Client) -> None:
    """2,000 groups; variables and defaults count, and each single group is one."""
    response = client.post(ALL_OF_IT, {"size": 999})

    assert (response.status_code, list(response.json()["data"])) == (200, ["a", "b", "c", "d"])


def test_one_page_in_several_places(client: Client) -> None:
    """What is merged into one field is asked for once."""
    response = client.post("""{
      contactGroups(pageSize: 1000) {items {id}}
      ...F
      ... {contactGroups(pageSize: 1000) {items {name} ...G}}
    } fragment F on Query {contactGroups(pageSize: 1000) {items {id} ...G}}
    fragment G on ContactGroupPage {items {id __typename}}""")

    assert (response.status_code, list(response.json())) == (200, ["data"])


@pytest.mark.parametrize(
    ("text", "variables", "objects"),
    [
        (ALL_OF_IT, {}, 2_001),
        (ALL_OF_IT, {"size": 1_000, "maybe": True}, 2_001),
        (
            "{" + " ".join(f"a{i}: contactGroups(pageSize: 1000) {ITEMS}" for i in range(15)) + "}",
            {},
            15_000,
        ),
        (
            "{contactGroups(pageSize: 1000) {"
            + " ".join(f"a{i}: items {{id name}}" for i in range(30))
            + "}}",
            {},
            30_000,
        ),
        (
            "{contactGroups(pageSize: 1000) {items {"
            + " ".join(f"a{i}: name" for i in range(30))
            + "}}}",
            {},
            30_000,
        ),
        (
            f"""{{...F}} fragment F on Query {{
              a: contactGroups(pageSize: 1000) {{...G}}
              ...{{b: contactGroups(pageSize: 1000) {{...G}}}}
              contactGroup(id: 1) {{id}}
            }} fragment G on ContactGroupPage {ITEMS}""",
            {},
            2_001,
        ),
        (
            f"""{{
              a: contactGroups(pageSize: -2147483648) {ITEMS}
              b: contactGroups(pageSize: 1000) {ITEMS}
              c: contactGroups(pageSize: 1000) {ITEMS}
              d: contactGroup(id: 1) {{id}}
            }}""",
            {},
            2_001,
        ),
    ],
)
def test_more(
    client: Client, sandbox: Sandbox, text: str, variables: dict[str, Any], objects: int
) -> None:
    """They are refused before anything is sent; each time that one is asked for counts."""
    response = client.post(text, variables, X_Request_Id="too-much")

    error = {
        "message": f"Expected at most 2000 objects in one request, and {objects} are asked for.",
        "extensions": {"code": "BAD_USER_INPUT", "requestId": "too-much"},
    }
    expected = (422, {"errors": [error]}, 0)
    assert (response.status_code, response.json(), len(sandbox.received)) == expected


def test_a_size_that_is_refused_anyway(client: Client) -> None:
    """It asks for nothing: what is wrong with it is told, and the rest is answered."""
    response = client.post("{a: contactGroups(pageSize: 5000) {itemCount} viewer {customerId}}")

    errors = response.json()["errors"]
    assert [error["extensions"]["code"] for error in errors] == ["INVALID_INPUT"]


CALLERS = 150
LARGEST = "{" + " ".join(f"a{n}: contactGroups(pageSize: 1000, page: {n}) {ITEMS}" for n in (1, 2))
GROUPS = [{"id": 9_000_000_000_000_000_000 + n, "name": f"{n:050}"} for n in range(1000)]
PAGE = json.dumps({"items": GROUPS, "pageNumber": 1, "pageSize": 1000, "pageItemCount": 1000})


def ask_and_never_read(gateway: GatewayProcess, token: str) -> socket.socket:
    """Send a request for as much as may be, and leave the reply where it is."""
    body = json.dumps({"query": LARGEST + "}"}).encode()
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    caller = socket.socket()
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    caller.connect(("127.0.0.1", int(gateway.url.rpartition(":")[2])))
    caller.sendall(head.encode() + body)
    return caller


def wait_for_replies(gateway: GatewayProcess, replies: int) -> None:
    """Wait until so many requests have their reply, as far as the gateway goes."""
    made = f'contact_gateway_requests_total{{status="200"}} {replies}.0'
    end = time.monotonic() + 60
    with httpx.Client(trust_env=False, timeout=60) as http:
        while made not in (page := http.get(f"{gateway.url}/metrics").text):
            assert time.monotonic() < end, page


@thorough
def test_callers_that_do_not_read(
    scripted: ScriptedUpstream, sandbox: Sandbox, issue_token: IssueToken, tmp_path: Path
) -> None:
    """150 of them, each asking for as much as may be, make the gateway no larger than 250 MB."""
    scripted.answers(reply(200, PAGE, Content_Type="application/json"))
    settings = {
        "upstream_url": scripted.url,
        "upstream_deadline": 60,
        "upstream_max_connections": 2 * CALLERS,
    }
    with (
        gateway_process(sandbox, tmp_path / "log", **settings) as gateway,
        contextlib.ExitStack() as callers,
    ):
        token = issue_token()
        for _ in range(CALLERS):
            callers.enter_context(ask_and_never_read(gateway, token))
        wait_for_replies(gateway, CALLERS)
        status = Path(f"/proc/{gateway.process.pid}/status").read_text(encoding="ascii")

    peak = int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])
    assert peak < 250_000
