"""Who calls: a value with which everything about permission is decided, without HTTP."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from contact_gateway.identity.claims import ScopeNames, find_claim, read_customers

__all__ = ["Principal", "read_principal"]


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller, as the caller's access token says.

    `scopes` is None where only the upstream can tell them. `customers` are those that the token
    is good for, or None where tokens do not name customers. `token` is the token itself;
    it ends at `expires_at`, in seconds since the epoch, as far as it says. `pseudonym` names the
    caller in logs and counters, without saying who it is; of a token without a verified subject,
    it is the token that is named. What is not `verified` only the token itself says, which may
    refuse the caller something and grants nothing. `issued_scopes` has what a scope is called where
    the caller can ask for it, if not the same.
    """

    subject: str
    scopes: frozenset[str] | None
    customers: frozenset[int] | None
    token: str = field(repr=False)
    expires_at: float = math.inf
    verified: bool = field(default=True, repr=False)
    issued_scopes: Mapping[str, str] | None = field(default=None, repr=False, compare=False)
    pseudonym: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        kind, text = (b"subject", self.subject) if self.subject else (b"token", self.token)
        content = text.encode("utf-8", "surrogatepass")
        pseudonym = blake2b(content, digest_size=8, person=kind).hexdigest()
        object.__setattr__(self, "pseudonym", pseudonym)

    def has_scope(self, scope: str) -> bool:
        """Whether the token grants exactly this scope (RFC 6749 section 3.3: case-sensitive)."""
        return self.scopes is None or scope in self.scopes

    def to_ask_for(self, scope: str) -> str:
        """What the caller's issuer calls a scope."""
        return (self.issued_scopes or {}).get(scope, scope)


def read_principal(
    claims: Mapping[str, Any], token: str, *, scopes: ScopeNames, customer_claim: str | None
) -> Principal:
    """Read the claims of a token that keeps every rule."""
    subject = claims.get("sub")
    customers = None if customer_claim is None else find_claim(claims, customer_claim)
    return Principal(
        subject=subject if isinstance(subject, str) else "",
        # where no claim speaks of scopes there are none: a verified token says all there is
        scopes=scopes.granted(claims) or frozenset(),
        customers=None if customer_claim is None else read_customers(customers),
        token=token,
        expires_at=claims.get("exp", math.inf),
        issued_scopes=scopes.to_ask_for,
    )
