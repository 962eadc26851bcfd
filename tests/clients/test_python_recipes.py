"""Each Python client, newest and unmodified, by its recipe: what docs/clients.md shows."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from contact_gateway.sandbox import SCENARIOS, Grant, SandboxServer
from tests.clients.conftest import CUSTOMERS, RECIPES
from tests.readme import code, table
from tests.servers import gateway_before
from tests.thorough import THOROUGH

PROGRAM: Final = Path(__file__).with_name("python_cases.py")
MEMBERS: Final = {
    code(row[0]): code(row[2])
    for row in table("Id", "The sandbox", "Member of the union", "outcome")
}

Found = dict[str, Any]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """What a program prints."""
    done = subprocess.run(  # noqa: S603 - Python and files of ours
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=["gql", "ariadne"])
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Found]:
    """What the cases of one client came to."""
    if not THOROUGH:
        pytest.skip("THOROUGH=1 tries it with the packages of others, as .ci/run does")
    folder = RECIPES / request.param
    programs = folder / ".venv" / "bin"
    assert programs.exists(), "make clients installs it"
    if request.param == "ariadne":
        run(programs / "ariadne-codegen", "--config", "ariadne-codegen.toml", cwd=folder)
    manifest = tmp_path_factory.mktemp(request.param) / "manifest.json"
    manifest.write_text(run(programs / "python", PROGRAM, folder, "manifest", cwd=folder), "utf-8")
    enforce = {"trusted_documents": str(manifest), "trusted_documents_mode": "enforce"}
    quick = {"upstream_attempt_timeout": 0.5, "upstream_deadline": 1}
    with (
        SandboxServer() as sandbox,
        gateway_before(sandbox, **quick) as url,
        gateway_before(sandbox, rate_limit="1/hour") as limited_url,
        gateway_before(sandbox, **enforce) as listed_url,
    ):
        grant = Grant(
            client_id="development",
            scopes=("contacts:read", "contacts:write"),
            customers=CUSTOMERS,
        )
        cases = {
            "url": url,
            "limitedUrl": limited_url,
            "listedUrl": listed_url,
            "scenarios": list(MEMBERS),
            "tokens": {str(each): sandbox.tokens.issue(grant) for each in CUSTOMERS},
        }
        printed = run(programs / "python", PROGRAM, folder, cwd=folder, CASES=json.dumps(cases))
        yield json.loads(printed)


def test_a_query(found: Found) -> None:
    """It is answered, for each customer with its own groups."""
    assert (found["query"] > 10, found["customers"]) == (True, [True, False])


@pytest.mark.parametrize("scenario", [str(scenario.id) for scenario in SCENARIOS])
def test_the_mutation(found: Found, scenario: str) -> None:
    """Every member of the union comes through, and there is something to say of it."""
    result = found["mutation"][scenario]

    assert (result["member"], len(result["sentence"]) > 10) == (MEMBERS[scenario], True)


def test_without_a_valid_token(found: Found) -> None:
    """401: the client's error leads to the code."""
    assert found["unauthenticated"]["code"] == "UNAUTHENTICATED"


def test_a_variable_that_is_missing(found: Found) -> None:
    """422: the client's error leads to the code, and to the id of the request."""
    refusal = found["unprocessable"]

    assert (refusal["code"], len(refusal["requestId"])) == ("BAD_USER_INPUT", 32)


def test_too_often(found: Found) -> None:
    """429: the client's error says when to come back."""
    refusal = found["limited"]

    assert (refusal["code"], refusal["retryAfterSeconds"] > 0) == ("RATE_LIMITED", True)


def test_retries(found: Found) -> None:
    """A retry waits as long as it is told, and gives up."""
    assert found["retries"] == {"waited": [30, 30], "member": "RateLimitedError"}


def test_trusted_documents(found: Found) -> None:
    """Where only listed documents run, those of the client's own manifest do."""
    count, member = found["trusted"]

    assert (count > 10, member) == (True, "InvalidInputError")
