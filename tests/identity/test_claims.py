"""Where claims are found, and which scopes stand for which."""

from typing import Any

import pytest

from contact_gateway.identity import ScopeNames
from contact_gateway.identity.claims import ABSENT, find_claim

URL = "https://example.com/customer.id"
FOUND: list[tuple[dict[str, Any], str, object]] = [
    ({"scp": "a"}, "scp", "a"),
    ({"scp": None}, "scp", None),
    ({"SCP": "a"}, "scp", ABSENT),
    ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", ["a"]),
    ({"realm_access.roles": ["b"], "realm_access": {"roles": ["a"]}}, "realm_access.roles", ["b"]),
    ({"a": {"b": {"c": 1}}}, "a.b.c", 1),
    ({"a.b": {"c": 1}}, "a.b.c", 1),
    ({"a": {"b.c": 1}}, "a.b.c", 1),
    ({"a.b": {"d": 1}, "a": {"b": {"c": 2}}}, "a.b.c", 2),
    ({"a.b": {"c": 1}, "a": {"b": {"c": 2}}}, "a.b.c", 1),
    ({URL: "5690"}, URL, "5690"),
    ({"https://example": {"com/customer.id": 1}}, URL, 1),
    ({"resource_access": {"contacts.example.com": {"roles": ["a"]}}},
     "resource_access.contacts.example.com.roles", ["a"]),
    ({"a": "b"}, "a.b", ABSENT),
    ({"a": ["b"]}, "a.0", ABSENT),
    ({"a": {"b": 1}}, "a.", ABSENT),
    ({"a": {"b": 1}}, ".b", ABSENT),
    ({"": {"b": 1}}, ".b", 1),
    ({}, "a.b.c", ABSENT),
]  # fmt: skip


@pytest.mark.parametrize(("claims", "name", "value"), FOUND)
def test_where_a_claim_is(claims: dict[str, Any], name: str, value: object) -> None:
    """It is the longest name that is there, a whole name before any path."""
    assert find_claim(claims, name) == value


NAMES = ScopeNames(
    ("scp", "roles", "realm_access.roles"),
    {"contacts:read": ("Contacts.Read", "all"), "contacts:write": ("Contacts.Write", "all")},
)
GRANTED: list[tuple[dict[str, Any], set[str] | None]] = [
    ({"scp": "Contacts.Read"}, {"contacts:read"}),
    ({"scp": "Contacts.Read", "roles": ["Contacts.Write"]}, {"contacts:read", "contacts:write"}),
    ({"realm_access": {"roles": ["all"]}}, {"contacts:read", "contacts:write"}),
    ({"scp": None, "roles": "Contacts.Write other"}, {"contacts:write"}),
    ({"scp": "contacts:read contacts:write"}, set()),
    ({"scp": "contacts.read"}, set()),
    ({"scp": "Contacts.Read.All"}, set()),
    ({"scp": ["Contacts.Read Contacts.Write"]}, set()),
    ({"scope": "all"}, None),
    ({}, None),
]


@pytest.mark.parametrize(("claims", "granted"), GRANTED)
def test_which_scopes_stand_for_ours(claims: dict[str, Any], granted: set[str] | None) -> None:
    """Those that are listed, to the letter, of all the claims together; ours not, unless listed."""
    assert NAMES.granted(claims) == granted
