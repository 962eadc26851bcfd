"""The one client with which end-to-end tests talk to a gateway."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.log_watch import LOGS

RENAME = """\
mutation Rename($id: ID!, $input: UpdateContactGroupInput!) {
  updateContactGroup(id: $id, input: $input) {
    __typename
    ... on UpdateContactGroupSuccess { contactGroup { id name } outcome }
    ... on MutationError {
      message code outcome retryable
      problem { type title status detail instance extensions }
    }
    ... on InvalidInputError { fieldErrors { path messages } origin }
    ... on ContactGroupNotFoundError { contactGroupId }
    ... on PermissionDeniedError { requiredScope }
    ... on RateLimitedError { retryAfterSeconds }
    ... on UpstreamUnavailableError { retryAfterSeconds }
    ... on UnexpectedProblemError { upstreamStatus }
  }
}
"""


def open_http() -> httpx.Client:
    """A plain HTTP client. It verifies nothing, because it speaks no TLS here.

    To verify means to load the system's certificates, which takes longer than most tests.
    """
    return httpx.Client(trust_env=False, timeout=30, verify=False)  # noqa: S501


@dataclass
class Client:
    """A caller of one gateway, with a token and a customer; each call may use others."""

    url: str
    token: str
    customer: str = "5690"
    http: httpx.Client = field(default_factory=open_http)

    def headers(self) -> dict[str, str]:
        """The headers of a well-formed request."""
        return {
            "Authorization": f"Bearer {self.token}",
            "Customer-Id": self.customer,
            "Content-Type": "application/json",
            "Accept": "application/graphql-response+json",
        }

    def send_body(
        self,
        content: bytes,
        headers: Mapping[str, str | None] | None = None,
        method: str = "POST",
    ) -> httpx.Response:
        """Send a body as it is; `headers` replace the usual ones, and None leaves one out."""
        merged = {**self.headers(), **(headers or {})}
        named = {name: value for name, value in merged.items() if value is not None}
        return self.http.request(method, f"{self.url}/graphql", content=content, headers=named)

    def post(
        self, document: str, variables: dict[str, Any] | None = None, **headers: str
    ) -> httpx.Response:
        """Send one GraphQL request; `headers` (with `_` for `-`) replace the usual ones."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(
            f"{self.url}/graphql",
            # UTF-8, but for a lone surrogate, which only JSON's own escape can carry
            content=json.dumps(
                {"query": document, "variables": variables}, ensure_ascii=False
            ).encode("utf-8", "backslashreplace"),
            headers={**self.headers(), **more},
        )

    def send(
        self,
        headers: Sequence[tuple[str, str]],
        variables: dict[str, Any],
        document: str = RENAME,
        query: str = "",
    ) -> httpx.Response:
        """Send one GraphQL request with exactly these headers, in Latin-1, and its media types."""
        return self.http.post(
            f"{self.url}/graphql{query}",
            json={"query": document, "variables": variables},
            headers=[
                (name.encode(), value.encode("latin-1"))
                for name, value in [("Accept", "application/graphql-response+json"), *headers]
            ],
        )

    def rename(self, contact_group_id: Any, input: Any, **headers: str) -> Any:
        """Run the mutation with every field of every member; its result."""
        if isinstance(input, dict):
            LOGS.names.add(str(input.get("name")))  # which no log line may have in it
        response = self.post(RENAME, {"id": contact_group_id, "input": input}, **headers)
        return response.json()["data"]["updateContactGroup"]
