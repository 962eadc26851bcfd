"""`/__admin` of a sandbox, called over HTTP, wherever the sandbox runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

__all__ = ["RESTRequest", "SandboxAPI", "SandboxRefusedError"]


@dataclass(frozen=True, kw_only=True)
class RESTRequest:
    """A request that the REST API received; credentials are left out.

    `headers` have lower-case names, `json` is the body where it is JSON, `status` that of the
    answer, or None where none was sent.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: str
    json: Any
    customer: str | None
    request_id: str | None
    status: int | None

    def __str__(self) -> str:
        """One line that says it all."""
        query = f"?{self.query}" if self.query else ""
        status = "no answer" if self.status is None else self.status
        body = f" {self.body}" if self.body else ""
        return f"{self.method} {self.path}{query} Customer-Id: {self.customer}{body} → {status}"


class SandboxRefusedError(Exception):
    """The sandbox refused what a test asked for; the message says why."""


class SandboxAPI:
    """The operations that `/__admin/openapi.json` describes."""

    def __init__(self, url: str, http: httpx.Client) -> None:
        self._url = f"{url}/__admin"
        self._http = http

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        /,
        **query: str | None,
    ) -> Any:
        """What is answered, None where that is nothing.

        Raises:
            SandboxRefusedError: it is refused, or nobody answers.
        """
        wanted = {name: value for name, value in query.items() if value is not None}
        try:
            response = self._http.request(
                method, f"{self._url}{path}", params=wanted or None, json=body
            )
        except httpx.TransportError as error:
            name = type(error).__name__
            raise SandboxRefusedError(f"{self._url} does not answer: {name}") from error
        if response.is_success:
            return response.json() if response.content else None
        raise SandboxRefusedError(f"{method} {self._url}{path}: {_reason(response)}")

    def requests(self, **query: str | None) -> list[RESTRequest]:
        """What was received."""
        requests = self.ask("GET", "/requests", **query)["requests"]
        return [
            RESTRequest(**{_NAMES.get(name, name): value for name, value in request.items()})
            for request in requests
        ]


_NAMES = {"requestId": "request_id"}


def _reason(response: httpx.Response) -> str:
    if not response.headers.get("content-type", "").startswith("application/problem+json"):
        return f"HTTP {response.status_code}, which no sandbox answers"
    problem = response.json()
    faults = [
        f"{place}: {' '.join(sentences)}" for place, sentences in problem.get("errors", {}).items()
    ]
    return "; ".join(faults) or str(problem["detail"])
