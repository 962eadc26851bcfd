"""`Retry-After` in every form that RFC 9110 allows, and in those that servers send besides."""

from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_gateway.rest_client.retry_after import retry_after_seconds
from tests.thorough import often

NOW = 1_792_567_680.5  # Wed, 21 Oct 2026 07:28:00.5 GMT


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("30", 30),
        (" 30 ", 30),
        ("000000000000000000000000030", 30),
        ("2147483648", 2_147_483_647),
        ("9" * 5000, 2_147_483_647),
        ("Wed, 21 Oct 2026 07:29:00 GMT", 60),
        ("Wednesday, 21-Oct-26 07:29:00 GMT", 60),
        ("Wed Oct 21 07:29:00 2026", 60),
        ("Wed, 21 Oct 2026 07:29:00 -0000", 60),
        ("Wed, 21 Oct 2026 09:29:00 +0200", 60),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 2_147_483_647),
        ("29.5", 30),
        ("29.0", 29),
        ("0.001", 1),
        ("1.", 1),
        ("30, 60", 60),
        ("Wed, 21 Oct 2026 07:29:00 GMT, 30", 60),
        ("30, Wed, 21 Oct 2026 07:29:00 GMT", 60),
        ("soon, 30", 30),
        ('"30"', 30),
    ],
)
def test_retry_after(monkeypatch: pytest.MonkeyPatch, value: str, seconds: int) -> None:
    """Seconds, or a date in any of the three forms, wherever the gateway stands; never too soon."""
    monkeypatch.setenv("TZ", "America/New_York")

    assert retry_after_seconds(value, NOW) == seconds


@pytest.mark.parametrize(
    "value",
    [None, "", "-1", "+1", "1.5.1", ".5", "1e3", "soon", ",", "30 s", "²", "\u0663", "inf", "nan",
     "Wed, 32 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 99999 07:28:00 GMT", "Oct", "21 Oct"],
)  # fmt: skip
def test_no_retry_after(value: str | None) -> None:
    """What is neither says nothing."""
    assert retry_after_seconds(value, NOW) is None


@settings(derandomize=True, deadline=None, max_examples=often(300))
@given(
    st.text(max_size=40)
    | st.floats(0, 253_402_300_799).map(lambda t: formatdate(t, usegmt=True))
    | st.from_regex(r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,6} \d{2}:\d{2}:\d{2} ?[+-]?\d{0,6}")
)
def test_any_retry_after(value: str) -> None:
    """Whatever it says, it is None or a number of seconds that GraphQL's Int can hold."""
    seconds = retry_after_seconds(value, NOW)

    assert seconds is None or 0 <= seconds < 2**31
