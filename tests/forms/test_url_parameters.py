"""Parameters of a URL: what is written well is read as it was meant, and nothing else is read."""

from urllib.parse import urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contact_gateway.forms.url_parameters import decode

PARAMETERS = st.dictionaries(st.text(), st.text(), max_size=5)
BOUNDED = settings(derandomize=True, deadline=None, max_examples=150)


@BOUNDED
@given(PARAMETERS)
@example({"": "", "a=b&c": "+ %2B\0"})
def test_what_is_written_well(parameters: dict[str, str]) -> None:
    """It is read as it was meant, whatever is in it."""
    assert decode(urlencode(parameters).encode()) == parameters


@BOUNDED
@given(st.one_of(st.binary(), st.text("%+&=aF\xff0").map(lambda text: text.encode("latin-1"))))
def test_anything(query: bytes) -> None:
    """What is read can be written, and read again to the same; the rest is a ValueError."""
    try:
        parameters = decode(query)
    except ValueError:
        return

    assert decode(urlencode(parameters).encode()) == parameters


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (b"a=%zz", "two hexadecimal digits behind each % in the URL"),
        (b"a=%E9", "UTF-8 in the URL"),
        (b"a=\xe9", "UTF-8 in the URL"),
        (b"a=&a=", "each parameter once in the URL"),
        (b"a&%61", "each parameter once in the URL"),
    ],
)
def test_what_is_not(query: bytes, message: str) -> None:
    """It is said what was expected, and nothing is quoted."""
    with pytest.raises(ValueError, match=message) as caught:
        decode(query)

    assert (str(caught.value), caught.value.__cause__) == (message, None)
