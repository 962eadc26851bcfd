"""For whom the upstream is called."""

from dataclasses import dataclass, field

from contact_gateway.observation import RequestRecord

__all__ = ["Caller"]


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom a call is made, and all that goes upstream of the request that caused it.

    `deadline` is on `time.monotonic`'s clock, because to find the event loop that runs is a system
    call: nothing done for this caller outlives it. `may_read` is False only for a caller of whom
    it is known that the upstream would refuse it to read. What happens upstream is noted in
    `record`.
    """

    token: str = field(repr=False)
    customer: int
    request_id: str
    traceparent: str
    deadline: float
    may_read: bool
    record: RequestRecord
