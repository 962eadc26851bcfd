"""Metrics for Prometheus. Every label value comes from a fixed set: no caller can add a series."""

import asyncio
import os
import platform
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from contact_gateway.observation.record import RequestRecord

__all__ = ["Metrics"]

_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "contact_gateway"
_SECONDS_BETWEEN_SAMPLES = 1.0
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The metrics of one gateway. `render` adds up those of all workers.

    `in_flight` is for whoever serves requests to count up and down.
    What was counted here, and what other parts count themselves, is added up once a second, before
    it is rendered, and at the end.
    """

    def __init__(self) -> None:
        # a series more for each, which workers together do not have
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._followed: list[Callable[[], None]] = []
        self._counted: dict[tuple[Counter, tuple[str, ...]], int] = defaultdict(int)
        self.requests = self._counter(
            "requests", "Requests to /graphql, by the HTTP status of the reply.", "status"
        )
        self.request_seconds = self._histogram(
            "request_duration_seconds", "From the headers of a request to its reply."
        )
        self.in_flight = 0
        self.requests_in_flight = self._gauge(
            "requests_in_flight", "Requests to /graphql that are being served."
        )
        self.follow_gauge(self.requests_in_flight, lambda: self.in_flight)
        self.results = self._counter(
            "results", "Fields executed, by the type of what they came to.", "operation", "result"
        )
        self.refusals = self._counter(
            "refusals", "Requests that were not executed, by the code in the reply.", "code"
        )
        self.token_renewals = self._counter(
            "token_renewals", "The gateway's own tokens that were asked for.", "outcome"
        )
        self.storage_failures = self._counter(
            "rate_limit_storage_failures", "How often rate limits were asked for in vain."
        )

        self.key_set_fetched: Gauge | None = None
        self._add_upstream()
        self.build_info = self._gauge(
            "build_info", "Always 1; the labels say what runs.", "livemax", "version", "python"
        )
        self.build_info.labels(version("contact-gateway"), platform.python_version()).set(1)

    def _add_upstream(self) -> None:
        """The metrics of calls of the REST API."""
        self.upstream_calls = self._counter(
            "upstream_calls",
            "Attempts at a call of the REST API, by class of status and by outcome.",
            "status",
            "outcome",
        )
        self.upstream_seconds = self._histogram(
            "upstream_call_duration_seconds", "One attempt at a call of the REST API."
        )
        self.upstream_in_flight = self._gauge(
            "upstream_calls_in_flight", "Calls of the REST API under way."
        )
        self.upstream_queued = self._gauge(
            "upstream_calls_queued", "Calls of the REST API that wait for their turn."
        )
        self.shed = self._counter("upstream_shed", "Calls refused because too many waited.")
        self.retries = self._counter("upstream_retries", "Attempts that repeated another.")
        self.retries_refused = self._counter(
            "upstream_retries_refused", "Repeats not made, because too many of the calls were some."
        )
        self.unasked = self._counter(
            "upstream_unasked", "Times that the REST API sent what nobody had asked for."
        )
        self.breaker_state = self._gauge(
            "upstream_breaker_state",
            "The circuit of all: 0 closed, 1 probing, 2 open. Of several workers, the worst.",
            "livemax",
        )
        self.breaker_customers = self._gauge(
            "upstream_breaker_customers_open", "Customers whose own circuit refuses calls now."
        )

    def request_ended(self, record: RequestRecord, seconds: float) -> None:
        """Count a request that has its reply."""
        self._counted[self.requests, (str(record.status),)] += 1
        self.request_seconds.observe(seconds)
        for result in record.results:
            self._counted[self.results, result] += 1
        if record.code is not None:
            self._counted[self.refusals, (record.code,)] += 1

    def attempt_ended(self, status: int | None, outcome: str, seconds: float) -> None:
        """Count one attempt at an upstream call."""
        group = "none" if status is None else f"{status // 100}xx"
        self._counted[self.upstream_calls, (group, outcome)] += 1
        self.upstream_seconds.observe(seconds)

    def follow_key_set(self, fetched_at: Callable[[], float]) -> None:
        """Show when the key set was last fetched, in seconds since the epoch."""
        gauge = self.key_set_fetched = self._gauge(
            "key_set_fetched_timestamp_seconds",
            "When the key set was last fetched; 0 for never. Of several workers, the earliest.",
            "livemin",
        )
        self.follow_gauge(gauge, fetched_at)

    def follow_gauge(self, gauge: Gauge, read: Callable[[], float]) -> None:
        """Show what `read` returns."""
        self._followed.append(lambda: gauge.set(read()))

    def follow_counter(self, counter: Counter, read: Callable[[], float]) -> None:
        """Show what `read` returns, which never falls."""
        seen = 0.0

        def add() -> None:
            nonlocal seen
            now = read()
            if now > seen:
                counter.inc(now - seen)
                seen = now

        self._followed.append(add)

    @asynccontextmanager
    async def sampled(self) -> AsyncIterator[None]:
        """Read what is followed, as long as the block lasts."""
        task = asyncio.create_task(self._sample_for_ever())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self._sample()

    def render(self) -> bytes:
        """The metrics in Prometheus' text format, of all workers where there are several."""
        self._sample()
        directory = os.environ.get(_DIRECTORY)
        if directory is None:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry, directory)  # type: ignore[no-untyped-call]
        return generate_latest(registry)

    async def _sample_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_SAMPLES)
            self._sample()

    def _sample(self) -> None:
        for read in self._followed:
            read()
        # not one by one: prometheus-client takes two locks for each
        while self._counted:
            (counter, labels), times = self._counted.popitem()
            counter.labels(*labels).inc(times)

    def _counter(self, name: str, documentation: str, *labels: str) -> Counter:
        return Counter(name, documentation, labels, _PREFIX, registry=self._registry)

    def _gauge(self, name: str, documentation: str, mode: str = "livesum", *labels: str) -> Gauge:
        return Gauge(
            name,
            documentation,
            labels,
            namespace=_PREFIX,
            registry=self._registry,
            multiprocess_mode=mode,  # type: ignore[arg-type]
        )

    def _histogram(self, name: str, documentation: str) -> Histogram:
        return Histogram(
            name, documentation, namespace=_PREFIX, registry=self._registry, buckets=_BUCKETS
        )
