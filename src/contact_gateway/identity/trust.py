"""What the settings say of whom to trust, put together."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from contact_gateway.identity.claims import ScopeNames
from contact_gateway.identity.discovery import Document, Fetch, discover
from contact_gateway.identity.issuers import Issuers
from contact_gateway.identity.key_set import KeySet
from contact_gateway.identity.token_rules import TokenRules
from contact_gateway.settings import Settings

__all__ = ["LARGEST_KEY_SET", "key_set_sources", "rules_of", "trusted_issuers"]

LARGEST_KEY_SET: Final = 262_144  # bytes
_SECONDS: Final = 5.0


def trusted_issuers(settings: Settings, fetch: Fetch) -> Issuers:
    """The issuers of the settings, with key sets that are still to be fetched."""
    sources = key_set_sources(settings, fetch)
    return Issuers({issuer: KeySet(source) for issuer, source in sources.items()})


def key_set_sources(
    settings: Settings, fetch: Fetch
) -> Mapping[str, Callable[[], Awaitable[Document]]]:
    """For each issuer what fetches its key set, from where the settings or its document say."""
    return {
        issuer: partial(_fetch_key_set, issuer, settings.jwt_jwks_url, fetch)
        for issuer in settings.jwt_issuer or ()
    }


async def _fetch_key_set(issuer: str, url: str | None, fetch: Fetch) -> Document:
    async with asyncio.timeout(_SECONDS):
        # asked for each time: an issuer may move its key set, and leave behind what it withdrew
        return await fetch(url or await discover(issuer, fetch))


def rules_of(settings: Settings, issued_scopes: Mapping[str, tuple[str, ...]]) -> TokenRules:
    """What a token must say; `issued_scopes` are those that stand for each of our own."""
    return TokenRules(
        issuers=frozenset(settings.jwt_issuer or ()),
        audiences=frozenset(settings.jwt_audience or ()),
        algorithms=frozenset(settings.jwt_algorithms),
        types=frozenset(settings.jwt_types),
        scopes=ScopeNames(settings.jwt_scope_claim, issued_scopes),
        customer_claim=settings.jwt_customer_claim,
        audience_claim=settings.jwt_audience_claim,
    )
