"""How much CPU reading documents may take where anyone can send them."""

from dataclasses import dataclass

import pytest

from contact_gateway.operations import (
    DocumentReader,
    OperationStore,
    ReadingAllowance,
    UnseenTooOftenError,
)


@dataclass
class Clocks:
    """The time, and the CPU time, of which `cost` passes between two looks at it."""

    cost: float
    time: float = 0
    cpu: float = 0

    def spend(self) -> float:
        """The CPU time so far."""
        self.cpu += self.cost
        return self.cpu


def wait_of(store: OperationStore, text: str) -> int:
    """After how many seconds a document will be looked at; 0 if it is."""
    try:
        store.by_text(text)
    except UnseenTooOftenError as error:
        return error.seconds
    return 0


@pytest.fixture
def clocks() -> Clocks:
    """Clocks by which each reading takes half a second."""
    return Clocks(cost=0.5)


@pytest.fixture
def store(reader: DocumentReader, clocks: Clocks) -> OperationStore:
    """A store that goes by those clocks."""
    allowance = ReadingAllowance(clock=lambda: clocks.time, cpu=clocks.spend)
    return OperationStore(reader, allowance=allowance)


def test_the_burst(store: OperationStore) -> None:
    """Two seconds of CPU may be taken at once; then it is told when to come back."""
    outcomes = [wait_of(store, f"{{a{number}: __typename}}") for number in range(6)]

    assert outcomes == [0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize("text", ["{__typename}", "{x}", "{"])
def test_what_is_remembered(store: OperationStore, text: str) -> None:
    """It is served whatever else has been read, were it refused or not."""
    before = wait_of(store, text)
    for number in range(6):
        wait_of(store, f"{{a{number}: __typename}}")

    assert (before, wait_of(store, text)) == (0, 0)


def test_a_tenth_of_a_core(store: OperationStore, clocks: Clocks) -> None:
    """That is what comes back in time: half a second of CPU in five seconds."""
    outcomes = []
    for number in range(100):
        outcomes.append(wait_of(store, f"{{a{number}: __typename}}"))
        clocks.time += 1

    assert outcomes.count(0) == 4 + 20


@pytest.mark.parametrize(("cost", "seconds"), [(2.0, 1), (2.15, 2), (3.0, 10), (3.05, 11)])
def test_when_to_come_back(
    store: OperationStore, clocks: Clocks, cost: float, seconds: int
) -> None:
    """When what was taken too much has come back, in whole seconds; then it is served."""
    clocks.cost = cost
    wait_of(store, "{a: __typename}")

    refused = wait_of(store, "{b: __typename}")
    clocks.time += seconds + 0.001
    assert (refused, wait_of(store, "{b: __typename}")) == (seconds, 0)


def test_not_more_than_the_burst(store: OperationStore, clocks: Clocks) -> None:
    """After a night without documents there is no more at once than at the start."""
    clocks.time += 36_000

    outcomes = [wait_of(store, f"{{a{number}: __typename}}") for number in range(6)]

    assert outcomes == [0, 0, 0, 0, 1, 1]


def test_without_an_allowance(reader: DocumentReader) -> None:
    """Where callers are verified, every document is read."""
    store = OperationStore(reader)

    assert all(wait_of(store, f"{{a{number}: __typename}}") == 0 for number in range(6))
