"""How deep JSON may nest: the same on each version of Python."""

import pytest

from contact_gateway.forms import strict_json


@pytest.mark.parametrize(
    "before",
    [b"", b'"[[", ', b'"\\"[[", ', b'"\\\\", ', b"[[], {}], " * 400, b'"\xc3\xa9\\u005b", ' * 400],
    ids=["alone", "brackets in a string", "after a quote", "after a backslash", "late", "escaped"],
)
def test_depth(before: bytes) -> None:
    """500 levels are read, and not one more, wherever they are."""
    inner = b"[" * 498, b"]" * 498

    read = strict_json.decode(b'{"a": [' + before + b"".join(inner) + b"]}")
    with pytest.raises(ValueError, match=r"^nested too deeply$"):
        strict_json.decode(b'{"a": [' + before + b"[" + b"".join(inner) + b"]]}")

    assert set(read) == {"a"}


@pytest.mark.parametrize(
    "text",
    [b"[" * 600 + b']"', b'"' + b'\\"[' * 30_000, b'"\\' + b"[" * 600, b"]" * 600 + b"[" * 600],
    ids=["a string that does not end", "quotes", "a backslash", "closed before opened"],
)
def test_what_is_no_json_and_has_many_brackets(text: bytes) -> None:
    """It is refused in one sentence, too, whichever comes first."""
    with pytest.raises(ValueError, match=r"^(nested too deeply|not JSON at line 1, column \d+)$"):
        strict_json.decode(text)


def test_many_lists_that_are_not_deep() -> None:
    """How many there are does not matter."""
    assert strict_json.decode(b"[" + b"[[]]," * 10_000 + b"0]") == [*[[[]]] * 10_000, 0]
