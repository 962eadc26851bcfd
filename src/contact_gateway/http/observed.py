"""Watching the endpoint: a log line, metrics, a span, and a header with the results' types."""

from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contact_gateway.observation import Metrics, RequestRecord, Traces, log_request
from contact_gateway.observation.traces import answered

__all__ = ["RECORD", "Observed"]

RECORD: Final = "contact_gateway.record"
"""Where the `RequestRecord` of a request is in its ASGI scope."""

_CLIENT_GONE: Final = 499  # nginx's word for it: there is no reply


@dataclass(frozen=True, slots=True)
class Observed:
    """The GraphQL endpoint, observed; its replies are the endpoint's but for one header.

    Errors are data and the status is 200: `GraphQL-Result-Types` tells monitors, and the network
    tab of a browser, what each field came to.
    """

    endpoint: ASGIApp
    metrics: Metrics
    traces: Traces | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        record = scope[RECORD] = RequestRecord()

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                record.status = int(message["status"])  # an HTTPStatus would be shown by its name
                if record.results:
                    types = record.result_types().encode("ascii")
                    message["headers"].append((b"graphql-result-types", types))
            await send(message)

        self.metrics.requests_in_flight.inc()
        try:
            if self.traces is None:
                await self.endpoint(scope, receive, send_noted)
            else:
                with self.traces.request(scope) as span:
                    await self.endpoint(scope, receive, send_noted)
                    answered(span, record.status or _CLIENT_GONE)
        finally:
            record.status = record.status or _CLIENT_GONE
            seconds = record.seconds
            self.metrics.requests_in_flight.dec()
            self.metrics.request_ended(record, seconds)
            log_request(record, seconds)
