"""Where the key set of an issuer is: what the issuer's own document says."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from contact_gateway.forms import strict_json
from contact_gateway.settings.values import secure_url

__all__ = [
    "AnotherIssuerError",
    "DiscoveryError",
    "Document",
    "Fetch",
    "discover",
    "discovery_urls",
]

_LONGEST_NAME = 200


class Document(Protocol):
    """What was fetched, and for how many seconds it is fresh, if that was said."""

    @property
    def content(self) -> bytes:
        """The document."""

    @property
    def max_age(self) -> float | None:
        """Seconds, or None where nothing was said."""


Fetch = Callable[[str], Awaitable[Document]]
"""The document at a URL, or any exception."""


class DiscoveryError(Exception):
    """The document of an issuer cannot be used; the message is for people."""


class AnotherIssuerError(DiscoveryError):
    """It says that it is the document of another issuer."""


def discovery_urls(issuer: str) -> tuple[str, str]:
    """Where the document may be: of OpenID Connect Discovery section 4, of RFC 8414 section 3."""
    base = issuer.rstrip("/")
    parts = urlsplit(base)
    origin = f"{parts.scheme}://{parts.netloc}"
    return (
        f"{base}/.well-known/openid-configuration",
        f"{origin}/.well-known/oauth-authorization-server{parts.path}",
    )


async def discover(issuer: str, fetch: Fetch) -> str:
    """The `jwks_uri` of an issuer.

    If the document is at neither place, it raises what went wrong at the first.

    Raises:
        AnotherIssuerError: the document is that of another issuer.
        DiscoveryError: it names no key set.
    """
    failure: Exception | None = None
    for url in discovery_urls(issuer):
        try:
            members = _object(await fetch(url))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, it may be at the other
            failure = failure or error
        else:
            return _key_set_of(issuer, members)
    raise failure or DiscoveryError("nothing was asked")


def _object(document: Document) -> Mapping[str, Any]:
    members = strict_json.decode(document.content)
    if not isinstance(members, dict):
        raise DiscoveryError("the discovery document is no JSON object")
    return members


def _key_set_of(issuer: str, members: Mapping[str, Any]) -> str:
    if members.get("issuer") != issuer:
        # else whoever answers there could stand in for the issuer (RFC 8414 section 3.3)
        raise AnotherIssuerError(
            f"the discovery document names another issuer, {_shown(members.get('issuer'))}"
        )
    try:
        url = secure_url(members["jwks_uri"])
    except (KeyError, ValueError, TypeError, AttributeError):
        url = ""
    if not url or (issuer.startswith("https:") and not url.startswith("https:")):
        raise DiscoveryError("the discovery document has no jwks_uri that can be trusted")
    return url


def _shown(name: Any) -> str:
    return ascii(name)[:_LONGEST_NAME] if isinstance(name, str) else "or none"
