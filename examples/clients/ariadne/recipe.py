"""Contact groups with the client that ariadne-codegen has generated: `contact_groups`."""

import ast
import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeGuard, assert_never

from contact_groups import Client, UpdateContactGroupInput
from contact_groups import rename as results
from contact_groups.exceptions import GraphQLClientGraphQLMultiError, GraphQLClientHttpError

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

# what the union can come to: the classes are generated, one for each member
Result = (
    results.RenameUpdateContactGroupUpdateContactGroupSuccess
    | results.RenameUpdateContactGroupInvalidInputError
    | results.RenameUpdateContactGroupPermissionDeniedError
    | results.RenameUpdateContactGroupContactGroupNotFoundError
    | results.RenameUpdateContactGroupRequestRejectedError
    | results.RenameUpdateContactGroupRateLimitedError
    | results.RenameUpdateContactGroupUpstreamUnavailableError
    | results.RenameUpdateContactGroupUnexpectedProblemError
)


def connect(url: str, token: str, customer: int) -> Client:
    """A client of one caller, for one customer."""
    headers = {"Authorization": f"Bearer {token}", "Customer-Id": str(customer)}
    return Client(url, headers=headers)


async def list_groups(client: Client) -> list[str]:
    """The names on the first page."""
    page = (await client.groups(page=1)).contact_groups
    return [group.name for group in page.items]


async def rename(client: Client, contact_group_id: str, name: str) -> Result:
    """Rename a group: the member of the union that it came to."""
    answer = await client.rename(contact_group_id, UpdateContactGroupInput(name=name))
    return answer.update_contact_group


def sentence(result: Result) -> str:
    """What to tell the person who renamed the group; mypy names a member that has no case."""
    match result:
        case results.RenameUpdateContactGroupUpdateContactGroupSuccess(contact_group=None):
            return "The group will be renamed soon."
        case results.RenameUpdateContactGroupUpdateContactGroupSuccess(contact_group=group):
            return f"The group is now called {group.name}."
        case results.RenameUpdateContactGroupInvalidInputError(field_errors=errors):
            return " ".join(message for error in errors for message in error.messages)
        case results.RenameUpdateContactGroupPermissionDeniedError():
            scope = result.required_scope
            return result.message if scope is None else f"You need {scope}."
        case (
            results.RenameUpdateContactGroupContactGroupNotFoundError()
            | results.RenameUpdateContactGroupRequestRejectedError()
            | results.RenameUpdateContactGroupRateLimitedError()
            | results.RenameUpdateContactGroupUpstreamUnavailableError()
            | results.RenameUpdateContactGroupUnexpectedProblemError()
        ):
            advice = (
                "Try again later." if result.retryable else f"Please report {result.request_id}."
            )
            made = " Look whether the change was made." if result.outcome == "UNKNOWN" else ""
            return f"{result.message}{made} {advice}"
        case _:
            assert_never(result)


async def rename_with_retries(
    attempt: Callable[[], Awaitable[Result]],
    attempts: int = 3,
    sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
) -> Result:
    """Try again while the result is `retryable`, after `retryAfterSeconds` if it says so.

    That is safe where the outcome is UNKNOWN too: to rename twice is to rename once.
    """
    for number in range(attempts - 1):
        result = await attempt()
        if not getattr(result, "retryable", False):
            return result
        told = getattr(result, "retry_after_seconds", None)
        seconds = 2.0**number if told is None else told
        if seconds > LONGEST:
            return result
        await sleep(seconds)
    return await attempt()


def refusal_of(error: Exception) -> dict[str, Any]:
    """What a refused request says of itself: `code`, and `retryAfterSeconds` where it is known."""
    if isinstance(error, GraphQLClientHttpError):
        refused: dict[str, Any] = error.response.json()["errors"][0]["extensions"]
        return refused
    if isinstance(error, GraphQLClientGraphQLMultiError):
        return error.errors[0].extensions or {}
    raise error


def manifest() -> dict[str, str]:
    """The documents as they are sent, by their ids: as JSON, what TRUSTED_DOCUMENTS names."""
    source = Path(__file__).with_name("contact_groups") / "client.py"
    calls = [node for node in ast.walk(ast.parse(source.read_text("utf-8"))) if _is_document(node)]
    texts = [ast.literal_eval(call.args[0]) for call in calls]
    return {f"sha256:{sha256(text.encode()).hexdigest()}": text for text in texts}


def _is_document(node: ast.AST) -> TypeGuard[ast.Call]:
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return is_call and node.func.id == "gql"
