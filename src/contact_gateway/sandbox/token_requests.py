"""`POST /auth/tokens`: the client credentials grant of RFC 6749, section 4.4.

The vendor documents `grant_type`, `client_id` and `client_secret`, and the two members of the
reply. `scope`, `customer_id` (one id, or several with spaces between) and `expires_in` are
extensions of the sandbox.
"""

from __future__ import annotations

import base64
import hmac
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote_plus

import orjson
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from contact_gateway.sandbox.faults import NoAnswer
from contact_gateway.sandbox.identifiers import positive_int64
from contact_gateway.sandbox.token_issuer import (
    CLIENTS,
    LONGEST_LIFETIME_SECONDS,
    Client,
    Grant,
    TokenIssuer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

__all__ = ["LARGEST_FORM_BYTES", "TokenEndpoint"]

LARGEST_FORM_BYTES: Final = 8192

_FORM_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"

# RFC 6749, appendix A.4.
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


class TokenRequestError(Exception):
    """A refusal with one of the error codes of RFC 6749, section 5.2."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code)
        self.code = code
        self.description = description


class TokenEndpoint:
    """The handler of `POST /auth/tokens`."""

    def __init__(self, issuer: TokenIssuer) -> None:
        """Hand out tokens of `issuer`."""
        self._issuer = issuer

    async def issue_token(self, request: Request) -> Response:
        """Answer a token request."""
        try:
            body = await request.body()
        except ClientDisconnect:
            return NoAnswer()
        try:
            parameters = _parameters(request.headers.get("content-type", ""), body)
            client = _authenticate(request.headers.getlist("authorization"), parameters)
            grant = _grant(client, parameters)
        except TokenRequestError as error:
            return _refusal(error)
        return _reply(
            200, {"access_token": self._issuer.issue(grant), "expires_in": grant.lifetime}
        )


def _parameters(content_type: str, body: bytes) -> Mapping[str, str]:
    if content_type.partition(";")[0].strip().lower() != _FORM_MEDIA_TYPE:
        raise TokenRequestError("invalid_request", f"Send the form as {_FORM_MEDIA_TYPE}.")
    try:
        fields = parse_qs(
            body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict"
        )
    except ValueError as error:
        raise TokenRequestError("invalid_request", "The form cannot be parsed.") from error
    if any(len(values) > 1 for values in fields.values()):
        raise TokenRequestError("invalid_request", "A parameter was sent twice.")
    # Without a value is as good as omitted: RFC 6749, section 3.2.
    return {name: values[0] for name, values in fields.items() if values[0]}


def _authenticate(authorization: list[str], parameters: Mapping[str, str]) -> Client:
    in_body = (parameters.get("client_id", ""), parameters.get("client_secret", ""))
    if authorization and in_body[1]:
        raise TokenRequestError("invalid_request", "Send the credentials once, not twice.")
    client_id, secret = _basic(authorization) if authorization else in_body
    client = CLIENTS.get(client_id)
    if client is None or not hmac.compare_digest(secret.encode(), client.secret.encode()):
        raise TokenRequestError("invalid_client", "The client is unknown or its secret is wrong.")
    return client


def _basic(authorization: list[str]) -> tuple[str, str]:
    scheme, _, encoded = authorization[0].partition(" ")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        decoded = ""
    client_id, colon, secret = decoded.partition(":")
    if scheme.lower() != "basic" or not colon or len(authorization) > 1:
        raise TokenRequestError("invalid_client", "The credentials cannot be read.")
    # Both halves are form-encoded before they are joined: RFC 6749, section 2.3.1.
    return unquote_plus(client_id), unquote_plus(secret)


def _grant(client: Client, parameters: Mapping[str, str]) -> Grant:
    if "grant_type" not in parameters:
        raise TokenRequestError("invalid_request", "grant_type is missing.")
    if parameters["grant_type"] != "client_credentials":
        raise TokenRequestError("unsupported_grant_type", "Only client_credentials is supported.")
    return Grant(
        client_id=client.id,
        scopes=_scopes(client, parameters.get("scope")),
        customers=_customers(client, parameters.get("customer_id")),
        lifetime=_lifetime(parameters.get("expires_in")),
    )


def _scopes(client: Client, asked: str | None) -> tuple[str, ...]:
    if asked is None:
        return client.default_scopes
    scopes = tuple(asked.split(" "))
    if not all(_SCOPE.fullmatch(scope) for scope in scopes):
        raise TokenRequestError("invalid_scope", "The scope is malformed.")
    if client.allowed_scopes is not None and not client.allowed_scopes.issuperset(scopes):
        raise TokenRequestError("invalid_scope", "The client may not have that scope.")
    return scopes


def _customers(client: Client, asked: str | None) -> tuple[int, ...]:
    if asked is None:
        return client.default_customers
    customers = tuple(positive_int64(text) for text in asked.split(" "))
    allowed = tuple(customer for customer in customers if customer in client.allowed_customers)
    if len(allowed) < len(customers):
        raise TokenRequestError("invalid_request", "The client may not act for that customer.")
    return allowed


def _lifetime(asked: str | None) -> int:
    if asked is None:
        return LONGEST_LIFETIME_SECONDS
    seconds = positive_int64(asked)
    if seconds is None or seconds > LONGEST_LIFETIME_SECONDS:
        raise TokenRequestError(
            "invalid_request", f"expires_in must be 1 to {LONGEST_LIFETIME_SECONDS}."
        )
    return seconds


def _refusal(error: TokenRequestError) -> Response:
    document = {"error": error.code, "error_description": error.description}
    if error.code != "invalid_client":
        return _reply(400, document)
    response = _reply(401, document)
    response.headers["WWW-Authenticate"] = 'Basic realm="sandbox"'
    return response


def _reply(status: int, document: Mapping[str, str | int]) -> Response:
    return Response(
        orjson.dumps(document),
        status_code=status,
        headers={"Cache-Control": "no-store"},
        media_type="application/json",
    )
