"""Which customer a request is for: the claim, the header, and both ways to authenticate upstream.

Every cell says what the caller is answered, and with which customer and whose token the upstream
is called, if it is.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from contact_gateway.identity import BadCustomerIdError, Principal, choose_customer
from contact_gateway.identity.principal import read_principal
from tests.client import Client
from tests.identity.issuer import Issuer, scopes_in
from tests.identity.surroundings import OWN_TOKEN, RENAMED, RENAMING, Surroundings
from tests.scripted_upstream import ScriptedUpstream
from tests.servers import running_gateway

SUCCESS = (200, RENAMED)
DENIED = (
    200,
    {
        "data": {
            "updateContactGroup": {
                "__typename": "PermissionDeniedError",
                "message": "You may not use this customer's data.",
                "code": "PERMISSION_DENIED",
                "outcome": "NOT_APPLIED",
                "retryable": False,
                "problem": None,
                "requiredScope": None,
            }
        }
    },
)
BAD = (
    400,
    {
        "errors": [
            {
                "message": "Expected one `Customer-Id` header: a whole number from 1 to "
                "9223372036854775807.",
                "extensions": {"code": "BAD_CUSTOMER_ID", "requestId": "cell"},
            }
        ]
    },
)

HEADERS = {
    "absent": [],
    "equal": ["5690"],
    "other": ["7310"],
    "malformed": ["05690"],
    "twice": ["5690", "5690"],
}
CLAIMS: dict[str, list[Any]] = {
    "absent": [None],
    "one": [5690, "5690", [5690], ["5690"]],
    "several": [[5690, 4], ["4", "5690"], [4, "5690"]],
}
ALLOWED = (SUCCESS, ["5690"])
CELLS = {
    ("absent", "absent"): (BAD, []),
    ("absent", "equal"): (DENIED, []),
    ("absent", "other"): (DENIED, []),
    ("absent", "malformed"): (BAD, []),
    ("absent", "twice"): (BAD, []),
    ("one", "absent"): ALLOWED,
    ("one", "equal"): ALLOWED,
    ("one", "other"): (DENIED, []),
    ("one", "malformed"): (BAD, []),
    ("one", "twice"): (BAD, []),
    ("several", "absent"): (BAD, []),
    ("several", "equal"): ALLOWED,
    ("several", "other"): (DENIED, []),
    ("several", "malformed"): (BAD, []),
    ("several", "twice"): (BAD, []),
}
UNBOUND_CELLS = {
    (claim, header): (BAD, []) if header in {"absent", "malformed", "twice"} else (SUCCESS, values)
    for claim in CLAIMS
    for header, values in HEADERS.items()
}


@pytest.fixture(scope="module", params=["passthrough", "client_credentials"])
def bound(request: pytest.FixtureRequest, issuer: Issuer) -> Iterator[tuple[Surroundings, Client]]:
    """A gateway that binds callers to the customers of their tokens, for either upstream token."""
    with ScriptedUpstream() as upstream:
        surroundings = Surroundings(issuer, upstream)
        own = request.param == "client_credentials"
        settings = surroundings.settings_with_own_credentials() if own else surroundings.settings()
        with running_gateway(settings) as url:
            client = Client(url, token=OWN_TOKEN if own else "")
            with client.http:
                yield surroundings, client


@pytest.fixture(scope="module")
def unbound(issuer: Issuer) -> Iterator[tuple[Surroundings, Client]]:
    """A gateway without a customer claim: the upstream checks the header against the token."""
    with ScriptedUpstream() as upstream:
        surroundings = Surroundings(issuer, upstream)
        with running_gateway(surroundings.settings(jwt_customer_claim=None)) as url:
            client = Client(url, token="")
            with client.http:
                yield surroundings, client


def outcome(gateway: tuple[Surroundings, Client], claim: Any, header: list[str]) -> Any:
    """What a caller is answered, and the customers and tokens with which the upstream is called."""
    surroundings, client = gateway
    surroundings.upstream.received.clear()
    token = surroundings.issuer.token(time.time(), customer_id=claim)
    response = client.send(
        [
            ("Authorization", f"Bearer {token}"),
            ("X-Request-Id", "cell"),
            *[("Customer-Id", value) for value in header],
        ],
        RENAMING,
    )
    calls = [
        (call.header("customer-id"), call.header("authorization")) for call in surroundings.calls
    ]
    return (response.status_code, response.json()), calls, client.token or token


@pytest.mark.parametrize(("claim", "header"), CELLS)
def test_bound(bound: tuple[Surroundings, Client], claim: str, header: str) -> None:
    """The header chooses among the token's customers; what goes upstream is the derived value."""
    expected, customers = CELLS[claim, header]

    found = [outcome(bound, form, HEADERS[header]) for form in CLAIMS[claim]]

    assert found == [
        (expected, [((customer,), (f"Bearer {token}",)) for customer in customers], token)
        for _, _, token in found
    ]


@pytest.mark.parametrize(("claim", "header"), UNBOUND_CELLS)
def test_unbound(unbound: tuple[Surroundings, Client], claim: str, header: str) -> None:
    """Without a customer claim the header alone says which customer, whatever the token names."""
    expected, customers = UNBOUND_CELLS[claim, header]

    found = [outcome(unbound, form, HEADERS[header]) for form in CLAIMS[claim]]

    assert found == [
        (expected, [((customer,), (f"Bearer {token}",)) for customer in customers], token)
        for _, _, token in found
    ]


MALFORMED = [
    "",
    " ",
    "0",
    "-1",
    "+1",
    "01",
    "1.0",
    "1e3",
    "0x1",
    "1_000",
    "1,2",
    "1 2",
    "1\t",
    "9223372036854775808",
    "1" * 5000,
    "\xb2",
    "\u0661".encode().decode("latin-1"),
    "one",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_malformed(text: str) -> None:
    """Only the digits of a positive int64 are a customer, even if nobody binds the caller."""
    anybody = Principal(subject="", scopes=None, customers=None, token="")

    with pytest.raises(BadCustomerIdError, match="malformed"):
        choose_customer(anybody, [text.encode("latin-1")])


STRANGE: list[Any] = [
    True,
    5690.0,
    -5690,
    0,
    2**63,
    "05690",
    " 5690",
    "5690 7310",
    "5690,7310",
    "",
    {"id": 5690},
    [[5690]],
    [True],
    [5690.0],
    [],
]


@pytest.mark.parametrize("claim", STRANGE)
def test_strange_claim(claim: Any) -> None:
    """A claim of any other shape names no customer: nobody is let in by mistake."""
    principal = read_principal(
        {"customer_id": claim}, "", scopes=scopes_in("scope"), customer_claim="customer_id"
    )

    assert (principal.customers, choose_customer(principal, [b"5690"])) == (frozenset(), None)


def test_the_largest() -> None:
    """The largest int64 is a customer, in the claim and in the header."""
    principal = read_principal(
        {"customer_id": 2**63 - 1}, "", scopes=scopes_in("scope"), customer_claim="customer_id"
    )

    assert choose_customer(principal, [b"9223372036854775807"]) == 2**63 - 1


def test_query_of_another_customer(bound: tuple[Surroundings, Client]) -> None:
    """A query for a customer that the token does not name has the code of the mutation."""
    surroundings, client = bound
    surroundings.upstream.received.clear()
    headers = [
        ("Authorization", f"Bearer {surroundings.issuer.token(time.time())}"),
        ("Customer-Id", "7310"),
        ("X-Request-Id", "cell"),
    ]

    response = client.send(headers, {}, document="{ contactGroup(id: 1) { id } }")

    assert (response.json(), surroundings.calls) == (
        {
            "data": {"contactGroup": None},
            "errors": [
                {
                    "message": "You may not use this customer's data.",
                    "locations": [{"line": 1, "column": 3}],
                    "path": ["contactGroup"],
                    "extensions": {"code": "PERMISSION_DENIED", "requestId": "cell"},
                }
            ],
        },
        [],
    )
