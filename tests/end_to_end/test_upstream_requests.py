"""What leaves the gateway: these headers, this body, and nothing else of the caller's."""

import re

import pytest

from tests.client import Client
from tests.scripted_upstream import ScriptedUpstream, reply

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
OF_THE_CALLER = {
    "Cookie": "session=1",
    "User-Agent": "A browser",
    "Accept-Language": "cy",
    "Forwarded": "for=192.0.2.1",
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Host": "elsewhere.example",
    "X-Api-Key": "secret",
    "X-Http-Method-Override": "DELETE",
    "Proxy-Authorization": "Basic c2VjcmV0",
    "Referer": "https://app.example/",
    "Origin": "https://app.example",
    "If-Match": "*",
    "Idempotency-Key": "1",
    "tracestate": "vendor=1",
    "baggage": "user=1",
}


def test_update(healthy_client: Client, scripted: ScriptedUpstream) -> None:
    """A write carries these headers, each once, and the new name alone."""
    healthy_client.rename(
        "5514123",
        {"name": "Café 🔧"},
        traceparent=TRACEPARENT,
        X_Request_Id="from-the-caller",
        **OF_THE_CALLER,
    )

    (request,) = scripted.received
    assert (request.method, request.target) == ("PATCH", "/v1/contactGroups/5514123")
    assert sorted((name.lower(), value) for name, value in request.headers) == [
        ("accept", "application/json, application/problem+json"),
        ("accept-encoding", "identity"),
        ("authorization", f"Bearer {healthy_client.token}"),
        ("content-length", str(len(request.body))),
        ("content-type", "application/json"),
        ("customer-id", "5690"),
        ("host", scripted.url.removeprefix("http://")),
        ("traceparent", TRACEPARENT),
        ("x-request-id", "from-the-caller"),
    ]
    assert request.body == '{"name":"Café 🔧"}'.encode()


def test_list(healthy_client: Client, scripted: ScriptedUpstream) -> None:
    """A read carries the same headers but those of a body, and no empty filter."""
    scripted.answers(reply(200, '{"items": []}', Content_Type="application/json"))

    healthy_client.post(
        "{ contactGroups { itemCount } }",
        None,
        traceparent=TRACEPARENT,
        X_Request_Id="from-the-caller",
        **OF_THE_CALLER,
    )

    (request,) = scripted.received
    assert (request.method, request.target, request.body) == (
        "GET",
        "/v1/contactGroups?sortBy=name&direction=ascending&pageNumber=1&pageSize=50",
        b"",
    )
    assert sorted((name.lower(), value) for name, value in request.headers) == [
        ("accept", "application/json, application/problem+json"),
        ("accept-encoding", "identity"),
        ("authorization", f"Bearer {healthy_client.token}"),
        ("customer-id", "5690"),
        ("host", scripted.url.removeprefix("http://")),
        ("traceparent", TRACEPARENT),
        ("x-request-id", "from-the-caller"),
    ]


@pytest.mark.parametrize(
    "of_the_caller",
    [
        {},
        {"traceparent": "garbage", "X_Request_Id": "two words"},
        {"traceparent": TRACEPARENT.upper(), "X_Request_Id": "x" * 129},
        {"traceparent": f"{TRACEPARENT}-more", "X_Request_Id": "a/b"},
        {"traceparent": f"00-{'0' * 32}-b7ad6b7169203331-01", "X_Request_Id": ""},
    ],
    ids=["none", "garbage", "too long", "surplus", "all zeros"],
)
def test_correlation_without_a_good_one(
    healthy_client: Client, scripted: ScriptedUpstream, of_the_caller: dict[str, str]
) -> None:
    """Where the caller names the request in no good way, the gateway does, and says so."""
    response = healthy_client.post(
        'mutation { updateContactGroup(id: "1", input: {name: "New"}) { __typename } }',
        None,
        **of_the_caller,
    )

    (request,) = scripted.received
    (request_id,) = request.header("X-Request-Id")
    (traceparent,) = request.header("traceparent")
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00", traceparent)
    assert re.fullmatch(r"[0-9a-f]{32}", request_id)
    assert response.headers["X-Request-Id"] == request_id


def test_redirect_and_cookie(healthy_client: Client, scripted: ScriptedUpstream) -> None:
    """Cookies that the upstream sets, and redirects that it asks for, are not followed."""
    scripted.answers(reply(307, Location=f"{scripted.url}/stolen", Set_Cookie="a=b"), reply(204))

    healthy_client.rename("1", {"name": "New"})
    healthy_client.rename("2", {"name": "New"})

    assert [(request.target, request.header("Cookie")) for request in scripted.received] == [
        ("/v1/contactGroups/1", ()),
        ("/v1/contactGroups/2", ()),
    ]
