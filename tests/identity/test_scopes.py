"""What a token grants: every shape of `scope` and `scp`."""

from typing import Any

import pytest

from contact_gateway.identity.principal import read_principal
from tests.identity.issuer import scopes_in

SHAPES: list[tuple[Any, bool]] = [
    ("contacts:write", True),
    ("contacts:read contacts:write", True),
    ("contacts:read  contacts:write", True),
    (" contacts:write ", True),
    (["contacts:write"], True),
    (["contacts:read", "contacts:write"], True),
    (["contacts:write", 7, None, ["x"]], True),
    ("contacts:read\tcontacts:write", False),
    ("contacts:read\ncontacts:write", False),
    ("contacts:read,contacts:write", False),
    ("contacts:write:all", False),
    ("xcontacts:write", False),
    ("Contacts:Write", False),
    ("contacts:*", False),
    ("contacts:write\u00a0", False),
    ("contacts:writ\u0435", False),  # a Cyrillic letter
    ("contacts%3Awrite", False),
    ("", False),
    (["contacts:read contacts:write"], False),
    ([["contacts:write"]], False),
    ([{"scope": "contacts:write"}], False),
    ([], False),
    ({"contacts:write": True}, False),
    (7, False),
    (True, False),
    (None, False),
]


@pytest.mark.parametrize("claim", ["scope", "scp"])
@pytest.mark.parametrize(("value", "granted"), SHAPES)
def test_shape(claim: str, value: Any, granted: bool) -> None:  # noqa: FBT001
    """Scopes parted by spaces or in an array count if they match to the letter; nothing else."""
    principal = read_principal({claim: value}, "", scopes=scopes_in(claim), customer_claim=None)

    assert principal.has_scope("contacts:write") is granted


def test_the_other_claim() -> None:
    """Only the claim of the settings counts, and a token without it grants nothing."""
    claims = {"scp": "contacts:write", "scope": None, "permissions": ["contacts:write"]}

    principal = read_principal(claims, "", scopes=scopes_in("scope"), customer_claim=None)

    assert principal.scopes == frozenset()


def test_repr() -> None:
    """A principal can be printed without its token in it."""
    principal = read_principal(
        {"sub": "x"}, "canary", scopes=scopes_in("scope"), customer_claim=None
    )

    assert (
        repr(principal)
        == "Principal(subject='x', scopes=frozenset(), customers=None, expires_at=inf)"
    )
