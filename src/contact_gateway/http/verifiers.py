"""Which verifier the settings ask for, over connections of its own."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

from contact_gateway.egress import Egress, Rotation
from contact_gateway.http.authentication import Verifier
from contact_gateway.identity import (
    LARGEST_KEY_SET,
    IntrospectionVerifier,
    RememberedTokens,
    TokenRules,
    TokenVerifier,
    UpstreamVerifier,
    trusted_issuers,
)
from contact_gateway.observation import Metrics
from contact_gateway.rest_client import HTTP11Transport, fetch_document, introspection_endpoint
from contact_gateway.settings import Settings, TokenVerification

__all__ = ["open_verifier"]


def open_verifier(
    settings: Settings,
    rules: TokenRules,
    rotation: Rotation,
    lifetimes: list[Callable[[], AbstractAsyncContextManager[object]]],
    metrics: Metrics,
) -> tuple[Verifier, Callable[[], str | None]]:
    """Who tells a genuine token by `rules`, and why it cannot tell yet, if so.

    What it needs while the application runs goes into `lifetimes`.
    """
    if settings.token_verification is TokenVerification.UPSTREAM:
        return UpstreamVerifier(rules.scopes), lambda: None
    # connections of its own: a busy upstream must not keep tokens from being verified
    transport = HTTP11Transport(way=rotation.egress.to_others)
    lifetimes.append(lambda: transport)
    rotation.renewed.append(lambda _, egress: transport.renew(egress.to_others))
    if settings.token_verification is TokenVerification.INTROSPECTION:
        endpoint = introspection_endpoint(settings, transport)

        def change_secret(settings: Settings, _: Egress) -> None:
            secret = settings.token_introspection_client_secret
            endpoint.client_secret = secret or endpoint.client_secret

        rotation.renewed.append(change_secret)
        introspecting = IntrospectionVerifier(endpoint.introspect, rules)
        lifetimes.append(lambda: introspecting)
        return introspecting, lambda: None
    fetch = partial(fetch_document, transport, seconds=5, largest=LARGEST_KEY_SET)
    issuers = trusted_issuers(settings, fetch)
    lifetimes.append(issuers.kept_fresh)
    metrics.follow_key_set(lambda: issuers.fetched_at)
    return RememberedTokens(TokenVerifier(issuers, rules), issuers), issuers.unready
