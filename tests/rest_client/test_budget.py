"""The budget for repeats, of one customer and of several."""

import pytest

from contact_gateway.rest_client.budget import RetryBudget

CUSTOMER = 5690


def test_calls_that_all_want_repeats() -> None:
    """Of 1,000 calls that take all they can get, no more than 110 are repeated."""
    budget = RetryBudget()
    repeats = 0
    for _ in range(1000):
        budget.earn(CUSTOMER)
        while budget.spend(CUSTOMER):
            repeats += 1

    assert repeats == 109


def test_calls_without_repeats() -> None:
    """Good times do not pile up into a storm: the reserve is all that can be saved."""
    budget = RetryBudget(reserve=3)
    for _ in range(1000):
        budget.earn(CUSTOMER)

    assert [budget.spend(CUSTOMER) for _ in range(4)] == [True, True, True, False]


def test_giving_back() -> None:
    """What is given back can be spent again, and is never more than the reserve."""
    budget = RetryBudget(reserve=1)
    budget.give_back(CUSTOMER)
    budget.spend(CUSTOMER)
    budget.give_back(CUSTOMER)

    assert [budget.spend(CUSTOMER), budget.spend(CUSTOMER)] == [True, False]


def storm(budget: RetryBudget, customer: int, calls: int = 100) -> int:
    """Calls that all want as many repeats as they can get; how many they got."""
    repeats = 0
    for _ in range(calls):
        budget.earn(customer)
        while budget.spend(customer):
            repeats += 1
    return repeats


def test_a_storm_of_another_customer() -> None:
    """What one customer repeats is not taken from the next, who gets what it would get alone."""
    budget = RetryBudget()
    alone = storm(RetryBudget(), 2)

    stormy = storm(budget, 1, calls=10_000)

    assert (stormy, storm(budget, 2)) == (1009, alone)


def test_many_storms() -> None:
    """While fifty customers repeat all they can, one who has not repeated anything may."""
    budget = RetryBudget()
    for _ in range(10):
        for customer in range(1, 51):
            storm(budget, customer, calls=20)

    assert budget.spend(99)


def test_storms_of_all() -> None:
    """Of 1,000 calls of 100 customers, no more than 190 are repeated."""
    budget = RetryBudget()

    repeats = sum(storm(budget, customer, calls=1) for customer in [*range(1, 101)] * 10)

    assert 100 < repeats <= 190


def test_customers_who_are_remembered() -> None:
    """A thousand at most, and none once enough calls have been made."""
    budget = RetryBudget(common_reserve=100_000)
    for customer in range(1, 5001):
        budget.spend(customer)
    most = len(vars(budget)["_owed"])
    for customer in [*range(1, 5001)] * 10:
        budget.earn(customer)

    assert (most, len(vars(budget)["_owed"])) == (1000, 0)


@pytest.mark.parametrize(("share", "repeats"), [(0, 0), (0.001, 10), (0.25, 259), (0.5, 509)])
def test_a_share(share: float, repeats: int) -> None:
    """So many of a thousand calls are repeated, and some more; where it is 0, none."""
    assert storm(RetryBudget(share), CUSTOMER, calls=1000) == repeats


def test_no_limit() -> None:
    """Where the share is 1, what may be repeated does not depend on what was before."""
    budget = RetryBudget(1)

    assert all(budget.spend(CUSTOMER) for _ in range(1000))
    assert budget.refused == 0
