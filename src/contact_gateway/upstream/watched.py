"""Watching upstream calls: an httpx transport around another that changes only traceparent."""

import time
from functools import partial

import httpx

from contact_gateway.observation import Metrics, RequestRecord, Traces
from contact_gateway.observation.traces import answered
from contact_gateway.upstream.credentials import ClientCredentials
from contact_gateway.upstream.guard import Guard
from contact_gateway.upstream.problems import NotSentError, UpstreamError

__all__ = ["WatchedTransport", "follow_credentials", "follow_guard"]

_STATES = {"closed": 0, "half-open": 1, "open": 2}


class WatchedTransport(httpx.AsyncBaseTransport):
    """Counts every attempt and how it ended, and notes it in `request.extensions["record"]`."""

    def __init__(
        self, transport: httpx.AsyncBaseTransport, metrics: Metrics, traces: Traces | None
    ) -> None:
        self._transport = transport
        self._metrics = metrics
        self._send = transport.handle_async_request
        if traces is not None:
            self._send = partial(self._send_traced, traces)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`; answers and errors are those of the transport within."""
        record: RequestRecord = request.extensions["record"]
        status, outcome, reason, began = None, "cancelled", None, time.perf_counter()
        try:
            response = await self._send(request)
            status = response.status_code
            outcome = "incomplete" if "incomplete" in response.extensions else "answered"
        except NotSentError as error:
            outcome, reason = "not_sent", _reason(error)
            raise
        except Exception as error:
            outcome, reason = "not_answered", _reason(error)
            raise
        finally:
            seconds = time.perf_counter() - began
            record.upstream_answered(status, reason, seconds)
            self._metrics.attempt_ended(status, outcome, seconds)
        return response

    async def _send_traced(self, traces: Traces, request: httpx.Request) -> httpx.Response:
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        attempts = request.extensions["record"].attempts
        with traces.attempt(request.method, url.host, port, attempts) as span:
            request.headers["traceparent"] = traces.traceparent()
            response = await self._transport.handle_async_request(request)
            answered(span, response.status_code)
        return response


def _reason(error: Exception) -> str:
    """Why there is no answer, as logs may tell it: the messages of our own errors quote nothing."""
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, UpstreamError) else name


def follow_guard(metrics: Metrics, guard: Guard) -> None:
    """Show what the bulkhead and the breaker count."""
    bulkhead, breaker = guard.bulkhead, guard.breaker
    metrics.follow_gauge(metrics.upstream_in_flight, lambda: bulkhead.in_flight)
    metrics.follow_gauge(metrics.upstream_queued, lambda: bulkhead.queued)
    metrics.follow_counter(metrics.shed, lambda: bulkhead.shed)
    metrics.follow_gauge(metrics.breaker_state, lambda: _STATES[breaker.state])


def follow_credentials(metrics: Metrics, credentials: ClientCredentials) -> None:
    """Show how often the gateway's own token was renewed, and how often in vain."""
    renewed = metrics.token_renewals.labels("renewed")
    failed = metrics.token_renewals.labels("failed")
    metrics.follow_counter(renewed, lambda: credentials.renewed)
    metrics.follow_counter(failed, lambda: credentials.not_renewed)
