"""What the page opens with: its tabs, its headers, and in the demo a token."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

__all__ = ["RENAME", "Tab", "Workspace"]


@dataclass(frozen=True)
class Tab:
    """One tab: a document, which names the tab by its operation, and its variables."""

    query: str
    variables: Mapping[str, object] = field(default_factory=dict)


RENAME = """\
mutation RenameContactGroup($id: ID!, $input: UpdateContactGroupInput!) {
  updateContactGroup(id: $id, input: $input) {
    __typename
    ... on UpdateContactGroupSuccess {
      contactGroup {
        id
        name
      }
    }
    ... on InvalidInputError {
      origin
      fieldErrors {
        path
        messages
      }
    }
    ... on ContactGroupNotFoundError {
      contactGroupId
    }
    ... on PermissionDeniedError {
      requiredScope
    }
    ... on RateLimitedError {
      retryAfterSeconds
    }
    ... on UpstreamUnavailableError {
      retryAfterSeconds
    }
    ... on UnexpectedProblemError {
      upstreamStatus
    }
    ... on MutationError {
      message
      code
      outcome
      retryable
      requestId
      problem {
        type
        title
        status
        detail
        instance
      }
    }
  }
}
"""
"""The mutation with every field of every outcome; the README's example is the same."""


@dataclass(frozen=True)
class Workspace:
    """What a browser finds that has not been here before: unless told otherwise, blanks to fill.

    `headers` are filled in beside `Authorization`. `issue_token` gives a development token: it
    makes the page show one and renew it, to whoever opens the page, so only the demo has it.
    """

    tabs: tuple[Tab, ...] = (Tab(RENAME, {"id": "", "input": {"name": ""}}),)
    headers: Mapping[str, str] = field(default_factory=lambda: {"Customer-Id": ""})
    issue_token: Callable[[], str] | None = None
