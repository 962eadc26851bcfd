"""Whether everything that the settings name can be used, and what to do where it cannot."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from contact_gateway.contact_groups import CONTACT_GROUPS_PATH, build_schema
from contact_gateway.identity import read_key_set
from contact_gateway.operations import TrustedDocumentsError, trusted_documents_of
from contact_gateway.rate_limits import RateLimiter, open_limiter
from contact_gateway.rest_client import (
    HTTP11Transport,
    UpstreamError,
    fetch_document,
    probe,
    token_endpoint,
)
from contact_gateway.settings import (
    PREFIX,
    Settings,
    TokenVerification,
    UpstreamAuthentication,
)

__all__ = ["Finding", "check"]

_SECONDS = 5.0
_NOT_FOUND = 404
_LARGEST_KEY_SET = 65_536


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `advice` is None where all is well."""

    subject: str
    found: str
    advice: str | None = None

    def __str__(self) -> str:
        """One line for a person."""
        if self.advice is None:
            return f"ok      {self.subject}: {self.found}"
        return f"FAILED  {self.subject}: {self.found.removesuffix('.')}. {self.advice}"


async def check(settings: Settings) -> AsyncIterator[Finding]:
    """One finding for each thing that the settings name. No caller's token is needed."""
    for finding in _check_trusted_documents(settings):
        yield finding
    async with HTTP11Transport() as transport:
        if settings.token_verification is TokenVerification.JWKS:
            yield await _check_key_set(transport, settings.jwt_jwks_url or "")
        if settings.upstream_auth is UpstreamAuthentication.CLIENT_CREDENTIALS:
            yield await _check_token_endpoint(transport, settings)
        yield await _check_upstream(transport, settings.upstream_url)
    if settings.rate_limit is not None:
        limiter = open_limiter(settings.rate_limit, settings.rate_limit_storage)
        yield await _check_rate_limit_storage(limiter)


def _check_trusted_documents(settings: Settings) -> Iterator[Finding]:
    """What `serve` finds in the manifest, and a finding for each line that it would end with."""
    subject = "trusted documents"
    try:
        trusted = trusted_documents_of(settings, build_schema())
    except TrustedDocumentsError as error:
        for line in error.lines:
            yield Finding(subject, line, "The gateway does not start until that is mended.")
    else:
        if trusted is not None:
            count = len(trusted.by_hash)
            yield Finding(subject, f"{count} document{'' if count == 1 else 's'}")


async def _check_key_set(transport: HTTP11Transport, url: str) -> Finding:
    subject = f"key set {url.partition('?')[0]}"
    advice = (
        f"Set {PREFIX}JWT_JWKS_URL to the jwks_uri of the issuer, and see that this machine "
        "reaches it."
    )
    try:
        document = await fetch_document(transport, url, seconds=_SECONDS, largest=_LARGEST_KEY_SET)
        keys = read_key_set(document)
    except (UpstreamError, ValueError) as error:
        return Finding(subject, _said(error), advice)
    if not keys.every:
        return Finding(subject, "it has no key that signatures can be verified with", advice)
    count = len(keys.every)
    return Finding(subject, f"{count} key{'s' if count > 1 else ''}")


async def _check_token_endpoint(transport: HTTP11Transport, settings: Settings) -> Finding:
    subject = f"token endpoint {settings.upstream_token_url}"
    try:
        issued = await token_endpoint(settings, transport).request_token()
    except UpstreamError as error:
        return Finding(
            subject,
            _said(error),
            f"See that {PREFIX}UPSTREAM_TOKEN_URL is reachable, and that "
            f"{PREFIX}UPSTREAM_CLIENT_ID, {PREFIX}UPSTREAM_CLIENT_SECRET and "
            f"{PREFIX}UPSTREAM_CLIENT_AUTH are those it knows.",
        )
    return Finding(subject, f"a token for {issued.lifetime:.0f} seconds")


async def _check_upstream(transport: HTTP11Transport, url: str) -> Finding:
    subject = f"upstream {url}"
    try:
        status = await probe(transport, f"{url}{CONTACT_GROUPS_PATH}", seconds=_SECONDS)
    except UpstreamError as error:
        return Finding(
            subject,
            _said(error),
            f"See that {PREFIX}UPSTREAM_URL is right, and that this machine reaches it.",
        )
    if status == _NOT_FOUND:
        return Finding(
            subject,
            f"it answers that it has no {CONTACT_GROUPS_PATH} (HTTP {status})",
            f"The address is probably wrong: see that {PREFIX}UPSTREAM_URL is that of the REST "
            "API, without this path.",
        )
    # without a token it refuses, which is answer enough
    return Finding(subject, f"it answers (HTTP {status})")


async def _check_rate_limit_storage(limiter: RateLimiter) -> Finding:
    subject = "rate limit storage"
    async with limiter:
        if await limiter.storage_answers():
            return Finding(subject, "it answers")
    return Finding(
        subject,
        "it does not answer",
        f"See that {PREFIX}RATE_LIMIT_STORAGE is right, and that this machine reaches it: without "
        "it there are no limits.",
    )


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
