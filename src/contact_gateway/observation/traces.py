"""Spans by OpenTelemetry's semantic conventions: the request, its operation, each upstream attempt.

What a client can expect to go wrong is no error of a span: only what a person should look at is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Scope

from contact_gateway.forms.header_fields import values_of

__all__ = ["Traces"]

_PROPAGATOR = TraceContextTextMapPropagator()
_NAME = "contact_gateway"


class Traces:
    """Makes spans with one tracer. Where nobody records, there is none of these."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    @classmethod
    def of_process(cls) -> "Traces | None":
        """With the tracer provider of this process, or None where nobody has set one."""
        provider = trace.get_tracer_provider()
        if isinstance(provider, trace.ProxyTracerProvider | trace.NoOpTracerProvider):
            return None
        return cls(provider.get_tracer(_NAME))

    @contextmanager
    def request(self, scope: Scope) -> Iterator[Span]:
        """The span of a request to /graphql, below that of the caller if it names one.

        HTTP server spans: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
        """
        given = values_of(scope["headers"], b"traceparent")
        carrier = {"traceparent": given[0].decode("latin-1")} if len(given) == 1 else {}
        attributes = {
            "http.request.method": scope["method"],
            "http.route": scope["path"],
            "url.path": scope["path"],
            "url.scheme": scope["scheme"],
        }
        with self._tracer.start_as_current_span(
            f"{scope['method']} {scope['path']}",
            _PROPAGATOR.extract(carrier),
            SpanKind.SERVER,
            attributes,
            record_exception=False,  # its message might say too much
        ) as span:
            yield span

    @contextmanager
    def operation(self, kind: str, name: str | None) -> Iterator[Span]:
        """The span of an operation; its document is not in it.

        GraphQL spans: https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/
        """
        attributes = {"graphql.operation.type": kind}
        if name is not None:
            attributes["graphql.operation.name"] = name
        with self._tracer.start_as_current_span(
            kind, attributes=attributes, record_exception=False
        ) as span:
            yield span

    @contextmanager
    def attempt(self, method: str, address: str, port: int, resends: int) -> Iterator[Span]:
        """The span of one attempt at an upstream call; no URL is in it, because ids would be.

        HTTP client spans: as for `request`. An exception is an error of the span by its type.
        """
        attributes: dict[str, str | int] = {
            "http.request.method": method,
            "server.address": address,
            "server.port": port,
        }
        if resends:
            attributes["http.request.resend_count"] = resends
        with self._tracer.start_as_current_span(
            method,
            kind=SpanKind.CLIENT,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except Exception as error:
                failed(span, type(error).__name__)
                raise

    @staticmethod
    def traceparent() -> str:
        """The header that makes the upstream's spans children of the current one."""
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier)
        return carrier.get("traceparent", "")


def answered(span: Span, status: int) -> None:
    """Note the status of an HTTP answer; a 5xx is an error of the span."""
    span.set_attribute("http.response.status_code", status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        failed(span, str(status))


def failed(span: Span, kind: str) -> None:
    """Mark a span as one to look at."""
    span.set_attribute("error.type", kind)
    span.set_status(Status(StatusCode.ERROR))
