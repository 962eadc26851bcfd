"""Metrics: what they count, and that no caller can make more of them."""

import asyncio
import os
import platform
import random
import re
import signal
import time
from importlib import metadata
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families

from contact_gateway.observation import Metrics
from contact_gateway.sandbox import Sandbox
from tests import readme
from tests.client import RENAME, Client, open_http
from tests.conftest import IssueToken
from tests.log_watch import LOGS
from tests.scripted_upstream import DROP, ScriptedUpstream, reply
from tests.servers import await_ready, free_port, gateway_before, gateway_process
from tests.thorough import often

Samples = dict[tuple[str, ...], float]


METRICS = ("Metric", "Kind", "Labels", "Meaning")


def samples(url: str) -> Samples:
    """The series that /metrics shows: name and label values to value."""
    with open_http() as http:
        text = http.get(f"{url}/metrics").text
    return {
        (sample.name.removeprefix("contact_gateway_"), *_values(sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _values(labels: dict[str, str]) -> list[str]:
    """The values of labels in one order: of workers together, they come in another."""
    return [value for _, value in sorted(labels.items(), reverse=True)]


def test_one_of_everything(sandbox: Sandbox, issue_token: IssueToken) -> None:
    """Requests, results, refusals and upstream calls are counted, each by its labels."""
    with gateway_before(sandbox) as url, open_http() as http:
        client = Client(url, issue_token(), http=http)
        client.rename("5514123", {"name": "Best customers"})
        client.rename("404", {"name": "Best customers"})
        client.post("{ nothing }")
        http.put(f"{url}/graphql")

        found = samples(url)

    counted = {series: value for series, value in found.items() if "total" in series[0] and value}
    assert counted == {
        ("requests_total", "200"): 2,
        ("requests_total", "422"): 1,
        ("requests_total", "405"): 1,
        ("results_total", "UpdateContactGroupSuccess", "updateContactGroup"): 1,
        ("results_total", "ContactGroupNotFoundError", "updateContactGroup"): 1,
        ("refusals_total", "GRAPHQL_VALIDATION_FAILED"): 1,
        ("refusals_total", "METHOD_NOT_ALLOWED"): 1,
        ("upstream_calls_total", "2xx", "answered"): 1,
        ("upstream_calls_total", "4xx", "answered"): 1,
    }
    assert found["request_duration_seconds_count",] == 4
    assert found["upstream_call_duration_seconds_count",] == 2
    assert found["requests_in_flight",] == 0
    assert found["key_set_fetched_timestamp_seconds",] > 1_700_000_000


def test_what_runs(gateway_url: str) -> None:
    """The versions of the gateway and of Python are labels of a series that is always 1."""
    runs = ("build_info", metadata.version("contact-gateway"), platform.python_version())

    assert samples(gateway_url)[runs] == 1


def test_an_upstream_that_fails(
    sandbox: Sandbox, scripted: ScriptedUpstream, issue_token: IssueToken
) -> None:
    """Retries and the breaker are seen, and attempts by how they ended."""
    scripted.answers(reply(503), DROP)
    document = "{ contactGroups { itemCount } }"
    with gateway_before(sandbox, upstream_url=scripted.url) as url, open_http() as http:
        client = Client(url, issue_token(), http=http)
        for _ in range(2):
            client.post(document)

        found = samples(url)

    assert found["upstream_calls_total", "5xx", "answered"] == 1
    assert found["upstream_calls_total", "none", "not_answered"] >= 4
    assert found["upstream_retries_total",] >= 3
    assert found["upstream_breaker_state",] == 2


def test_an_upstream_that_fails_one_customer(
    sandbox: Sandbox, scripted: ScriptedUpstream, issue_token: IssueToken
) -> None:
    """A customer's circuit is seen to be open, the log says whose, and that of all is closed."""
    fails, well = 77_123, 5690
    scripted.responds(
        lambda request: reply(502 if request.header("Customer-Id") == (str(fails),) else 204)
    )
    token = issue_token(customers=(fails, well))
    with gateway_before(sandbox, upstream_url=scripted.url) as url, open_http() as http:
        client = Client(url, token, str(well), http)
        for customer in (well, *[fails] * 6, well):
            client.rename("1", {"name": "Best customers"}, Customer_Id=str(customer))

        found = samples(url)

    state = found["upstream_breaker_state",], found["upstream_breaker_customers_open",]
    events = [line["event"] for line in LOGS.lines(f'"customer":{fails}')]
    assert (state, events.count("customer_circuit_opened")) == ((0, 1), 1)


def test_own_tokens(sandbox: Sandbox, issue_token: IssueToken) -> None:
    """Renewals of the gateway's own token are counted."""
    own = {
        "upstream_auth": "client_credentials",
        "upstream_token_url": f"{sandbox.url}/auth/tokens",
        "upstream_client_id": "development",
        "upstream_client_secret": "development-secret",
    }
    with gateway_before(sandbox, **own) as url, open_http() as http:
        Client(url, issue_token(), http=http).post("{ contactGroups { itemCount } }")

        found = samples(url)

    assert found["token_renewals_total", "renewed"] + found["token_renewals_total", "failed"] == 1


def test_random_names_ids_and_customers(client: Client) -> None:
    """Whatever callers write, the number of series stays the same."""
    randomly = random.Random(8)  # noqa: S311 - no secret
    for customer in ("5690", "1"):
        for group in (5514123, 404, 0):
            client.post(f"{{ contactGroup(id: {group}) {{ id }} }}", Customer_Id=customer)
    before = samples(client.url)

    for _ in range(often(1000)):
        name, group, other = (randomly.randrange(1, 2**40) for _ in range(3))
        client.post(
            f"query Random{name} {{ alias{group}: contactGroup(id: {group * 2**24}) {{ id }} }}",
            Customer_Id=randomly.choice(["5690", str(other)]),
        )

    assert set(samples(client.url)) == set(before)


def children(parent: int) -> set[int]:
    """The worker processes of a gateway."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return {int(pid) for pid in listed if _is_worker(pid)}


def _is_worker(pid: str) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False  # it has died since it was listed


def counts(url: str) -> tuple[float, ...]:
    """What /metrics says of the requests of `test_two_workers`; at first, maybe nothing."""
    series: list[tuple[str, ...]] = [
        ("requests_total", "200"),
        ("results_total", "UpdateContactGroupSuccess", "updateContactGroup"),
        ("upstream_call_duration_seconds_count",),
        ("requests_in_flight",),
    ]
    found = samples(url)
    return tuple(found.get(each, 0) for each in series)


def test_two_workers(sandbox: Sandbox, issue_token: IssueToken, tmp_path: Path) -> None:
    """Whichever is asked, the counts are those of both, and equal to what was sent.

    When they die, others take their places, and the sum forgets nothing.
    """
    with gateway_process(sandbox, tmp_path / "log", workers=2, drain_pause=0) as gateway:
        for _ in range(20):  # each on a connection of its own, so that both workers get some
            with open_http() as http:
                client = Client(gateway.url, issue_token(), http=http)
                client.post(RENAME, {"id": "5514123", "input": {"name": "Best customers"}})
        for _ in range(200):  # a reply is there before it is counted
            if counts(gateway.url) == (20, 20, 20, 0):
                break
            time.sleep(0.05)
        seen = [counts(gateway.url) for _ in range(5)]
        workers = children(gateway.process.pid)
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        while len(children(gateway.process.pid) - workers) < 2:
            time.sleep(0.05)
        await_ready(f"{gateway.url}/readyz", lambda: gateway.process.poll() is None)
        seen.append(counts(gateway.url))
        gateway.process.terminate()
        status = gateway.process.wait(30)

    assert (seen, status) == ([(20, 20, 20, 0)] * 6, 0)


def test_the_last_second_of_a_worker() -> None:
    """What was counted since the last sample is added up when the application ends."""

    async def count() -> Metrics:
        metrics = Metrics()
        async with metrics.sampled():
            metrics.attempt_ended(204, "answered", 0.01)
        return metrics

    (family,) = asyncio.run(count()).upstream_calls.collect()

    assert [sample.value for sample in family.samples] == [1]


def test_a_rate_limit_storage_that_is_gone(sandbox: Sandbox, issue_token: IssueToken) -> None:
    """It is seen in the metrics that limits are off, and the request is served."""
    storage = f"redis://127.0.0.1:{free_port()}"
    with (
        gateway_before(sandbox, rate_limit="1/minute", rate_limit_storage=storage) as url,
        open_http() as http,
    ):
        response = Client(url, issue_token(), http=http).post("{ __typename }")
        found = samples(url)

    assert (response.status_code, found["rate_limit_storage_failures_total",]) == (200, 1)


def test_names() -> None:
    """Names follow Prometheus: a prefix, base units, and `total` for counters alone."""
    metrics = Metrics()
    metrics.follow_key_set(lambda: 0)
    text = metrics.render().decode()
    kinds = dict(re.findall(r"# TYPE (\S+) (\S+)", text))

    assert all(re.fullmatch(r"contact_gateway_[a-z_]+", name) for name in kinds)
    assert {name for name, kind in kinds.items() if kind == "counter"} == {
        name for name in kinds if name.endswith("_total")
    }
    assert {name for name, kind in kinds.items() if kind == "histogram"} == {
        name for name in kinds if name.endswith("_duration_seconds")
    }


def test_the_table_of_metrics() -> None:
    """The documentation has every metric, with its kind, its labels and its help text."""
    metrics = Metrics()
    metrics.follow_key_set(lambda: 0)
    shown = set(readme.table(*METRICS))

    true = set()
    for metric in vars(metrics).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            (family,) = metric.describe()
            labels = ", ".join(f"`{label}`" for label in metric._labelnames)  # noqa: SLF001
            name = f"`{family.name}{'_total' * (family.type == 'counter')}`"
            true.add((name, family.type, labels, family.documentation))

    assert shown == true, readme.mend(METRICS, shown, true)
