"""A circuit breaker that is fair: whose calls fail is refused, and whose calls succeed is not.

Each customer whose calls fail has a circuit: five failures of this customer in a row open it. One
more is common to all, for an upstream that fails for all. It opens after five failures in a row
with no success of anybody between them, if

- they are of three customers, or nothing has succeeded for ten seconds. It then refuses those with
  two failures in a row of their own. One is forgiven, so that a lost answer can be read back; and
  nothing speaks against a customer who has none. The first success of anybody closes it.
- none of them could even connect, which has nothing to do with customers. It then refuses all but
  those who need not: an idle connection carries the calls of its customer. That these succeed says
  nothing of the others, so only a probe that connects closes it.

So a customer whose calls all succeed is never refused as long as the upstream can be reached; and
to an upstream that fails for all go two failing calls of each customer, and then one probe a second
of all together. That pause does not grow, as those of customers do: who is well again would wait
for the probes of those who are not, because the next probe is of anybody whose own pause is over.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import structlog

from contact_gateway.rest_client.circuit import FAILURES_TO_OPEN, Circuit
from contact_gateway.rest_client.problems import CircuitOpenError

__all__ = ["Breaker", "NoBreaker"]

_LONGEST_PAUSE: Final = 30.0  # seconds, of a customer's circuit
_COMMON_PAUSE: Final = 1.0
_CUSTOMERS_TO_OPEN: Final = 3
_SECONDS_TO_OPEN: Final = 10.0
_FORGIVEN: Final = 1
_MOST_CUSTOMERS: Final = 1000  # about 300 KB; if so many have failed in a row, it is for all

_log = structlog.get_logger(__name__)


class Breaker:
    """Counts failures in a row and decides whether a customer's call may be made.

    A call asks with `admit` and reports once, with the permit that it got. `clock` is in seconds.
    `connected` says whether there is a connection that could carry a customer's next call.
    While nothing fails, nothing is remembered of anybody.
    """

    def __init__(
        self, clock: Callable[[], float], connected: Callable[[int], bool] = lambda _: False
    ) -> None:
        self._clock = clock
        self._connected = connected
        self._permit = 0
        self._calm = False  # a call has succeeded since the last failure, and nobody is remembered
        self._circuits: OrderedDict[int, Circuit] = OrderedDict()
        self._common = Circuit(_COMMON_PAUSE)
        self._failing: set[int] = set()
        self._succeeded = False
        self._none_succeeded_since = -math.inf

    @property
    def state(self) -> str:
        """That of the common circuit: `closed`, `open` or `half-open` (a probe is under way)."""
        return self._common.state

    @property
    def customers_refused(self) -> int:
        """How many customers' own circuits refuse calls now."""
        now = self._clock()
        return sum(circuit.refuses_for(now) > 0 for circuit in self._circuits.values())

    def check(self, customer: int) -> None:
        """Raise `CircuitOpenError` where `admit` would; nothing is claimed."""
        if not self._calm:
            circuit = self._circuits.get(customer)
            if not self._is_carried(customer, circuit):
                self._refuse(circuit)

    def admit(self, customer: int) -> int:
        """A permit for one call; where a circuit is open, for one probe at a time.

        Raises:
            CircuitOpenError: not now.
        """
        if self._calm:
            return self._permit
        circuit = self._circuits.get(customer)
        if self._is_carried(customer, circuit):
            return self._permit
        self._refuse(circuit)
        probed = [circuit] if circuit is not None and circuit.is_open else []
        if self._holds_back(circuit):
            probed.append(self._common)
        if not probed:
            return self._permit
        permit = self._next_permit()
        self._next_permit()  # no other call has the permit of a probe
        for each in probed:
            each.probe(permit)
        return permit

    def succeeded(self, customer: int, permit: int) -> None:
        """The upstream answered."""
        if self._calm:
            return
        self._succeeded = True
        common = self._common
        carried = common.is_open and common.is_unreachable and not common.is_probed_by(permit)
        if common.is_told_by(permit) and not carried:
            if common.is_open:
                _log.info("common_circuit_closed")
                common.close(self._clock(), self._next_permit())
            common.succeeded()
            self._failing.clear()
        circuit = self._circuits.get(customer)
        if circuit is not None and circuit.is_told_by(permit):
            self._well_again(customer, circuit)
        self._calm = not (self._circuits or common.is_open or common.failures)

    def failed(self, customer: int, permit: int, *, connected: bool = True) -> None:
        """The upstream did not answer, somebody answered for it, or it was not even `connected`."""
        self._calm = False
        now = self._clock()
        circuit = self._circuit_of(customer)
        if circuit.fails_by(permit):
            circuit.failures += 1
            circuit.note_connection(connected=connected)
            if circuit.failures >= FAILURES_TO_OPEN:
                if not circuit.is_open:
                    _log.warning("customer_circuit_opened", customer=customer)
                circuit.open(now, self._next_permit())
        self._failed_for_all(customer, permit, now, connected=connected)

    def abandoned(self, customer: int, permit: int) -> None:
        """The call ended without a word about the upstream; the next may probe in its place."""
        if self._calm:
            return
        self._common.probe_abandoned(permit)
        circuit = self._circuits.get(customer)
        if circuit is not None:
            circuit.probe_abandoned(permit)

    def _refuse(self, circuit: Circuit | None) -> None:
        """Raise `CircuitOpenError` if a customer with this circuit may make no call now."""
        now = self._clock()
        seconds = 0 if circuit is None else circuit.refuses_for(now)
        if self._holds_back(circuit):
            seconds = max(seconds, self._common.refuses_for(now))
        if seconds:
            raise CircuitOpenError(seconds)

    def _is_carried(self, customer: int, circuit: Circuit | None) -> bool:
        """Whether a circuit is open only because none can connect, and the customer need not."""
        common = self._common
        own_is_open = circuit is not None and circuit.is_open
        if not (own_is_open or common.is_open) or (common.is_open and not common.is_unreachable):
            return False
        if circuit is not None and circuit.unconnected < circuit.failures:
            return False
        return self._connected(customer)

    def _holds_back(self, circuit: Circuit | None) -> bool:
        """Whether the common circuit is open for a customer with this circuit of its own."""
        if not self._common.is_open:
            return False
        fails = circuit is not None and circuit.failures > _FORGIVEN
        return fails or self._common.is_unreachable or len(self._failing) >= _MOST_CUSTOMERS

    def _failed_for_all(self, customer: int, permit: int, now: float, *, connected: bool) -> None:
        common = self._common
        if not common.is_told_by(permit):
            return
        common.note_connection(connected=connected)
        if len(self._failing) < _MOST_CUSTOMERS:
            self._failing.add(customer)
        if common.is_open:
            if common.fails_by(permit):
                common.open(now, self._next_permit())
            return
        common.failures += 1
        if common.failures == 1 and self._succeeded:
            self._none_succeeded_since = now
        of_all = (
            len(self._failing) >= _CUSTOMERS_TO_OPEN
            or now - self._none_succeeded_since >= _SECONDS_TO_OPEN
        )
        if common.is_unreachable or (of_all and common.failures >= FAILURES_TO_OPEN):
            _log.warning(
                "common_circuit_opened",
                customers=len(self._failing),
                unreachable=common.is_unreachable,
            )
            common.open(now, self._next_permit())

    def _circuit_of(self, customer: int) -> Circuit:
        """The circuit of a customer; those whose failure is the longest ago are forgotten."""
        circuit = self._circuits.get(customer)
        if circuit is None:
            circuit = self._circuits[customer] = Circuit(_LONGEST_PAUSE)
            if len(self._circuits) > _MOST_CUSTOMERS:
                self._circuits.popitem(last=False)
        self._circuits.move_to_end(customer)
        return circuit

    def _well_again(self, customer: int, circuit: Circuit) -> None:
        """Forget a customer's failures, and the customer as soon as that may be."""
        now = self._clock()
        circuit.succeeded()
        if circuit.is_open:
            _log.info("customer_circuit_closed", customer=customer)
            circuit.close(now, self._next_permit())
        elif circuit.may_be_forgotten(now):
            del self._circuits[customer]

    def _next_permit(self) -> int:
        self._permit += 1
        return self._permit


class NoBreaker(Breaker):
    """Takes no notice of failures, and so refuses nobody: for UPSTREAM_BREAKER=false."""

    def failed(self, customer: int, permit: int, *, connected: bool = True) -> None:
        """Nothing is made of it."""
