"""What `contact-gateway check` finds before something fails for it, and how it tells programs."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from contact_gateway.cli import app
from contact_gateway.sandbox import Sandbox
from tests.scripted_upstream import Answer, RecordedRequest, ScriptedUpstream, reply
from tests.servers import environment_for, free_port, gateway_before

pytestmark = pytest.mark.usefixtures("nowhere")

SETTINGS, UNUSABLE = 2, 1


def check(scripted: ScriptedUpstream, *options: str, **settings: object) -> Result:
    """Run the command with what is needed and these settings; what is no setting is in capitals."""
    given = {
        "upstream_url": scripted.url,
        "token_verification": "upstream",
        "port": 0,
        **settings,
    }
    environment = {
        name if name.isupper() else f"CONTACT_GATEWAY_{name.upper()}": str(value)
        for name, value in given.items()
    }
    return CliRunner().invoke(app, ["check", *options], env=environment)


def failures(result: Result) -> tuple[int, list[str]]:
    """The exit status, and the subjects of what failed."""
    lines = [line.split(maxsplit=1) for line in result.output.splitlines()]
    failed = [rest.partition(":")[0] for kind, rest in lines if kind == "FAILED"]
    return result.exit_code, failed


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of 127.0.0.1 on which somebody else listens, who answers 204 to everything."""
    with ScriptedUpstream() as other:
        yield int(other.url.rpartition(":")[2])


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::,127.0.0.1", "127.0.0.2,127.0.0.1"])  # noqa: S104
@pytest.mark.parametrize(
    ("setting", "subject"), [("port", "listening"), ("metrics_port", "listening for metrics")]
)
def test_a_port_that_is_taken(
    scripted: ScriptedUpstream, taken: int, host: str, setting: str, subject: str
) -> None:
    """It is found, whichever it is and whichever address is taken, and the setting is named."""
    result = check(scripted, host=host, **{setting: taken})

    assert failures(result) == (UNUSABLE, [subject])
    assert f"Set CONTACT_GATEWAY_{setting.upper()} to another port" in result.output


@pytest.mark.parametrize("host", ["192.0.2.1", "127.0.0.1,2001:db8::1", "nothing.invalid"])
def test_an_address_of_another_machine(scripted: ScriptedUpstream, host: str) -> None:
    """It is found, and nothing is said of the port."""
    result = check(scripted, host=host)

    assert failures(result) == (UNUSABLE, ["listening"])
    assert "Set CONTACT_GATEWAY_HOST to addresses of this machine." in result.output


def test_addresses_that_are_free(scripted: ScriptedUpstream) -> None:
    """All of them are named."""
    port = free_port()

    result = check(scripted, host="127.0.0.1,::1", port=port, metrics_port=free_port())

    assert result.exit_code == 0
    assert f"ok      listening: 127.0.0.1 and ::1, port {port}" in result.output
    assert "ok      listening for metrics: 127.0.0.1 and ::1, port " in result.output


@pytest.mark.parametrize("settings", [{}, {"metrics_port": 1}], ids=["one port", "two ports"])
def test_a_gateway_that_runs(
    scripted: ScriptedUpstream, sandbox: Sandbox, settings: dict[str, int]
) -> None:
    """Beside a gateway the command can be used too: its port is not taken by anybody else."""
    with gateway_before(sandbox, **settings) as url:
        port = url.rpartition(":")[2]
        result = check(scripted, port=port)

    line = f"ok      listening: 127.0.0.1, port {port}, where a gateway runs already"
    assert (result.exit_code, line in result.output) == (0, True)


def test_a_gateway_that_runs_behind_a_proxy(scripted: ScriptedUpstream, sandbox: Sandbox) -> None:
    """It is asked directly: the proxy would look for it on its own machine."""
    proxy = f"http://127.0.0.1:{free_port()}"
    with gateway_before(sandbox) as url:
        port = url.rpartition(":")[2]
        result = check(scripted, port=port, proxy=proxy)

    line = f"ok      listening: 127.0.0.1, port {port}, where a gateway runs already"
    assert (failures(result), line in result.output) == (
        (UNUSABLE, [f"upstream {scripted.url.partition(':')[0]}"]),
        True,
    )


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["for people", "for programs"])
def test_what_is_logged_elsewhere(scripted: ScriptedUpstream, options: list[str]) -> None:
    """It is found, and no line of a log is between the findings."""
    environment = {
        "CONTACT_GATEWAY_UPSTREAM_URL": scripted.url,
        "CONTACT_GATEWAY_TOKEN_VERIFICATION": "upstream",
        "CONTACT_GATEWAY_PORT": "0",
        "CONTACT_GATEWAY_PROXY": f"http://127.0.0.1:{free_port()}",
    }
    command = [sys.executable, "-m", "contact_gateway", "check", *options]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603

    if options:
        found = {each["ok"] for each in json.loads(ended.stdout)["findings"]}
    else:
        found = {line.split()[0] == "ok" for line in ended.stdout.splitlines()}
    assert (ended.returncode, found, "proxy_failed" in ended.stdout) == (1, {True, False}, False)
    assert ended.stderr == ""


@pytest.mark.parametrize(
    ("settings", "subject"),
    [
        ({"rate_limit_storage": "redis://:s3cret@127.0.0.1:9"}, "rate limit storage"),
        ({"upstream_deadline": 5, "upstream_attempt_timeout": 5.5}, "attempt timeout"),
        ({"upstream_deadline": 2}, "attempt timeout"),
    ],
)
def test_settings_that_do_not_go_together(
    scripted: ScriptedUpstream, settings: dict[str, object], subject: str
) -> None:
    """They are a failure of the settings, and nothing of their values is told but figures."""
    result = check(scripted, **settings)

    assert failures(result) == (SETTINGS, [subject])
    assert "s3cret" not in result.output


@pytest.mark.parametrize(("answer", "status"), [(reply(200), 0), (reply(404), 1), (reply(400), 1)])
@pytest.mark.parametrize("variable", ["ENDPOINT", "TRACES_ENDPOINT"])
def test_an_endpoint_for_traces(
    scripted: ScriptedUpstream, answer: Answer, status: int, variable: str
) -> None:
    """It is asked to take no spans, as OpenTelemetry's variables say."""
    with ScriptedUpstream() as collector:
        collector.answers(answer)
        address = f"{collector.url}/?secret=s3cret"
        result = check(scripted, **{f"OTEL_EXPORTER_OTLP_{variable}": address})
        asked = len(collector.received)

    assert failures(result) == (status, ["traces"] if status else [])
    assert (asked, "s3cret" in result.output) == (1, False)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "127.0.0.1:9", "http://[::1"])
def test_an_endpoint_for_traces_that_cannot_be_reached(
    scripted: ScriptedUpstream, address: str
) -> None:
    """It is a failure, whatever is wrong with it."""
    result = check(scripted, OTEL_EXPORTER_OTLP_ENDPOINT=address)

    assert failures(result) == (UNUSABLE, ["traces"])


def test_traces_without_the_extra(
    scripted: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace.export", None)

    result = check(scripted, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")

    assert failures(result) == (SETTINGS, ["traces"])
    assert "Install the extra contact-gateway[otel]" in result.output


def test_a_storage_without_the_extra(
    scripted: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line that every command ends with names it."""
    monkeypatch.setitem(sys.modules, "redis", None)

    result = check(scripted, rate_limit="1/second", rate_limit_storage="redis://127.0.0.1:9")

    [line] = result.output.splitlines()
    assert (result.exit_code, line.startswith("CONTACT_GATEWAY_RATE_LIMIT_STORAGE: ")) == (2, True)
    assert line.endswith("(the extra contact-gateway[redis] is missing)")


def issuer_that_says(name: str | None, keys: bytes) -> Any:
    """Answers of an issuer with a key set, whose discovery document has this name in it."""

    def respond(request: RecordedRequest) -> Answer:
        if request.target == "/keys":
            return reply(200, keys)
        if name is None or not request.target.endswith("/openid-configuration"):
            return reply(404)
        return reply(200, json.dumps({"issuer": name, "jwks_uri": "https://issuer.test/keys"}))

    return respond


@pytest.mark.parametrize(
    ("said", "status"), [(None, 0), ("itself", 0), ("https://other.test", 1), ("itself/", 1)]
)
def test_an_issuer_beside_its_discovery(
    sandbox: Sandbox, scripted: ScriptedUpstream, said: str | None, status: int
) -> None:
    """Where the key set is set, its own document must not say that it is another issuer."""
    keys = json.dumps(sandbox.tokens.key_set()).encode()
    name = said.replace("itself", scripted.url) if said else None
    scripted.responds(issuer_that_says(name, keys))
    changes = {"jwt_issuer": scripted.url, "jwt_jwks_url": f"{scripted.url}/keys", "port": 0}

    result = CliRunner().invoke(app, ["check"], env=environment_for(sandbox.url, **changes))

    assert failures(result) == (status, [f"issuer {scripted.url}".partition(":")[0]] * status)
    assert ("names another issuer" in result.output) == bool(status)


def test_findings_for_programs(scripted: ScriptedUpstream, taken: int) -> None:
    """They are one document, with the status that the command ends with."""
    result = check(scripted, "--json", port=taken)

    document = json.loads(result.stdout)
    assert (result.exit_code, document["status"]) == (1, 1)
    assert [(each["ok"], each["subject"]) for each in document["findings"]] == [
        (True, "settings"),
        (False, "listening"),
        (True, f"upstream {scripted.url}"),
    ]
    assert {tuple(each) for each in document["findings"]} == {("ok", "subject", "found", "advice")}
    assert [each["advice"] is None for each in document["findings"]] == [True, False, True]


def test_wrong_settings_for_programs(scripted: ScriptedUpstream) -> None:
    """Each line is a finding."""
    result = check(scripted, "--json", port="x", workers=0)

    document = json.loads(result.stdout)
    assert (result.exit_code, document["status"]) == (2, 2)
    assert [
        (each["ok"], each["subject"], each["found"].partition(":")[0])
        for each in document["findings"]
    ] == [
        (False, "settings", "CONTACT_GATEWAY_PORT"),
        (False, "settings", "CONTACT_GATEWAY_WORKERS"),
    ]
