"""Many callers of several customers at once: nobody's token, customer or id meets another's."""

import random
import time
from collections import Counter
from typing import Any

import pytest

from tests.identity.callers import send_all
from tests.identity.surroundings import OWN_TOKEN, Surroundings
from tests.scripted_upstream import RecordedRequest
from tests.servers import running_gateway
from tests.thorough import thorough

CUSTOMERS = [5690, 7310, 4, 2**63 - 1]
GROUPS = "/v1/contactGroups"
Call = tuple[str, str, str, bytes]


def call(request: RecordedRequest) -> Call:
    """Whose token, which customer, which group and which name a write upstream has."""
    return (
        ", ".join(request.header("authorization")),
        ", ".join(request.header("customer-id")),
        request.target,
        request.body,
    )


@pytest.mark.parametrize(
    "own",
    [pytest.param(False, marks=thorough), True],
    ids=["passthrough", "client_credentials"],
)
def test_a_thousand_mixed_requests(own: bool, surroundings: Surroundings) -> None:  # noqa: FBT001
    """Of a thousand requests at once, those allowed are seen upstream once, exactly as sent."""
    chance = random.Random(7)  # noqa: S311 - the same mixture each time
    named = {
        "RS256": CUSTOMERS[:1],
        "PS256": CUSTOMERS[1:2],
        "ES256": CUSTOMERS[1:],
        "EdDSA": CUSTOMERS[:3],
    }
    now = time.time()
    tokens = {
        caller: surroundings.issuer.token(now, caller, sub=caller, customer_id=customers)
        for caller, customers in named.items()
    }
    sent: list[tuple[dict[str, str], dict[str, Any]]] = []
    allowed: list[Call] = []
    for number in range(1, 1001):
        caller, customer = chance.choice(list(tokens)), chance.choice(CUSTOMERS)
        headers = {"Authorization": f"Bearer {tokens[caller]}", "Customer-Id": str(customer)}
        sent.append((headers, {"id": str(number), "input": {"name": f"{caller} {number}"}}))
        if customer in named[caller]:
            token = OWN_TOKEN if own else tokens[caller]
            body = f'{{"name":"{caller} {number}"}}'.encode()
            allowed.append((f"Bearer {token}", str(customer), f"{GROUPS}/{number}", body))
    settings = surroundings.settings_with_own_credentials() if own else surroundings.settings()

    with running_gateway(settings) as url:
        replies = send_all(url, sent, at_a_time=60)

    kinds = Counter(each["data"]["updateContactGroup"]["__typename"] for each in replies)
    assert Counter(map(call, surroundings.calls)) == Counter(allowed)
    assert kinds == {
        "UpdateContactGroupSuccess": len(allowed),
        "PermissionDeniedError": len(sent) - len(allowed),
    }
