"""Tokens, genuine and forged: what each is, and how it is made. Times are seconds from now."""

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc.jwk import RSAKey

from tests.identity.forging import (
    OWN_KEY,
    Make,
    claims,
    header,
    mac,
    mangled,
    payload,
    raw_header,
    signature,
    sized,
    stranger,
)
from tests.identity.issuer import AUDIENCE, ISSUER, Issuer, assemble

__all__ = ["FORGED", "GENUINE"]


def _pem(issuer: Issuer) -> bytes:
    key = issuer.keys["RS256"]
    assert isinstance(key, RSAKey)
    return key.as_pem(private=False)


def _modulus(issuer: Issuer) -> bytes:
    return str(issuer.keys["RS256"]["n"]).encode()


def _der(raw: bytes) -> bytes:
    half = len(raw) // 2
    return encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))


def _padded(at: int) -> Make:
    def pad(token: str) -> str:
        segments = token.split(".")
        segments[at] += "="
        return ".".join(segments)

    return mangled(pad)


def _last_bits(token: str) -> str:
    """64 bytes leave four bits of the last character unused: set one of them."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) | 1]


GENUINE: dict[str, Make] = {
    "RS256": claims("RS256"),
    "PS256": claims("PS256"),
    "ES256": claims("ES256"),
    "EdDSA": claims("EdDSA"),
    "RS256 by a key that names no algorithm": header("free", "RS256"),
    "PS256 by a key that names no algorithm": header("free", "PS256"),
    "typ with application/": header(typ="application/at+jwt"),
    "typ in capitals": header(typ="AT+JWT"),
    "unknown members in the header": header(x5t="abc", more={"a": [1]}),
    "audience among others": claims(aud=["other", AUDIENCE]),
    "expired 29 s ago": claims(exp=-29),
    "not before 29 s from now": claims(nbf=29),
    "issued 29 s from now": claims(iat=29),
    "without iat": claims(iat=None),
    "without sub": claims(sub=None),
    "exp with a fraction": claims(exp=4e9 + 0.5),
    "the largest": sized(16_384),
}

FORGED: dict[str, dict[str, Make]] = {
    "not three segments": {
        "one segment": mangled(lambda token: token.partition(".")[0]),
        "two segments": mangled(lambda token: token.rpartition(".")[0]),
        "four segments": mangled(lambda token: f"{token}.e30"),
        "five segments": mangled(lambda token: f"{token}.e30.e30"),
        "five segments, as if encrypted": mangled(
            lambda token: f"{token.partition('.')[0]}..A.A.A"
        ),
        "no JWT at all": mangled(lambda _: "opaque"),
    },
    "not base64url of JSON objects": {
        "padded header": _padded(0),
        "padded claims": _padded(1),
        "padded signature": _padded(2),
        "unused bits of the signature set": mangled(_last_bits),
        "empty claims segment": mangled(lambda token: "..".join(token.split(".")[::2])),
        "only dots": mangled(lambda _: ".."),
        "nested": lambda issuer, now: payload(issuer.token(now).encode())(issuer, now),
        "header twice alg": raw_header(
            b'{"alg":"none","typ":"at+jwt","kid":"ES256","alg":"ES256"}'
        ),
        "header a list": raw_header(b'["alg","ES256"]'),
        "header a string": raw_header(b'"alg"'),
        "header not JSON": raw_header(b'{"alg":"ES256",'),
        "header not UTF-8": raw_header(b'{"alg":"ES256","typ":"at+jwt","kid":"ES256","x":"\xff"}'),
        "claims a list": payload(b"[]"),
        "claims null": payload(b"null"),
        "claims not JSON": payload(b"{"),
        "claims nested deeply": payload(b'{"a":' + b"[" * 2000 + b"]" * 2000 + b"}"),
        "one bit of the claims changed": mangled(
            lambda token: token.replace(".", ".f", 1).replace(".fe", ".f", 1)
        ),
        "exp not a number": claims(exp=float("nan")),
        "exp infinite": claims(exp=float("inf")),
        "exp of 5,000 digits": payload(
            f'{{"iss":"{ISSUER}","aud":"{AUDIENCE}","exp":{"9" * 5000}}}'.encode()
        ),
        "exp twice": payload(
            f'{{"iss":"{ISSUER}","aud":"{AUDIENCE}","exp":1,"exp":4000000000}}'.encode()
        ),
        "nbf infinite": claims(nbf=float("inf")),
    },
    "header": {
        "crit": header(crit=["exp"], exp=1),
        "crit empty": header(crit=[]),
        "crit unknown": header(crit=["nobody-knows"]),
        "b64 false": header(b64=False, crit=["b64"]),
        "jku of a stranger": stranger(jku="https://attacker.test/keys"),
        "jku, genuine": header(jku="https://issuer.test/keys"),
        "jwk of a stranger": stranger(jwk=OWN_KEY),
        "jwk of a stranger and no kid": stranger(jwk=OWN_KEY, kid=None),
        "x5u of a stranger": stranger(x5u="https://attacker.test/chain"),
        "x5c": header(x5c=["MIIB"]),
    },
    "alg": {
        "alg none": header(alg="none"),
        "alg none, no signature": lambda issuer, now: assemble(
            issuer.header(alg="none"), issuer.claims(now), None, ""
        ),
        "alg None": header(alg="None"),
        "alg NONE": header(alg="NONE"),
        "alg missing": header(alg=None),
        "alg a list": header(alg=["ES256"]),
        "alg in lower case": header(alg="es256"),
        "HS256 with the public key as PEM": mac("HS256", _pem),
        "HS512 with the public key as PEM": mac("HS512", _pem),
        "HS256 with the modulus": mac("HS256", _modulus),
        "HS256 with an empty secret": mac("HS256", lambda _: b""),
        "HS256 with the symmetric key of the key set": header("symmetric", "HS256"),
        "RS512, not on the list": header("free", "RS512"),
        "ES384, not on the list": header("P-384", "ES384"),
    },
    "typ": {
        "typ missing": header(typ=None),
        "typ JWT": header(typ="JWT"),
        "typ of an ID token": header(typ="id_token+jwt"),
        "typ a list": header(typ=["at+jwt"]),
    },
    "kid": {
        "kid missing": header(kid=None),
        "kid empty": header(kid=""),
        "kid a number": header(kid=1),
    },
    "unknown kid": {
        "by a key for encryption": header("for encryption"),
        "by an RSA key of 1024 bits": header("1024 bits", "RS256"),
        "by a key whose private half is published": header("private"),
        "unknown kid": header(kid="unknown"),
        "kid a path": header(kid="../../ES256"),
    },
    "InvalidKeyTypeError": {
        "RS256 with the kid of an EC key": header("RS256", "RS256", kid="ES256"),
        "ES256 with the kid of an RSA key": header(kid="RS256"),
        "EdDSA with the kid of an EC key": header("EdDSA", "EdDSA", kid="ES256"),
    },
    "InvalidKeyCurveError": {
        "ES256 by a key for P-384": header("P-384", "ES256", alg="ES256"),
    },
    "UnsupportedKeyAlgorithmError": {
        "PS256 by a key for RS256": header("RS256", "PS256"),
        "RS256 by a key for PS256": header("PS256", "RS256"),
    },
    "signature": {
        "RS256, a stranger's key": stranger(alg="RS256", kid="RS256"),
        "ES256, a stranger's key": stranger(),
        "signature missing": signature(lambda _: b""),
        "signature cut": signature(lambda raw: raw[:-1]),
        "signature longer": signature(lambda raw: raw + b"\0"),
        "signature of zeros": signature(lambda raw: bytes(len(raw))),
        "signature in DER": signature(_der),
        "RSA signature of zeros": signature(lambda raw: bytes(len(raw)), "RS256"),
        "signature of another token": lambda issuer, now: (
            issuer.token(now, scope="admin").rpartition(".")[0]
            + "."
            + issuer.token(now).rpartition(".")[2]
        ),
    },
    "iss": {
        "iss missing": claims(iss=None),
        "iss other": claims(iss="https://attacker.test/"),
        "iss without its slash": claims(iss=ISSUER.rstrip("/")),
        "iss in capitals": claims(iss=ISSUER.upper()),
        "iss a list": claims(iss=[ISSUER]),
    },
    "aud": {
        "aud missing": claims(aud=None),
        "aud other": claims(aud="other"),
        "aud other, a list": claims(aud=["other", "another"]),
        "aud longer": claims(aud=f"{AUDIENCE}-2"),
        "aud several in a string": claims(aud=f"other {AUDIENCE}"),
        "aud nested": claims(aud=[[AUDIENCE]]),
        "aud an object": claims(aud={AUDIENCE: True}),
        "aud empty": claims(aud=[]),
    },
    "purpose": {
        "an ID token with the hash of an access token": claims(at_hash="x"),
        "an ID token with the hash of a code": claims(c_hash="x"),
        "an ID token of Cognito": claims(token_use="id"),
        "a use that is no text": claims(token_use=["access"]),
        "an ID token of Keycloak": claims(typ="ID"),
        "a refresh token of Keycloak": claims(typ="Refresh"),
    },
    "sub": {
        "sub a number": claims(sub=1),
    },
    "exp": {
        "exp missing": claims(exp=None),
        "expired 31 s ago": claims(exp=-31),
        "exp a string": claims(exp="4000000000"),
        "exp true": claims(exp=True),
        "exp negative": claims(exp=-1e9),
        "exp after the year 9999": claims(exp=253_402_300_800.0),
        "exp 1e999": payload(f'{{"iss":"{ISSUER}","aud":"{AUDIENCE}","exp":1e999}}'.encode()),
        "exp of 400 digits": claims(exp=float(10**300)),
    },
    "nbf": {
        "not before 31 s from now": claims(nbf=31),
        "nbf a string": claims(nbf="0"),
    },
    "iat": {
        "issued 31 s from now": claims(iat=31),
        "iat a list": claims(iat=[1]),
    },
}
"""By the reason in the log, which the caller is not told."""
