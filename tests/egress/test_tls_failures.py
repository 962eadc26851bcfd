"""Why TLS failed is said: in `check`, in the log, and to the caller that nothing was changed."""

import contextlib
import datetime as dt
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import trustme
from cryptography import x509
from typer.testing import CliRunner

from contact_gateway.cli import app
from contact_gateway.egress import Egress
from contact_gateway.rest_client import HTTP11Transport
from contact_gateway.rest_client.problems import ConnectError
from contact_gateway.rest_client.sending import Sender
from contact_gateway.sandbox import Sandbox
from contact_gateway.settings import Settings
from tests.client import RENAME, Client
from tests.conftest import IssueToken
from tests.egress.tls_relay import Certified, relay_to, server_context
from tests.log_watch import LogWatch
from tests.rest_client.stack import call, run
from tests.servers import gateway_before, settings_for

OURS: Final = trustme.CA(organization_name="Ours")
THEIRS: Final = trustme.CA(organization_name="Theirs")
NAME_OF_THEIRS: Final = x509.load_pem_x509_certificate(
    THEIRS.cert_pem.bytes()
).subject.rfc4514_string()
HERE: Final = "127.0.0.1"
PAST: Final = dt.datetime(2001, 2, 3, tzinfo=dt.UTC)
FUTURE: Final = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(days=30)


def self_signed() -> ssl.SSLContext:
    """A server whose certificate no authority has signed."""
    context = server_context()
    with THEIRS.private_key_pem.tempfile() as key, THEIRS.cert_pem.tempfile() as certificate:
        context.load_cert_chain(certificate, key)
    return context


@dataclass(frozen=True)
class Case:
    """A server, what is said of it (with its address for {}), and the further fields of the log."""

    server: Callable[[], ssl.SSLContext | None]
    fault: str
    said: str
    fields: Mapping[str, str] = field(default_factory=dict)
    certified: bool = False
    advice: str = ""


CASES: Final = {
    "expired": Case(
        lambda: server_context(OURS.issue_cert(HERE, not_before=PAST, not_after=PAST)),
        "certificate_expired",
        "the certificate of {} expired on 2001-02-03T00:00:00+00:00",
        {"not_after": "2001-02-03T00:00:00+00:00"},
        advice="clock",
    ),
    "not yet valid": Case(
        lambda: server_context(
            OURS.issue_cert(HERE, not_before=FUTURE, not_after=FUTURE + dt.timedelta(days=1))
        ),
        "certificate_not_yet_valid",
        f"the certificate of {{}} is not valid before {FUTURE.isoformat()}",
        {"not_before": FUTURE.isoformat()},
        advice="clock",
    ),
    "other names": Case(
        lambda: server_context(OURS.issue_cert("a.example.test", "*.b.example.test", "10.0.0.1")),
        "certificate_for_other_names",
        "the certificate of {} is for a.example.test, *.b.example.test, 10.0.0.1, "
        "and not for 127.0.0.1",
        {"names": "a.example.test, *.b.example.test, 10.0.0.1"},
        advice="a name that the certificate has",
    ),
    "an authority that is not known": Case(
        lambda: server_context(THEIRS.issue_cert(HERE)),
        "authority_unknown",
        f"the certificate of {{}} is of an authority that is not known here: {NAME_OF_THEIRS}",
        {"issuer": NAME_OF_THEIRS},
        advice="CA_FILE",
    ),
    "signed by itself": Case(
        self_signed,
        "certificate_self_signed",
        "the certificate of {} is signed by itself, and by no authority",
        {"subject": NAME_OF_THEIRS},
        advice="CA_FILE",
    ),
    "wants a certificate": Case(
        lambda: server_context(OURS.issue_cert(HERE), clients=OURS),
        "client_certificate_wanted",
        "{} wants a client certificate",
        advice="UPSTREAM_CLIENT_CERTIFICATE",
    ),
    "wants a certificate, in TLS 1.2": Case(
        lambda: server_context(OURS.issue_cert(HERE), clients=OURS, newest=ssl.TLSVersion.TLSv1_2),
        "client_certificate_wanted",
        "{} wants a client certificate",
        advice="UPSTREAM_CLIENT_CERTIFICATE",
    ),
    "wants another certificate": Case(
        lambda: server_context(OURS.issue_cert(HERE), clients=THEIRS),
        "client_certificate_refused",
        "{} refuses the client certificate: its authority is unknown there",
        certified=True,
        advice="one that it accepts",
    ),
    "wants another certificate, in TLS 1.2": Case(
        lambda: server_context(
            OURS.issue_cert(HERE), clients=THEIRS, newest=ssl.TLSVersion.TLSv1_2
        ),
        "client_certificate_refused",
        "{} refuses the client certificate: its authority is unknown there",
        certified=True,
        advice="one that it accepts",
    ),
    "TLS 1.1 only": Case(
        lambda: server_context(OURS.issue_cert(HERE), newest=ssl.TLSVersion.TLSv1_1),
        "tls_version_not_agreed",
        "{} speaks TLSv1.1, and no version of TLS that is safe",
        {"version": "TLSv1.1"},
        advice="1.2 or 1.3",
    ),
    "no TLS": Case(lambda: None, "no_tls", "{} does not speak TLS", advice="begin with http"),
}


@contextlib.contextmanager
def served(case: Case, upstream: str) -> Iterator[str]:
    """Serve an upstream as a case has it; host and port of the server."""
    context = case.server()
    if context is None:
        yield upstream.removeprefix("http://")
        return
    with relay_to(upstream, context) as relay:
        yield f"{HERE}:{relay.port}"


def settings_of(case: Case, folder: Path) -> dict[str, str]:
    """The settings of a gateway that trusts our authority, and has a certificate of it or not."""
    authorities = folder / "authorities.pem"
    authorities.write_bytes(OURS.cert_pem.bytes())
    own = Certified.issued(OURS, folder, "gateway").settings() if case.certified else {}
    return {"ca_file": str(authorities), **own}


def told_of(server: str, logs: LogWatch) -> list[dict[str, Any]]:
    """What the log says of TLS with a server, without what every line has; {} for the server."""
    lines = [line for line in logs.lines(server) if line["event"] == "tls_failed"]
    names = [name for name in lines[0] if name not in {"event", "level", "logger", "timestamp"}]
    return [{name: line[name].replace(server, "{}") for name in names} for line in lines]


async def written(url: str, settings: Settings, times: int) -> list[str]:
    """The failures of some writes, one after the other."""
    failures = []
    async with HTTP11Transport(way=Egress(settings).to_rest_api) as transport:
        sender = Sender(transport, url, 5)
        for _ in range(times):
            with pytest.raises(ConnectError) as caught:
                await sender.send(call("PATCH"))
            failures.append(str(caught.value))
    return failures


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_writes(case: Case, sandbox: Sandbox, tmp_path: Path, logs: LogWatch) -> None:
    """They are not made, which is certain; the log says once why, in its fields too."""
    with served(case, sandbox.url) as server:
        url = f"https://{server}"
        settings = settings_for(sandbox.url, upstream_url=url, **settings_of(case, tmp_path))
        failures = run(written(url, settings, 2))

    said = case.said.replace("{}", server)
    assert [failure.partition(": ")[2] for failure in failures] == [said, said]
    [fields] = told_of(server, logs)
    assert fields == {"server": "{}", "reason": case.said, "fault": case.fault, **case.fields}
    assert [*sandbox.received] == []


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.usefixtures("nowhere")
def test_check(case: Case, sandbox: Sandbox, tmp_path: Path) -> None:
    """It says why, and what to do."""
    with served(case, sandbox.url) as server:
        settings = {
            "upstream_url": f"https://{server}",
            "token_verification": "upstream",
            **settings_of(case, tmp_path),
        }
        variables = {f"CONTACT_GATEWAY_{name.upper()}": text for name, text in settings.items()}
        result = CliRunner().invoke(app, ["check"], env=variables)

    line = result.output.splitlines()[-1].replace(server, "{}")
    beginning, _, advice = line.partition(f": {case.said}. ")
    assert (result.exit_code, beginning.rpartition(": SSL")[0], case.advice in advice) == (
        1,
        "FAILED  upstream https://{}: ConnectError",
        True,
    )


@pytest.mark.parametrize("name", ["expired", "wants a certificate"])
def test_a_rename(
    name: str, sandbox: Sandbox, issue_token: IssueToken, tmp_path: Path, logs: LogWatch
) -> None:
    """The caller knows that it is not made, and the log of the request why."""
    with served(CASES[name], sandbox.url) as server:
        changes = {"upstream_url": f"https://{server}", **settings_of(CASES[name], tmp_path)}
        with gateway_before(sandbox, **changes) as url:
            client = Client(url, issue_token())
            with client.http:
                response = client.post(RENAME, {"id": "5514123", "input": {"name": "Best"}})

    result = response.json()["data"]["updateContactGroup"]
    [line] = logs.lines(response.headers["X-Request-Id"])
    assert (result["__typename"], result["outcome"], result["retryable"]) == (
        "UpstreamUnavailableError",
        "NOT_APPLIED",
        True,
    )
    assert line["upstream_error"].endswith(CASES[name].said.replace("{}", server))
