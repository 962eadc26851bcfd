"""Reading a JSON Web Key Set: only public keys that are fit to verify signatures are kept."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey
from joserfc.util import base64_to_int

from contact_gateway.forms import strict_json

__all__ = ["SigningKey", "read_key_set"]

SigningKey = RSAKey | ECKey | OKPKey

_SMALLEST_RSA_BITS = 2048  # RFC 7518 section 3.3
_SIGNATURE_CURVES = frozenset({"Ed25519", "Ed448"})  # the other OKP curves agree on keys


def read_key_set(document: bytes) -> Mapping[str, SigningKey]:
    """Read a JSON Web Key Set (RFC 7517 section 5) into kid → key.

    Keys that are private, symmetric, not for signatures, without a kid, RSA under 2048 bits or of
    an unknown kind are skipped. Of two keys with one kid the first counts.

    Raises:
        ValueError: the document is not a key set.
    """
    parsed = strict_json.decode(document)
    if not isinstance(parsed, dict) or not isinstance(parsed.get("keys"), list):
        raise ValueError("not a JSON Web Key Set")  # noqa: TRY004 - its value, not its type
    keys: dict[str, SigningKey] = {}
    for member in parsed["keys"]:
        key = _read_key(member)
        if key is not None and key.kid:
            keys.setdefault(key.kid, key)
    return MappingProxyType(keys)


def _read_key(member: object) -> SigningKey | None:
    if not isinstance(member, dict):
        return None
    try:
        if not _is_for_signatures(member) or not _is_strong(member):
            return None
        key = JWKRegistry.import_key(member)
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
