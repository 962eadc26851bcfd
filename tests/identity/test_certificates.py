"""Keys that come as certificates, beside their parameters or in their place."""

import base64
import datetime as dt
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc.jwk import ECKey, OKPKey, RSAKey

from contact_gateway.identity import read_key_set
from tests.identity.issuer import PrivateKey

RSA, OTHER_RSA = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
P256, ED25519 = ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")


def certificate(key: Any) -> str:
    """An expired certificate of a key, signed by itself, as `x5c` has it."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer.test")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key, x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2020, 1, 2, tzinfo=dt.UTC))
        .sign(key.private_key, None if key.key_type == "OKP" else hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()


def public(key: PrivateKey, **more: Any) -> dict[str, Any]:
    """The public key of a key set, with further members."""
    return {**key.as_dict(private=False), "kid": "one", **more}


def alone(key: PrivateKey) -> dict[str, Any]:
    """The same with nothing but its kind and its certificate."""
    return {"kty": key.key_type, "kid": "one", "use": "sig", "x5c": [certificate(key)]}


KEPT = {
    "RSA beside": (public(RSA, x5c=[certificate(RSA)]), RSA),
    "EC beside": (public(P256, x5c=[certificate(P256)]), P256),
    "OKP beside": (public(ED25519, x5c=[certificate(ED25519)]), ED25519),
    "RSA alone": (alone(RSA), RSA),
    "EC alone": (alone(P256), P256),
    "OKP alone": (alone(ED25519), ED25519),
    "with a chain": (public(RSA, x5c=[certificate(RSA), certificate(OTHER_RSA)]), RSA),
    "unreadable beside": (public(RSA, x5c=["MIIB"]), RSA),
    "empty beside": (public(RSA, x5c=[]), RSA),
}

SKIPPED = {
    "of another key": public(RSA, x5c=[certificate(OTHER_RSA)]),
    "of another kind": public(RSA, kty="RSA", x5c=[certificate(OTHER_RSA)]),
    "alone, of another kind": {**alone(P256), "kty": "RSA"},
    "alone, unreadable": {"kty": "RSA", "kid": "one", "x5c": ["MIIB"]},
    "alone, in base64url": {**alone(RSA), "x5c": [certificate(RSA).replace("/", "_") + "-"]},
    "alone, no list": {**alone(RSA), "x5c": certificate(RSA)},
    "alone, not first": {**alone(RSA), "x5c": ["MIIB", certificate(RSA)]},
    "alone, for encryption": {**alone(RSA), "use": "enc"},
}


@pytest.mark.parametrize(("member", "key"), KEPT.values(), ids=KEPT)
def test_kept(member: dict[str, Any], key: Any) -> None:
    """The key is read, whatever the dates and the chain of its certificate."""
    found = read_key_set(json.dumps({"keys": [member]}).encode())

    assert [each.public_key == key.public_key for each in found.every] == [True]


@pytest.mark.parametrize("member", SKIPPED.values(), ids=SKIPPED)
def test_skipped(member: dict[str, Any]) -> None:
    """A key that its certificate is not of (RFC 7517 section 4.7), or that nobody can read."""
    assert read_key_set(json.dumps({"keys": [member]}).encode()).every == ()


@pytest.mark.parametrize(("count", "kept"), [(200, 200), (201, None)])
def test_how_many_keys(count: int, kept: int | None) -> None:
    """A key set may have 200 keys, and one with more is none."""
    document = json.dumps({"keys": [public(P256, kid=str(number)) for number in range(count)]})

    try:
        found: int | None = len(read_key_set(document.encode()).every)
    except ValueError:
        found = None
    assert found == kept
