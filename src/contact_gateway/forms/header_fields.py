"""Header fields of a request, in every spelling that RFC 9110 allows: read here, and only here."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

__all__ = [
    "Fields",
    "Parameterized",
    "fields_by_name",
    "members",
    "parameterized",
    "values_of",
    "weight",
    "without_white_space",
]

Fields = defaultdict[bytes, list[bytes]]
"""The values of each header field by its name in lower case, one for each line."""

Line = tuple[bytes, bytes]

_WHITE_SPACE: Final = b" \t"
# linear: whatever is behind the last quote is taken in too, so that nothing is looked for again
_MEMBER: Final = re.compile(rb'(?:[^",]++|"(?:[^"\\]++|\\.)*"?)+', re.DOTALL)
_PART: Final = re.compile(rb'(?:[^";]++|"(?:[^"\\]++|\\.)*"?)+', re.DOTALL)
_QUOTED_PAIR: Final = re.compile(rb"\\(.)", re.DOTALL)
# that of section 12.4.2, and ".2", which old clients in Java send
_WEIGHT: Final = re.compile(rb"[01](?:\.[0-9]*)?|\.[0-9]+")


def fields_by_name(lines: Iterable[Line]) -> Fields:
    """All fields by name. White space around a value is no part of it (section 5.5)."""
    fields: Fields = defaultdict(list)
    for name, value in lines:
        fields[name].append(value.strip(_WHITE_SPACE))
    return fields


def values_of(lines: Iterable[Line], wanted: bytes) -> list[bytes]:
    """The values of the one field `wanted`, for those who read no other."""
    return [value.strip(_WHITE_SPACE) for name, value in lines if name == wanted]


def without_white_space(lines: Iterable[Line]) -> list[Line]:
    """The same lines for readers who know nothing of white space around a value."""
    return [(name, value.strip(_WHITE_SPACE)) for name, value in lines]


def members(values: Sequence[bytes]) -> list[bytes]:
    """The members of a list (section 5.6.1), whose lines are one list (section 5.3).

    Empty ones are none, and a comma in a quoted string parts nothing.
    """
    found = (member.strip(_WHITE_SPACE) for member in _MEMBER.findall(b",".join(values)))
    return [member for member in found if member]


class Parameterized(NamedTuple):
    """A value in lower case and its parameters (section 5.6.6), names in lower case, unquoted."""

    value: bytes
    parameters: list[tuple[bytes, bytes]]


def parameterized(member: bytes) -> Parameterized:
    """Read a value that may have parameters, such as a media type (section 8.3.1)."""
    value, _, rest = member.partition(b";")
    parts = (part.strip(_WHITE_SPACE) for part in _PART.findall(rest))
    return Parameterized(
        value.strip(_WHITE_SPACE).lower(), [_parameter(each) for each in parts if each]
    )


def weight(parameters: Iterable[tuple[bytes, bytes]]) -> float:
    """The weight among parameters, 0 to 1; one that is malformed counts as a refusal."""
    for name, value in parameters:
        if name == b"q":
            return min(1.0, float(value)) if _WEIGHT.fullmatch(value) else 0.0
    return 1.0


def _parameter(part: bytes) -> tuple[bytes, bytes]:
    name, _, value = part.partition(b"=")
    if len(value) > 1 and value[:1] == value[-1:] == b'"':
        value = _QUOTED_PAIR.sub(rb"\1", value[1:-1])
    return name.lower(), value
