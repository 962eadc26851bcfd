"""`contact-gateway check`: what it says where things are well, and where they are not."""

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from contact_gateway.cli import app
from contact_gateway.sandbox import Sandbox
from contact_gateway.sandbox.token_issuer import CLIENTS
from tests.scripted_upstream import ScriptedUpstream, reply
from tests.servers import environment_for, free_port

pytestmark = pytest.mark.usefixtures("nowhere")

DEVELOPMENT = CLIENTS["development"]
OWN_TOKEN = {
    "upstream_auth": "client_credentials",
    "upstream_client_id": DEVELOPMENT.id,
    "upstream_client_secret": DEVELOPMENT.secret,
}


def check(environment: dict[str, str]) -> Result:
    """Run the command in this process, with this environment."""
    return CliRunner().invoke(app, ["check"], env=environment)


def upstream_alone(scripted: ScriptedUpstream) -> dict[str, str]:
    """The environment of a gateway that needs an upstream and nothing else."""
    return {
        "CONTACT_GATEWAY_UPSTREAM_URL": scripted.url,
        "CONTACT_GATEWAY_TOKEN_VERIFICATION": "upstream",
    }


def test_all_is_well(sandbox: Sandbox) -> None:
    """A line for each thing, and status 0; the upstream's 401 is answer enough."""
    token_url = f"{sandbox.url}/auth/tokens"

    result = check(environment_for(sandbox.url, upstream_token_url=token_url, **OWN_TOKEN))

    assert (result.exit_code, result.output.splitlines()) == (
        0,
        [
            "ok      settings: complete",
            f"ok      key set {sandbox.url}/.well-known/jwks.json: 1 key",
            f"ok      token endpoint {token_url}: a token for 3600 seconds",
            f"ok      upstream {sandbox.url}: it answers (HTTP 401)",
        ],
    )


def test_nobody_there() -> None:
    """Everything that cannot be reached says which setting to look at, and the status is 1."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    settings = {
        **OWN_TOKEN,
        "upstream_token_url": nowhere,
        "jwt_jwks_url": nowhere,
        "rate_limit": "1/second",
        "rate_limit_storage": f"redis://127.0.0.1:{free_port()}",
    }

    result = check(environment_for(nowhere, **settings))

    lines = result.output.splitlines()
    named = ["", "JWT_JWKS_URL", "UPSTREAM_TOKEN_URL", "UPSTREAM_URL", "RATE_LIMIT_STORAGE"]
    assert result.exit_code == 1
    assert [line.split()[0] for line in lines] == ["ok", *["FAILED"] * 4]
    assert [name in line for name, line in zip(named, lines, strict=True)] == [True] * 5


@pytest.mark.parametrize("status", [204, 401, 403, 500])
def test_an_upstream_that_answers(scripted: ScriptedUpstream, status: int) -> None:
    """Whatever it says of a request without a token, it is there."""
    scripted.answers(reply(status))

    result = check(upstream_alone(scripted))

    assert (result.exit_code, result.output.splitlines()[1:]) == (
        0,
        [f"ok      upstream {scripted.url}: it answers (HTTP {status})"],
    )
    assert [(request.method, request.target) for request in scripted.received] == [
        ("GET", "/v1/contactGroups")
    ]


def test_an_upstream_without_contact_groups(scripted: ScriptedUpstream) -> None:
    """It is a failure, because another server than the REST API has answered."""
    scripted.answers(reply(404))

    result = check(upstream_alone(scripted))

    assert (result.exit_code, result.output.splitlines()[1:]) == (
        1,
        [
            (
                f"FAILED  upstream {scripted.url}: it answers that it has no /v1/contactGroups "
                "(HTTP 404). The address is probably wrong: see that CONTACT_GATEWAY_UPSTREAM_URL "
                "is that of the REST API, without this path."
            )
        ],
    )


@pytest.mark.parametrize("document", ["{}", '{"keys": []}', "no JSON"])
def test_a_key_set_without_keys(
    sandbox: Sandbox, scripted: ScriptedUpstream, document: str
) -> None:
    """It is a failure, because no token could be verified."""
    scripted.answers(reply(200, document))

    result = check(environment_for(sandbox.url, jwt_jwks_url=scripted.url))

    assert (result.exit_code, result.output.splitlines()[1].split()[0]) == (1, "FAILED")


def test_a_client_secret_that_is_refused(sandbox: Sandbox) -> None:
    """It is a failure that names the settings and does not repeat the secret."""
    wrong = {**OWN_TOKEN, "upstream_client_secret": "not-the-secret"}
    token_url = f"{sandbox.url}/auth/tokens"

    result = check(environment_for(sandbox.url, upstream_token_url=token_url, **wrong))

    assert result.exit_code == 1
    assert "CONTACT_GATEWAY_UPSTREAM_CLIENT_SECRET" in result.output
    assert "not-the-secret" not in result.output


DOCUMENTS = {"GOOD": "query Good { __typename }", "BAD": "query Bad { surname }"}
HASHES = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in DOCUMENTS.items()}


def with_manifest(scripted: ScriptedUpstream, path: Path, *names: str) -> dict[str, str]:
    """The environment of a gateway that serves only these documents."""
    manifest = {HASHES[name]: DOCUMENTS[name] for name in names}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return {
        **upstream_alone(scripted),
        "CONTACT_GATEWAY_TRUSTED_DOCUMENTS": str(path),
        "CONTACT_GATEWAY_TRUSTED_DOCUMENTS_MODE": "enforce",
    }


def test_trusted_documents(scripted: ScriptedUpstream, tmp_path: Path) -> None:
    """They are read, and counted."""
    result = check(with_manifest(scripted, tmp_path / "manifest.json", "GOOD"))

    assert (result.exit_code, result.output.splitlines()[1]) == (
        0,
        "ok      trusted documents: 1 document",
    )


def test_trusted_documents_that_are_off(scripted: ScriptedUpstream, tmp_path: Path) -> None:
    """As for `serve`, the manifest does not matter."""
    environment = with_manifest(scripted, tmp_path / "manifest.json", "BAD")

    result = check({**environment, "CONTACT_GATEWAY_TRUSTED_DOCUMENTS_MODE": "off"})

    assert (result.exit_code, "trusted documents" in result.output) == (0, False)


def test_trusted_documents_that_do_not_fit(scripted: ScriptedUpstream, tmp_path: Path) -> None:
    """It is a failure, in the words that `serve` would end with."""
    environment = with_manifest(scripted, tmp_path / "manifest.json", "GOOD", "BAD")

    result = check(environment)

    assert (result.exit_code, result.output.splitlines()[1]) == (
        1,
        (
            "FAILED  trusted documents: CONTACT_GATEWAY_TRUSTED_DOCUMENTS: Bad "
            f"(sha256:{HASHES['BAD']}): Cannot query field 'surname' on type 'Query'. "
            "The gateway does not start until that is mended."
        ),
    )


def test_trusted_documents_that_cannot_be_read(scripted: ScriptedUpstream, tmp_path: Path) -> None:
    """It is a failure too, and the rest is checked all the same."""
    path = tmp_path / "manifest.json"
    environment = with_manifest(scripted, path)
    path.unlink()

    result = check(environment)

    assert (result.exit_code, result.output.splitlines()[1:]) == (
        1,
        [
            (
                "FAILED  trusted documents: CONTACT_GATEWAY_TRUSTED_DOCUMENTS: "
                f"[Errno 2] No such file or directory: '{path}'. "
                "The gateway does not start until that is mended."
            ),
            f"ok      upstream {scripted.url}: it answers (HTTP 204)",
        ],
    )


def test_a_setting_that_is_missing() -> None:
    """The line of `serve` is shown, and the status is 1."""
    result = check({"CONTACT_GATEWAY_UPSTREAM_URL": "https://api.example.com"})

    assert (result.exit_code, "CONTACT_GATEWAY_JWT_ISSUER" in result.output) == (1, True)
