"""What happened during one request, noted down by whoever made it happen."""

import time

__all__ = ["RequestRecord"]


class RequestRecord:
    """One request, while it is served: mutable, and read by nobody but the observers.

    Nothing here is a token, a name in the caller's data or a document. `results` are pairs of a
    field and the name of its result's type. `code` says why the request was refused,
    if it was, `upstream_unread` what of an answer could not be read.
    """

    __slots__ = (
        "attempts",
        "began",
        "caller",
        "code",
        "customer",
        "operation_name",
        "request_id",
        "results",
        "status",
        "upstream_error",
        "upstream_seconds",
        "upstream_status",
        "upstream_unread",
    )

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.request_id = ""
        self.caller: str | None = None
        self.customer: int | None = None
        self.operation_name: str | None = None
        self.results: list[tuple[str, str]] = []
        self.status = 0
        self.code: str | None = None
        self.attempts = 0
        self.upstream_status: int | None = None
        self.upstream_error: str | None = None
        self.upstream_unread: str | None = None
        self.upstream_seconds = 0.0

    @property
    def seconds(self) -> float:
        """How long the request has taken so far."""
        return time.perf_counter() - self.began

    def result_types(self) -> str:
        """Each different result once, as `field=Type, field=Type`: short, whatever was asked."""
        if len(self.results) == 1:
            return "=".join(self.results[0])  # as nearly always, and asked for twice
        return ", ".join(dict.fromkeys(f"{field}={name}" for field, name in self.results))

    def upstream_answered(self, status: int | None, error: str | None, seconds: float) -> None:
        """Note one attempt at an upstream call: the status of its answer, or why there is none."""
        self.attempts += 1
        self.upstream_status = status
        self.upstream_error = error
        self.upstream_seconds += seconds
