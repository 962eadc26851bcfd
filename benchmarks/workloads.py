"""What is asked: the same rename in each contestant's words, and what growth is measured with."""

from collections.abc import Mapping

from benchmarks.http_requests import Expected, Workload, http_request
from benchmarks.upstream import Upstream
from contact_gateway.sandbox import Grant

__all__ = ["CUSTOMER", "hive_rename", "lists", "renames", "rest_rename", "strawberry_rename"]

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


def renames(upstream: Upstream, aliases: int = 1) -> Workload:
    """The mutation, or a document that has it `aliases` times under different names."""
    document = _OURS if aliases == 1 else _aliased(aliases)
    return _graphql_renames(upstream, document, Expected(200, _SUCCESS, aliases))


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


def _graphql_renames(upstream: Upstream, document: str, expected: Expected) -> Workload:
    requests = (
        http_request(
            "POST",
            "/graphql",
            headers,
            {"query": document, "variables": {"id": contact_group_id, "input": {"name": name}}},
        )
        for headers, contact_group_id, name in _callers(upstream)
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
