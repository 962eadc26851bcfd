"""Spans, as an exporter gets them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from structlog.testing import capture_logs

from contact_gateway.app import build_app
from contact_gateway.observation import Traces
from contact_gateway.observation.exporting import exported_traces
from contact_gateway.sandbox import Sandbox
from tests.client import RENAME, Client, open_http
from tests.conftest import IssueToken
from tests.log_watch import CANARY_NAME
from tests.scripted_upstream import DROP, ScriptedUpstream, reply
from tests.servers import gateway_process, running_app, settings_for

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> InMemorySpanExporter:
    """Where the spans of a test go."""
    return InMemorySpanExporter()


@pytest.fixture
def traced(
    sandbox: Sandbox,
    scripted: ScriptedUpstream,
    issue_token: IssueToken,
    spans: InMemorySpanExporter,
) -> Iterator[Client]:
    """A client of a gateway in front of `scripted` whose spans are exported."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    settings = settings_for(sandbox.url, upstream_url=scripted.url)
    app = build_app(settings, traces=Traces(provider.get_tracer("test")))
    with running_app(app, settings) as url, open_http() as http:
        yield Client(url, issue_token(), http=http)


def rename(client: Client) -> None:
    """Rename a group, as part of a caller's trace."""
    variables = {"id": "5514123", "input": {"name": CANARY_NAME}}
    client.post(RENAME, variables, traceparent=CALLER)


def described(spans: InMemorySpanExporter) -> list[tuple[str, SpanKind, StatusCode]]:
    """Name, kind and status of each span, the outermost first."""
    finished = sorted(spans.get_finished_spans(), key=lambda span: span.start_time or 0)
    return [(span.name, span.kind, span.status.status_code) for span in finished]


def by_name(spans: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    """The spans by their names."""
    return {span.name: span for span in spans.get_finished_spans()}


def test_a_change(traced: Client, scripted: ScriptedUpstream, spans: InMemorySpanExporter) -> None:
    """Three spans, each the child of the one before, in the trace of the caller, and upstream."""
    rename(traced)

    found = by_name(spans)
    request, operation, attempt = (found[name] for name in ("POST /graphql", "mutation", "PATCH"))
    assert described(spans) == [
        ("POST /graphql", SpanKind.SERVER, StatusCode.UNSET),
        ("mutation", SpanKind.INTERNAL, StatusCode.UNSET),
        ("PATCH", SpanKind.CLIENT, StatusCode.UNSET),
    ]
    assert [
        span.parent and f"{span.parent.span_id:016x}" for span in (request, operation, attempt)
    ] == [
        "b7ad6b7169203331",
        *(f"{span.context.span_id:016x}" for span in (request, operation)),
    ]
    assert scripted.received[0].header("traceparent") == (
        f"00-0af7651916cd43dd8448eb211c80319c-{attempt.context.span_id:016x}-01",
    )


def test_attributes(traced: Client, spans: InMemorySpanExporter) -> None:
    """They are those of the semantic conventions, and hold no document, id or name."""
    rename(traced)

    found = {name: dict(span.attributes or {}) for name, span in by_name(spans).items()}
    port = found["PATCH"].pop("server.port")
    assert isinstance(port, int)
    assert found == {
        "POST /graphql": {
            "http.request.method": "POST",
            "http.route": "/graphql",
            "url.path": "/graphql",
            "url.scheme": "http",
            "http.response.status_code": 200,
        },
        "mutation": {"graphql.operation.type": "mutation", "graphql.operation.name": "Rename"},
        "PATCH": {
            "http.request.method": "PATCH",
            "server.address": "127.0.0.1",
            "http.response.status_code": 204,
        },
    }


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 429])
def test_an_expected_failure(
    traced: Client, scripted: ScriptedUpstream, spans: InMemorySpanExporter, status: int
) -> None:
    """What the schema has a type for is no error of any span."""
    scripted.answers(reply(status, "{}"))

    rename(traced)

    assert {code for _, _, code in described(spans)} == {StatusCode.UNSET}


def test_an_upstream_that_is_silent(
    traced: Client, scripted: ScriptedUpstream, spans: InMemorySpanExporter
) -> None:
    """Each attempt has a span with an error, by type and not by message; the request has none."""
    scripted.answers(DROP)

    rename(traced)

    attempts = [each for each in spans.get_finished_spans() if each.kind is SpanKind.CLIENT]
    assert len(attempts) > 1
    assert {(each.status.status_code, each.events) for each in attempts} == {(StatusCode.ERROR, ())}
    assert {(each.attributes or {})["error.type"] for each in attempts} == {"NotAnsweredError"}
    assert described(spans)[0][2] is StatusCode.UNSET


def test_a_refused_request(traced: Client, spans: InMemorySpanExporter) -> None:
    """There is one span, without an error: 4xx is the caller's."""
    traced.http.post(f"{traced.url}/graphql")

    assert described(spans) == [("POST /graphql", SpanKind.SERVER, StatusCode.UNSET)]


def test_an_endpoint_to_export_to(
    sandbox: Sandbox,
    scripted: ScriptedUpstream,
    issue_token: IssueToken,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """`serve` sends its spans there, the last ones before it ends."""
    scripted.answers(reply(200))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", scripted.url)
    with gateway_process(sandbox, tmp_path / "log", drain_pause=0) as gateway:
        with open_http() as http:
            Client(gateway.url, issue_token(), http=http).post("query Named { __typename }")
        gateway.process.terminate()
        status = gateway.process.wait(30)

    sent = [request for request in scripted.received if request.target == "/v1/traces"]
    body = b"".join(request.body for request in sent)
    assert status == 0
    assert [word in body for word in (b"contact-gateway", b"POST /graphql", b"Named")] == [True] * 3


def test_an_endpoint_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway serves without spans, and its log says what is missing."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with capture_logs() as logs, exported_traces():
        traces = Traces.of_process()

    assert (traces, [line["event"] for line in logs]) == (None, ["traces_off"])


def test_nobody_records() -> None:
    """Without a tracer provider there are no spans at all, not even empty ones."""
    assert Traces.of_process() is None
