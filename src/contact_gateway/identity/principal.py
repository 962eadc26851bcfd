"""Who calls: a value with which everything about permission is decided, without HTTP."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType
from typing import Final

__all__ = ["Principal"]

_BY_THEIR_OWN_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


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
    verified: bool = True
    issued_scopes: Mapping[str, str] = field(default=_BY_THEIR_OWN_NAMES, repr=False, compare=False)
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
        return self.issued_scopes.get(scope, scope)
