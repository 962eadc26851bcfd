"""tinyproxy, as Debian has it, as the only way out: nobody else knows the name of the upstream."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import trustme
from typer.testing import CliRunner, Result

from contact_gateway.cli import app
from contact_gateway.sandbox import Sandbox
from contact_gateway.sandbox.token_issuer import CLIENTS
from tests.client import RENAME, Client
from tests.conftest import IssueToken
from tests.egress.proxies import ScriptedProxy, TinyProxy, scripted_proxy, tinyproxy
from tests.egress.tls_relay import Relay, relay_to, server_context
from tests.log_watch import LogWatch
from tests.servers import environment_for, gateway_before

OURS: Final = trustme.CA()
NAME: Final = "upstream.corp.test"
CREDENTIALS: Final = "BasicAuth me hunter2secret"


@pytest.fixture
def relay(sandbox: Sandbox) -> Iterator[Relay]:
    """The sandbox, behind TLS."""
    with relay_to(sandbox.url, server_context(OURS.issue_cert(NAME))) as relay:
        yield relay


@pytest.fixture
def beyond() -> Iterator[ScriptedProxy]:
    """Where tinyproxy sends everything: whoever knows the name."""
    with scripted_proxy() as proxy:
        yield proxy


def forwarding(beyond: ScriptedProxy) -> str:
    """The line of tinyproxy's configuration that names what is beyond it."""
    return f"Upstream http 127.0.0.1:{beyond.port}"


def settings_behind(
    relay: Relay, proxy: TinyProxy, folder: Path, credentials: str = ""
) -> dict[str, object]:
    """A gateway that reaches everything by a name that this machine does not know."""
    (folder / "authorities.pem").write_bytes(OURS.cert_pem.bytes())
    base = f"https://{NAME}:{relay.port}"
    return {
        "upstream_url": base,
        "upstream_auth": "client_credentials",
        "upstream_token_url": f"{base}/auth/tokens",
        "upstream_client_id": CLIENTS["gateway"].id,
        "upstream_client_secret": CLIENTS["gateway"].secret,
        "jwt_jwks_url": f"{base}/.well-known/jwks.json",
        "ca_file": folder / "authorities.pem",
        "proxy": f"http://{credentials}127.0.0.1:{proxy.port}",
    }


def check(sandbox: Sandbox, **settings: object) -> Result:
    """Run the command in this process."""
    environment = environment_for(sandbox.url, **settings)
    return CliRunner().invoke(app, ["check", "--customer", "5690"], env=environment)


@pytest.mark.parametrize(
    ("lines", "credentials"),
    [([], ""), ([CREDENTIALS], "me:hunter2secret@")],
    ids=["open", "with credentials"],
)
@pytest.mark.usefixtures("nowhere")
def test_everything(
    sandbox: Sandbox,
    issue_token: IssueToken,
    relay: Relay,
    beyond: ScriptedProxy,
    tmp_path: Path,
    *,
    lines: list[str],
    credentials: str,
) -> None:
    """Rename, key set, token endpoint and `check` work through it, each by a tunnel."""
    with tinyproxy(tmp_path, forwarding(beyond), *lines) as proxy:
        settings = settings_behind(relay, proxy, tmp_path, credentials)
        checked = check(sandbox, **settings)
        with gateway_before(sandbox, **{**settings, "ca_file": str(settings["ca_file"])}) as url:
            client = Client(url, issue_token())
            with client.http:
                renamed = client.rename("5514123", {"name": "Best customers"})
        asked = proxy.requests()

    kinds = {line.split()[0] for line in checked.output.splitlines()}
    assert (checked.exit_code, kinds) == (0, {"ok"})
    assert renamed["__typename"] == "UpdateContactGroupSuccess"
    # beside the tunnels, `check` asks for the discovery of the issuer, which is on plain http
    tunnel, discovery = f"CONNECT {NAME}:{relay.port}", f"GET {sandbox.url}/.well-known/"
    others = [each for each in asked if each != tunnel]
    assert all(each.startswith(discovery) for each in others)
    assert asked.count(tunnel) >= 5  # three of each, of which `check` may share one


def test_plain_http(
    sandbox: Sandbox, issue_token: IssueToken, beyond: ScriptedProxy, tmp_path: Path
) -> None:
    """It is given the request itself."""
    port = sandbox.url.rpartition(":")[2]
    with tinyproxy(tmp_path, forwarding(beyond), CREDENTIALS) as proxy:
        changes = {
            "upstream_url": f"http://{NAME}:{port}",
            "proxy": f"http://me:hunter2secret@127.0.0.1:{proxy.port}",
            "no_proxy": "127.0.0.1",
        }
        with gateway_before(sandbox, **changes) as url:
            client = Client(url, issue_token())
            with client.http:
                renamed = client.rename("5514123", {"name": "Best customers"})
        asked = proxy.requests()

    assert renamed["__typename"] == "UpdateContactGroupSuccess"
    assert asked == [f"PATCH http://{NAME}:{port}/v1/contactGroups/5514123"]


REFUSALS: Final = {
    "wrong credentials": ([CREDENTIALS], "me:hunter3secret@", "401 Unauthorized"),
    "no credentials": ([CREDENTIALS], "", "407 Proxy Authentication Required"),
    "a port that is not let through": (["ConnectPort 1"], "", "403 Forbidden"),
}


@pytest.mark.parametrize(("lines", "credentials", "said"), REFUSALS.values(), ids=REFUSALS)
@pytest.mark.usefixtures("nowhere")
def test_a_refusal(
    sandbox: Sandbox,
    issue_token: IssueToken,
    relay: Relay,
    tmp_path: Path,
    logs: LogWatch,
    *,
    lines: list[str],
    credentials: str,
    said: str,
) -> None:
    """The write is not made, and log and `check` say what the proxy said."""
    with tinyproxy(tmp_path, *lines) as proxy:
        changes = {
            "upstream_url": f"https://{NAME}:{relay.port}",
            "proxy": f"http://{credentials}127.0.0.1:{proxy.port}",
            "no_proxy": "127.0.0.1",
        }
        checked = check(sandbox, **changes)
        with gateway_before(sandbox, **changes) as url:
            client = Client(url, issue_token())
            with client.http:
                response = client.post(RENAME, {"id": "5514123", "input": {"name": "Best"}})

    sentence = f"the proxy 127.0.0.1:{proxy.port} does not connect to {NAME}:{relay.port}: {said}"
    result = response.json()["data"]["updateContactGroup"]
    [line] = logs.lines(response.headers["X-Request-Id"])
    assert (result["__typename"], result["outcome"]) == ("UpstreamUnavailableError", "NOT_APPLIED")
    assert line["upstream_error"] == f"ConnectError: {sentence}"
    assert (checked.exit_code, sentence in checked.output) == (1, True)
    assert b"hunter" not in b"".join(
        each for each in logs.getvalue().splitlines() if b"proxy" in each
    )


def test_a_proxy_that_goes_away(
    sandbox: Sandbox, issue_token: IssueToken, relay: Relay, beyond: ScriptedProxy, tmp_path: Path
) -> None:
    """While it is gone, writes are not made; when it is back, they are."""
    with tinyproxy(tmp_path, forwarding(beyond)) as proxy:
        settings = {**settings_behind(relay, proxy, tmp_path), "upstream_auth": "passthrough"}
        with gateway_before(sandbox, **{**settings, "ca_file": str(settings["ca_file"])}) as url:
            client = Client(url, issue_token())
            with client.http:
                before = client.rename("5514123", {"name": "Best customers"})
                proxy.process.kill()
                proxy.process.wait()
                gone = client.rename("5514123", {"name": "Better customers"})
                with tinyproxy(tmp_path, forwarding(beyond), port=proxy.port):
                    back = client.rename("5514123", {"name": "Good customers"})

    assert [each["__typename"] for each in (before, gone, back)] == [
        "UpdateContactGroupSuccess",
        "UpstreamUnavailableError",
        "UpdateContactGroupSuccess",
    ]
    assert gone["outcome"] == "NOT_APPLIED"
