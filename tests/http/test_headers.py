"""The headers that every reply has, whoever gives it."""

import pytest

from tests.client import Client


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/graphql", 401),
        ("GET", "/graphql", 401),
        ("OPTIONS", "/graphql", 204),
        ("PUT", "/graphql", 405),
        ("GET", "/livez", 200),
        ("HEAD", "/readyz", 200),
        ("POST", "/livez", 405),
        ("GET", "/", 404),
        ("GET", "/graphql/", 404),
        ("GET", "/livez/", 404),
        ("GET", "/nothing%00%ff", 404),
        ("OPTIONS", "/nothing", 404),
    ],
)
def test_replies_without_a_token(client: Client, method: str, path: str, status: int) -> None:
    """No reply is kept or sniffed, none tells what serves it, and none leads elsewhere."""
    response = client.http.request(method, f"{client.url}{path}", headers={"Accept": "text/html"})

    headers = response.headers
    assert response.status_code == status
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert set(headers) <= {
        "allow", "cache-control", "content-length", "content-type", "date", "www-authenticate",
        "x-content-type-options", "x-request-id",
    }  # fmt: skip


@pytest.mark.parametrize("body", [b'{"query": "{__typename}"}', b"NONSENSE", b'{"query": "{"}'])
def test_replies_with_a_token(client: Client, body: bytes) -> None:
    """The same holds for what is executed and what is refused."""
    headers = client.send_body(body).headers

    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert "server" not in headers
