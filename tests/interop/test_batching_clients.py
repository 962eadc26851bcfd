"""Clients that batch, as they come: what each shows of the refusal, unmodified."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.client import Client
from tests.node import install_with_node
from tests.python_packages import install_with_uv

FOLDER = Path(__file__).parent / "batching_clients"
SENTENCE = (
    "Expected a JSON object; batches are not served. Send each request by itself, in Apollo Client "
    "with HttpLink in the place of BatchHttpLink."
)


def shown(client: Client, *command: str) -> Any:
    """What a program of the folder prints as JSON, which it gets to see of the gateway."""
    headers = {name: client.headers()[name] for name in ("Authorization", "Customer-Id")}
    done = subprocess.run(  # noqa: S603 - a program of ours, with a client of others
        command,
        cwd=FOLDER,
        env={
            **os.environ,
            "GATEWAY_URL": f"{client.url}/graphql",
            "GATEWAY_HEADERS": json.dumps(headers),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_apollo_client(client: Client) -> None:
    """BatchHttpLink gives each of those who asked the sentence."""
    node = install_with_node(FOLDER)

    assert (
        shown(client, node, "apollo.mjs")
        == [{"name": "CombinedGraphQLErrors", "message": SENTENCE}] * 2
    )


def test_gql(client: Client) -> None:
    """Its error has the sentence, over either transport, although the status is 400."""
    python = install_with_uv(FOLDER)

    over_httpx, over_requests = shown(client, python, "with_gql.py")
    assert (SENTENCE in over_httpx, SENTENCE in over_requests) == (True, True)
