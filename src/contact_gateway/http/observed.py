"""Watching the endpoint: a log line, metrics and a span for each request."""

from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from contact_gateway.observation import Metrics, RequestRecord, Traces, log_request
from contact_gateway.observation.traces import answered

__all__ = ["RECORD", "Observed"]

RECORD: Final = "contact_gateway.record"
"""Where the `RequestRecord` of a request is in its ASGI scope."""

_CLIENT_GONE: Final = 499  # nginx's word for it: there is no reply


@dataclass(frozen=True, slots=True)
class Observed:
    """The GraphQL endpoint, observed; its replies are the endpoint's own."""

    endpoint: ASGIApp
    metrics: Metrics
    traces: Traces | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        record = scope[RECORD] = RequestRecord()

        self.metrics.in_flight += 1
        try:
            if self.traces is None:
                await self.endpoint(scope, receive, send)
            else:
                with self.traces.request(scope) as span:
                    await self.endpoint(scope, receive, send)
                    answered(span, record.status or _CLIENT_GONE)
        finally:
            record.status = record.status or _CLIENT_GONE
            seconds = record.seconds
            self.metrics.in_flight -= 1
            self.metrics.request_ended(record, seconds)
            log_request(record, seconds)
