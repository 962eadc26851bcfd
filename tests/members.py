"""The members of the mutation's union, whole, as `RENAME` of `tests/client.py` selects them."""

from typing import Any

__all__ = [
    "accepted",
    "bare_problem",
    "denied",
    "invalid",
    "not_found",
    "rate_limited",
    "rejected",
    "success",
    "unavailable",
    "unexpected",
]

Member = dict[str, Any]


def bare_problem(status: int, **members: object) -> Member:
    """The problem of an answer that said no more of itself than its status and `members`."""
    silent = {
        "type": "about:blank",
        "title": None,
        "detail": None,
        "instance": None,
        "extensions": None,
    }
    return {**silent, "status": status, **members}


def accepted() -> Member:
    """The change will be made, so there is no changed group yet."""
    return {
        "__typename": "UpdateContactGroupSuccess",
        "contactGroup": None,
        "outcome": "ACCEPTED",
    }


def success(contact_group_id: str, name: str) -> Member:
    """The change was made."""
    return {
        "__typename": "UpdateContactGroupSuccess",
        "contactGroup": {"id": contact_group_id, "name": name},
        "outcome": "APPLIED",
    }


def invalid(*field_errors: tuple[list[str], list[str]], problem: Member | None = None) -> Member:
    """The input was refused: by the upstream if there is a `problem`, else by the gateway."""
    return _failure("InvalidInputError", "INVALID_INPUT", problem) | {
        "message": "Some of the input is not valid.",
        "fieldErrors": [{"path": path, "messages": messages} for path, messages in field_errors],
        "origin": "UPSTREAM" if problem else "GATEWAY",
    }


def not_found(contact_group_id: str, problem: Member) -> Member:
    """The upstream has no such group."""
    return _failure("ContactGroupNotFoundError", "NOT_FOUND", problem) | {
        "message": "There is no such contact group.",
        "contactGroupId": contact_group_id,
    }


def denied(
    message: str, *, required_scope: str | None = None, problem: Member | None = None
) -> Member:
    """The caller may not do this, as the gateway or the upstream says."""
    return _failure("PermissionDeniedError", "PERMISSION_DENIED", problem) | {
        "message": message,
        "requiredScope": required_scope,
    }


def rejected(problem: Member) -> Member:
    """The upstream refused the request and said why."""
    return _failure("RequestRejectedError", "REQUEST_REJECTED", problem) | {
        "message": "The service refused the request."
    }


def rate_limited(problem: Member, *, retry_after: int | None) -> Member:
    """The upstream counts too many requests."""
    return _failure("RateLimitedError", "RATE_LIMITED", problem, retryable=True) | {
        "message": "There are too many requests at the moment.",
        "retryAfterSeconds": retry_after,
    }


def unavailable(
    message: str, outcome: str, problem: Member | None = None, *, retry_after: int | None = None
) -> Member:
    """The upstream is away, or failed, or was too slow."""
    name, code = "UpstreamUnavailableError", "UPSTREAM_UNAVAILABLE"
    return _failure(name, code, problem, outcome, retryable=True) | {
        "message": message,
        "retryAfterSeconds": retry_after,
    }


def unexpected(outcome: str, problem: Member) -> Member:
    """The upstream gave an answer that it is not known to give."""
    return _failure("UnexpectedProblemError", "UNEXPECTED_PROBLEM", problem, outcome) | {
        "message": "The service gave an answer that cannot be understood.",
        "upstreamStatus": problem["status"],
    }


def _failure(
    typename: str,
    code: str,
    problem: Member | None,
    outcome: str = "NOT_APPLIED",
    *,
    retryable: bool = False,
) -> Member:
    return {
        "__typename": typename,
        "code": code,
        "outcome": outcome,
        "retryable": retryable,
        "problem": problem,
    }
