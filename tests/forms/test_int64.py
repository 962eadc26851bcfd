"""Ids: one form, and nothing that only looks like it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_gateway.forms.int64 import parse_int64


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.integers(1, 2**63 - 1))
def test_every_id(number: int) -> None:
    """A positive 64-bit integer is read from its decimal digits."""
    assert parse_int64(str(number)) == number


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.text(st.characters(categories=["N", "P", "S", "Z"]), max_size=22))
def test_any_text(text: str) -> None:
    """What is read is written back as the very same text, so an id has one spelling."""
    number = parse_int64(text)

    assert number is None or (str(number) == text and 0 < number < 2**63)


@pytest.mark.parametrize(
    "text",
    ["", "0", "-1", "+1", "01", " 1", "1 ", "1\n", "1.0", "1e3", "0x1", "1_0", "²", "\u0661", "a",
     "..", str(2**63), "9" * 19, "1" * 20, "1" * 5000],
)  # fmt: skip
def test_no_id(text: str) -> None:
    """Everything else is None."""
    assert parse_int64(text) is None
