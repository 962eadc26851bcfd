"""Whether contact groups are where the base URL says: what is asked there, and what came back."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from contact_gateway.contact_groups.listing import PATH, read_page
from contact_gateway.contact_groups.model import ContactGroupQuery
from contact_gateway.rest_client import Answer, HTTP11Transport, UpstreamError, probe
from contact_gateway.rest_client.contents import is_html, read_body_of

__all__ = ["Understood", "ask_for_list", "understand"]

# what a server says before it has looked whether it has such a path
_BEFORE_THE_PATH: Final[Mapping[int, str]] = {
    HTTPStatus.UNAUTHORIZED: "it wants a valid token",
    HTTPStatus.FORBIDDEN: "it refuses permission",
    HTTPStatus.TOO_MANY_REQUESTS: "it has too many requests",
}
_LONGEST_LOCATION: Final = 200


@dataclass(frozen=True, slots=True)
class Understood:
    """What an answer is, for a person; `right` is None where it says nothing of the base URL."""

    found: str
    right: bool | None


async def ask_for_list(
    transport: HTTP11Transport,
    base_url: str,
    *,
    token: str | None,
    customer: int | None,
    seconds: float,
) -> Answer:
    """Ask for the list of contact groups, without filters, which are all optional.

    Raises:
        UpstreamError: nobody answered within `seconds`.
    """
    headers = {"Accept": "application/json, application/problem+json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if customer is not None:
        headers["Customer-Id"] = str(customer)
    return await probe(transport, f"{base_url}{PATH}", headers=headers, seconds=seconds)


def understand(answer: Answer) -> Understood:
    """What the answer to a request for the list says of the base URL. Nothing of it is quoted."""
    found, right = _understood(answer)
    return Understood(f"{found} (HTTP {answer.status})", right)


def _understood(answer: Answer) -> tuple[str, bool | None]:
    status = answer.status
    fails = "it fails" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None
    if said := _BEFORE_THE_PATH.get(status, fails):
        return said, None
    if is_html(answer):
        return "a web page, not an API", False
    if answer.is_success:
        return _of_success(answer)
    if status < HTTPStatus.BAD_REQUEST:
        return f"it sends elsewhere{_location(answer)}", False
    if status == HTTPStatus.NOT_FOUND:
        in_json = " in JSON" if read_body_of(answer).document is not None else ""
        return f"it answers{in_json} that it has no contact groups", False
    return "it refuses the request", None


def _of_success(answer: Answer) -> tuple[str, bool | None]:
    if answer.incomplete is not None:
        return f"an answer that did not come through: {answer.incomplete}", None
    if not answer.content:
        return "it answers without a list", None
    try:
        page = read_page(answer, ContactGroupQuery())
    except UpstreamError:
        is_json = read_body_of(answer).document is not None
        return "JSON, but no list of contact groups" if is_json else "no JSON", False
    unread = f", {len(page.malformed)} of which cannot be read" if page.malformed else ""
    return f"a list of contact groups{unread}", True


def _location(answer: Answer) -> str:
    """Where a redirect leads to, without its query, which may hold what nobody should see."""
    location: str = answer.headers.get("Location", "").partition("?")[0]
    fit = location.isascii() and location.isprintable() and len(location) <= _LONGEST_LOCATION
    return f", to {location}" if location and fit else ""
