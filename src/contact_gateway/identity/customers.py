"""Which customer's data a request is about: the `Customer-Id` header, bound by the token."""

from collections.abc import Sequence

from contact_gateway.forms.int64 import parse_int64
from contact_gateway.identity.principal import Principal

__all__ = ["BadCustomerIdError", "choose_customer"]


class BadCustomerIdError(Exception):
    """The `Customer-Id` header is malformed, sent twice, or missing and nothing tells it."""


def choose_customer(principal: Principal, header: Sequence[bytes]) -> int | None:
    """The one customer of a request, or None if the token does not name the customer asked for.

    `header` holds every value of the `Customer-Id` header. Where the token names customers, the
    header only chooses among them, and may be left out when there is just one.

    Raises:
        BadCustomerIdError: the request does not say which customer it means.
    """
    if not header:
        if principal.customers is not None and len(principal.customers) == 1:
            (customer,) = principal.customers
            return customer
        raise BadCustomerIdError("missing")
    if len(header) > 1:
        raise BadCustomerIdError("sent twice")
    asked = parse_int64(header[0].decode("latin-1"))
    if asked is None:
        raise BadCustomerIdError("malformed")
    if principal.customers is not None and asked not in principal.customers:
        return None
    return asked
