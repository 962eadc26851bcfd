"""An issuer of access tokens for tests, and the forger who knows all that is public about it."""

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64encode

from contact_gateway.identity import ScopeNames

__all__ = [
    "AUDIENCE",
    "ISSUER",
    "OWN_SCOPES",
    "Issuer",
    "PrivateKey",
    "assemble",
    "scopes_in",
    "segment",
]

ISSUER = "https://issuer.test/"
AUDIENCE = "contact-gateway"
LIFETIME_SECONDS = 600
OWN_SCOPES = {name: (name,) for name in ("contacts:read", "contacts:write")}

PrivateKey = RSAKey | ECKey | OKPKey | OctKey
Part = Mapping[str, Any] | list[Any] | bytes


def scopes_in(*claims: str) -> ScopeNames:
    """The scopes in these claims, called there as they are called here."""
    return ScopeNames(claims, OWN_SCOPES)


def segment(part: Part) -> bytes:
    """One segment of a token: bytes as they are, anything else as JSON."""
    return urlsafe_b64encode(part if isinstance(part, bytes) else json.dumps(part).encode())


def assemble(header: Part, claims: Part, key: PrivateKey | None, algorithm: str) -> str:
    """Sign anything with anything; without a key the signature is empty."""
    signed = segment(header) + b"." + segment(claims)
    signature = b"" if key is None else JWSRegistry.algorithms[algorithm].sign(signed, key)
    return (signed + b"." + urlsafe_b64encode(signature)).decode()


@dataclass
class Issuer:
    """One key of each kind, named by its algorithm; what is slow to make is made once, if asked.

    Beside good keys the key set has some that no verifier may use.
    """

    extra_keys: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def keys(self) -> dict[str, PrivateKey]:
        """The private keys by kid. `free` names no algorithm."""
        rsa = RSAKey.generate_key(2048).as_dict(private=True)
        return {
            "RS256": RSAKey.import_key({**rsa, "kid": "RS256", "alg": "RS256", "use": "sig"}),
            "PS256": RSAKey.import_key({**rsa, "kid": "PS256", "alg": "PS256"}),
            "ES256": ECKey.generate_key("P-256", {"kid": "ES256", "alg": "ES256"}),
            "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "EdDSA", "key_ops": ["sign"]}),
            "free": RSAKey.import_key({**rsa, "kid": "free"}),
        }

    @cached_property
    def unfit(self) -> dict[str, PrivateKey]:
        """Private keys of what stands in the key set and must not be used, by kid."""
        return {
            "P-384": ECKey.generate_key("P-384", {"kid": "P-384"}),
            "for encryption": ECKey.generate_key("P-256", {"kid": "for encryption", "use": "enc"}),
            "symmetric": OctKey.generate_key(256, {"kid": "symmetric"}),
            "1024 bits": _weak_key(),
            "private": ECKey.generate_key("P-256", {"kid": "private"}),
        }

    @property
    def every_key(self) -> dict[str, PrivateKey]:
        """Every private key by kid, fit or not."""
        return self.keys | self.unfit

    def key_set(self) -> dict[str, Any]:
        """The JSON Web Key Set as the issuer publishes it."""
        public = [_public(key) for key in self.keys.values()]
        unfit = [
            key.as_dict(private=True) if kid in {"symmetric", "private"} else _public(key)
            for kid, key in self.unfit.items()
        ]
        return {"keys": [*public, *unfit, *self.extra_keys]}

    def document(self) -> bytes:
        """The key set as it is served."""
        return json.dumps(self.key_set()).encode()

    def claims(self, now: float, **changes: Any) -> dict[str, Any]:
        """The claims of a good token; a change to None leaves a claim out."""
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "somebody",
            "iat": int(now),
            "exp": int(now) + LIFETIME_SECONDS,
            "scope": "contacts:read contacts:write",
            "customer_id": 5690,
        }
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def header(self, kid: str = "ES256", **changes: Any) -> dict[str, Any]:
        """The header of a good token; a change to None leaves a member out."""
        header: dict[str, Any] = {
            "alg": kid if kid in self.keys else "ES256",
            "typ": "at+jwt",
            "kid": kid,
        }
        return {name: value for name, value in {**header, **changes}.items() if value is not None}

    def token(self, now: float, kid: str = "ES256", **claims: Any) -> str:
        """A genuine token with these claims."""
        return assemble(self.header(kid), self.claims(now, **claims), self.keys[kid], kid)


def _weak_key() -> RSAKey:
    with warnings.catch_warnings(action="ignore", category=SecurityWarning):
        return RSAKey.generate_key(1024, {"kid": "1024 bits"})


def _public(key: PrivateKey) -> dict[str, Any]:
    public: dict[str, Any] = dict(key.as_dict(private=False))
    if "key_ops" in public:
        public["key_ops"] = ["verify"]
    return public
