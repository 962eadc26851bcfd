"""Names: kept byte for byte, or refused before anything is sent."""

import json

import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import RENAME, Client
from tests.members import invalid, success

NAMES = {
    "emoji": "Plumbers 🔧🚿",
    "emoji of many code points": "👩🏽‍🚒 👨‍👩‍👧‍👦 🏴󠁧󠁢󠁷󠁬󠁳󠁿 ❤️",
    "composed": "Café",
    "combining": "Cafe\u0301 Z\u0351\u036b\u0343",
    "right to left": "عملاء \u202eמועדפים\u202c \u200f!",  # noqa: RUF001 - Hebrew is no misspelt Latin
    "double quotes": '"Best" “customers”',
    "single quotes": "O'Brien's ‘own’",  # noqa: RUF001 - meant so
    "backslashes": "C:\\new\\table\\u0041 \\",
    "braces and markup": "{name} $name <b>&amp;</b> %00 %2e%2e",
    "outside the BMP": "𝄞𠜎𓀀",
    "spaces at the ends": "  between\u00a0spaces\u3000 ",
    "line separators of Unicode": "one\u2028two\u2029three",
    "invisible": "a\u200bb\u200cc\ufeffd\u00ade",
    "no characters": "\ufffe\uffff\U0010ffff",
    "as long as allowed": "𝄞" * 50,
}

BAD_NAMES = [
    *(chr(code) for code in (*range(0x20), 0x7F, 0x80, 0x85, 0x9F)),
    *("\ud800", "\udbff", "\udc00", "\udfff", "\ude00\ud83d"),
]

LITERAL = """\
mutation($id: ID!) {
  updateContactGroup(id: $id, input: {name: NAME}) {
    __typename
    ... on UpdateContactGroupSuccess { contactGroup { id name } outcome }
  }
}
"""


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_name_as_a_variable(client: Client, sandbox: Sandbox, name: str) -> None:
    """The name in the reply and in the database is the one that was sent."""
    sandbox.store.rename(5690, 5514129, "Before")

    result = client.rename("5514129", {"name": name})

    assert (result, sandbox.store.name_of(5690, 5514129)) == (success("5514129", name), name)


@pytest.mark.parametrize("escaped", [False, True], ids=["as it is", "escaped"])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_name_as_a_literal(client: Client, sandbox: Sandbox, name: str, *, escaped: bool) -> None:
    """A name in the document itself survives too, also where GraphQL escapes spell it."""
    sandbox.store.rename(5690, 5514129, "Before")

    response = client.post(
        LITERAL.replace("NAME", json.dumps(name, ensure_ascii=escaped)), {"id": "5514129"}
    )

    assert response.json() == {"data": {"updateContactGroup": success("5514129", name)}}
    assert sandbox.store.name_of(5690, 5514129) == name


@pytest.mark.parametrize("bad", BAD_NAMES, ids=ascii)
def test_bad_name(client: Client, sandbox: Sandbox, bad: str) -> None:
    """A control character or a lone surrogate anywhere in a name is refused."""
    result = client.rename("5514129", {"name": f"Good{bad}name"})

    assert result == invalid(
        (
            ["input", "name"],
            ["Expected text without control characters or lone surrogates."],
        )
    )
    assert not sandbox.received


@pytest.mark.parametrize("literal", [r'"\u0000"', r'"\u{1F}"', r'"a\tb"', '"""a\nb"""', '"\0\x7f"'])
def test_bad_name_as_a_literal(client: Client, sandbox: Sandbox, literal: str) -> None:
    """Control characters are refused however GraphQL spells them."""
    response = client.post(LITERAL.replace("NAME", literal), {"id": "5514129"})

    assert response.json() == {"data": {"updateContactGroup": {"__typename": "InvalidInputError"}}}
    assert not sandbox.received


@pytest.mark.parametrize("literal", [r'"\uD800"', r'"\u{DC00}"', '"\ud800"'], ids=ascii)
def test_literal_that_graphql_does_not_allow(
    client: Client, sandbox: Sandbox, literal: str
) -> None:
    """In a document, a lone surrogate is a syntax error (GraphQL specification section 2.9.4)."""
    response = client.post(LITERAL.replace("NAME", literal), {"id": "5514129"})

    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (400, "GRAPHQL_PARSE_FAILED")
    assert not sandbox.received


def test_name_longer_than_the_upstream_allows(client: Client, sandbox: Sandbox) -> None:
    """The gateway has no limit of its own below that of the body: the upstream decides."""
    response = client.post(RENAME, {"id": "5514129", "input": {"name": "é" * 30_000}})

    (request,) = sandbox.received
    assert (len(json.loads(request.body)["name"]), request.status) == (30_000, 422)
    assert response.json()["data"]["updateContactGroup"]["origin"] == "UPSTREAM"
