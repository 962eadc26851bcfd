"""The `Prefer` header, as RFC 7240 writes it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_gateway.http.preferences import wait_seconds


@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        ([], None),
        ([b"wait=2"], 2),
        ([b"WAIT = 2"], 2),
        ([b"wait=0"], 0),
        ([b"respond-async, wait=10"], 10),
        ([b"respond-async; x=1, wait=10;y"], 10),
        ([b"handling=lenient", b"wait=100"], 100),
        ([b"wait=3, wait=4"], 3),
        ([b'odd="a, wait=9 \\" ", wait=3'], 3),
        ([b"wait=999999999"], 999_999_999),
    ],
)
def test_wait(values: list[bytes], seconds: int | None) -> None:
    """The first `wait` counts, in any header line and among other preferences."""
    assert wait_seconds(values) == seconds


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"wait",
        b"wait=",
        b"wait=-1",
        b"wait=+1",
        b"wait=1.5",
        b"wait=1s",
        b"wait=1_0",
        b'wait="2"',
        b"wait=\xd9\xa3",
        b"wait=1234567890",
        b"wait=x, wait=2",
        b"waiting=2",
        b'odd=", wait=2',
        b"wait=2," + b"x" * 300,
        b'"\\' * 30_000,
    ],
)
def test_what_is_no_wait(value: bytes) -> None:
    """What is malformed or very long counts as not said (section 2), and costs no time."""
    assert wait_seconds([value]) is None


@given(st.lists(st.binary(max_size=100), max_size=3))
@settings(deadline=None)
def test_any_bytes(values: list[bytes]) -> None:
    """Whatever is sent, the result is a number of seconds or nothing."""
    seconds = wait_seconds(values)

    assert seconds is None or 0 <= seconds < 10**9
