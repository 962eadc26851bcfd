"""Reading a JSON Web Key Set: only public keys that are fit to verify signatures are kept."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import base64_to_int

from contact_gateway.forms import strict_json
from contact_gateway.identity.certificates import certified_key

__all__ = ["SigningKey", "SigningKeys", "read_key_set", "unfitness"]

SigningKey = RSAKey | ECKey | OKPKey

_MOST_KEYS: Final = 200
_SMALLEST_RSA_BITS = 2048  # RFC 7518 section 3.3
_SIGNATURE_CURVES = frozenset({"Ed25519", "Ed448"})  # the other OKP curves agree on keys


class SigningKeys(Mapping[str, tuple[SigningKey, ...]]):
    """The keys of a key set by kid, in its order; `every` has those without a kid too.

    One kid may name several keys, where they differ in what they are for: RFC 7517 section 4.5.
    """

    def __init__(self, every: tuple[SigningKey, ...] = ()) -> None:
        self.every = every
        # whatever their order
        self._documents = sorted(json.dumps(key.dict_value, sort_keys=True) for key in every)
        self._by_kid: dict[str, tuple[SigningKey, ...]] = {}
        for key in every:
            if key.kid:
                self._by_kid[key.kid] = (*self._by_kid.get(key.kid, ()), key)

    def __getitem__(self, kid: str) -> tuple[SigningKey, ...]:
        return self._by_kid[kid]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_kid)

    def __len__(self) -> int:
        return len(self._by_kid)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SigningKeys) and self._documents == other._documents

    __hash__ = None  # type: ignore[assignment] # as every mapping

    def fitting(self, kid: str | None, algorithm: str) -> tuple[SigningKey, ...]:
        """The keys that a token of this header may be signed with.

        Without a kid it is the only one of the algorithm's kind, if there is but one: where there
        are two, of different curves even, nothing says which is meant.
        """
        if kid is not None:
            return tuple(key for key in self.get(kid, ()) if unfitness(key, algorithm) is None)
        kind = JWSRegistry.algorithms[algorithm].key_type
        alike = [
            key
            for key in self.every
            if key.key_type == kind and key.get("alg", algorithm) == algorithm
        ]
        return tuple(alike) if len(alike) == 1 and unfitness(alike[0], algorithm) is None else ()


def unfitness(key: SigningKey, algorithm: str) -> JoseError | None:
    """Why a key cannot be used with an algorithm, if so.

    That is its type, its curve, or its own `alg` if it names one (RFC 8725 section 3.1).
    """
    try:
        JWSRegistry.algorithms[algorithm].check_key(key)
    except JoseError as error:
        return error
    return None


def read_key_set(document: bytes) -> SigningKeys:
    """Read a JSON Web Key Set (RFC 7517 section 5).

    Keys that are private, symmetric, not for signatures, RSA under 2048 bits or of an unknown kind
    are skipped.

    Raises:
        ValueError: the document is not a key set, or one of over 200 keys.
    """
    parsed = strict_json.decode(document)
    if not isinstance(parsed, dict) or not isinstance(parsed.get("keys"), list):
        raise ValueError("not a JSON Web Key Set")  # noqa: TRY004 - its value, not its type
    if len(parsed["keys"]) > _MOST_KEYS:
        raise ValueError("more than 200 keys")
    keys = map(_read_key, parsed["keys"])
    return SigningKeys(tuple(key for key in keys if key is not None))


def _read_key(member: object) -> SigningKey | None:
    if not isinstance(member, dict):
        return None
    try:
        if not _is_for_signatures(member):
            return None
        certified = certified_key(member)
        # where both are there, they are the same key (RFC 7517 section 4.7)
        whole = member if certified is None else {**certified.parameters, **member}
        if not _is_strong(whole):
            return None
        key = JWKRegistry.import_key(whole)
        if certified is not None and not certified.matches(key):
            return None
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    # whoever reads a private key in a key set could sign with it
    return key if isinstance(key, SigningKey) and not key.is_private else None


def _is_for_signatures(member: dict[str, Any]) -> bool:
    """RFC 7517 sections 4.2 and 4.3; what is left out restricts nothing."""
    operations = member.get("key_ops", ["verify"])
    return (
        member.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
    )


def _is_strong(member: dict[str, Any]) -> bool:
    """Whether the key is of a kind and a size that signatures may be believed of."""
    if member["kty"] == "RSA":
        return base64_to_int(member["n"]).bit_length() >= _SMALLEST_RSA_BITS
    return member["kty"] == "EC" or (member["kty"] == "OKP" and member["crv"] in _SIGNATURE_CURVES)
