"""Whether everything that the settings name can be used, and what to do where it cannot."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from contact_gateway.contact_groups import build_schema, issued_scopes
from contact_gateway.contact_groups.base_url import ask_for_list, understand
from contact_gateway.egress import Egress, egress_findings, wants_certificate
from contact_gateway.identity import (
    LARGEST_KEY_SET,
    DiscoveryError,
    SigningKeys,
    examine,
    key_set_sources,
    read_key_set,
    rules_of,
)
from contact_gateway.identity import Document as IssuerDocument
from contact_gateway.operations import TrustedDocumentsError, trusted_documents_of
from contact_gateway.rate_limits import RateLimiter, open_limiter
from contact_gateway.rest_client import (
    HTTP11Transport,
    IntrospectionError,
    UpstreamError,
    fetch_document,
    introspection_endpoint,
    token_endpoint,
)
from contact_gateway.settings import (
    PREFIX,
    FilesError,
    Settings,
    TokenVerification,
    UpstreamAuthentication,
)

__all__ = ["Finding", "check"]

_SECONDS = 5.0
_NO_START = "The gateway does not start until that is mended."
_UNISSUED = "contact-gateway-check"  # as a token: no authorization server issues it
_WITHOUT_A_CUSTOMER = frozenset({400, 403, 422})  # what is answered where there must be one


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


async def check(
    settings: Settings, token: str | None = None, customer: int | None = None
) -> AsyncIterator[Finding]:
    """One finding for each thing that the settings name.

    The REST API is asked for the groups of `customer`, with a caller's `token` unless the gateway
    has its own. Neither is needed, but the less is given, the less the answer proves.
    """
    for finding in _check_trusted_documents(settings):
        yield finding
    try:
        egress = Egress(settings)
    except FilesError as error:
        for line in error.lines:
            yield Finding("files", line, _NO_START)
    else:
        async for finding in _check_what_goes_out(settings, egress, token, customer):
            yield finding
    if settings.rate_limit is not None:
        limiter = open_limiter(settings.rate_limit, settings.rate_limit_storage)
        yield await _check_rate_limit_storage(limiter)


async def _check_what_goes_out(
    settings: Settings, egress: Egress, token: str | None, customer: int | None
) -> AsyncIterator[Finding]:
    """The ways out, and everything that is asked by them."""
    for subject, found, advice in egress_findings(settings):
        yield Finding(subject, found, advice)
    async with HTTP11Transport(way=egress.to_others) as to_issuers:
        if settings.token_verification is TokenVerification.JWKS:
            async for finding in _check_verification(to_issuers, settings, token):
                yield finding
        if settings.token_verification is TokenVerification.INTROSPECTION:
            yield await _check_introspection(to_issuers, settings)
    async with HTTP11Transport(way=egress.to_rest_api) as transport:
        if settings.upstream_auth is UpstreamAuthentication.CLIENT_CREDENTIALS:
            finding, token = await _check_token_endpoint(transport, settings)
            yield finding
        yield await _check_upstream(transport, settings, token, customer)


def _check_trusted_documents(settings: Settings) -> Iterator[Finding]:
    """What `serve` finds in the manifest, and a finding for each line that it would end with."""
    subject = "trusted documents"
    try:
        trusted = trusted_documents_of(settings, build_schema())
    except TrustedDocumentsError as error:
        for line in error.lines:
            yield Finding(subject, line, _NO_START)
    else:
        if trusted is not None:
            count = len(trusted.by_hash)
            yield Finding(subject, f"{count} document{'' if count == 1 else 's'}")


async def _check_verification(
    transport: HTTP11Transport, settings: Settings, token: str | None
) -> AsyncIterator[Finding]:
    """The key set of each issuer, and which rules a caller's token keeps; it is never shown."""
    fetch = partial(fetch_document, transport, seconds=_SECONDS, largest=LARGEST_KEY_SET)
    key_sets = {}
    for issuer, source in key_set_sources(settings, fetch).items():
        finding, key_sets[issuer] = await _check_key_set(settings.jwt_jwks_url, issuer, source)
        yield finding
    if token is not None:
        rules = rules_of(settings, issued_scopes(settings))
        for rule, found, advice in examine(key_sets, rules, token):
            yield Finding(f"token, {rule}", found, advice)


async def _check_key_set(
    url: str | None, issuer: str, source: Callable[[], Awaitable[IssuerDocument]]
) -> tuple[Finding, SigningKeys]:
    """What is at the `url` of an issuer's key set, or where discovery says, and its keys."""
    subject = f"key set {_without_query(url)}" if url else f"key set of {issuer}"
    advice = (
        f"Set {PREFIX}JWT_JWKS_URL to the jwks_uri of the issuer, and see that this machine "
        "reaches it."
        if url
        else f"See that {PREFIX}JWT_ISSUER is to the letter what tokens have in iss, and that this "
        f"machine reaches it; without discovery, set {PREFIX}JWT_JWKS_URL."
    )
    keys = SigningKeys()
    try:
        keys = read_key_set((await source()).content)
    except TimeoutError:
        found = "it does not answer in time"
    except DiscoveryError as error:
        found = str(error)
    except UpstreamError as error:
        found, advice = _said(error), error.advice or advice
    except ValueError as error:
        found = _said(error)
    else:
        count = len(keys.every)
        if count:
            return Finding(subject, f"{count} key{'s' if count > 1 else ''}"), keys
        found = "it has no key that signatures can be verified with"
    return Finding(subject, found, advice), keys


async def _check_introspection(transport: HTTP11Transport, settings: Settings) -> Finding:
    """Whether the endpoint knows the gateway, and a token that nobody has issued from others."""
    subject = f"introspection endpoint {_without_query(settings.token_introspection_url)}"
    try:
        answer = await introspection_endpoint(settings, transport).introspect(_UNISSUED)
    except IntrospectionError as error:
        url, secret = f"{PREFIX}TOKEN_INTROSPECTION_URL", f"{PREFIX}TOKEN_INTROSPECTION_CLIENT"
        if error.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            advice = f"See that {secret}_ID and {secret}_SECRET are those of a client it knows."
        else:
            advice = f"Set {url} to the introspection_endpoint of the issuer, and see that this "
            advice += "machine reaches it."
        return Finding(subject, str(error), error.advice or advice)
    if answer["active"]:
        advice = "It cannot tell tokens: nobody who believes it is safe."
        return Finding(subject, "it calls a token active that nobody has issued", advice)
    return Finding(subject, "it says that a token which nobody has issued is not active")


async def _check_token_endpoint(
    transport: HTTP11Transport, settings: Settings
) -> tuple[Finding, str | None]:
    """What came of asking for a token of the gateway's own, and the token."""
    subject = f"token endpoint {settings.upstream_token_url}"
    try:
        issued = await token_endpoint(settings, transport).request_token()
    except UpstreamError as error:
        advice = (
            f"See that {PREFIX}UPSTREAM_TOKEN_URL is reachable, and that "
            f"{PREFIX}UPSTREAM_CLIENT_ID, {PREFIX}UPSTREAM_CLIENT_SECRET and "
            f"{PREFIX}UPSTREAM_CLIENT_AUTH are those it knows."
        )
        return Finding(subject, _said(error), error.advice or advice), None
    return Finding(subject, f"a token for {issued.lifetime:.0f} seconds"), issued.value


async def _check_upstream(
    transport: HTTP11Transport, settings: Settings, token: str | None, customer: int | None
) -> Finding:
    subject = f"upstream {settings.upstream_url}"
    try:
        answer = await ask_for_list(
            transport, settings.upstream_url, token=token, customer=customer, seconds=_SECONDS
        )
    except UpstreamError as error:
        advice = f"See that {PREFIX}UPSTREAM_URL is right, and that this machine reaches it."
        return Finding(subject, _said(error), error.advice or advice)
    if wanted := wants_certificate(answer.content):
        return Finding(subject, *wanted)
    understood = understand(answer)
    if understood.right is None:
        more, missing = _what_would_tell(settings, answer.status, token, customer)
        found = f"{understood.found}, which says nothing of the path{more}"
        return Finding(subject, found, missing)
    wrong = (
        f"The address is probably wrong: see that {PREFIX}UPSTREAM_URL is that of the REST API, "
        "without /v1."
    )
    return Finding(subject, understood.found, None if understood.right else wrong)


def _what_would_tell(
    settings: Settings, status: int, token: str | None, customer: int | None
) -> tuple[str, str | None]:
    """What to give so that the answer tells more; or, where nothing is left out, what to mend."""
    passed_on = settings.upstream_auth is UpstreamAuthentication.PASSTHROUGH
    if token is None:
        return "; --token-file and --customer tell more" if passed_on else "", None
    if status in _WITHOUT_A_CUSTOMER and customer is None:
        return "; --customer tells more", None
    if status in {HTTPStatus.UNAUTHORIZED, *_WITHOUT_A_CUSTOMER}:
        whose = "the token" if passed_on else f"a token of {PREFIX}UPSTREAM_TOKEN_URL"
        return "", f"See that {whose} may read the groups of the customer."
    return "", "See in the log of the REST API why."


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


def _without_query(url: str | None) -> str:
    """An address as it can be shown: what tells a tenant from others may be a secret."""
    return (url or "").partition("?")[0]


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
