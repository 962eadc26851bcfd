"""Whether what the settings name elsewhere can be reached, and is what it should be."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from http import HTTPStatus

from contact_gateway.checks.findings import Finding
from contact_gateway.contact_groups import issued_scopes
from contact_gateway.contact_groups.base_url import ask_for_list, understand
from contact_gateway.egress import wants_certificate
from contact_gateway.identity import (
    LARGEST_KEY_SET,
    AnotherIssuerError,
    DiscoveryError,
    Fetch,
    SigningKeys,
    discover,
    examine,
    key_set_sources,
    read_key_set,
    rules_of,
)
from contact_gateway.identity import Document as IssuerDocument
from contact_gateway.rate_limits import open_limiter
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
    Settings,
    TokenVerification,
    UpstreamAuthentication,
)
from contact_gateway.settings.values import can_be_discovered

__all__ = ["check_callers", "check_rest_api", "check_storage"]

_SECONDS = 5.0
_UNISSUED = "contact-gateway-check"  # as a token: no authorization server issues it
_WITHOUT_A_CUSTOMER = frozenset({400, 403, 422})  # what is answered where there must be one


async def check_callers(
    transport: HTTP11Transport, settings: Settings, token: str | None
) -> AsyncIterator[Finding]:
    """Whatever is needed to know callers' tokens, and what is known of this one."""
    if settings.token_verification is TokenVerification.JWKS:
        async for finding in _check_verification(transport, settings, token):
            yield finding
    if settings.token_verification is TokenVerification.INTROSPECTION:
        yield await _check_introspection(transport, settings)


async def check_rest_api(
    transport: HTTP11Transport, settings: Settings, token: str | None, customer: int | None
) -> AsyncIterator[Finding]:
    """The REST API, and before that where the gateway gets its own token for it."""
    if settings.upstream_auth is UpstreamAuthentication.CLIENT_CREDENTIALS:
        finding, token = await _check_token_endpoint(transport, settings)
        yield finding
    yield await _check_upstream(transport, settings, token, customer)


async def check_storage(settings: Settings) -> AsyncIterator[Finding]:
    """Where rate limits are counted, if there are any."""
    if settings.rate_limit is None:
        return
    subject = "rate limit storage"
    async with open_limiter(settings.rate_limit, settings.rate_limit_storage) as limiter:
        if await limiter.storage_answers():
            yield Finding(subject, "it answers")
        else:
            yield Finding(
                subject,
                "it does not answer",
                f"See that {PREFIX}RATE_LIMIT_STORAGE is right, and that this machine reaches it: "
                "without it there are no limits.",
            )


async def _check_verification(
    transport: HTTP11Transport, settings: Settings, token: str | None
) -> AsyncIterator[Finding]:
    """The key set of each issuer, and which rules a caller's token keeps; it is never shown."""
    fetch = partial(fetch_document, transport, seconds=_SECONDS, largest=LARGEST_KEY_SET)
    key_sets = {}
    for issuer, source in key_set_sources(settings, fetch).items():
        finding, key_sets[issuer] = await _check_key_set(settings.jwt_jwks_url, issuer, source)
        yield finding
        if settings.jwt_jwks_url and (contradiction := await _contradiction(issuer, fetch)):
            yield contradiction
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


async def _contradiction(issuer: str, fetch: Fetch) -> Finding | None:
    """A finding if the issuer's own document says that it is another; it need not have one."""
    if not can_be_discovered(issuer):
        return None
    try:
        await discover(issuer, fetch)
    except AnotherIssuerError as error:
        advice = f"Set {PREFIX}JWT_ISSUER to the letter to what tokens have in iss."
        return Finding(f"issuer {issuer}", str(error), advice)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, nothing else is read there
        return None
    return None


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


def _without_query(url: str | None) -> str:
    """An address as it can be shown: what tells a tenant from others may be a secret."""
    return (url or "").partition("?")[0]


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
