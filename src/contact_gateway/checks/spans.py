"""Whether spans arrive, where OpenTelemetry's variables have them sent somewhere."""

import asyncio
from collections.abc import AsyncIterator

from contact_gateway.checks.findings import Finding, Status
from contact_gateway.observation.exporting import MissingExtraError, is_exporting, try_to_export

__all__ = ["check_spans"]


async def check_spans() -> AsyncIterator[Finding]:
    """A finding where they are sent anywhere; none of them is sent."""
    if not is_exporting():
        return
    subject = "traces"
    try:
        taken = await asyncio.to_thread(try_to_export)
    except MissingExtraError as error:
        advice = f"Install {error.extra}: without it there are no traces."
        yield Finding(subject, f"{error.extra} is not installed", advice, Status.SETTINGS)
        return
    yield (
        Finding(subject, "they are taken")
        if taken
        else Finding(
            subject,
            "nobody takes them",
            "See that OTEL_EXPORTER_OTLP_ENDPOINT (or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) is that "
            "of a collector over HTTP, and that this machine reaches it.",
        )
    )
