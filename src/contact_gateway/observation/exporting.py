"""Sending spans away over OTLP, as OpenTelemetry's own environment variables say."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from opentelemetry import trace

__all__ = ["exported_traces"]

_ASKED_FOR = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
)

_log = structlog.get_logger(__name__)


@contextmanager
def exported_traces() -> Iterator[None]:
    """Export this process's spans while the block lasts, if an endpoint is set.

    It needs the extra [otel]; without it the log says `traces_off`.
    """
    if not any(map(os.environ.get, _ASKED_FOR)):
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        _log.warning("traces_off", missing="the extra contact-gateway[otel]")
        yield
        return
    # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over the name here
    name = os.environ.get("OTEL_SERVICE_NAME", "contact-gateway")
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()
