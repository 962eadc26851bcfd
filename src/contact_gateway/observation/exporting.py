"""Sending spans away over OTLP, as OpenTelemetry's own environment variables say."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from opentelemetry import trace

__all__ = ["MissingExtraError", "exported_traces", "is_exporting", "try_to_export"]

_ASKED_FOR = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
)

_SECONDS_TO_TRY = 2

_log = structlog.get_logger(__name__)


class MissingExtraError(Exception):
    """Something is asked for that this `extra` brings, and it is not installed."""

    extra = "the extra contact-gateway[otel]"


def is_exporting() -> bool:
    """Whether OpenTelemetry's variables have spans sent anywhere."""
    return any(map(os.environ.get, _ASKED_FOR))


def try_to_export() -> bool:
    """Whether spans are taken where they are sent, as OpenTelemetry's variables say; sends none.

    It takes some seconds at the most.

    Raises:
        MissingExtraError: there is nothing to send them with.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.trace.export import SpanExportResult  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError from None
    # it would say in its own words why not, with the address, which may have a secret in it
    logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL + 1)
    try:
        exporter = OTLPSpanExporter(timeout=_SECONDS_TO_TRY)
        return exporter.export([]) is SpanExportResult.SUCCESS
    except Exception:  # noqa: BLE001 - an address that is none raises whatever requests does
        return False


@contextmanager
def exported_traces() -> Iterator[None]:
    """Export this process's spans while the block lasts, if an endpoint is set.

    It needs the extra [otel]; without it the log says `traces_off`.
    """
    if not is_exporting():
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
        _log.warning("traces_off", missing=MissingExtraError.extra)
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
