"""All that is around one gateway: an issuer's endpoints and the REST API."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from contact_gateway.settings import Settings, load_settings
from tests.identity.issuer import AUDIENCE, ISSUER, Issuer
from tests.scripted_upstream import Answer, RecordedRequest, ScriptedUpstream, reply

__all__ = [
    "CLIENT_ID",
    "CLIENT_SECRET",
    "OWN_TOKEN",
    "RENAMED",
    "RENAMING",
    "Surroundings",
    "introspected",
    "token_reply",
]

Respond = Callable[[RecordedRequest], Answer]

CLIENT_ID = "gate way"
CLIENT_SECRET = "canary+secret/%:"
OWN_TOKEN = "canary-own-token"

RENAMING: dict[str, Any] = {"id": "5514123", "input": {"name": "Best customers"}}
RENAMED = {
    "data": {
        "updateContactGroup": {
            "__typename": "UpdateContactGroupSuccess",
            "contactGroup": {"id": "5514123", "name": "Best customers"},
            "outcome": "APPLIED",
        }
    }
}


class Surroundings:
    """Answers by path, each as a test says, and keeps apart what each of them was sent."""

    def __init__(self, issuer: Issuer, upstream: ScriptedUpstream) -> None:
        self.issuer = issuer
        self.upstream = upstream
        self.key_set: Respond = lambda _: reply(200, issuer.document())
        self.token: Respond = lambda _: token_reply(OWN_TOKEN)
        self.introspection: Respond = lambda _: introspected(active=False)
        self.api: Respond = lambda _: reply(204)
        upstream.responds(self._respond)

    def _respond(self, request: RecordedRequest) -> Answer:
        respond = {
            "/keys": self.key_set,
            "/token": self.token,
            "/introspect": self.introspection,
        }
        return respond.get(urlsplit(request.target).path, self.api)(request)

    def settings(self, **changes: object) -> Settings:
        """The settings of a gateway in these surroundings that verifies tokens itself."""
        values: dict[str, object] = {
            "_env_file": None,
            "upstream_url": self.upstream.url,
            "jwt_issuer": ISSUER,
            "jwt_audience": AUDIENCE,
            "jwt_jwks_url": f"{self.upstream.url}/keys?policy=1",
            "jwt_customer_claim": "customer_id",
        }
        return load_settings(**{**values, **changes})

    def settings_with_own_credentials(self, **changes: object) -> Settings:
        """The same, with the gateway's own token for the REST API."""
        values: dict[str, object] = {
            "upstream_auth": "client_credentials",
            "upstream_token_url": f"{self.upstream.url}/token",
            "upstream_client_id": CLIENT_ID,
            "upstream_client_secret": CLIENT_SECRET,
        }
        return self.settings(**{**values, **changes})

    def settings_with_introspection(self, **changes: object) -> Settings:
        """The settings of a gateway that asks the issuer about tokens."""
        values: dict[str, object] = {
            "token_verification": "introspection",
            "token_introspection_url": f"{self.upstream.url}/introspect",
            "token_introspection_client_id": CLIENT_ID,
            "token_introspection_client_secret": CLIENT_SECRET,
            "jwt_issuer": None,
            "jwt_jwks_url": None,
        }
        return self.settings(**{**values, **changes})

    def received(self, path: str) -> list[RecordedRequest]:
        """The requests for `path` or below it, in the order of their arrival."""
        return [request for request in self.upstream.received if request.target.startswith(path)]

    @property
    def calls(self) -> list[RecordedRequest]:
        """What the REST API was sent."""
        return self.received("/v1")


def token_reply(token: str, **members: Any) -> Answer:
    """A token endpoint's answer, with `expires_in` 3600 unless told otherwise."""
    document = {"access_token": token, "expires_in": 3600, **members}
    return reply(200, json.dumps(document), Content_Type="application/json")


def introspected(**members: Any) -> Answer:
    """An introspection endpoint's answer."""
    return reply(200, json.dumps(members), Content_Type="application/json")
