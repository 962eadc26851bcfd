"""A stand-in for the REST API: a real HTTP server with a database, tokens and scenario ids.

It listens on 127.0.0.1 only and its clients and secrets are public: it is for demos and tests. It
imports nothing else of contact_gateway. Start it with `SandboxServer`, or `run` in the foreground:

    with SandboxServer() as sandbox:
        token = sandbox.tokens.issue(
            Grant(client_id="test", scopes=("contacts:write",), customers=(5690,))
        )
        httpx.patch(f"{sandbox.url}/v1/contactGroups/5514123", ...)
        assert sandbox.store.name_of(5690, 5514123) == "New name"
"""

from contact_gateway.sandbox.database import DataFileError, Store
from contact_gateway.sandbox.parts import Sandbox
from contact_gateway.sandbox.received import CREDENTIALS, ReceivedRequest
from contact_gateway.sandbox.rest_api import Manner
from contact_gateway.sandbox.running import SandboxServer, run, url_of
from contact_gateway.sandbox.sample_data import SAMPLE_GROUPS
from contact_gateway.sandbox.scenarios import (
    SCENARIO_CUSTOMERS,
    SCENARIOS,
    SCENARIOS_BY_ID,
    Fault,
    Scenario,
)
from contact_gateway.sandbox.token_issuer import AUDIENCE, CLIENTS, Client, Grant, TokenIssuer

__all__ = [
    "AUDIENCE",
    "CLIENTS",
    "CREDENTIALS",
    "SAMPLE_GROUPS",
    "SCENARIOS",
    "SCENARIOS_BY_ID",
    "SCENARIO_CUSTOMERS",
    "Client",
    "DataFileError",
    "Fault",
    "Grant",
    "Manner",
    "ReceivedRequest",
    "Sandbox",
    "SandboxServer",
    "Scenario",
    "Store",
    "TokenIssuer",
    "run",
    "url_of",
]
