"""PROXY: everything goes out through it, and what it refuses itself is said."""

from pathlib import Path
from typing import Final

import pytest
import trustme
from typer.testing import CliRunner, Result

from contact_gateway.cli import app
from contact_gateway.egress import Egress
from contact_gateway.rest_client import HTTP11Transport
from contact_gateway.rest_client.problems import ConnectError
from contact_gateway.rest_client.sending import Sender
from contact_gateway.sandbox import Sandbox
from contact_gateway.sandbox.token_issuer import CLIENTS
from contact_gateway.settings import load_settings
from tests.client import RENAME, Client
from tests.conftest import IssueToken
from tests.egress.proxies import scripted_proxy
from tests.egress.tls_relay import relay_to, server_context
from tests.log_watch import LogWatch
from tests.rest_client.stack import call, run
from tests.servers import free_port, gateway_before

OURS: Final = trustme.CA()
NAME: Final = "upstream.corp.test"  # which nobody but the proxy finds
OWN_TOKEN: Final = {
    "upstream_auth": "client_credentials",
    "upstream_client_id": CLIENTS["gateway"].id,
    "upstream_client_secret": CLIENTS["gateway"].secret,
}


def port_of(url: str) -> str:
    """The port of a URL."""
    return url.rpartition(":")[2]


def check(**settings: object) -> Result:
    """Run the command, with these settings beside those of the environment."""
    variables = {f"CONTACT_GATEWAY_{name.upper()}": str(text) for name, text in settings.items()}
    return CliRunner().invoke(app, ["check", "--customer", "5690"], env=variables)


def authorities(folder: Path) -> str:
    """A file with our authority."""
    path = folder / "authorities.pem"
    path.write_bytes(OURS.cert_pem.bytes())
    return str(path)


async def written(url: str, proxy: str, seconds: float = 5) -> str:
    """The failure of a write through a proxy."""
    settings = load_settings(
        _env_file=None, upstream_url=url, token_verification="upstream", proxy=proxy
    )
    async with HTTP11Transport(way=Egress(settings).to_rest_api) as transport:
        with pytest.raises(ConnectError) as caught:
            await Sender(transport, url, seconds).send(call("PATCH"))
    return str(caught.value)


def test_plain_http(sandbox: Sandbox, issue_token: IssueToken) -> None:
    """The request itself is given to the proxy, with credentials that are percent-decoded."""
    port = port_of(sandbox.url)
    with scripted_proxy() as proxy:
        changes = {
            "upstream_url": f"http://{NAME}:{port}",
            "proxy": f"http://me:p%40%3Ass@127.0.0.1:{proxy.port}",
            "no_proxy": "127.0.0.0/8",
        }
        with gateway_before(sandbox, **changes) as url:
            client = Client(url, issue_token())
            with client.http:
                result = client.rename("5514123", {"name": "Best customers"})

    assert result["__typename"] == "UpdateContactGroupSuccess"
    assert proxy.heads == [f"PATCH http://{NAME}:{port}/v1/contactGroups/5514123 HTTP/1.1 me:p@:ss"]


def test_everything(sandbox: Sandbox, issue_token: IssueToken, tmp_path: Path) -> None:
    """REST API, token endpoint and key set are all reached through tunnels, and by no other way.

    Token and key set are asked for a second time where the answer takes a moment.
    """
    context = server_context(OURS.issue_cert(NAME))
    with scripted_proxy() as proxy, relay_to(sandbox.url, context) as relay:
        base = f"https://{NAME}:{relay.port}"
        changes = {
            **OWN_TOKEN,
            "upstream_url": base,
            "upstream_token_url": f"{base}/auth/tokens",
            "jwt_jwks_url": f"{base}/.well-known/jwks.json",
            "proxy": f"http://me@127.0.0.1:{proxy.port}",
            "ca_file": authorities(tmp_path),
        }
        with gateway_before(sandbox, **changes) as url:
            client = Client(url, issue_token())
            with client.http:
                result = client.rename("5514123", {"name": "Best customers"})

    assert result["__typename"] == "UpdateContactGroupSuccess"
    assert set(proxy.heads) == {f"CONNECT {NAME}:{relay.port} HTTP/1.1 me:"}
    assert 3 <= len(proxy.heads) <= 5


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "127.0.0.0/8", "*", "127.0.0.1:{}"])
def test_no_proxy(sandbox: Sandbox, issue_token: IssueToken, no_proxy: str) -> None:
    """Who is named there is spoken to directly."""
    changes = {
        "proxy": f"http://127.0.0.1:{free_port()}",
        "no_proxy": no_proxy.format(port_of(sandbox.url)),
    }
    with gateway_before(sandbox, **changes) as url:
        client = Client(url, issue_token())
        with client.http:
            result = client.rename("5514123", {"name": "Best customers"})

    assert result["__typename"] == "UpdateContactGroupSuccess"


def head(status: str, *lines: str) -> bytes:
    """An answer of the proxy."""
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "Content-Length: 0", "", ""]).encode()


TARGET: Final = f"{NAME}:443"
OTHERS: Final = "negotiate or ntlm or digest"
REFUSALS: Final = {
    "407": (
        head("407 Who are you", "Proxy-Authenticate: Basic realm=x"),
        f"does not connect to {TARGET}: 407 Proxy Authentication Required",
    ),
    "407 of other schemes": (
        head("407 No", 'Proxy-Authenticate: Negotiate, NTLM, Digest realm="a, Basic", qop=auth'),
        f"does not connect to {TARGET}: 407 Proxy Authentication Required, and wants {OTHERS}",
    ),
    "403": (head("403 No"), f"does not connect to {TARGET}: 403 Forbidden"),
    "502": (head("502 No"), f"does not connect to {TARGET}: 502 Bad Gateway"),
    "of its own": (head("599 hunter2"), f"does not connect to {TARGET}: 599"),
    "a redirect": (head("302 No", "Location: /"), f"does not connect to {TARGET}: 302 Found"),
    "nothing": (b"", "closes the connection in place of an answer"),
    "half a head": (b"HTTP/1.1 200 OK\r\n", "closes the connection in place of an answer"),
    "another protocol": (b"SSH-2.0\r\n\r\n", "does not answer in HTTP/1"),
    "too much": (
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000,
        "does not come to the end of its answer",
    ),
    "1xx without end": (
        b"HTTP/1.1 103 Early\r\n\r\n" * 1000,
        "does not come to the end of its answer",
    ),
    "more than the head": (
        b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        "sends what nobody has asked for",
    ),
}


@pytest.mark.parametrize(("answer", "said"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal(answer: bytes, said: str) -> None:
    """Nothing was sent, and the proxy is named: it is not the REST API that refuses."""
    with scripted_proxy(answer) as proxy:
        failure = run(written(f"https://{NAME}", f"http://me:hunter2@127.0.0.1:{proxy.port}"))

    assert failure == f"the proxy 127.0.0.1:{proxy.port} {said}"


def test_interim_answers() -> None:
    """What comes before the answer to CONNECT is read over."""
    with scripted_proxy(b"HTTP/1.1 100 Continue\r\n\r\n" + head("503 No")) as proxy:
        failure = run(written(f"https://{NAME}", f"http://127.0.0.1:{proxy.port}"))

    assert failure.endswith(f"does not connect to {TARGET}: 503 Service Unavailable")


def test_a_proxy_that_hangs() -> None:
    """It ends with the attempt, and the proxy is named."""
    with scripted_proxy(b"HTTP/1.1 200 OK\r\n") as proxy:
        proxy.hangs = True
        url = f"http://127.0.0.1:{proxy.port}"
        failure = run(written(f"https://{NAME}", url, seconds=0.2))

    assert failure == (
        f"there is no connection through the proxy 127.0.0.1:{proxy.port}: TimeoutError"
    )


def test_407_to_plain_http() -> None:
    """It can only be the proxy's own, and nothing has reached the REST API."""
    answer = head("407 No", "Proxy-Authenticate: Basic realm=x")
    with scripted_proxy(answer) as proxy:
        failure = run(written(f"http://{NAME}:81", f"http://127.0.0.1:{proxy.port}"))

    assert failure == (
        f"the proxy 127.0.0.1:{proxy.port} does not connect to {NAME}:81: "
        "407 Proxy Authentication Required"
    )


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_gone(
    sandbox: Sandbox, issue_token: IssueToken, logs: LogWatch, scheme: str
) -> None:
    """The write is not made, which is true; the log names the proxy, and none of its secrets."""
    port = free_port()
    changes = {
        "upstream_url": f"{scheme}://{NAME}",
        "proxy": f"http://me:hunter2secret@127.0.0.1:{port}",
        "no_proxy": "127.0.0.1",
    }
    with gateway_before(sandbox, **changes) as url:
        client = Client(url, issue_token())
        with client.http:
            response = client.post(RENAME, {"id": "5514123", "input": {"name": "Best"}})

    result = response.json()["data"]["updateContactGroup"]
    [line] = logs.lines(response.headers["X-Request-Id"])
    assert (result["__typename"], result["outcome"]) == ("UpstreamUnavailableError", "NOT_APPLIED")
    assert line["upstream_error"] == (
        f"ConnectError: the proxy 127.0.0.1:{port} cannot be reached: ConnectionRefusedError"
    )
    [told] = [each for each in logs.lines(f"127.0.0.1:{port}") if each["event"] == "proxy_failed"]
    assert (told["server"], told["reason"]) == (
        f"{NAME}:{443 if scheme == 'https' else 80}",
        f"the proxy 127.0.0.1:{port} cannot be reached: ConnectionRefusedError",
    )
    assert b"hunter2secret" not in logs.getvalue()


@pytest.mark.usefixtures("nowhere")
def test_check(sandbox: Sandbox, tmp_path: Path) -> None:
    """It says which proxy, and that all is well behind it."""
    context = server_context(OURS.issue_cert(NAME))
    with scripted_proxy() as proxy, relay_to(sandbox.url, context) as relay:
        result = check(
            upstream_url=f"https://{NAME}:{relay.port}",
            upstream_token_url=f"https://{NAME}:{relay.port}/auth/tokens",
            **OWN_TOKEN,
            token_verification="jwks",
            jwt_issuer=sandbox.url,
            jwt_audience="contact-gateway",
            jwt_jwks_url=f"https://{NAME}:{relay.port}/.well-known/jwks.json",
            jwt_customer_claim="customer_id",
            ca_file=authorities(tmp_path),
            proxy=f"http://me:hunter2@127.0.0.1:{proxy.port}",
        )

    kinds = [line.split()[0] for line in result.output.splitlines()]
    assert (result.exit_code, kinds, "hunter2" in result.output) == (0, ["ok"] * 6, False)
    assert f"proxy 127.0.0.1:{proxy.port}: what goes out over HTTP goes through it" in result.output


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (407, "CONTACT_GATEWAY_PROXY has the user"),
        (403, "CONTACT_GATEWAY_NO_PROXY"),
        (502, "proxy"),
    ],
)
@pytest.mark.usefixtures("nowhere")
def test_check_of_a_refusal(status: int, advice: str) -> None:
    """It says what to do about the proxy, and not about the REST API."""
    with scripted_proxy(head(f"{status} No")) as proxy:
        result = check(
            upstream_url=f"https://{NAME}",
            token_verification="upstream",
            proxy=f"http://me:hunter2@127.0.0.1:{proxy.port}",
        )

    line = result.output.splitlines()[-1]
    said = f"the proxy 127.0.0.1:{proxy.port} does not connect to {TARGET}: {status}"
    assert (result.exit_code, said in line, advice in line.partition(f": {status}")[2]) == (
        1,
        True,
        True,
    )


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.usefixtures("nowhere")
def test_a_proxy_of_others(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, name: str) -> None:
    """That the gateway does not use it is told, and its value is not."""
    for other in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        for each in (other, other.lower()):
            monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, "http://me:hunter2@127.0.0.1:9")

    result = check(upstream_url=sandbox.url, token_verification="upstream")

    assert (result.exit_code, "hunter2" in result.output) == (0, False)
    assert result.output.splitlines()[1] == (
        f"ok      proxy: the gateway does not read {name.upper()}: without CONTACT_GATEWAY_PROXY "
        "it sends everything directly"
    )


def test_what_is_shown() -> None:
    """Neither settings nor the proxy made of them show its credentials."""
    settings = load_settings(
        _env_file=None,
        upstream_url="https://localhost",
        token_verification="upstream",
        proxy="http://me:hunter2@proxy.test:3128",
    )
    proxy = Egress(settings).to_others.proxy_for("localhost", 443)

    assert (str(proxy), "hunter2" in f"{settings!r}", "bWU6" in f"{proxy!r}") == (
        "proxy.test:3128",
        False,
        False,
    )
