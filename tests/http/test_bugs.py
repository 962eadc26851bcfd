"""What a bug of the gateway looks like from outside."""

import json
from typing import Never

from starlette.applications import Starlette
from starlette.routing import Route

from contact_gateway.contact_groups import build_schema
from contact_gateway.http import GraphQLEndpoint, Observed
from contact_gateway.observation import Metrics
from contact_gateway.operations import (
    Disclosure,
    DocumentReader,
    OperationRunner,
    OperationStore,
)
from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.servers import running_app, settings_for


class BrokenVerifier:
    """Fails in a way that nobody has foreseen."""

    async def verify(self, token: str) -> Never:
        """Tell the token, which nobody must see."""
        raise RuntimeError(token)


def test_a_bug(sandbox: Sandbox) -> None:
    """It is one constant sentence with a code and a request id, and a 500."""
    schema = build_schema()
    disclosure = Disclosure(schema, full=False)
    endpoint = GraphQLEndpoint(
        operations=OperationStore(DocumentReader(schema, disclosure, introspection=False)),
        runner=OperationRunner(disclosure),
        verifier=BrokenVerifier(),
        resources=lambda *_: None,
        rate_limiter=None,
        traces=None,
        deadline=1,
        max_body_bytes=1_000,
    )
    app = Starlette(routes=[Route("/graphql", Observed(endpoint, Metrics(), None))])
    with running_app(app, settings_for(sandbox.url)) as url:
        client = Client(url, "a-token")
        with client.http:
            response = client.post("{__typename}", X_Request_Id="its-name")

    extensions = {"code": "INTERNAL_SERVER_ERROR", "requestId": "its-name"}
    error = {"message": "Something went wrong on our side.", "extensions": extensions}
    assert (response.status_code, json.loads(response.content)) == (500, {"errors": [error]})
