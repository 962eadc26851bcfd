"""Paths at which there is no GraphQL."""

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import open_http
from tests.servers import gateway_before


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/", "/graphql/", "/graphiql", "/favicon.ico"])
def test_a_path_with_nothing(gateway_url: str, method: str, path: str) -> None:
    """The line says where GraphQL is, and nothing else of the gateway."""
    with open_http() as http:
        response = http.request(method, f"{gateway_url}{path}")

    assert (response.status_code, response.headers["content-type"], response.text) == (
        404,
        "text/plain; charset=utf-8",
        "Not Found. GraphQL is at /graphql.\n",
    )


def test_a_file_that_graphiql_does_not_have(sandbox: Sandbox) -> None:
    """It is answered as every other path with nothing."""
    with gateway_before(sandbox, graphiql=True) as url, open_http() as http:
        response = http.get(f"{url}/graphiql/nothing.js")

    assert (response.status_code, response.text) == (
        404,
        "Not Found. GraphQL is at /graphql.\n",
    )


def test_a_method_that_a_path_does_not_have(gateway_url: str) -> None:
    """That is another refusal, which does not tell of GraphQL."""
    with open_http() as http:
        response = http.post(f"{gateway_url}/livez")

    assert (response.status_code, response.text) == (405, "Method Not Allowed\n")
