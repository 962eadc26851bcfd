"""Where a claim is found, and what its value stands for: scopes, customers, audiences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contact_gateway.forms.int64 import parse_int64

__all__ = ["ABSENT", "ScopeNames", "find_claim", "read_customers", "read_scopes", "read_texts"]

ABSENT: Final = object()
"""What is found where there is no claim; null is a value."""


def find_claim(claims: Mapping[str, Any], name: str) -> object:
    """The value of the claim `name`, which is a name or a path of names parted by dots.

    Names can have dots themselves (`https://example.com/customer`): the longest that is there
    comes first, so a whole name comes before any path.
    """
    if name in claims:
        return claims[name]
    head, dot, _ = name.rpartition(".")
    while dot:
        inner = claims.get(head)
        if isinstance(inner, dict):
            value = find_claim(inner, name[len(head) + 1 :])
            if value is not ABSENT:
                return value
        head, dot, _ = head.rpartition(".")
    return ABSENT


@dataclass(frozen=True, slots=True)
class ScopeNames:
    """Which claims hold scopes, and which of the issuer's scopes stand for each of our own."""

    claims: tuple[str, ...]
    issued: Mapping[str, tuple[str, ...]]

    def granted(self, claims: Mapping[str, Any]) -> frozenset[str] | None:
        """Our scopes that a token grants, each to the letter; None where no claim speaks of any."""
        values = [find_claim(claims, name) for name in self.claims]
        if all(value is ABSENT for value in values):
            return None
        found = frozenset[str]().union(*map(read_scopes, values))
        return frozenset(own for own, names in self.issued.items() if not found.isdisjoint(names))

    @property
    def to_ask_for(self) -> Mapping[str, str]:
        """For each of our scopes the one that a caller can ask the issuer for."""
        return {own: names[0] for own, names in self.issued.items()}


def read_scopes(claim: object) -> frozenset[str]:
    """A string of scopes parted by single spaces (RFC 8693 section 4.2), or an array of scopes.

    What has any other shape grants nothing.
    """
    if isinstance(claim, str):
        return frozenset(scope for scope in claim.split(" ") if scope)
    return frozenset(scope for scope in read_texts(claim) if scope)


def read_texts(claim: object) -> frozenset[str]:
    """A string, or the strings of an array; nothing else."""
    values: Iterable[object] = claim if isinstance(claim, list) else [claim]
    return frozenset(value for value in values if isinstance(value, str))


def read_customers(claim: object) -> frozenset[int]:
    """An integer, a string of digits, or an array of these; what has another shape names nobody."""
    values = claim if isinstance(claim, list) else [claim]
    texts = [str(value) if type(value) is int else value for value in values]
    numbers = {parse_int64(text) for text in texts if isinstance(text, str)}
    return frozenset(number for number in numbers if number is not None)
