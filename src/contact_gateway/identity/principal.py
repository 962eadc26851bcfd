"""Who calls: a value with which everything about permission is decided, without HTTP."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from contact_gateway.forms.int64 import parse_int64

__all__ = ["Principal", "read_principal", "read_scopes"]


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller, as the caller's access token says.

    `scopes` is None where only the upstream can tell them. `customers` are those that the token
    is good for, or None where tokens do not name customers. `token` is the token itself;
    it ends at `expires_at`, in seconds since the epoch, as far as it says. `pseudonym` names the
    caller in logs and counters, without saying who it is; of a token without a verified subject,
    it is the token that is named. What is not `verified` only the token itself says, which may
    refuse the caller something and grants nothing.
    """

    subject: str
    scopes: frozenset[str] | None
    customers: frozenset[int] | None
    token: str = field(repr=False)
    expires_at: float = math.inf
    verified: bool = field(default=True, repr=False)
    pseudonym: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        kind, text = (b"subject", self.subject) if self.subject else (b"token", self.token)
        content = text.encode("utf-8", "surrogatepass")
        pseudonym = blake2b(content, digest_size=8, person=kind).hexdigest()
        object.__setattr__(self, "pseudonym", pseudonym)

    def has_scope(self, scope: str) -> bool:
        """Whether the token grants exactly this scope (RFC 6749 section 3.3: case-sensitive)."""
        return self.scopes is None or scope in self.scopes


def read_principal(
    claims: Mapping[str, Any], token: str, *, scope_claim: str, customer_claim: str | None
) -> Principal:
    """Read the claims of a token whose signature and dates are already accepted."""
    subject = claims.get("sub")
    return Principal(
        subject=subject if isinstance(subject, str) else "",
        scopes=read_scopes(claims.get(scope_claim)),
        customers=None if customer_claim is None else _read_customers(claims.get(customer_claim)),
        token=token,
        expires_at=claims.get("exp", math.inf),
    )


def read_scopes(claim: object) -> frozenset[str]:
    """A string of scopes parted by single spaces (RFC 8693 section 4.2), or an array of scopes.

    What has any other shape grants nothing.
    """
    if isinstance(claim, str):
        return frozenset(scope for scope in claim.split(" ") if scope)
    if isinstance(claim, list):
        return frozenset(scope for scope in claim if isinstance(scope, str) and scope)
    return frozenset()


def _read_customers(claim: object) -> frozenset[int]:
    """An integer, a string of digits, or an array of these; what has another shape names nobody."""
    values = claim if isinstance(claim, list) else [claim]
    texts = [str(value) if type(value) is int else value for value in values]
    numbers = {parse_int64(text) for text in texts if isinstance(text, str)}
    return frozenset(number for number in numbers if number is not None)
