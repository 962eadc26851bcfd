"""What `contact-gateway check` says of an introspection endpoint."""

import pytest
from typer.testing import CliRunner

from contact_gateway.cli import app
from tests.identity.surroundings import CLIENT_SECRET, introspected
from tests.scripted_upstream import DROP, Answer, ScriptedUpstream, reply

pytestmark = pytest.mark.usefixtures("nowhere")

ADDRESS = (
    "Set CONTACT_GATEWAY_TOKEN_INTROSPECTION_URL to the introspection_endpoint of the issuer, and "
    "see that this machine reaches it."
)
CLIENT = (
    "See that CONTACT_GATEWAY_TOKEN_INTROSPECTION_CLIENT_ID and "
    "CONTACT_GATEWAY_TOKEN_INTROSPECTION_CLIENT_SECRET are those of a client it knows."
)
ANSWERED = "the introspection endpoint answered"


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (
            introspected(active=False),
            0,
            "ok {}: it says that a token which nobody has issued is not active",
        ),
        (
            introspected(active=True),
            1,
            (
                "FAILED {}: it calls a token active that nobody has issued. It cannot tell tokens: "
                "nobody who believes it is safe."
            ),
        ),
        (reply(401, '{"error": "canary"}'), 1, f"FAILED {{}}: {ANSWERED} 401. {CLIENT}"),
        (reply(403), 1, f"FAILED {{}}: {ANSWERED} 403. {CLIENT}"),
        (reply(404), 1, f"FAILED {{}}: {ANSWERED} 404. {ADDRESS}"),
        (
            reply(200, "<html>", Content_Type="text/html"),
            1,
            (
                "FAILED {}: the introspection endpoint's answer cannot be read: not JSON at "
                f"line 1, column 1. {ADDRESS}"
            ),
        ),
        (
            DROP,
            1,
            "FAILED {}: the introspection endpoint did not answer: NotAnsweredError. " + ADDRESS,
        ),
    ],
    ids=["good", "believes all", "401", "403", "404", "a page", "dropped"],
)
def test_an_endpoint(answer: Answer, code: int, said: str, scripted: ScriptedUpstream) -> None:
    """It is asked about a token that nobody has issued; what it answers says what to mend."""
    scripted.responds(lambda request: answer if request.method == "POST" else reply(204))
    variables = {
        "UPSTREAM_URL": scripted.url,
        "TOKEN_VERIFICATION": "introspection",
        "TOKEN_INTROSPECTION_URL": f"{scripted.url}/introspect?tenant=canary",
        "TOKEN_INTROSPECTION_CLIENT_ID": "gateway",
        "TOKEN_INTROSPECTION_CLIENT_SECRET": CLIENT_SECRET,
        "JWT_AUDIENCE": "contacts",
        "PORT": "0",
    }
    environment = {f"CONTACT_GATEWAY_{name}": value for name, value in variables.items()}

    result = CliRunner().invoke(app, ["check"], env=environment)

    line = " ".join(result.output.splitlines()[1].split())
    subject = f"introspection endpoint {scripted.url}/introspect"
    assert (result.exit_code, line, "canary" in result.output) == (
        code,
        said.format(subject),
        False,
    )
