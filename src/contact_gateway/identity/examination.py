"""What a person is told of a token: which rules it keeps, and never anything that is in it."""

import time
from collections.abc import Mapping
from typing import Final, NamedTuple

from contact_gateway.identity.issuers import Issuers
from contact_gateway.identity.principal import Principal
from contact_gateway.identity.signed_token import (
    InvalidTokenError,
    SignedToken,
    read_signed_token,
    require_size,
)
from contact_gateway.identity.token_rules import Rule, TokenRules
from contact_gateway.identity.tokens import TokenVerifier
from contact_gateway.settings import PREFIX

__all__ = ["Verdict", "examine"]


class Verdict(NamedTuple):
    """What was found of one rule; `advice` is None where it is kept."""

    rule: str
    found: str
    advice: str | None = None


_NEVER = "Such tokens are never accepted."
# what is expected, and where to look if it is not so
_EXPECTED: Final[Mapping[str, tuple[str, str]]] = {
    "header": ("nothing that would choose what it is verified with", _NEVER),
    "alg": ("a listed algorithm", f"See {PREFIX}JWT_ALGORITHMS."),
    "typ": ("a listed type", f"See {PREFIX}JWT_TYPES; none lists tokens without a typ."),
    "kid": ("none, or a text", _NEVER),
    "iss": ("a listed issuer", f"See {PREFIX}JWT_ISSUER: it counts to the letter."),
    "aud": (
        "a listed audience",
        f"See {PREFIX}JWT_AUDIENCE and {PREFIX}JWT_AUDIENCE_CLAIM, and for whom the token is.",
    ),
    "purpose": ("an access token", "Send the access token, and not the ID token."),
    "sub": ("none, or a text", _NEVER),
    "exp": ("a date to come", "Ask the issuer for a new token, and see that clocks are right."),
    "nbf": ("none, or a date that has passed", "See that the clocks are right."),
    "iat": ("none, or a date that has passed", "See that the clocks are right."),
}


async def examine(issuers: Issuers, rules: TokenRules, token: str) -> list[Verdict]:
    """A verdict for each rule that can be asked of a token; the key sets are fetched already."""
    try:
        require_size(token)
        signed = read_signed_token(token)
    except InvalidTokenError as error:
        advice = "Expected a signed JWT of at most 16 KiB; others cannot be verified with keys."
        return [Verdict("form", str(error), advice)]
    verifier = TokenVerifier(issuers, rules)
    chosen = [*rules.of_header(signed.header), *rules.of_issuer(signed.claims)]
    verdicts = [_verdict(rule) for rule in chosen]
    if all(holds for _, holds in chosen):
        verdicts.append(await _of_signature(verifier, signed))
    verdicts += [_verdict(rule) for rule in rules.of_claims(signed.claims, time.time())]
    if all(holds for _, holds in rules.of_claims(signed.claims, time.time())):
        verdicts += _of_grants(verifier.principal(signed, token))
    return verdicts


def _verdict(rule: Rule) -> Verdict:
    name, holds = rule
    expected, advice = _EXPECTED[name]
    return Verdict(name, expected) if holds else Verdict(name, f"not {expected}", advice)


async def _of_signature(verifier: TokenVerifier, signed: SignedToken) -> Verdict:
    try:
        await verifier.check_signature(signed)
    except InvalidTokenError as error:
        advice = "See that the key set of its issuer has the key that it names, for its alg."
        return Verdict("signature", f"not of a key of its issuer ({error})", advice)
    return Verdict("signature", "of a key of its issuer")


def _of_grants(principal: Principal) -> list[Verdict]:
    """What the token is good for: one that is good for nothing is most likely a wrong setting."""
    advice = f"See {PREFIX}JWT_SCOPE_CLAIM, {PREFIX}SCOPE_READ and {PREFIX}SCOPE_WRITE."
    scopes = sorted(principal.scopes or ())
    found = [
        Verdict("scopes", " ".join(scopes)) if scopes else Verdict("scopes", "none", advice),
    ]
    if principal.customers is not None:
        count = len(principal.customers)
        wrong = None if count else f"See {PREFIX}JWT_CUSTOMER_CLAIM."
        found.append(Verdict("customers", f"it names {count}", wrong))
    return found
