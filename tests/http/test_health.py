"""Health: what a load balancer and an orchestrator ask."""

import httpx

from contact_gateway.sandbox import Sandbox
from tests.client import Client, open_http
from tests.scripted_upstream import ScriptedUpstream, reply
from tests.servers import gateway_before


def answer(response: httpx.Response) -> tuple[int, str]:
    """The status and the text of a reply."""
    return response.status_code, response.text


def test_healthy(client: Client) -> None:
    """A gateway that can verify tokens lives and is ready; neither asks for a token."""
    assert answer(client.http.get(f"{client.url}/livez")) == (200, "ok\n")
    assert answer(client.http.get(f"{client.url}/readyz")) == (200, "ok\n")


def test_key_set_that_cannot_be_fetched(sandbox: Sandbox, scripted: ScriptedUpstream) -> None:
    """Without keys it lives, but should be sent no requests."""
    scripted.answers(reply(500))
    with (
        gateway_before(sandbox, jwt_jwks_url=f"{scripted.url}/keys") as url,
        open_http() as http,
    ):
        livez, readyz = http.get(f"{url}/livez"), http.get(f"{url}/readyz")

    assert (answer(livez), answer(readyz)) == ((200, "ok\n"), (503, "no key set yet\n"))


def test_upstream_that_is_gone(sandbox: Sandbox) -> None:
    """An ill upstream is no reason to restart the gateway or to take it out of service."""
    with ScriptedUpstream() as gone:
        upstream_url = gone.url
    with gateway_before(sandbox, upstream_url=upstream_url) as url, open_http() as http:
        readyz = http.get(f"{url}/readyz")

    assert answer(readyz) == (200, "ok\n")
