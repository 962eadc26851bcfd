"""The budget for repeats."""

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
