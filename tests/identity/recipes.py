"""The recipes of docs/issuers.md: the settings and the token of each issuer, at a fake of it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from joserfc.jwk import RSAKey

from contact_gateway.settings import PREFIX
from tests.identity.issuer import assemble
from tests.identity.surroundings import Surroundings
from tests.scripted_upstream import Answer, RecordedRequest, reply

__all__ = ["RECIPES", "FakeIssuers", "Recipe"]

_TEXT = (Path(__file__).parents[2] / "docs" / "issuers.md").read_text(encoding="utf-8")
_DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Recipe:
    """One section: variables without their prefix, and the parts of the token."""

    variables: Mapping[str, str]
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    def listed(self, name: str) -> list[str]:
        """The values of a variable that lists several."""
        return self.variables.get(name, "").split(",")


def _recipes() -> Iterator[tuple[str, Recipe]]:
    for section in _TEXT.split("\n## ")[1:]:
        if section.startswith("Opaque tokens"):
            continue  # what an issuer answers about these is in test_introspection.py
        [settings] = re.findall(r"```ini\n(.*?)```", section, re.DOTALL)
        [token] = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
        lines = [line.partition("=") for line in settings.splitlines()]
        variables = {name.removeprefix(PREFIX): value for name, _, value in lines}
        yield section.partition("\n")[0], Recipe(variables, **json.loads(token))


RECIPES = dict(_recipes())


class FakeIssuers:
    """Every issuer of a recipe on one server, each below a path that is called as its host."""

    def __init__(self, recipe: Recipe, key: RSAKey, surroundings: Surroundings) -> None:
        self._recipe = recipe
        self._key = key
        self._url = surroundings.upstream.url
        surroundings.api = self._answer

    def here(self, url: str) -> str:
        """Where a URL of the recipe is; other texts stay as they are."""
        parts = urlsplit(url)
        return f"{self._url}/{parts.netloc}{parts.path}" if parts.netloc else url

    def settings(self) -> dict[str, object]:
        """The settings of the recipe, at this server."""
        moved = {
            **self._recipe.variables,
            "JWT_ISSUER": ",".join(map(self.here, self._recipe.listed("JWT_ISSUER"))),
        }
        if "JWT_JWKS_URL" in moved:
            moved["JWT_JWKS_URL"] = self.here(moved["JWT_JWKS_URL"])
        return {"jwt_jwks_url": None, **{name.lower(): text for name, text in moved.items()}}

    def token(
        self, now: float, header: Mapping[str, Any] = {}, claims: Mapping[str, Any] = {}
    ) -> str:
        """The token of the recipe with these changes; a change to None leaves something out."""
        dates = {"iss": self.here(self._recipe.claims["iss"]), "iat": int(now), "exp": now + 600}
        head = {**self._recipe.header, **header}
        body = {**self._recipe.claims, **dates, **claims}
        return assemble(
            {name: value for name, value in head.items() if value is not None},
            {name: value for name, value in body.items() if value is not None},
            self._key,
            "RS256",
        )

    def _answer(self, request: RecordedRequest) -> Answer:
        if request.target.startswith("/v1"):
            return reply(204)
        if request.target.endswith(_DISCOVERY):
            base = f"{self._url}{request.target.removesuffix(_DISCOVERY)}"
            issuers = [self.here(each) for each in self._recipe.listed("JWT_ISSUER")]
            named = next((each for each in issuers if each.rstrip("/") == base), base)
            return reply(200, json.dumps({"issuer": named, "jwks_uri": f"{base}/its-keys"}))
        public = {**self._key.as_dict(private=False), "use": "sig"}
        if "kid" in self._recipe.header:
            public["kid"] = self._recipe.header["kid"]
        return reply(200, json.dumps({"keys": [public]}))
