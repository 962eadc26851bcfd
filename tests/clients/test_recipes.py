"""Each JavaScript client, newest and unmodified, by its recipe: what docs/clients.md shows."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from contact_gateway.sandbox import SCENARIOS
from tests.clients.conftest import Surroundings
from tests.readme import code, table

CLIENTS: Final = ("apollo", "urql", "graphql-request", "relay", "vue")
BY_URL: Final = {"urql", "vue"}  # they send queries by GET, as they come
WITHOUT_A_CACHE: Final = {"graphql-request"}
ASKING_AGAIN: Final = {"vue"}  # its cache drops what a mutation has changed, and asks anew
MEMBERS: Final = {
    code(row[0]): (code(row[2]), code(row[3]))
    for row in table("Id", "The sandbox", "Member of the union", "outcome")
}

Found = dict[str, Any]


def run(node: str, program: Path, client: str, cases: dict[str, object]) -> Found:
    """What the cases of a client came to."""
    done = subprocess.run(  # noqa: S603 - node and a file of ours
        [node, program, client],
        env={**os.environ, "CASES": json.dumps(cases)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: Found = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module", params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    """The name of one client."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def found(client: str, node: str, built: Path, surroundings: Surroundings) -> Found:
    """What its cases came to."""
    surroundings.sandbox.store.reset()
    return run(node, built / "program.mjs", client, surroundings.cases)


def test_a_query(client: str, found: Found) -> None:
    """It is answered in the way in which the client sends it by itself."""
    method = "GET" if client in BY_URL else "POST"

    query = found["query"]
    assert (query["methods"], query["count"] > 10) == ([method], True)


@pytest.mark.parametrize("scenario", [str(scenario.id) for scenario in SCENARIOS])
def test_the_mutation(found: Found, scenario: str) -> None:
    """Every member of the union comes through, and there is something to say of it."""
    result = found["mutation"][scenario]

    assert (result["member"], result["outcome"]) == MEMBERS[scenario]
    assert len(result["sentence"]) > 10


def test_the_cache(client: str, found: Found) -> None:
    """It has the new name, and where there is one, nothing is asked for that."""
    asks = client in WITHOUT_A_CACHE | ASKING_AGAIN

    before, after, asked = (found["cache"][key] for key in ("before", "after", "asked"))
    assert (before, after, bool(asked)) == (False, True, asks)


def test_another_customer(found: Found) -> None:
    """Nothing of one customer is shown to another."""
    assert found["customer"] == {"ours": True, "theirs": False}


def test_without_a_valid_token(found: Found) -> None:
    """401: the client's error has the code."""
    assert found["unauthenticated"]["code"] == "UNAUTHENTICATED"


def test_a_variable_that_is_missing(found: Found) -> None:
    """422: the client's error has the code, and the id of the request."""
    refusal = found["unprocessable"]

    assert (refusal["code"], len(refusal["requestId"])) == ("BAD_USER_INPUT", 32)


def test_too_often(found: Found) -> None:
    """429: the client's error says when to come back."""
    refusal = found["limited"]

    assert (refusal["code"], refusal["retryAfterSeconds"] > 0) == ("RATE_LIMITED", True)


def test_trusted_documents(client: str, node: str, built: Path, surroundings: Surroundings) -> None:
    """Where only listed documents run, those that codegen or Relay has listed do, by their ids."""
    if client == "vue":
        pytest.skip("its exchanges are those of urql, which tries it")
    surroundings.sandbox.store.reset()

    found = run(node, built / "trusted.mjs", client, {**surroundings.cases, "only": ["trusted"]})

    assert (found["trusted"]["member"], found["trusted"]["count"] > 0) == (
        "InvalidInputError",
        True,
    )


def test_retries(found: Found) -> None:
    """A retry waits as long as it is told, and gives up."""
    assert found["retries"] == {"waited": [30, 30], "member": "RateLimitedError"}
