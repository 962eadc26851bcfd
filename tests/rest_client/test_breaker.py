"""The circuit breaker before one customer, and before several, on a clock that tests turn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_gateway.rest_client.breaker import Breaker, NoBreaker
from contact_gateway.rest_client.budget import RetryBudget
from contact_gateway.rest_client.problems import CircuitOpenError
from tests.thorough import often


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


CUSTOMER = 5690


def fail(breaker: Breaker, times: int = 1, customer: int = CUSTOMER) -> None:
    """Make calls that fail."""
    for _ in range(times):
        breaker.failed(customer, breaker.admit(customer))


def succeed(breaker: Breaker, customer: int = CUSTOMER) -> None:
    """Make a call that succeeds."""
    breaker.succeeded(customer, breaker.admit(customer))


def refused_for(breaker: Breaker, customer: int = CUSTOMER) -> int:
    """In how many seconds a refused call is told to come back; 0 if it is admitted."""
    try:
        breaker.abandoned(customer, breaker.admit(customer))
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
    succeed(breaker)

    fail(breaker, 4)

    assert (breaker.state, refused_for(breaker)) == ("closed", 0)


def test_one_probe(breaker: Breaker, clock: Clock) -> None:
    """After the pause one call is let through, and no other until it has ended."""
    fail(breaker, 5)
    clock.now += 1
    permit = breaker.admit(CUSTOMER)
    during = breaker.state, refused_for(breaker)

    breaker.succeeded(CUSTOMER, permit)

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
    succeed(breaker)
    fail(breaker, 5)

    assert (pauses, refused_for(breaker)) == ([1, 2, 4, 8, 16, 30, 30], 1)


def test_probe_that_is_abandoned(breaker: Breaker, clock: Clock) -> None:
    """A cancelled probe wedges nothing: the next call probes in its place, at once."""
    fail(breaker, 5)
    clock.now += 1
    breaker.abandoned(CUSTOMER, breaker.admit(CUSTOMER))

    succeed(breaker)

    assert (breaker.state, refused_for(breaker)) == ("closed", 0)


def test_stragglers(breaker: Breaker, clock: Clock) -> None:
    """How calls end that began before the circuit opened or closed again does not count."""
    permits = [breaker.admit(CUSTOMER) for _ in range(20)]
    for permit in permits[:5]:
        breaker.failed(CUSTOMER, permit)
    breaker.succeeded(CUSTOMER, permits[5])
    while_open = breaker.state, refused_for(breaker)
    clock.now += 1
    succeed(breaker)

    for permit in permits[6:]:
        breaker.failed(CUSTOMER, permit)
    fail(breaker, 4)  # of which none was counted before

    assert while_open == ("open", 1)
    assert (breaker.state, refused_for(breaker)) == ("closed", 0)


def test_check(breaker: Breaker, clock: Clock) -> None:
    """Looking claims nothing: the probe is still free."""
    fail(breaker, 5)
    with pytest.raises(CircuitOpenError):
        breaker.check(CUSTOMER)
    clock.now += 1
    breaker.check(CUSTOMER)

    assert breaker.state == "open"


def test_a_customer_beside_one_that_fails(breaker: Breaker) -> None:
    """The circuit that opens is that customer's own, and nobody else's."""
    succeed(breaker, 1)

    fail(breaker, 5, customer=2)

    assert (breaker.state, breaker.customers_refused) == ("closed", 1)
    assert [refused_for(breaker, customer) for customer in (1, 2, 3)] == [0, 1, 0]


def test_an_upstream_that_fails_for_all(breaker: Breaker, clock: Clock) -> None:
    """Two failures of each customer are let through, and then one probe a second of all."""
    customers = range(1, 101)
    succeed(breaker, 1)
    sent: list[int] = []
    for _ in range(10):
        before = len(sent)
        for customer in [*customers] * 5:
            if not refused_for(breaker, customer):
                fail(breaker, customer=customer)
                sent.append(customer)
        clock.now += 1
        sent[before:] = [len(sent) - before]

    assert sent == [200, *[1] * 9]


def test_the_first_success_of_anybody(breaker: Breaker) -> None:
    """It closes the common circuit: whose own is closed is let through again."""
    for customer in (1, 2, 3):
        fail(breaker, 2, customer)
    before = breaker.state, refused_for(breaker, 1)

    succeed(breaker, 4)

    assert (before, breaker.state, refused_for(breaker, 1)) == (("open", 1), "closed", 0)


def test_a_customer_who_is_well_again(breaker: Breaker, clock: Clock) -> None:
    """The probes of another, that always asks first and fails, keep nobody out for over 4 s."""
    fail(breaker, 3, 1)
    fail(breaker, 2, 2)
    begun = clock.now
    while refused_for(breaker, 2):
        clock.now += 0.125
        if not refused_for(breaker, 1):
            fail(breaker, 1, 1)

    succeed(breaker, 2)

    assert (clock.now - begun, refused_for(breaker, 2), refused_for(breaker, 1)) == (4, 0, 1)


def test_one_failure_in_bad_times(breaker: Breaker) -> None:
    """While the common circuit is open, one failure is forgiven: it can be read back."""
    for customer in (1, 2, 3):
        fail(breaker, 2, customer)
    fail(breaker, 1, 4)

    assert (breaker.state, refused_for(breaker, 4)) == ("open", 0)


def test_nothing_that_succeeds_for_long(breaker: Breaker, clock: Clock) -> None:
    """After ten seconds without a success, one customer's failures open the common circuit."""
    succeed(breaker)
    fail(breaker, 5)
    before = breaker.state
    clock.now += 10
    fail(breaker)

    assert (before, breaker.state) == ("closed", "open")


def test_an_upstream_that_cannot_be_reached(breaker: Breaker, clock: Clock) -> None:
    """Five calls in a row that could not connect, whosesoever, refuse everybody else at once."""
    succeed(breaker, 6)
    for customer in range(1, 6):
        breaker.failed(customer, breaker.admit(customer), connected=False)
    refused = [refused_for(breaker, customer) for customer in (1, 6, 7)]
    clock.now += 1

    succeed(breaker, 7)

    assert (refused, breaker.state) == ([1, 1, 1], "closed")
    assert [refused_for(breaker, customer) for customer in (1, 6, 7)] == [0, 0, 0]


class Connected(set[int]):
    """The customers who have a connection."""

    def __call__(self, customer: int) -> bool:
        """Whether this one has."""
        return customer in self


def test_customers_with_a_connection_to_one_that_cannot_be_reached(clock: Clock) -> None:
    """They are served, and nobody else for that: only a probe that connects closes the circuit."""
    connected = Connected({6, 7})
    breaker = Breaker(clock, connected)
    for customer in range(1, 7):  # one of them has more to do than one connection carries
        breaker.failed(customer, breaker.admit(customer), connected=False)
    refused = [refused_for(breaker, customer) for customer in (1, 6, 7, 8)]
    for customer in (6, 7):
        succeed(breaker, customer)
        breaker.check(customer)
    while_open = breaker.state, refused_for(breaker, 8)
    clock.now += 1
    succeed(breaker, 6)
    connected.clear()
    without_one = breaker.state, refused_for(breaker, 6)

    succeed(breaker, 8)

    assert (refused, while_open) == ([1, 0, 0, 1], ("open", 1))
    assert (without_one, breaker.state) == (("open", 0), "closed")


def test_a_connection_that_carries_no_answers(clock: Clock) -> None:
    """Who has one and fails all the same is refused as before."""
    breaker = Breaker(clock, Connected({CUSTOMER}))
    for _ in range(5):
        breaker.failed(CUSTOMER, breaker.admit(CUSTOMER), connected=False)
    carried = refused_for(breaker)

    breaker.failed(CUSTOMER, breaker.admit(CUSTOMER))

    assert (carried, refused_for(breaker)) == (0, 1)


def test_one_call_that_connects(breaker: Breaker) -> None:
    """A call that is sent shows that somebody listens, even if it is not answered."""
    for customer in range(1, 11):
        breaker.failed(customer, breaker.admit(customer), connected=customer % 5 != 0)

    assert refused_for(breaker, 11) == 0


def test_a_newcomer_who_fails_while_others_probe(breaker: Breaker, clock: Clock) -> None:
    """Only the probe itself makes the pause begin anew."""
    for customer in (1, 2, 3):
        fail(breaker, 2, customer)
    clock.now += 0.9
    fail(breaker, 1, 4)
    clock.now += 0.1

    assert refused_for(breaker, 1) == 0


def test_more_customers_than_are_remembered(breaker: Breaker) -> None:
    """Of ten thousand that fail, a thousand are remembered; from then on newcomers are refused."""
    admitted = 0
    for customer in range(1, 10_001):
        if not refused_for(breaker, customer):
            admitted += 1
            fail(breaker, 1, customer)

    assert admitted == 1000


def test_a_customer_whose_trouble_is_long_over(breaker: Breaker, clock: Clock) -> None:
    """Once no call of that time can still be under way, nothing is remembered of the customer."""
    fail(breaker, 5)
    clock.now += 1
    succeed(breaker)
    clock.now += 301

    succeed(breaker)

    assert vars(breaker)["_circuits"] == {}


Step = tuple[int, str]

steps = st.lists(
    st.tuples(
        st.integers(0, 12),  # whose call begins or ends; the customer 0 is well
        st.sampled_from(["begin", "end", "fail at once", "leave", "wait"]),
    ),
    max_size=200,
)


@settings(deadline=None, max_examples=often(300))
@given(steps=steps)
def test_any_order_of_calls(steps: list[Step]) -> None:
    """A customer whose calls all succeed is refused neither a call nor a repeat.

    Calls of many begin, end and are abandoned in any order, and nobody else's succeed.
    """
    clock = Clock()
    breaker, budget = Breaker(clock), RetryBudget()
    under_way: dict[int, list[int]] = {}
    for customer, step in steps:
        if step == "wait":
            clock.now += customer / 4
            continue
        mine = under_way.setdefault(customer, [])
        if step in {"begin", "fail at once"}:
            budget.earn(customer)
            try:
                mine.append(breaker.admit(customer))
            except CircuitOpenError:
                assert customer != 0, "the customer who is well was refused"
                continue
        if step == "leave" and mine:
            breaker.abandoned(customer, mine.pop(0))
        elif step in {"end", "fail at once"} and mine:
            if customer == 0:
                breaker.succeeded(customer, mine.pop(0))
            else:
                breaker.failed(customer, mine.pop())
                while budget.spend(customer):
                    pass

    breaker.check(0)
    assert budget.spend(0)


def test_no_breaker(clock: Clock) -> None:
    """However much fails, nobody is refused and nothing is remembered."""
    breaker = NoBreaker(clock)
    for customer in range(1, 10):
        fail(breaker, 10, customer)
    succeed(breaker)
    fail(breaker, 10)

    assert (refused_for(breaker), breaker.state, breaker.customers_refused) == (0, "closed", 0)
