"""`contact-gateway check`: what it says where things are well, and where they are not."""

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from contact_gateway.cli import app
from contact_gateway.sandbox import Sandbox
from contact_gateway.sandbox.token_issuer import CLIENTS
from tests.conftest import IssueToken
from tests.scripted_upstream import Answer, ScriptedUpstream, reply
from tests.servers import environment_for, free_port

pytestmark = pytest.mark.usefixtures("nowhere")

DEVELOPMENT = CLIENTS["development"]
OWN_TOKEN = {
    "upstream_auth": "client_credentials",
    "upstream_client_id": DEVELOPMENT.id,
    "upstream_client_secret": DEVELOPMENT.secret,
}


def check(environment: dict[str, str], *options: str, token: str | None = None) -> Result:
    """Run the command in this process, with this environment, and this token on standard input."""
    given = [*options, *(["--token-file", "-"] if token is not None else [])]
    environment = {"CONTACT_GATEWAY_PORT": "0", **environment}
    return CliRunner().invoke(app, ["check", *given], env=environment, input=token)


def upstream_alone(scripted: ScriptedUpstream) -> dict[str, str]:
    """The environment of a gateway that needs an upstream and nothing else."""
    return {
        "CONTACT_GATEWAY_UPSTREAM_URL": scripted.url,
        "CONTACT_GATEWAY_TOKEN_VERIFICATION": "upstream",
    }


def test_all_is_well(sandbox: Sandbox) -> None:
    """A line for each thing, and status 0; the REST API is asked with the gateway's own token."""
    token_url = f"{sandbox.url}/auth/tokens"
    environment = environment_for(sandbox.url, upstream_token_url=token_url, **OWN_TOKEN)

    result = check(environment, "--customer", "5690")

    assert (result.exit_code, result.output.splitlines()) == (
        0,
        [
            "ok      settings: complete",
            f"ok      key set {sandbox.url}/.well-known/jwks.json: 1 key",
            "ok      listening: 127.0.0.1, any port",
            f"ok      token endpoint {token_url}: a token for 3600 seconds",
            f"ok      upstream {sandbox.url}: a list of contact groups (HTTP 200)",
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
    named = ["", "JWT_JWKS_URL", "", "UPSTREAM_TOKEN_URL", "UPSTREAM_URL", "RATE_LIMIT_STORAGE"]
    assert result.exit_code == 1
    assert [line.split()[0] for line in lines] == ["ok", "FAILED", "ok", *["FAILED"] * 3]
    assert [name in line for name, line in zip(named, lines, strict=True)] == [True] * 6


NOT_OF_THE_PATH = "which says nothing of the path"
MORE = "; --token-file and --customer tell more"
ADDRESS = (
    "The address is probably wrong: see that CONTACT_GATEWAY_UPSTREAM_URL is that of the REST API, "
    "without /v1."
)
CALLERS = "See that the token may read the groups of the customer."
LOG = "See in the log of the REST API why."
FRIENDS = {"id": 1, "name": "Friends"}


def of_upstream(result: Result) -> tuple[int, str]:
    """The exit status, and what the last line, without its address, says of the upstream."""
    line = result.output.splitlines()[-1]
    kind, _, rest = line.partition("upstream http://127.0.0.1:")
    return result.exit_code, f"{kind.strip()} {rest.partition(' ')[2]}"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (204, "it answers without a list"),
        (400, "it refuses the request"),
        (401, "it wants a valid token"),
        (403, "it refuses permission"),
        (429, "it has too many requests"),
        (500, "it fails"),
    ],
)
def test_an_upstream_that_is_asked_without_a_token(
    scripted: ScriptedUpstream, status: int, said: str
) -> None:
    """It is there, which is no failure; that it proves little, and what proves more, is told."""
    scripted.answers(reply(status))

    result = check(upstream_alone(scripted))

    assert of_upstream(result) == (0, f"ok {said} (HTTP {status}), {NOT_OF_THE_PATH}{MORE}")
    assert [
        (request.method, request.target, request.header("authorization"))
        for request in scripted.received
    ] == [("GET", "/v1/contactGroups", ())]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (reply(404), "it answers that it has no contact groups (HTTP 404)"),
        (reply(404, "{}"), "it answers in JSON that it has no contact groups (HTTP 404)"),
        (reply(404, "<html>", Content_Type="text/html"), "a web page, not an API (HTTP 404)"),
        (reply(200, "<!DOCTYPE html>"), "a web page, not an API (HTTP 200)"),
        (reply(200, "hello", Content_Type="text/plain"), "no JSON (HTTP 200)"),
        (reply(200, "[]"), "JSON, but no list of contact groups (HTTP 200)"),
        (reply(200, '{"items": [{}]}'), "JSON, but no list of contact groups (HTTP 200)"),
        (
            reply(308, Location="https://api.example.com/v1/contactGroups?token=secret"),
            "it sends elsewhere, to https://api.example.com/v1/contactGroups (HTTP 308)",
        ),
        (reply(302, Location="/\u00e9"), "it sends elsewhere (HTTP 302)"),
    ],
)
@pytest.mark.parametrize("token", [None, "abc.def.ghi"])
def test_another_address_than_that_of_the_api(
    scripted: ScriptedUpstream, answer: Answer, said: str, token: str | None
) -> None:
    """It is a failure, whoever asks: another server than the REST API has answered."""
    scripted.answers(answer)

    result = check(upstream_alone(scripted), token=token)

    assert of_upstream(result) == (1, f"FAILED {said}. {ADDRESS}")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"items": [FRIENDS], "pageNumber": 1, "pageSize": 9}, "a list of contact groups"),
        ({"items": []}, "a list of contact groups"),
        (
            {"items": [FRIENDS, {"id": "x"}]},
            "a list of contact groups, 1 of which cannot be read",
        ),
    ],
)
def test_a_list(scripted: ScriptedUpstream, document: object, said: str) -> None:
    """With a caller's token and a customer, it proves that the address is right."""
    scripted.answers(reply(200, json.dumps(document)))

    result = check(upstream_alone(scripted), "--customer", "5690", token="abc.def.ghi\n")

    [request] = scripted.received
    assert of_upstream(result) == (0, f"ok {said} (HTTP 200)")
    assert [request.header(name) for name in ("authorization", "customer-id")] == [
        ("Bearer abc.def.ghi",),
        ("5690",),
    ]


@pytest.mark.parametrize(
    ("answer", "said", "advice"),
    [
        (reply(401), "it wants a valid token (HTTP 401)", CALLERS),
        (reply(403), "it refuses permission (HTTP 403)", CALLERS),
        (reply(422), "it refuses the request (HTTP 422)", CALLERS),
        (reply(204), "it answers without a list (HTTP 204)", LOG),
        (reply(429), "it has too many requests (HTTP 429)", LOG),
        (reply(500), "it fails (HTTP 500)", LOG),
        (
            reply(200, "x", Content_Encoding="br"),
            "an answer that did not come through: encoded (HTTP 200)",
            LOG,
        ),
    ],
)
def test_no_list_although_all_is_given(
    scripted: ScriptedUpstream, answer: Answer, said: str, advice: str
) -> None:
    """It is a failure, though not one of the address."""
    scripted.answers(answer)

    result = check(upstream_alone(scripted), "--customer", "5690", token="abc.def.ghi")

    assert of_upstream(result) == (1, f"FAILED {said}, {NOT_OF_THE_PATH}. {advice}")


@pytest.mark.parametrize("status", [400, 403, 422])
def test_a_customer_that_is_not_given(scripted: ScriptedUpstream, status: int) -> None:
    """It is no failure that the REST API wants one; that it can be given is told."""
    scripted.answers(reply(status))

    exit_code, line = of_upstream(check(upstream_alone(scripted), token="abc.def.ghi"))

    assert (exit_code, line.endswith(f"{NOT_OF_THE_PATH}; --customer tells more")) == (0, True)


def test_an_own_token_that_the_api_refuses(sandbox: Sandbox, scripted: ScriptedUpstream) -> None:
    """It is a failure that names the setting where the token is from."""
    scripted.answers(reply(401))
    settings = {**OWN_TOKEN, "upstream_token_url": f"{sandbox.url}/auth/tokens"}

    result = check(environment_for(sandbox.url, upstream_url=scripted.url, **settings))

    assert of_upstream(result) == (
        1,
        (
            f"FAILED it wants a valid token (HTTP 401), {NOT_OF_THE_PATH}. See that a token of "
            "CONTACT_GATEWAY_UPSTREAM_TOKEN_URL may read the groups of the customer."
        ),
    )


def test_a_token_in_a_file(sandbox: Sandbox, issue_token: IssueToken, tmp_path: Path) -> None:
    """It is read, sent, and never shown."""
    token = issue_token()
    path = tmp_path / "token"
    path.write_text(f"{token}\n", encoding="utf-8")

    result = check(environment_for(sandbox.url), "--token-file", str(path), "--customer", "5690")

    assert of_upstream(result) == (0, "ok a list of contact groups (HTTP 200)")
    assert token not in result.output


def rules_of_a_token(result: Result) -> dict[str, str]:
    """What was found of each rule of a token: the first word, and the sentence."""
    lines = [line.split(maxsplit=1) for line in result.output.splitlines()]
    found = [(kind, rest.removeprefix("token, ")) for kind, rest in lines if "token, " in rest]
    return {rest.partition(":")[0]: kind for kind, rest in found}


def test_the_rules_of_a_token(sandbox: Sandbox, issue_token: IssueToken) -> None:
    """Each is told, and nothing of the token; a good one keeps them all."""
    token = issue_token()

    result = CliRunner().invoke(
        app, ["check", "--token", "-"], env=environment_for(sandbox.url), input=token
    )

    names = "header alg typ kid iss signature aud purpose sub exp nbf iat scopes customers"
    assert len(result.output.splitlines()) == len(names.split()) + 4
    assert rules_of_a_token(result) == dict.fromkeys(names.split(), "ok")
    assert [part in result.output for part in token.split(".")] == [False] * 3


OTHER_SETTINGS: dict[str, tuple[dict[str, str], set[str]]] = {
    "another issuer": ({"jwt_issuer": "https://another.test"}, {"iss"}),
    "another audience": ({"jwt_audience": "another"}, {"aud"}),
    "another claim of the audience": ({"jwt_audience_claim": "azp"}, {"aud"}),
    "other types": ({"jwt_types": "JWT,none"}, {"typ"}),
    "other algorithms": ({"jwt_algorithms": "ES256"}, {"alg"}),
    "other scopes": ({"scope_read": "Read", "scope_write": "Write"}, {"scopes"}),
    "another claim of the customer": ({"jwt_customer_claim": "tenant.id"}, {"customers"}),
    "two of them": ({"jwt_audience": "another", "jwt_types": "JWT"}, {"aud", "typ"}),
}


@pytest.mark.parametrize(("changes", "failed"), OTHER_SETTINGS.values(), ids=OTHER_SETTINGS)
def test_a_rule_that_a_token_breaks(
    sandbox: Sandbox, issue_token: IssueToken, changes: dict[str, str], failed: set[str]
) -> None:
    """It is told which, however many, and the status is 1."""
    token = issue_token()

    result = check(environment_for(sandbox.url, **changes), token=token)

    found = rules_of_a_token(result)
    assert (result.exit_code, {name for name, kind in found.items() if kind == "FAILED"}) == (
        1,
        failed,
    )
    assert [part in result.output for part in token.split(".")] == [False] * 3


@pytest.mark.parametrize("token", ["opaque", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.e30."])
def test_a_token_that_is_none(sandbox: Sandbox, token: str) -> None:
    """It is told too, whatever it is, and not shown."""
    result = check(environment_for(sandbox.url), token=token)

    assert (result.exit_code, "FAILED" in rules_of_a_token(result).values()) == (1, True)
    assert token not in result.output


@pytest.mark.parametrize("content", ["", "two tokens", "Bearer abc", "a\nb", "\u00e9"])
def test_a_file_without_a_token(scripted: ScriptedUpstream, content: str) -> None:
    """Nothing is asked with it, and nothing of it is shown."""
    result = check(upstream_alone(scripted), token=content)

    assert (result.exit_code, result.output.splitlines()) == (
        1,
        ["--token-file: there is no access token in the file, or more than one."],
    )
    assert scripted.received == []


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
        2,
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
        2,
        [
            (
                "FAILED  trusted documents: CONTACT_GATEWAY_TRUSTED_DOCUMENTS: "
                f"[Errno 2] No such file or directory: '{path}'. "
                "The gateway does not start until that is mended."
            ),
            "ok      listening: 127.0.0.1, any port",
            (
                f"ok      upstream {scripted.url}: it answers without a list (HTTP 204), "
                f"{NOT_OF_THE_PATH}{MORE}"
            ),
        ],
    )


def test_a_setting_that_is_missing() -> None:
    """The line of `serve` is shown, and the status is the same."""
    result = check({"CONTACT_GATEWAY_UPSTREAM_URL": "https://api.example.com"})

    assert (result.exit_code, "CONTACT_GATEWAY_JWT_ISSUER" in result.output) == (2, True)
