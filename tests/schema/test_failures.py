"""The table of failures is complete, and field errors find their way to the arguments."""

from collections.abc import Iterator

import pytest

from contact_gateway.schema import errors
from contact_gateway.schema.failures import FAILURES, failure_of, field_errors
from contact_gateway.schema.input_rules import Fault, InvalidInputError
from contact_gateway.schema.permissions import CustomerNotNamedError, PermissionRefusedError
from contact_gateway.upstream.problems import (
    AnsweredError,
    ConnectError,
    InvalidFieldsError,
    NoTokenError,
    NotSentError,
    Problem,
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
    *tree(InvalidInputError),
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
    assert {row.member for row in FAILURES.values()} == {*errors.MutationError.__subclasses__()}
    assert {row.code for row in FAILURES.values()} == {*errors.ErrorCode}
    assert len({(row.code, row.member) for row in FAILURES.values()}) == len(errors.ErrorCode)


def test_messages() -> None:
    """Every message is one plain sentence."""
    assert [
        row.message
        for row in FAILURES.values()
        if not (row.message[0].isupper() and row.message.count(".") == 1 and row.message[-1] == ".")
    ] == []


@pytest.mark.parametrize(
    "key",
    ["name", "Name", "NAME", "$.name", "$.Name", "input.name", "Input.Name", "$.input.name"],
)
def test_key_of_an_input_field(key: str) -> None:
    """The upstream's spelling of a property does not matter."""
    refusal = InvalidFieldsError(Problem(422), {key: ("Too long.",)})

    assert field_errors(refusal) == {("input", "name"): ("Too long.",)}


@pytest.mark.parametrize("key", ["", "$", "$.", "names", "name.first", "$.input", "id", "input"])
def test_key_of_something_else(key: str) -> None:
    """What matches no field is about the whole input, and says what it was about."""
    refusal = InvalidFieldsError(Problem(422), {key: ("Wrong.",)})

    assert field_errors(refusal) == {("input",): (f"{key}: Wrong.",)}


def test_several_keys() -> None:
    """Messages about the same place are kept together, in the order in which they came."""
    refusal = InvalidFieldsError(
        Problem(422, detail="not shown"),
        {"Name": ("a", "b"), "x": ("c",), "name": ("d",), "y": (), "$.name": ()},
    )

    assert field_errors(refusal) == {
        ("input", "name"): ("a", "b", "d", "The service gave no reason."),
        ("input",): ("x: c", "y: The service gave no reason."),
    }


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (Problem(422, title="Title", detail="Detail"), "Detail"),
        (Problem(422, title="Title"), "Title"),
        (Problem(422), "The service gave no reason."),
    ],
)
def test_no_keys(problem: Problem, message: str) -> None:
    """A refusal without field errors still says what the problem says."""
    assert field_errors(InvalidFieldsError(problem)) == {("input",): (message,)}


def test_faults_of_the_gateway() -> None:
    """The gateway's own faults are grouped by path."""
    refusal = InvalidInputError([Fault(("id",), "a"), Fault(("input",), "b"), Fault(("id",), "c")])

    assert field_errors(refusal) == {("id",): ("a", "c"), ("input",): ("b",)}
