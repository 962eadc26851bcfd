"""The circuit breaker, on a clock that tests turn."""

import pytest

from contact_gateway.rest_client.breaker import Breaker
from contact_gateway.rest_client.problems import CircuitOpenError


class Clock:
    """A clock that stands still until it is turned."""

    now = 100.0

    def __call__(self) -> float:
        """The time in seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock."""
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    """A closed breaker."""
    return Breaker(clock)


def fail(breaker: Breaker, times: int = 1) -> None:
    """Make calls that fail."""
    for _ in range(times):
        breaker.failed(breaker.admit())


def refused_for(breaker: Breaker) -> int:
    """In how many seconds a refused call is told to come back; 0 if it is admitted."""
    try:
        breaker.abandoned(breaker.admit())
    except CircuitOpenError as error:
        return error.retry_after
    return 0


def test_five_failures_in_a_row(breaker: Breaker) -> None:
    """Four failures are let pass; the fifth opens the circuit."""
    fail(breaker, 4)
    before = breaker.state, refused_for(breaker)

    fail(breaker)

    assert (before, breaker.state, refused_for(breaker)) == (("closed", 0), "open", 1)


def test_success_in_between(breaker: Breaker) -> None:
    """Only failures in a row count."""
    fail(breaker, 4)
    breaker.succeeded(breaker.admit())

    fail(breaker, 4)

    assert (breaker.state, breaker.failures) == ("closed", 4)


def test_one_probe(breaker: Breaker, clock: Clock) -> None:
    """After the pause one call is let through, and no other until it has ended."""
    fail(breaker, 5)
    clock.now += 1
    permit = breaker.admit()
    during = breaker.state, refused_for(breaker)

    breaker.succeeded(permit)

    assert (during, breaker.state, refused_for(breaker)) == (("half-open", 1), "closed", 0)


def test_pause_that_grows(breaker: Breaker, clock: Clock) -> None:
    """Each probe that fails doubles the pause, up to 30 seconds; a success resets it."""
    fail(breaker, 5)
    pauses = []
    for _ in range(7):
        pauses.append(refused_for(breaker))
        clock.now += pauses[-1]
        fail(breaker)
    clock.now += 30
    breaker.succeeded(breaker.admit())
    fail(breaker, 5)

    assert (pauses, refused_for(breaker)) == ([1, 2, 4, 8, 16, 30, 30], 1)


def test_probe_that_is_abandoned(breaker: Breaker, clock: Clock) -> None:
    """A cancelled probe wedges nothing: the next call probes in its place, at once."""
    fail(breaker, 5)
    clock.now += 1
    breaker.abandoned(breaker.admit())

    breaker.succeeded(breaker.admit())

    assert breaker.state == "closed"


def test_stragglers(breaker: Breaker, clock: Clock) -> None:
    """How calls end that began before the circuit opened or closed again does not count."""
    permits = [breaker.admit() for _ in range(20)]
    for permit in permits[:5]:
        breaker.failed(permit)
    breaker.succeeded(permits[5])
    while_open = breaker.state
    clock.now += 1
    breaker.succeeded(breaker.admit())

    for permit in permits[6:]:
        breaker.failed(permit)

    assert (while_open, breaker.state, breaker.failures, breaker.opened) == ("open", "closed", 0, 1)


def test_check(breaker: Breaker, clock: Clock) -> None:
    """Looking claims nothing: the probe is still free."""
    fail(breaker, 5)
    with pytest.raises(CircuitOpenError):
        breaker.check()
    clock.now += 1
    breaker.check()

    assert breaker.state == "open"
