"""Keys that come as certificates: `x5c` of a JSON Web Key (RFC 7517 section 4.7).

Only the public key of the first is taken. Neither its dates nor its chain are looked at: a key is
believed because of where the key set comes from, with or without a certificate.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey, OKPKey, RSAKey

__all__ = ["CertifiedKey", "certified_key"]

_KINDS: Mapping[str, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_NAMES = ("kty", "crv", "n", "e", "x", "y")


@dataclass(frozen=True, slots=True)
class CertifiedKey:
    """The public key of a certificate; `parameters` are its members in a JSON Web Key."""

    parameters: Mapping[str, Any]
    _pem: bytes

    def matches(self, key: object) -> bool:
        """Whether a key is this one."""
        return isinstance(key, RSAKey | ECKey | OKPKey) and key.as_pem(private=False) == self._pem


def certified_key(member: Mapping[str, Any]) -> CertifiedKey | None:
    """The key of the certificate that a JSON Web Key brings along, if it can be read.

    A certificate that cannot be read says nothing, and the parameters beside it stand for
    themselves; without them, the key cannot be read either.
    """
    chain = member.get("x5c")
    kind = _KINDS.get(str(member.get("kty")))
    if not isinstance(chain, list) or not chain or not isinstance(chain[0], str) or kind is None:
        return None
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(chain[0], validate=True))
        pem = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        document = kind.import_key(pem).as_dict(private=False)
    except Exception:  # noqa: BLE001 - what libraries raise at odd certificates is no short list
        return None
    return CertifiedKey({name: document[name] for name in _NAMES if name in document}, pem)
