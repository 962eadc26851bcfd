"""Watching upstream calls: a policy around another that changes only traceparent."""

import time
from functools import partial
from urllib.parse import SplitResult, urlsplit

from contact_gateway.observation import Metrics, Traces
from contact_gateway.observation.traces import answered
from contact_gateway.rest_client.call import Answer, Call, Sends
from contact_gateway.rest_client.credentials import ClientCredentials
from contact_gateway.rest_client.guard import Guard
from contact_gateway.rest_client.problems import NotSentError, UpstreamError

__all__ = ["Watched", "follow_credentials", "follow_guard"]

_STATES = {"closed": 0, "half-open": 1, "open": 2}


class Watched:
    """Counts every attempt and how it ended, and notes it in the record of the request.

    `base_url` is told to `traces`, and no more of the address.
    """

    def __init__(
        self, inner: Sends, metrics: Metrics, traces: Traces | None, base_url: str
    ) -> None:
        self._inner = inner
        self._metrics = metrics
        self._send = inner.send
        if traces is not None:
            self._send = partial(self._send_traced, traces, urlsplit(base_url))

    async def send(self, call: Call) -> Answer:
        """Send `call`; answers and errors are those of the policy within."""
        status, outcome, reason, began = None, "cancelled", None, time.perf_counter()
        try:
            answer = await self._send(call)
            status = answer.status
            outcome = "answered" if answer.incomplete is None else "incomplete"
        except NotSentError as error:
            outcome, reason = "not_sent", _reason(error)
            raise
        except Exception as error:
            outcome, reason = "not_answered", _reason(error)
            raise
        finally:
            seconds = time.perf_counter() - began
            call.record.upstream_answered(status, reason, seconds)
            self._metrics.attempt_ended(status, outcome, seconds)
        return answer

    async def _send_traced(self, traces: Traces, base: SplitResult, call: Call) -> Answer:
        host, port = base.hostname or "", base.port or (443 if base.scheme == "https" else 80)
        with traces.attempt(call.method, host, port, call.record.attempts) as span:
            answer = await self._inner.send(call._replace(traceparent=traces.traceparent()))
            answered(span, answer.status)
        return answer


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
    metrics.follow_gauge(metrics.breaker_customers, lambda: breaker.customers_refused)


def follow_credentials(metrics: Metrics, credentials: ClientCredentials) -> None:
    """Show how often the gateway's own token was renewed, and how often in vain."""
    renewed = metrics.token_renewals.labels("renewed")
    failed = metrics.token_renewals.labels("failed")
    metrics.follow_counter(renewed, lambda: credentials.renewed)
    metrics.follow_counter(failed, lambda: credentials.not_renewed)
