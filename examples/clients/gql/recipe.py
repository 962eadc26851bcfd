"""Contact groups with gql 4."""

import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError, TransportServerError
from gql.transport.httpx import HTTPXTransport
from graphql import print_ast

__all__ = [
    "connect",
    "list_groups",
    "manifest",
    "refusal_of",
    "rename",
    "rename_with_retries",
    "sentence",
]

LONGEST = 30  # seconds that a person waits

GROUPS = gql("""
query Groups($page: Int! = 1) {
  contactGroups(page: $page) { items { id name } hasNextPage }
}
""")

RENAME = gql("""
mutation Rename($id: ID!, $input: UpdateContactGroupInput!) {
  updateContactGroup(id: $id, input: $input) {
    __typename
    ... on UpdateContactGroupSuccess { contactGroup { id name } outcome }
    ... on InvalidInputError { fieldErrors { path messages } }
    ... on PermissionDeniedError { requiredScope }
    ... on RateLimitedError { retryAfterSeconds }
    ... on UpstreamUnavailableError { retryAfterSeconds }
    ... on MutationError { message code outcome retryable requestId }
  }
}
""")


def connect(url: str, token: str, customer: int) -> Client:
    """A client of one caller, for one customer."""
    headers = {"Authorization": f"Bearer {token}", "Customer-Id": str(customer)}
    return Client(transport=HTTPXTransport(url, headers=headers, timeout=30))


def list_groups(client: Client) -> list[str]:
    """The names on the first page."""
    page = client.execute(GROUPS)["contactGroups"]
    return [group["name"] for group in page["items"]]


def rename(client: Client, contact_group_id: str, name: str) -> dict[str, Any]:
    """Rename a group: the member of the union that it came to."""
    variables = {"id": contact_group_id, "input": {"name": name}}
    result: dict[str, Any] = client.execute(GraphQLRequest(RENAME, variable_values=variables))
    member: dict[str, Any] = result["updateContactGroup"]
    return member


def sentence(result: dict[str, Any]) -> str:
    """What to tell the person who renamed the group; the last case is of types yet to come."""
    match result:
        case {"__typename": "UpdateContactGroupSuccess", "contactGroup": {"name": name}}:
            return f"The group is now called {name}."
        case {"__typename": "UpdateContactGroupSuccess"}:
            return "The group will be renamed soon."
        case {"__typename": "InvalidInputError", "fieldErrors": errors}:
            return " ".join(message for error in errors for message in error["messages"])
        case {"__typename": "PermissionDeniedError", "requiredScope": str(scope)}:
            return f"You need {scope}."
        case {"outcome": outcome, "retryable": retryable}:
            made = " Look whether the change was made." if outcome == "UNKNOWN" else ""
            advice = "Try again later." if retryable else f"Please report {result['requestId']}."
            return f"{result['message']}{made} {advice}"
        case _:
            return f"{result['__typename']} is new here."


def rename_with_retries(
    attempt: Callable[[], dict[str, Any]],
    attempts: int = 3,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Try again while the result is `retryable`, after `retryAfterSeconds` if it says so.

    That is safe where the outcome is UNKNOWN too: to rename twice is to rename once.
    """
    for number in range(attempts - 1):
        result = attempt()
        if not result.get("retryable"):
            return result
        told = result.get("retryAfterSeconds")
        seconds = 2.0**number if told is None else told
        if seconds > LONGEST:
            return result
        sleep(seconds)
    return attempt()


def refusal_of(error: Exception) -> dict[str, Any]:
    """What a refused request says of itself: `code`, and `retryAfterSeconds` where it is known."""
    if isinstance(error, TransportQueryError) and error.errors:
        extensions: dict[str, Any] = error.errors[0].get("extensions", {})
        return extensions
    if isinstance(error, TransportServerError):
        return {"code": str(error.code)}
    raise error


def manifest() -> dict[str, str]:
    """The documents as they are sent, by their ids: as JSON, what TRUSTED_DOCUMENTS names."""
    texts = [print_ast(request.document) for request in (GROUPS, RENAME)]
    return {f"sha256:{sha256(text.encode()).hexdigest()}": text for text in texts}
