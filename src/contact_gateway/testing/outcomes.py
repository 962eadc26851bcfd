"""Replies of the gateway: plain dictionaries, with helpers whose messages show everything."""

import json
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import httpx

from contact_gateway.testing.sandbox_api import RESTRequest

__all__ = ["Reply", "Result"]

FindRequests = Callable[[], list[RESTRequest]]


class Reply(dict[str, Any]):
    """The JSON of a response: `data`, `errors`.

    `requests` are those that the REST API received for it.
    """

    def __init__(self, response: httpx.Response, requests: FindRequests) -> None:
        super().__init__(response.json())
        self.status = response.status_code
        self.headers = response.headers
        self.request_id: str = response.headers["X-Request-Id"]
        self._requests = requests

    @property
    def requests(self) -> list[RESTRequest]:
        """What the REST API received for this reply, oldest first."""
        return self._requests()

    def assert_data(self) -> dict[str, Any]:
        """The data, of a reply that has no errors."""
        __tracebackhide__ = True
        if "errors" in self or not isinstance(self.get("data"), dict):
            self.fail("expected data without errors")
        data: dict[str, Any] = self["data"]
        return data

    def assert_error(
        self, code: str, *, path: Sequence[str | int] | None = None, status: int | None = None
    ) -> dict[str, Any]:
        """The one error that has this code, at this `path` if it is given."""
        __tracebackhide__ = True
        found: list[dict[str, Any]] = [
            error
            for error in self.get("errors", ())
            if error["extensions"]["code"] == code
            and (path is None or error.get("path") == [*path])
        ]
        where = "" if path is None else f" at {[*path]}"
        if len(found) != 1:
            self.fail(f"expected one error {code}{where}")
        if status not in {None, self.status}:
            self.fail(f"expected the status {status}")
        return found[0]

    def fail(self, expected: str) -> NoReturn:
        """Fail the test, with all that is known of this reply."""
        __tracebackhide__ = True
        requests = "\n".join(f"  {request}" for request in self.requests) or "  none"
        raise AssertionError(
            f"{expected}, and the reply is HTTP {self.status}\n"
            f"{json.dumps(self, indent=2, ensure_ascii=False)}\n"
            f"requests to the REST API:\n{requests}"
        )


class Result(dict[str, Any]):
    """What a mutation came to: a member of its union, with the fields that were selected."""

    def __init__(self, member: dict[str, Any], reply: Reply) -> None:
        super().__init__(member)
        self.reply = reply

    @property
    def requests(self) -> list[RESTRequest]:
        """What the REST API received for it, oldest first."""
        return self.reply.requests

    def assert_success(self, outcome: str = "APPLIED", **fields: object) -> None:
        """The change is made (or `ACCEPTED`), and these fields are so."""
        __tracebackhide__ = True
        self._assert_member("UpdateContactGroupSuccess", {"outcome": outcome, **fields})

    def assert_failed(self, typename: str, outcome: str = "NOT_APPLIED", **fields: object) -> None:
        """It failed as this member of the union, with this outcome, and these fields are so."""
        __tracebackhide__ = True
        self._assert_member(typename, {"outcome": outcome, **fields})

    def _assert_member(self, typename: str, fields: dict[str, object]) -> None:
        __tracebackhide__ = True
        expected = {"__typename": typename, **fields}
        wrong = {name: value for name, value in expected.items() if self.get(name) != value}
        if wrong:
            self.reply.fail(
                "expected " + " and ".join(f"{name} {value!r}" for name, value in wrong.items())
            )
