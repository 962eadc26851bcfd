"""The settings of identity: what is refused at the start, and why."""

from typing import Any

import pytest

from contact_gateway.settings import Settings, SettingsError, load_settings

SECRET = "canary-secret"
GOOD: dict[str, object] = {
    "_env_file": None,
    "upstream_url": "https://api.test",
    "jwt_issuer": "https://issuer.test",
    "jwt_audience": "contacts",
    "jwt_jwks_url": "https://issuer.test/keys",
}
OWN: dict[str, object] = {
    **GOOD,
    "upstream_auth": "client_credentials",
    "upstream_token_url": "https://api.test/auth/tokens",
    "upstream_client_id": "gateway",
    "upstream_client_secret": SECRET,
    "jwt_customer_claim": "customer_id",
}


INTROSPECTION: dict[str, object] = {
    "_env_file": None,
    "upstream_url": "https://api.test",
    "jwt_audience": "contacts",
    "token_verification": "introspection",
    "token_introspection_url": "https://issuer.test/introspect",
    "token_introspection_client_id": "gateway",
    "token_introspection_client_secret": SECRET,
}


def lines(**values: object) -> list[str]:
    """The lines of the error, none if the settings are good."""
    try:
        load_settings(**values)
    except SettingsError as error:
        return error.lines
    return []


def test_good_settings() -> None:
    """Both ways to authenticate upstream have settings that start."""
    assert (lines(**GOOD), lines(**OWN)) == ([], [])


def test_one_key_for_all_customers() -> None:
    """Own credentials without a verified binding of callers to customers do not start."""
    unbound = lines(**{**OWN, "jwt_customer_claim": None})
    unverified = lines(**{**OWN, "token_verification": "upstream"})

    assert (unbound, unverified) == (
        [
            (
                "CONTACT_GATEWAY_JWT_CUSTOMER_CLAIM: expected the name of the claim that holds the "
                "customers with client_credentials, because without it any caller could choose any "
                "customer"
            )
        ],
        [
            (
                "CONTACT_GATEWAY_TOKEN_VERIFICATION: expected jwks or introspection with "
                "client_credentials, because nobody else would verify the caller's token"
            )
        ],
    )


def test_missing_credentials() -> None:
    """Each setting that own credentials need is named."""
    names = ["upstream_token_url", "upstream_client_id", "upstream_client_secret"]

    found = lines(**{**OWN, **dict.fromkeys(names)})

    assert [line.partition(":")[0] for line in found] == [
        f"CONTACT_GATEWAY_{name.upper()}" for name in names
    ]


SEVERAL = "https://one.test/a, https://two.test/b/"
NO_URL: dict[str, object] = {"jwt_jwks_url": None}
JOINT: dict[str, tuple[dict[str, object], list[str]]] = {
    "one issuer, discovered": ({**NO_URL}, []),
    "several issuers, discovered": ({**NO_URL, "jwt_issuer": SEVERAL}, []),
    "one key set for several issuers": ({"jwt_issuer": SEVERAL}, ["JWT_JWKS_URL"]),
    "an issuer that is no URL, with its key set": ({"jwt_issuer": "accounts"}, []),
    "an issuer over http, with its key set": ({"jwt_issuer": "http://adfs.test/trust"}, []),
    "an issuer that is no URL, discovered": ({**NO_URL, "jwt_issuer": "accounts"}, ["JWT_ISSUER"]),
    "one over http, discovered": ({**NO_URL, "jwt_issuer": "http://a.test"}, ["JWT_ISSUER"]),
    "one with a query, discovered": ({**NO_URL, "jwt_issuer": "https://a.test?b"}, ["JWT_ISSUER"]),
    "one of several over http": (
        {**NO_URL, "jwt_issuer": "https://a.test,http://b.test"},
        ["JWT_ISSUER"],
    ),
}


@pytest.mark.parametrize(("changes", "named"), JOINT.values(), ids=JOINT)
def test_where_keys_are(changes: dict[str, object], named: list[str]) -> None:
    """A key set is of one issuer; those of several, and of one without, are found by discovery."""
    found = [line.partition(":")[0] for line in lines(**{**GOOD, **changes})]

    assert found == [f"CONTACT_GATEWAY_{name}" for name in named]


def test_missing_key_set() -> None:
    """Each setting that verification needs is named; none is needed where the upstream verifies."""
    names = ["jwt_issuer", "jwt_audience"]
    without = {**GOOD, **dict.fromkeys([*names, "jwt_jwks_url"])}

    found = [line.partition(":")[0] for line in lines(**without)]

    assert (found, lines(**without, token_verification="upstream")) == (
        [f"CONTACT_GATEWAY_{name.upper()}" for name in names],
        [],
    )


def test_missing_introspection() -> None:
    """Each setting that asking needs is named; an issuer and a key set are not needed."""
    names = [
        "jwt_audience",
        "token_introspection_url",
        "token_introspection_client_id",
        "token_introspection_client_secret",
    ]

    found = [line.partition(":")[0] for line in lines(**{**INTROSPECTION, **dict.fromkeys(names)})]

    assert (lines(**INTROSPECTION), found) == (
        [],
        [f"CONTACT_GATEWAY_{name.upper()}" for name in names],
    )


def test_one_key_for_all_customers_and_introspection() -> None:
    """The issuer's answer binds callers to customers as a verified JWT does, and not without."""
    own = {name: value for name, value in OWN.items() if not name.startswith("jwt_")}
    bound = {**own, **INTROSPECTION, "jwt_customer_claim": "customer_id"}

    unbound = [line.partition(":")[0] for line in lines(**{**bound, "jwt_customer_claim": None})]

    assert (lines(**bound), unbound) == ([], ["CONTACT_GATEWAY_JWT_CUSTOMER_CLAIM"])


URLS = {
    "https://issuer.test/keys": True,
    "https://issuer.test/keys/": True,
    "https://issuer.test/keys?policy=a&b=c": True,
    "https://issuer.test:8443/keys": True,
    "http://127.0.0.1:8001/keys": True,
    "http://127.9.9.9/keys": True,
    "http://[::1]/keys": True,
    "http://localhost/keys": True,
    "http://issuer.test/keys": False,
    "http://localhost.issuer.test/keys": False,
    "http://127.0.0.1.issuer.test/keys": False,
    "http://127.0.0.1@issuer.test/keys": False,
    "http://issuer.test@127.0.0.1/keys": False,
    "http://0.0.0.0/keys": False,
    "http://10.0.0.1/keys": False,
    "http://127.1/keys": False,
    "http://2130706433/keys": False,
    "https://user:password@issuer.test/keys": False,
    "https://issuer.test/keys#one": False,
    "https://issuer.test/ke ys": False,
    "https://issuer.test/keys\n": False,
    "https://issuer.test:99999/keys": False,
    "https:///keys": False,
    "file:///etc/passwd": False,
    "ftp://issuer.test/keys": False,
    "//issuer.test/keys": False,
    "issuer.test/keys": False,
    "": False,
}


@pytest.mark.parametrize("name", ["jwt_jwks_url", "upstream_token_url", "token_introspection_url"])
@pytest.mark.parametrize(("url", "good"), URLS.items())
def test_secure_url(name: str, url: str, good: bool) -> None:  # noqa: FBT001
    """Keys and tokens come by https, or by http from this machine; the URL stays as it is."""
    values = {**OWN, name: url}

    if good:
        assert getattr(load_settings(**values), name) == url
    else:
        assert [line.partition(":")[0] for line in lines(**values)] == [
            f"CONTACT_GATEWAY_{name.upper()}"
        ]


ALGORITHMS = {
    "RS256": True,
    "RS256, PS256,ES256 ,EdDSA": True,
    "RS384,RS512,PS384,PS512,ES384,ES512": True,
    "Ed25519,Ed448": True,
    "none": False,
    "HS256": False,
    "RS256,HS256": False,
    "RS256,none": False,
    "rs256": False,
    "ES256K": False,
    "dir": False,
    "": False,
    ",": False,
}


@pytest.mark.parametrize(("names", "good"), ALGORITHMS.items())
def test_algorithms(names: str, good: bool) -> None:  # noqa: FBT001
    """Only asymmetric signature algorithms can be allowed, by their exact names."""
    assert (lines(**GOOD, jwt_algorithms=names) == []) is good


def test_secret_in_the_settings() -> None:
    """Neither settings nor their errors show the secret, wherever it was put by mistake."""
    settings = load_settings(**OWN)
    mistakes: list[dict[str, Any]] = [
        {"upstream_token_url": SECRET},
        {"upstream_client_auth": SECRET},
        {"jwt_algorithms": SECRET},
        {"upstream_deadline": SECRET},
    ]

    shown = [repr(settings), str(settings), repr(settings.model_dump()), settings.model_dump_json()]
    shown += ["\n".join(lines(**{**OWN, **mistake})) for mistake in mistakes]

    assert [SECRET in text for text in shown] == [False] * 8


def test_empty_secret() -> None:
    """A secret of no length is none."""
    assert lines(**{**OWN, "upstream_client_secret": ""}) == [
        (
            "CONTACT_GATEWAY_UPSTREAM_CLIENT_SECRET: expected "
            f"{Settings.model_fields['upstream_client_secret'].description} "
            "(it is set to something else)"
        )
    ]
