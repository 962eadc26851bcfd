"""`/__admin/openapi.json`: it describes what there is, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_gateway.sandbox import Sandbox, SandboxServer
from tests.sandbox.client import open_http
from tests.thorough import thorough

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis.specs.openapi.schemas import OpenApiSchema

CALLS = {
    ("post", "/reset"): (204, None),
    ("get", "/requests"): (200, None),
    ("delete", "/requests"): (204, None),
    ("get", "/groups/5690"): (200, None),
    ("put", "/groups/5690/12"): (201, {"name": "Twelve"}),
    ("get", "/groups/5690/12"): (200, None),
    ("delete", "/groups/5690/12"): (204, None),
    ("post", "/faults"): (204, {"end": "drop"}),
    ("delete", "/faults"): (204, None),
    ("post", "/tokens"): (201, {}),
}


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Sandbox]:
    """A sandbox of this module alone, because anything may happen to it."""
    with SandboxServer() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def document(fuzzed: Sandbox) -> Any:
    """The document as it is served."""
    with open_http(fuzzed) as http:
        return http.get("/__admin/openapi.json").json()


@pytest.fixture(scope="module")
def schema(fuzzed: Sandbox, document: Any) -> OpenApiSchema:
    """The document as schemathesis reads it."""
    import schemathesis  # noqa: PLC0415 - it takes a second, in each process that runs tests

    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=fuzzed.url)
    return schema


def test_every_operation(fuzzed: Sandbox, document: Any) -> None:
    """Each that it describes is answered as it says, and there is no other."""
    described = {
        (method, path.replace("{customer}", "5690").replace("{id}", "12"))
        for path, operations in document["paths"].items()
        for method in operations
    }
    with open_http(fuzzed) as http:
        statuses = {
            call: http.request(call[0], f"/__admin{call[1]}", json=body).status_code
            for call, (_, body) in CALLS.items()
        }

    assert described == {(method, f"/__admin{path}") for method, path in CALLS}
    assert statuses == {call: status for call, (status, _) in CALLS.items()}


@thorough
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_request(data: st.DataObject, schema: OpenApiSchema) -> None:
    """What is sent as described is answered as described, and never with a 5xx.

    What two members of a body have to do with each other is described in words alone.
    """
    from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: PLC0415 - as above

    case = data.draw(schema.as_strategy())

    case.call_and_validate(timeout=30, excluded_checks=[positive_data_acceptance])
