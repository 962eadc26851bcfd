"""docs/issuers.md: with the settings of each recipe, its token is believed, and no bent one is."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from tests.client import Client
from tests.identity.recipes import RECIPES, FakeIssuers, Recipe
from tests.identity.surroundings import RENAMED, RENAMING, Surroundings
from tests.servers import running_gateway

KEY = RSAKey.generate_key(2048)
RENAMED_GROUP = RENAMED["data"]["updateContactGroup"]
UNAUTHENTICATED = (401, "UNAUTHENTICATED")

Changes = Mapping[str, Any]


def bent(recipe: Recipe) -> Iterator[tuple[str, Changes, Changes, object]]:
    """What is wrong in turn, the changes of header and claims, and what becomes of it."""
    audience = recipe.variables.get("JWT_AUDIENCE_CLAIM", "aud")
    issuer = recipe.claims["iss"]
    yield "another iss", {}, {"iss": issuer}, UNAUTHENTICATED  # the real one is not this server
    yield "no iss", {}, {"iss": None}, UNAUTHENTICATED
    yield "another audience", {}, {audience: "https://another.example.com"}, UNAUTHENTICATED
    yield "no audience", {}, {audience: None}, UNAUTHENTICATED
    yield "expired", {}, {"exp": 1}, UNAUTHENTICATED
    yield "no end", {}, {"exp": None}, UNAUTHENTICATED
    yield "not yet", {}, {"nbf": 4_000_000_000}, UNAUTHENTICATED
    yield "another typ", {"typ": "dpop+jwt"}, {}, UNAUTHENTICATED
    yield "typ none", {"typ": "none"}, {}, UNAUTHENTICATED
    if recipe.variables.get("JWT_TYPES") != "none":
        yield "no typ", {"typ": None}, {}, UNAUTHENTICATED
    yield "another kid", {"kid": "another"}, {}, UNAUTHENTICATED
    yield "an ID token", {}, {"token_use": "id"}, UNAUTHENTICATED
    yield "an ID token of Keycloak", {}, {"typ": "ID"}, UNAUTHENTICATED
    yield "an ID token with a hash", {}, {"at_hash": "x"}, UNAUTHENTICATED
    scopes = dict.fromkeys(
        name.partition(".")[0] for name in recipe.listed("JWT_SCOPE_CLAIM") if name
    ) or {"scope": None}
    wanted = recipe.variables.get("SCOPE_WRITE", "contacts:write")
    yield "no scopes", {}, scopes, ("PERMISSION_DENIED", wanted)
    yield "other scopes", {}, {**scopes, "scp": "Write"}, ("PERMISSION_DENIED", wanted)
    customer = recipe.variables["JWT_CUSTOMER_CLAIM"]
    whole = customer if customer in recipe.claims else customer.partition(".")[0]
    yield "another customer", {}, {whole: "7310"}, ("PERMISSION_DENIED", None)
    yield "no customer", {}, {whole: None}, ("PERMISSION_DENIED", None)


def outcome(client: Client, token: str) -> object:
    """What becomes of a rename of customer 5690 with a token."""
    headers = [("Authorization", f"Bearer {token}"), ("Customer-Id", "5690")]
    response = client.send(headers, RENAMING)
    body = response.json()
    if "data" not in body:
        return response.status_code, body["errors"][0]["extensions"]["code"]
    result = body["data"]["updateContactGroup"]
    return (result["code"], result["requiredScope"]) if "code" in result else result


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_recipe(recipe: Recipe, surroundings: Surroundings) -> None:
    """The token of the document renames; with one claim bent at a time, it does not."""
    fake = FakeIssuers(recipe, KEY, surroundings)
    with running_gateway(surroundings.settings(**fake.settings())) as url:
        client = Client(url, token="")
        with client.http:
            genuine = outcome(client, fake.token(time.time()))
            found = {
                name: outcome(client, fake.token(time.time(), header, claims))
                for name, header, claims, _ in bent(recipe)
            }

    assert (genuine, found, len(surroundings.calls)) == (
        RENAMED_GROUP,
        {name: expected for name, _, _, expected in bent(recipe)},
        1,
    )


def test_the_recipes() -> None:
    """There is one for each issuer that is met."""
    names = " ".join(RECIPES)

    issuers = ["9068", "Auth0", "Entra", "Okta", "Cognito", "Keycloak", "PingFederate", "ADFS"]
    assert [name for name in issuers if name not in names] == []
