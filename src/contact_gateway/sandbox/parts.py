"""The parts of one sandbox, for those that serve it and for tests to look into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contact_gateway.sandbox.database import Store
    from contact_gateway.sandbox.next_faults import FaultQueue
    from contact_gateway.sandbox.received import ReceivedRequests
    from contact_gateway.sandbox.token_issuer import TokenIssuer

__all__ = ["Sandbox"]


@dataclass(frozen=True)
class Sandbox:
    """A sandbox that listens: where it is, and its parts.

    `url` has no slash at the end and is also the issuer of the tokens; `received` logs the requests
    below `/v1`; `store` holds the contact groups; `tokens` issues access tokens without HTTP;
    `faults` are how the next calls end.
    """

    url: str
    received: ReceivedRequests
    store: Store
    tokens: TokenIssuer
    faults: FaultQueue

    def reset(self, customer: int | None = None) -> None:
        """Let all be as at the start, or all that is of one customer alone."""
        self.store.reset(customer)
        self.faults.forget(customer)
        if customer is None:
            self.received.clear()
        else:
            self.received.forget(lambda it: it.header("customer-id") == (str(customer),))
