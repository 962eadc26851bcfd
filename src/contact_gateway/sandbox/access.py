"""Who may call: token, customer and scope, checked in the order in which the API checks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_gateway.sandbox.identifiers import positive_int64
from contact_gateway.sandbox.problem_documents import Problem, ProblemError
from contact_gateway.sandbox.token_issuer import Caller, InvalidTokenError, TokenIssuer

if TYPE_CHECKING:
    from starlette.datastructures import Headers

__all__ = ["authorize"]


def authorize(headers: Headers, issuer: TokenIssuer, scope: str) -> int:
    """The id of the customer for whom the caller may use an operation that needs `scope`.

    Raises ProblemError: 401 for the token, 400 for the header `Customer-Id`, 403 for a scope or a
    customer that the token does not name.
    """
    caller = _caller(headers, issuer)
    customer_id = _customer_id(headers)
    if scope not in caller.scopes:
        raise _forbidden(
            f"The access token does not have the scope {scope}.",
            challenge=f'Bearer error="insufficient_scope", scope="{scope}"',
        )
    if customer_id not in caller.customers:
        raise _forbidden(f"The access token is not valid for customer {customer_id}.")
    return customer_id


def _caller(headers: Headers, issuer: TokenIssuer) -> Caller:
    try:
        return issuer.verify(_bearer_token(headers))
    except InvalidTokenError as error:
        raise ProblemError(
            Problem(
                status=401,
                kind="unauthorized",
                title="Unauthorized",
                detail="The access token is missing, not valid or expired.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        ) from error


def _bearer_token(headers: Headers) -> str:
    values = headers.getlist("authorization")
    scheme, _, token = values[0].partition(" ") if len(values) == 1 else ("", "", "")
    return token.strip() if scheme.lower() == "bearer" else ""


def _customer_id(headers: Headers) -> int:
    values = headers.getlist("customer-id")
    customer_id = positive_int64(values[0]) if len(values) == 1 else None
    if customer_id is None:
        raise ProblemError(
            Problem(
                status=400,
                kind="bad-request",
                title="Bad Request",
                detail="The header Customer-Id must be sent once, with the id of a customer.",
            )
        )
    return customer_id


def _forbidden(detail: str, challenge: str | None = None) -> ProblemError:
    return ProblemError(
        Problem(
            status=403,
            kind="forbidden",
            title="Forbidden",
            detail=detail,
            headers={} if challenge is None else {"WWW-Authenticate": challenge},
        )
    )
