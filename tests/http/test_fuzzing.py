"""Random operations that fit the schema, made by schemathesis from the SDL, and broken ones."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contact_gateway.failures.masking import INTERNAL_SERVER_ERROR
from contact_gateway.sandbox import Sandbox
from tests.client import RENAME, Client
from tests.thorough import often

BOUNDED = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def assert_well_formed(response: httpx.Response) -> None:
    """A response as GraphQL (section 7.1) and GraphQL over HTTP have it, and no bug."""
    body = response.json()
    assert response.status_code in {200, 294, 400, 422}
    assert ("data" in body) == (response.status_code in {200, 294})
    assert ("errors" in body) == (response.status_code != 200)
    assert set(body) <= {"data", "errors"}
    for error in body.get("errors", []):
        assert set(error) <= {"message", "locations", "path", "extensions"}
        assert isinstance(error["message"], str)
        assert error["extensions"]["requestId"]
        assert error["extensions"]["code"] != INTERNAL_SERVER_ERROR


@pytest.fixture(scope="module")
def operations() -> st.SearchStrategy[Any]:
    """Operations that fit the schema."""
    import schemathesis  # noqa: PLC0415 - it takes a second, in each process that runs tests

    schema = schemathesis.graphql.from_path(Path(__file__).parents[2] / "schema.graphql")
    return schema.as_strategy()


@settings(BOUNDED, max_examples=often(150))
@given(data=st.data())
def test_random_operations(
    data: st.DataObject, operations: st.SearchStrategy[Any], client: Client, sandbox: Sandbox
) -> None:
    """No reply is a 5xx, and each is a well-formed GraphQL response.

    Not with schemathesis' own check, to which every error of a field is a fault of the server.
    """
    sandbox.received.clear()

    assert_well_formed(client.post(str(data.draw(operations).body)))


@BOUNDED
@given(
    at=st.integers(0, len(RENAME)),
    cut=st.integers(0, 20),
    inserted=st.text("{}()[]:!$@\"'#\\.,&|= \n\t\0\ufeff\ud800é👍aZ09_-", max_size=5),
)
@example(at=0, cut=len(RENAME), inserted="")
def test_broken_operations(client: Client, at: int, cut: int, inserted: str) -> None:
    """The same holds for a document that something was cut out of and put into."""
    text = RENAME[:at] + inserted + RENAME[at + cut :]
    variables = {"id": "0", "input": {}}  # which the gateway refuses itself, if it comes so far

    body = json.dumps({"query": text, "variables": variables}).encode()

    assert_well_formed(client.send_body(body))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@BOUNDED
@given(identifier=JSON, update=JSON | st.fixed_dictionaries({"name": JSON}))
def test_random_variables(client: Client, identifier: object, update: object) -> None:
    """The same holds for variables of any JSON, NaN and infinities of JavaScript included."""
    body = json.dumps({"query": RENAME, "variables": {"id": identifier, "input": update}}).encode()

    assert_well_formed(client.send_body(body))
