"""The table of failures is complete, and field errors find their way to the arguments."""

from collections.abc import Iterator

import pytest

from contact_gateway.failures import errors
from contact_gateway.failures.refused import (
    CustomerNotNamedError,
    Fault,
    InvalidArgumentsError,
    PermissionRefusedError,
)
from contact_gateway.failures.table import FAILURES, failure_of
from contact_gateway.rest_client.problems import (
    AnsweredError,
    ConnectError,
    NoTokenError,
    NotSentError,
    RetryBudgetSpentError,
    ServerError,
    UnavailableError,
    UpstreamError,
)

AS_ITS_PARENT = {
    ConnectError: NotSentError,
    NoTokenError: NotSentError,
    RetryBudgetSpentError: NotSentError,
    UnavailableError: ServerError,
    CustomerNotNamedError: PermissionRefusedError,
}
"""The kinds that mean to a client exactly what their parents mean."""


def tree(kind: type[Exception]) -> Iterator[type[Exception]]:
    """A kind of exception and all kinds under it that the gateway has."""
    yield kind
    for child in kind.__subclasses__():
        if child.__module__.startswith("contact_gateway."):
            yield from tree(child)


# those two are only what others have in common
KINDS = [
    *(kind for kind in tree(UpstreamError) if kind not in {UpstreamError, AnsweredError}),
    *tree(InvalidArgumentsError),
    *tree(PermissionRefusedError),
]


@pytest.mark.parametrize("kind", KINDS)
def test_kind_of_failure(kind: type[Exception]) -> None:
    """Each has a row of its own, or shares that of its parent on purpose; none is a surprise."""
    row = failure_of(kind.__new__(kind))

    assert row is FAILURES[AS_ITS_PARENT.get(kind, kind)], f"add a row to FAILURES for {kind}"


def test_rows() -> None:
    """Every row stands for a kind of failure that there is, and the last one for all others."""
    assert {*FAILURES} == {*KINDS, Exception} - {*AS_ITS_PARENT}


def test_members() -> None:
    """Every type of error is given for some failure, and every code means one type."""
    general = {*errors.MutationError.__subclasses__()} - {*errors.NotFound.__subclasses__()}

    assert {row.member for row in FAILURES.values()} == general | {errors.NotFound}
    assert {row.code for row in FAILURES.values()} == {*errors.ErrorCode}
    assert len({(row.code, row.member) for row in FAILURES.values()}) == len(errors.ErrorCode)


def test_messages() -> None:
    """Every message is one plain sentence."""
    assert [
        row.message
        for row in FAILURES.values()
        if not (row.message[0].isupper() and row.message.count(".") == 1 and row.message[-1] == ".")
    ] == []


def test_faults_of_the_gateway() -> None:
    """The gateway's own faults are grouped by path."""
    faults = [Fault(("id",), "a"), Fault(("input",), "b"), Fault(("id",), "c")]

    assert InvalidArgumentsError(faults).field_errors == {("id",): ("a", "c"), ("input",): ("b",)}
