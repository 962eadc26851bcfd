"""What is sent again, and when: with a clock that only pauses turn."""

import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
import pytest

from contact_gateway.rest_client.budget import RetryBudget
from contact_gateway.rest_client.call import Answer, Call, Incomplete, Repeat
from contact_gateway.rest_client.problems import (
    CircuitOpenError,
    ConnectError,
    DeadlineError,
    NotAnsweredError,
    NotSentError,
    QueueFullError,
    RetryBudgetSpentError,
    UpstreamError,
)
from contact_gateway.rest_client.retries import Retries
from tests.rest_client.stack import call, run

Outcome = Answer | UpstreamError

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@dataclass
class Scripted:
    """A sender with these outcomes in turn, the last one for ever; and a clock with pauses."""

    outcomes: Sequence[Outcome]
    time: float = 0
    attempts: int = 0
    pauses: list[float] = field(default_factory=list)

    async def send(self, call: Call) -> Answer:
        """The next outcome."""
        assert call.target == "/v1"
        outcome = self.outcomes[min(self.attempts, len(self.outcomes) - 1)]
        self.attempts += 1
        if isinstance(outcome, UpstreamError):
            raise outcome
        return outcome

    async def sleep(self, seconds: float) -> None:
        """Let that time pass."""
        self.pauses.append(seconds)
        self.time += seconds

    def retries(self, budget: RetryBudget | None = None, faster: float = 1) -> Retries:
        """Retries over this sender, whose jitter is always in the middle."""
        return Retries(
            self,
            budget or RetryBudget(),
            clock=lambda: self.time,
            now=lambda: NOW + self.time,
            sleep=self.sleep,
            jitter=lambda: 0.5,
            faster=faster,
        )


def send(scripted: Scripted, method: str = "PATCH") -> Outcome:
    """Send one call whose deadline is in ten seconds; the answer or the error."""
    try:
        return run(scripted.retries().send(call(method, deadline=10)))
    except UpstreamError as error:
        return error


def answer(status: int, incomplete: Incomplete | None = None, **headers: str) -> Answer:
    """An answer with these headers, which have `_` for `-`."""
    fields = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    return Answer(status, httpx.Headers(fields), incomplete=incomplete)


@pytest.mark.parametrize("method", ["PATCH", "GET"])
def test_never_sent(method: str) -> None:
    """What was never sent is sent again, twice at most, after pauses that grow."""
    scripted = Scripted([ConnectError()])

    outcome = send(scripted, method)

    assert isinstance(outcome, ConnectError)
    assert scripted.pauses == pytest.approx([0.075, 0.15])


@pytest.mark.parametrize(
    "error", [CircuitOpenError(1), QueueFullError(), NotSentError(), RetryBudgetSpentError()]
)
def test_refused_by_the_gateway(error: UpstreamError) -> None:
    """What the gateway itself refuses is refused at once."""
    scripted = Scripted([error])

    outcome = send(scripted, "GET")

    assert (outcome, scripted.attempts) == (error, 1)


@pytest.mark.parametrize(
    "failure",
    [
        NotAnsweredError(),
        answer(500),
        answer(502),
        answer(503),
        answer(504),
        answer(200, Incomplete.CUT_OFF),
        answer(200, Incomplete.LATE),
    ],
)
def test_failure_that_may_pass(failure: Outcome) -> None:
    """A read is sent again, twice at most; a write is not, because its fate is unclear."""
    read, write = Scripted([failure]), Scripted([failure])

    outcomes = [send(read, "GET"), send(write, "PATCH")]

    assert (outcomes, read.attempts, write.attempts) == ([failure, failure], 3, 1)


@pytest.mark.parametrize(
    "final",
    [
        answer(200),
        answer(307),
        answer(400),
        answer(404),
        answer(501),
        answer(200, Incomplete.OVERSIZED),
        answer(200, Incomplete.ENCODED),
        answer(404, Incomplete.CUT_OFF),
    ],
)
def test_answer_that_stands(final: Answer) -> None:
    """A read whose answer would be the same again is not repeated."""
    scripted = Scripted([final])

    outcome = send(scripted, "GET")

    assert (outcome, scripted.attempts) == (final, 1)


@pytest.mark.parametrize("method", ["PATCH", "GET"])
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("retry_after", "pause"),
    [
        ("0", 0.05),
        ("3", 3.05),
        (" 3 ", 3.05),
        ("0003", 3.05),
        ("Tue, 14 Nov 2023 22:13:25 GMT", 5.05),
        ("Tuesday, 14-Nov-23 22:13:25 GMT", 5.05),
        ("Tue Nov 14 22:13:25 2023", 5.05),
        ("Tue, 14 Nov 2023 22:13:00 GMT", 0.05),
    ],
)
def test_retry_after_that_fits(method: str, status: int, retry_after: str, pause: float) -> None:
    """A wait that ends before the deadline is waited for; it was not carried out, so once more."""
    scripted = Scripted([answer(status, Retry_After=retry_after), answer(204)])

    outcome = send(scripted, method)

    assert isinstance(outcome, Answer)
    assert outcome.status == 204
    assert scripted.pauses == pytest.approx([pause])


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "retry_after",
    [
        "10",
        "60",
        "9" * 400,
        "9" * 5000,
        "Tue, 14 Nov 2023 23:13:25 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ],
)
def test_retry_after_that_does_not_fit(status: int, retry_after: str) -> None:
    """A wait past the deadline is not begun."""
    scripted = Scripted([answer(status, Retry_After=retry_after)])

    send(scripted)

    assert (scripted.attempts, scripted.pauses) == (1, [])


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "retry_after", ["-1", "+1", "1.5.1", "soon", "", "1s", "٣", "0x1", "Tue, 99 Nov 2023 00:00:00"]
)
def test_retry_after_that_cannot_be_read(status: int, retry_after: str) -> None:
    """What is neither seconds nor a date says nothing: the write is not sent again."""
    scripted = Scripted([answer(status, Retry_After=retry_after)])

    send(scripted)

    assert scripted.attempts == 1


def test_asked_to_wait_twice() -> None:
    """A wait is believed once."""
    scripted = Scripted([answer(429, Retry_After="1")])

    send(scripted)

    assert scripted.attempts == 2


def test_no_connection_and_then_a_wait() -> None:
    """Each reason to try again counts for itself."""
    scripted = Scripted([ConnectError(), answer(429, Retry_After="1"), answer(204)])

    send(scripted)

    assert scripted.pauses == pytest.approx([0.075, 1.05])


def test_deadline() -> None:
    """No pause is begun that would end after the deadline."""
    scripted = Scripted([ConnectError()], time=9.9)

    send(scripted)

    assert scripted.pauses == pytest.approx([0.075])


@pytest.mark.parametrize(
    "failure", [ConnectError(), NotAnsweredError(), answer(502), answer(503, Retry_After="0")]
)
def test_upstream_that_fails_all(failure: Outcome) -> None:
    """Of 1,000 reads with all their repeats, no more than 1,110 reach such an upstream."""
    scripted = Scripted([failure])
    retries = scripted.retries()

    async def thousand() -> None:
        for _ in range(1000):
            try:
                await retries.send(call("GET", deadline=math.inf))
            except UpstreamError:
                continue

    run(thousand())

    assert (scripted.attempts, retries.retried) == (1109, 109)


@pytest.mark.parametrize(
    ("repeat", "outcome", "attempts"),
    [
        (Repeat.READ_BACK, answer(200), 1000),
        (Repeat.READ_BACK, DeadlineError(), 1000),
        (Repeat.READ_BACK, answer(403), 10),
        (Repeat.RESEND, answer(204), 10),
        (Repeat.RESEND, QueueFullError(), 1000),
    ],
)
def test_calls_that_are_repeats(repeat: Repeat, outcome: Outcome, attempts: int) -> None:
    """They are paid from the budget, but for what is not sent, and read-backs that succeed."""
    scripted, budget = Scripted([outcome]), RetryBudget()
    retries = scripted.retries(budget)

    async def thousand() -> None:
        for _ in range(1000):
            try:
                await retries.send(call("GET", repeat=repeat, deadline=10))
            except UpstreamError:
                continue

    run(thousand())

    resent = attempts if repeat is Repeat.RESEND and isinstance(outcome, Answer) else 0
    assert (scripted.attempts, budget.refused, retries.retried) == (
        attempts,
        1000 - attempts,
        resent,
    )


@pytest.mark.parametrize(
    ("outcome", "pauses"),
    [(ConnectError(), [0.0075, 0.015]), (answer(429, Retry_After="20"), [2.005])],
    ids=["not sent", "429"],
)
def test_a_faster_clock(outcome: Outcome, pauses: list[float]) -> None:
    """Every pause is so many times shorter: what one waits for is the same by that clock."""
    scripted = Scripted([outcome])

    with contextlib.suppress(UpstreamError):
        run(scripted.retries(faster=10).send(call(deadline=10)))

    assert scripted.pauses == pytest.approx(pauses)
