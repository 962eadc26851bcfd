"""Documents that show the API: in GraphiQL, in docs/mutation.md, in the demo."""

from collections.abc import Mapping

__all__ = ["EXAMPLES", "LIST", "RENAME", "VIEWER"]

RENAME = """\
mutation RenameContactGroup($id: ID!, $input: UpdateContactGroupInput!) {
  updateContactGroup(id: $id, input: $input) {
    __typename
    ... on UpdateContactGroupSuccess {
      contactGroup {
        id
        name
      }
      outcome
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
        extensions
      }
    }
  }
}
"""
"""The mutation with every field of every outcome; the example of docs/mutation.md is the same."""

LIST = """\
query ListContactGroups($filter: ContactGroupFilter, $pageSize: Int!) {
  contactGroups(filter: $filter, pageSize: $pageSize) {
    items {
      id
      name
    }
    pageNumber
    itemCount
    hasNextPage
  }
}
"""
"""The query for a page of groups."""

VIEWER = """\
query WhoAmI {
  viewer {
    customerId
    canReadContactGroups
    canUpdateContactGroups
  }
}
"""
"""The query for what the caller may do."""

EXAMPLES: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "Rename a group": (RENAME, {"id": "", "input": {"name": ""}}),
    "List groups": (LIST, {"filter": {"namePrefix": ""}, "pageSize": 50}),
    "Who am I?": (VIEWER, {}),
}
"""The documents by what they do, each with variables to be filled in."""
