"""What is asked: the same rename in each contestant's words, and what growth is measured with."""

from collections.abc import Mapping
from typing import Final

from benchmarks.http_requests import Expected, Workload, http_request
from benchmarks.upstream import Upstream
from contact_gateway.sandbox import Grant

__all__ = [
    "CUSTOMER",
    "PROBLEMS",
    "hive_rename",
    "lists",
    "problems",
    "renames",
    "rest_rename",
    "strawberry_rename",
]

CUSTOMER = 5690

_CALLERS = 64  # as many different tokens, ids and names are sent in turn

_OURS = """\
mutation RenameContactGroup($id: ID!, $input: UpdateContactGroupInput!) {
  updateContactGroup(id: $id, input: $input) {
    __typename
    ... on UpdateContactGroupSuccess { contactGroup { id name } }
    ... on MutationError { message code outcome retryable requestId }
  }
}"""

_STRAWBERRY = """\
mutation RenameContactGroup($id: ID!, $input: UpdateContactGroupInput!) {
  updateContactGroup(id: $id, input: $input) {
    __typename
    ... on UpdateContactGroupSuccess { contactGroup { id name } }
    ... on UpdateContactGroupError { message status }
  }
}"""

_HIVE = """\
mutation RenameContactGroup($id: BigInt!, $input: UpdateContactGroup_Input!) {
  updateContactGroup(contactGroupId: $id, input: $input)
}"""

_LIST = """\
query ContactGroups($pageSize: Int!) {
  contactGroups(pageSize: $pageSize) { items { id name } itemCount hasNextPage }
}"""

_SUCCESS = "UpdateContactGroupSuccess"

PROBLEMS: Final[Mapping[int, str]] = {
    403: "PermissionDeniedError",
    404: "ContactGroupNotFoundError",
    422: "InvalidInputError",
    500: "UpstreamUnavailableError",
}
"""The statuses of problems that the upstream has, and the result that the gateway makes of each."""


def renames(upstream: Upstream, aliases: int = 1) -> Workload:
    """The mutation, or a document that has it `aliases` times under different names."""
    document = _OURS if aliases == 1 else _aliased(aliases)
    return _graphql_renames(upstream, document, Expected(200, _SUCCESS, aliases))


def problems(upstream: Upstream, status: int) -> Workload:
    """The mutation of a group that the upstream answers with a problem, one of `PROBLEMS`."""
    expected = Expected(200, f'"{PROBLEMS[status]}"')
    return _graphql_renames(upstream, _OURS, expected, str(status))


def strawberry_rename(upstream: Upstream) -> Workload:
    """The mutation, in the words of the straightforward schema."""
    return _graphql_renames(upstream, _STRAWBERRY, Expected(200, _SUCCESS))


def hive_rename(upstream: Upstream) -> Workload:
    """The mutation, in the words that Hive Gateway makes of the OpenAPI document."""
    expected = Expected(200, '{"data":{"updateContactGroup":""}}')
    return _graphql_renames(upstream, _HIVE, expected)


def rest_rename(upstream: Upstream) -> Workload:
    """The REST operation itself."""
    requests = (
        http_request("PATCH", f"/v1/contactGroups/{contact_group_id}", headers, {"name": name})
        for headers, contact_group_id, name in _callers(upstream)
    )
    return Workload(tuple(requests), Expected(204))


def lists(upstream: Upstream, size: int) -> Workload:
    """A page of `size` groups, one of `upstream.LIST_SIZES`."""
    body = {"query": _LIST, "variables": {"pageSize": size}}
    requests = (
        http_request("POST", "/graphql", headers, body) for headers, _, _ in _callers(upstream)
    )
    return Workload(tuple(requests), Expected(200, f'"itemCount":{size},'))


def _graphql_renames(
    upstream: Upstream, document: str, expected: Expected, of_group: str | None = None
) -> Workload:
    requests = (
        http_request(
            "POST",
            "/graphql",
            headers,
            {"query": document, "variables": {"id": of_group or its_own, "input": {"name": name}}},
        )
        for headers, its_own, name in _callers(upstream)
    )
    return Workload(tuple(requests), expected)


def _callers(upstream: Upstream) -> list[tuple[Mapping[str, str], str, str]]:
    """Headers, a group's id and its new name, for each caller."""
    scopes = ("contacts:read", "contacts:write")
    return [
        (
            {
                "Authorization": "Bearer "
                + upstream.tokens.issue(
                    Grant(client_id=f"caller-{n}", scopes=scopes, customers=(CUSTOMER,))
                ),
                "Customer-Id": str(CUSTOMER),
                "Accept": "application/graphql-response+json, application/json",
            },
            str(5_514_000 + n),
            f"Best customers {n:02}",
        )
        for n in range(_CALLERS)
    ]


def _aliased(aliases: int) -> str:
    fields = "\n".join(
        f"  a{n}: updateContactGroup(id: $id, input: $input) {{ ...Outcome }}"
        for n in range(aliases)
    )
    return (
        f"mutation Renames($id: ID!, $input: UpdateContactGroupInput!) {{\n{fields}\n}}\n"
        "fragment Outcome on UpdateContactGroupResult {\n"
        "  __typename\n"
        "  ... on UpdateContactGroupSuccess { contactGroup { id name } }\n"
        "  ... on MutationError { message code outcome retryable requestId }\n"
        "}"
    )
