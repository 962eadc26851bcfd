"""Documents that show the API: in GraphiQL, in the README, in the demo."""

__all__ = ["BLANKS", "LIST", "RENAME"]

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
"""The mutation with every field of every outcome; the README's example is the same."""

BLANKS = {"id": "", "input": {"name": ""}}
"""Its variables, to be filled in."""

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
