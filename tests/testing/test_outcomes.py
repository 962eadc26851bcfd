"""The helpers of replies: what they accept, and all that they tell where they do not."""

from typing import Any

import httpx
import pytest

from contact_gateway.testing import Reply, RESTRequest, Result

MEMBER = {"__typename": "RateLimitedError", "outcome": "NOT_APPLIED", "retryAfterSeconds": 30}
REQUEST = RESTRequest(
    method="PATCH",
    path="/v1/contactGroups/1",
    query="a=b",
    headers={},
    body='{"name":"é"}',
    json={"name": "é"},
    customer="5690",
    request_id="one",
    status=429,
)


def reply(status: int = 200, requests: tuple[RESTRequest, ...] = (), **body: object) -> Reply:
    """A reply with this body, for which the REST API received these requests."""
    headers = {"X-Request-Id": "one"}
    return Reply(httpx.Response(status, json=body, headers=headers), lambda: [*requests])


def result(member: dict[str, Any] = MEMBER) -> Result:
    """What a mutation came to, for which the REST API received one request."""
    return Result(member, reply(requests=(REQUEST,), data={"updateContactGroup": member}))


def test_plain_dictionaries() -> None:
    """A reply is its body, and a result the member of the union."""
    assert (reply(data={"a": 1}), result()) == ({"data": {"a": 1}}, MEMBER)


def test_what_is_as_expected() -> None:
    """A helper says nothing then, but hands over what was found."""
    error = {"extensions": {"code": "NOT_FOUND"}, "path": ["a", 0]}
    failed = reply(422, errors=[error, {"extensions": {"code": "OTHER"}}])
    success = {"__typename": "UpdateContactGroupSuccess", "outcome": "APPLIED"}

    result().assert_failed("RateLimitedError", retryAfterSeconds=30)
    result(success).assert_success()
    result({**success, "outcome": "ACCEPTED"}).assert_success("ACCEPTED")

    assert failed.assert_error("NOT_FOUND", path=("a", 0), status=422) == error
    assert reply(data={"a": 1}).assert_data() == {"a": 1}


@pytest.mark.parametrize(
    ("typename", "outcome", "fields", "sentence"),
    [
        ("InvalidInputError", "NOT_APPLIED", {}, "__typename 'InvalidInputError'"),
        ("RateLimitedError", "UNKNOWN", {}, "outcome 'UNKNOWN'"),
        (
            "RateLimitedError",
            "NOT_APPLIED",
            {"retryAfterSeconds": 1, "retryable": True},
            "retryAfterSeconds 1 and retryable True",
        ),
    ],
)
def test_another_result(typename: str, outcome: str, fields: dict[str, Any], sentence: str) -> None:
    """The message names what differs, and shows the whole reply and the requests of that call."""
    with pytest.raises(AssertionError) as failed:
        result().assert_failed(typename, outcome, **fields)

    assert str(failed.value) == (
        f"expected {sentence}, and the reply is HTTP 200\n"
        "{\n"
        '  "data": {\n'
        '    "updateContactGroup": {\n'
        '      "__typename": "RateLimitedError",\n'
        '      "outcome": "NOT_APPLIED",\n'
        '      "retryAfterSeconds": 30\n'
        "    }\n"
        "  }\n"
        "}\n"
        "requests to the REST API:\n"
        '  PATCH /v1/contactGroups/1?a=b Customer-Id: 5690 {"name":"é"} → 429'
    )


def test_a_failure_where_success_was_expected() -> None:
    """It says so."""
    with pytest.raises(AssertionError, match="expected __typename 'UpdateContactGroupSuccess' and"):
        result().assert_success()


@pytest.mark.parametrize(
    "wrong",
    [
        {"errors": [{"extensions": {"code": "X"}}], "data": {}},
        {"data": None},
        {"errors": []},
    ],
)
def test_no_data(wrong: dict[str, Any]) -> None:
    """A reply with an error, or without data, is told whole."""
    with pytest.raises(AssertionError, match="expected data without errors, and the reply is HTTP"):
        reply(**wrong).assert_data()


@pytest.mark.parametrize(
    ("errors", "status", "sentence"),
    [
        ([], 200, r"expected one error X at \['a'\]"),
        ([{"extensions": {"code": "Y"}, "path": ["a"]}], 200, "expected one error X"),
        ([{"extensions": {"code": "X"}, "path": ["b"]}], 200, "expected one error X"),
        ([{"extensions": {"code": "X"}, "path": ["a"]}] * 2, 200, "expected one error X"),
        ([{"extensions": {"code": "X"}, "path": ["a"]}], 500, "expected the status 200"),
    ],
)
def test_another_error(errors: list[Any], status: int, sentence: str) -> None:
    """Code, place, number and status must be as expected."""
    with pytest.raises(AssertionError, match=sentence):
        reply(status, errors=errors).assert_error("X", path=["a"], status=200)


def test_a_request_without_an_answer() -> None:
    """It is told as one."""
    assert str(RESTRequest(**{**vars(REQUEST), "status": None, "query": "", "body": ""})) == (
        "PATCH /v1/contactGroups/1 Customer-Id: 5690 → no answer"
    )
