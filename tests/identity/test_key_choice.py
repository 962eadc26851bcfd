"""Which key of a key set verifies a token: RFC 7517 section 4.5, over real sockets."""

import json
import time
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.client import Client
from tests.identity.issuer import PrivateKey, assemble
from tests.identity.surroundings import RENAMED, RENAMING, Surroundings
from tests.scripted_upstream import reply
from tests.servers import running_gateway

RSA, OTHER_RSA = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
P256, OTHER_P256, P384 = (ECKey.generate_key(curve) for curve in ("P-256", "P-256", "P-384"))
ED25519 = OKPKey.generate_key("Ed25519")

Listed = list[tuple[PrivateKey, dict[str, Any]]]
Signed = tuple[PrivateKey, str, str | None, bool]
"""By which key, with which `alg` and which `kid` in the header, and whether it is believed."""

ONE: dict[str, Any] = {"kid": "one"}

KEY_SETS: dict[str, tuple[Listed, list[Signed]]] = {
    "RSA and EC of one kid": (
        [(RSA, ONE), (P256, ONE)],
        [
            (P256, "ES256", "one", True),
            (RSA, "RS256", "one", True),
            (OTHER_P256, "ES256", "one", False),
        ],
    ),
    "EC and RSA of one kid": (
        [(P256, ONE), (RSA, ONE)],
        [
            (P256, "ES256", "one", True),
            (RSA, "PS256", "one", True),
            (OTHER_RSA, "RS256", "one", False),
        ],
    ),
    "one RSA key for RS512 and for RS256": (
        [(RSA, {**ONE, "alg": "RS512"}), (RSA, {**ONE, "alg": "RS256"})],
        [
            (RSA, "RS256", "one", True),
            (RSA, "RS256", None, True),
            (RSA, "PS256", "one", False),
            (RSA, "RS512", "one", False),  # no algorithm of the settings
        ],
    ),
    "three curves of one kid": (
        [(P384, ONE), (P256, ONE), (ED25519, ONE)],
        [
            (P256, "ES256", "one", True),
            (ED25519, "EdDSA", "one", True),
            (ED25519, "EdDSA", None, True),
            (P256, "ES256", None, False),
        ],
    ),
    "an old and a new key of one kid": (
        [(OTHER_RSA, ONE), (RSA, ONE)],
        [
            (RSA, "RS256", "one", True),
            (OTHER_RSA, "PS256", "one", True),
            (RSA, "RS256", None, False),
        ],
    ),
    "keys without a kid": (
        [(RSA, {}), (P256, {"alg": "ES256"}), (ED25519, {"kid": "ed"})],
        [
            (RSA, "RS256", None, True),
            (RSA, "PS256", None, True),
            (P256, "ES256", None, True),
            (ED25519, "EdDSA", None, True),
            (OTHER_P256, "ES256", None, False),
            (RSA, "RS256", "one", False),
        ],
    ),
    "two keys that fit": (
        [(P256, {"kid": "a"}), (OTHER_P256, {"kid": "b"})],
        [
            (P256, "ES256", "a", True),
            (P256, "ES256", None, False),
            (P256, "ES256", "b", False),
        ],
    ),
}


def key_set(listed: Listed) -> bytes:
    """A key set of these public keys, with these members beside those that make the key."""
    public = [(dict(key.as_dict(private=False)), members) for key, members in listed]
    return json.dumps({"keys": [{**key, **members} for key, members in public]}).encode()


@pytest.mark.parametrize(("listed", "tokens"), KEY_SETS.values(), ids=KEY_SETS)
def test_the_key_that_is_meant(
    listed: Listed, tokens: list[Signed], surroundings: Surroundings
) -> None:
    """It is one of that kid that fits the algorithm; without a kid, the only one that does."""
    surroundings.key_set = lambda _: reply(200, key_set(listed))
    issuer = surroundings.issuer
    with running_gateway(surroundings.settings()) as url:
        client = Client(url, token="")
        with client.http:
            believed = []
            for key, algorithm, kid, _ in tokens:
                header = issuer.header(alg=algorithm, kid=kid)  # type: ignore[arg-type]
                token = assemble(header, issuer.claims(time.time()), key, algorithm)
                response = client.send([("Authorization", f"Bearer {token}")], RENAMING)
                believed.append(response.json() == RENAMED)

    assert believed == [expected for *_, expected in tokens]
