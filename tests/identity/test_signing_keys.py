"""Which keys of a key set are kept."""

import json
from typing import Any

import pytest

from contact_gateway.identity.signing_keys import read_key_set
from tests.identity.issuer import Issuer

NO_KEY_SETS = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"keys"',
    b"{}",
    b'{"keys": {}}',
    b'{"keys": null}',
    b'{"keys": [], "keys": []}',
    b"\xff",
    b"[" * 60_000,
]


@pytest.mark.parametrize("document", NO_KEY_SETS, ids=range(len(NO_KEY_SETS)))
def test_no_key_set(document: bytes) -> None:
    """What is not a JSON Web Key Set (RFC 7517 section 5) is an error, not an empty set."""
    with pytest.raises(ValueError, match=r"\S"):
        read_key_set(document)


def test_fit_keys(issuer: Issuer) -> None:
    """Public keys for signatures are kept; P-384 too, which only fits algorithms of its own."""
    assert set(read_key_set(issuer.document())) == {*issuer.keys, "P-384"}


def changed(issuer: Issuer, name: str, /, **changes: Any) -> dict[str, Any]:
    """A public key of the issuer with other members; None leaves one out."""
    public = issuer.keys[name].as_dict(private=False)
    return {member: value for member, value in {**public, **changes}.items() if value is not None}


SKIPPED: list[tuple[str, dict[str, Any]]] = [
    ("ES256", {"kid": None}),
    ("ES256", {"kid": ""}),
    ("ES256", {"kid": 7}),
    ("ES256", {"use": "enc"}),
    ("ES256", {"use": ["sig"]}),
    ("ES256", {"key_ops": []}),
    ("ES256", {"key_ops": ["sign"]}),
    ("ES256", {"key_ops": ["encrypt"]}),
    ("ES256", {"key_ops": "verify"}),
    ("ES256", {"key_ops": 1}),
    ("ES256", {"alg": 7}),
    ("ES256", {"kty": None}),
    ("ES256", {"kty": "oct", "k": "c2VjcmV0"}),
    ("ES256", {"kty": "unknown"}),
    ("ES256", {"kty": ["EC"]}),
    ("ES256", {"kty": "RSA"}),
    ("ES256", {"crv": "P-999"}),
    ("ES256", {"crv": None}),
    ("ES256", {"x": "AAAA"}),
    ("ES256", {"x": 1}),
    ("ES256", {"d": "AAAA"}),
    ("EdDSA", {"crv": "X25519"}),
    ("EdDSA", {"crv": None}),
    ("EdDSA", {"x": "AA"}),
    ("RS256", {"n": "AQAB"}),
    ("RS256", {"n": "AA" + "AA" * 200}),
    ("RS256", {"n": None}),
    ("RS256", {"n": 3}),
    ("RS256", {"e": "AQ"}),
    ("RS256", {"e": "Ag"}),
]


@pytest.mark.parametrize(("kid", "changes"), SKIPPED)
def test_skipped(kid: str, changes: dict[str, Any], issuer: Issuer) -> None:
    """A key that is not fit, or that nobody can read, is skipped and the others are kept."""
    unfit = changed(issuer, kid, **{"key_ops": None, **changes})
    document = json.dumps({"keys": [unfit, None, 7, [], changed(issuer, "PS256")]})

    found = read_key_set(document.encode())

    assert (set(found), "ES256" in found) == ({"PS256"}, False)


def test_several_keys_of_one_name(issuer: Issuer) -> None:
    """Of keys with one kid all are kept that are fit."""
    keys = [
        changed(issuer, "ES256", kid="one", use="enc"),
        changed(issuer, "RS256", kid="one"),
        changed(issuer, "EdDSA", kid="one", key_ops=["verify"]),
    ]

    found = read_key_set(json.dumps({"keys": keys}).encode())

    assert {kid: [key.key_type for key in keys] for kid, keys in found.items()} == {
        "one": ["RSA", "OKP"]
    }


def test_immutable(issuer: Issuer) -> None:
    """Nobody can change a key set that was read."""
    with pytest.raises(TypeError):
        read_key_set(issuer.document())["more"] = None  # type: ignore[index]
