"""Reading an answer that is not success: status first, body second (RFC 9457, RFC 9110)."""

import json
from typing import Any

import httpx
import pytest

from contact_gateway.observation import RequestRecord
from contact_gateway.rest_client.answers import AnswerReader
from contact_gateway.rest_client.call import Answer, Incomplete
from contact_gateway.rest_client.places import InputFields
from contact_gateway.rest_client.problems import (
    AnsweredError,
    BusyError,
    ForbiddenError,
    InvalidFieldsError,
    NotFoundError,
    NotNowError,
    Problem,
    RateLimitedError,
    RejectedError,
    ServerError,
    UnavailableError,
    UnexpectedAnswerError,
    UnexpectedServerAnswerError,
)

NOW = 1_792_567_680.5  # Wed, 21 Oct 2026 07:28:00.5 GMT
WHOLE = {
    "type": "https://example.com/probs/out-of-credit",
    "title": "You do not have enough credit",
    "status": 403,
    "detail": "Your current balance is 30, but that costs 50",
    "instance": "/account/12345/msgs/abc",
}


NAME = ("input", "name")
WHOLE_INPUT = ("input",)
NO_REASON = "The service gave no reason."


def answer(status: int, content: bytes = b"", **headers: str) -> Answer:
    """An answer with these headers, which have `_` for `-`."""
    fields = httpx.Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return Answer(status, fields, content)


def failure(
    status: int,
    document: Any = None,
    content_type: str = "application/problem+json",
    *,
    exposed: bool = True,
    retry_after: str = "",
) -> AnsweredError:
    """The failure that an answer is read into, about the thing with the id 7 and its name."""
    content = b"" if document is None else json.dumps(document).encode()
    given = answer(status, content, Content_Type=content_type, Retry_After=retry_after)
    return read(given, exposed=exposed)


def read(given: Answer, *, exposed: bool = True, resource_id: int | None = 7) -> AnsweredError:
    """The failure that an answer is read into."""
    reader = AnswerReader(exposed=exposed, now=lambda: NOW)
    fields = InputFields({"name": NAME})
    return reader.failure(given, RequestRecord(), resource_id=resource_id, fields=fields)


@pytest.mark.parametrize(
    ("status", "with_problem", "without"),
    [
        (302, UnexpectedAnswerError, UnexpectedAnswerError),
        (400, RejectedError, UnexpectedAnswerError),
        (401, RejectedError, RejectedError),
        (403, ForbiddenError, ForbiddenError),
        (404, NotFoundError, UnexpectedAnswerError),
        (409, RejectedError, UnexpectedAnswerError),
        (408, NotNowError, NotNowError),
        (418, RejectedError, UnexpectedAnswerError),
        (421, NotNowError, NotNowError),
        (422, InvalidFieldsError, InvalidFieldsError),
        (425, NotNowError, NotNowError),
        (429, RateLimitedError, RateLimitedError),
        (500, ServerError, ServerError),
        (501, UnexpectedServerAnswerError, UnexpectedServerAnswerError),
        (502, UnavailableError, UnavailableError),
        (503, UnavailableError, UnavailableError),
        (504, UnavailableError, UnavailableError),
        (520, UnavailableError, UnavailableError),
        (524, UnavailableError, UnavailableError),
        (530, UnavailableError, UnavailableError),
        (531, UnexpectedServerAnswerError, UnexpectedServerAnswerError),
        (599, UnexpectedServerAnswerError, UnexpectedServerAnswerError),
    ],
)
def test_kind(status: int, with_problem: type[AnsweredError], without: type[AnsweredError]) -> None:
    """The status decides, and for some whether there is a problem document."""
    assert (type(failure(status, {})), type(failure(status))) == (with_problem, without)


@pytest.mark.parametrize("status", [400, 409, 422])
def test_field_errors(status: int) -> None:
    """A map of field errors makes a refusal of the input; what is no text in it is ignored."""
    errors = {"name": ["x", 1, None, "y"], "b": "z", "c": {}, "d": [], "e": [None, 1]}

    refusal = failure(status, {"errors": errors})

    assert type(refusal) is InvalidFieldsError
    assert refusal.field_errors == {
        NAME: ("x", "y"),
        WHOLE_INPUT: ("b: z", f"c: {NO_REASON}", f"d: {NO_REASON}", f"e: {NO_REASON}"),
    }


@pytest.mark.parametrize(
    "key",
    ["name", "Name", "NAME", "$.name", "$.Name", "input.name", "Input.Name", "$.input.name"],
)
def test_key_of_an_input_field(key: str) -> None:
    """The upstream's spelling of a property does not matter."""
    refusal = failure(422, {"errors": {key: ["Too long."]}})

    assert refusal.field_errors == {NAME: ("Too long.",)}


@pytest.mark.parametrize(
    "key", ["$", "$.", "names", "username", "name.first", "items[0].name", "id", "input"]
)
def test_key_of_something_else(key: str) -> None:
    """What matches no field is about the whole input, and says what it was about."""
    refusal = failure(422, {"errors": {key: ["Wrong."]}})

    place = key.replace("[0]", ".0").strip(".")
    assert refusal.field_errors == {WHOLE_INPUT: (f"{place}: Wrong.",)}


def test_key_of_nothing() -> None:
    """An empty key is about the whole input (ASP.NET Core)."""
    assert failure(422, {"errors": {"": ["Wrong."]}}).field_errors == {WHOLE_INPUT: ("Wrong.",)}


def test_several_keys() -> None:
    """Messages about the same place are kept together, in the order in which they came."""
    errors = {"Name": ["a", "b"], "x": ["c"], "name": ["d"], "y": [], "$.name": []}

    refusal = failure(422, {"detail": "not shown", "errors": errors})

    assert refusal.field_errors == {
        NAME: ("a", "b", "d", NO_REASON),
        WHOLE_INPUT: ("x: c", f"y: {NO_REASON}"),
    }


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        ({"title": "Title", "detail": "Detail"}, "Detail"),
        ({"title": "Title"}, "Title"),
        ({}, NO_REASON),
    ],
)
@pytest.mark.parametrize("errors", [{}, {"errors": {}}], ids=["no errors", "empty errors"])
def test_no_keys(problem: dict[str, Any], errors: dict[str, Any], message: str) -> None:
    """A refusal without field errors still says what the problem says."""
    refusal = failure(422, problem | errors)

    assert refusal.field_errors == {WHOLE_INPUT: (message,)}


def test_fields_that_are_not_known() -> None:
    """Without paths of the input every message is about the whole, with its name before it."""
    content = b'{"errors": {"name": ["x", "y"], "Name": ["z"]}}'
    unread = answer(422, content, Content_Type="application/json")

    refusal = AnswerReader(exposed=False).failure(unread, RequestRecord())

    assert refusal.field_errors == {WHOLE_INPUT: ("name: x", "name: y", "Name: z")}


@pytest.mark.parametrize("errors", [None, [], "text", [{"name": "x"}], 1])
def test_field_errors_that_are_no_map(errors: object) -> None:
    """Anything but an object is no map of field errors."""
    assert [type(failure(status, {"errors": errors})) for status in (400, 409, 422)] == [
        RejectedError,
        RejectedError,
        InvalidFieldsError,
    ]


def test_field_errors_of_another_status() -> None:
    """With another status, they change nothing."""
    assert type(failure(403, {"errors": {"name": ["x"]}})) is ForbiddenError


def test_busy() -> None:
    """A 503 that says when to come back was not carried out."""
    refusal = failure(503, retry_after="30")

    assert (type(refusal), refusal.retry_after) == (BusyError, 30)


def test_not_about_one_thing() -> None:
    """A 404 then says nothing about what there is, however well it explains itself."""
    missing = answer(404, json.dumps(WHOLE).encode(), Content_Type="application/json")

    failed = read(missing, resource_id=None)

    assert (type(failed), failed.resource_id) == (UnexpectedAnswerError, None)


def test_whole_problem() -> None:
    """All five members are kept, and the status is that of HTTP."""
    assert failure(409, WHOLE).problem == Problem(
        status=409,
        type="https://example.com/probs/out-of-credit",
        title="You do not have enough credit",
        detail="Your current balance is 30, but that costs 50",
        instance="/account/12345/msgs/abc",
    )


def test_further_members() -> None:
    """They are extensions (RFC 9457 section 3.2), and kept as they came."""
    further = {"balance": 30, "accounts": ["/account/1", None, 1.5], "errors": [{"a": True}]}

    problem = failure(409, WHOLE | further).problem

    assert (problem.title, problem.extensions) == (WHOLE["title"], further)


@pytest.mark.parametrize(
    ("further", "unread"),
    [
        ({"a": "x" * 4100}, "extensions, 4140 bytes, too large"),
        ({"a": json.loads("[" * 300 + "]" * 300)}, "extensions, nested too deeply"),
    ],
    ids=["large", "deep"],
)
def test_further_members_that_cannot_be_handed_on(further: dict[str, Any], unread: str) -> None:
    """They are left out, so that the reply can be written, and the log says so."""
    record = RequestRecord()
    content = json.dumps({"title": "No"} | further).encode()
    given = answer(409, content, Content_Type="application/json")

    problem = AnswerReader(exposed=True).failure(given, record).problem

    assert (problem, record.upstream_unread) == (Problem(409, title="No"), unread)


@pytest.mark.parametrize(("further", "extensions"), [({}, None), ({"a": 1}, {"a": 1})])
def test_field_errors_among_further_members(
    further: dict[str, Any], extensions: dict[str, Any] | None
) -> None:
    """A map of field errors is told as such, and is no extension too."""
    refusal = failure(422, {"errors": {"name": ["x"]}} | further)

    assert (refusal.field_errors, refusal.problem.extensions) == ({NAME: ("x",)}, extensions)


@pytest.mark.parametrize("status", [500, 501, 503])
def test_problem_of_a_server(status: int) -> None:
    """Type and title of a 5xx are all that is shown, unless the rest is to be shown too."""
    document = WHOLE | {"trace": "at line 1"}

    problems = [failure(status, document, exposed=exposed).problem for exposed in (True, False)]

    assert problems == [
        Problem(
            status=status,
            type="https://example.com/probs/out-of-credit",
            title="You do not have enough credit",
            detail="Your current balance is 30, but that costs 50",
            instance="/account/12345/msgs/abc",
            extensions={"trace": "at line 1"},
        ),
        Problem(
            status=status,
            type="https://example.com/probs/out-of-credit",
            title="You do not have enough credit",
        ),
    ]


@pytest.mark.parametrize("value", [None, 1, True, [], {}, [1]])
def test_member_of_the_wrong_type(value: object) -> None:
    """It is no member (RFC 9457 section 3.1), and yet not lost."""
    problem = failure(409, dict.fromkeys(("type", "title", "instance"), value)).problem

    kept = None if value is None else dict.fromkeys(("type", "title", "instance"), value)
    assert problem == Problem(409, extensions=kept)


def test_type_that_is_empty() -> None:
    """It is about:blank, like one that is left out (RFC 9457 section 4.2.1)."""
    assert failure(409, {"type": ""}).problem == failure(409, {}).problem == Problem(409)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/problem+json",
        "application/json",
        "Application/Problem+JSON; charset=utf-8",
        "application/json;charset=UTF-8",
        " application/json ; profile=x",
        "text/json",
        "application/vnd.api+json",
        "",
    ],
)
def test_content_type_of_a_problem(content_type: str) -> None:
    """Every JSON is read, whatever its case and parameters, and what has no type at all."""
    assert failure(409, {"title": "x"}, content_type).problem.title == "x"


@pytest.mark.parametrize(
    "content_type", ["text/html", "application/problem+xml", "application/jsonx", "json"]
)
def test_another_content_type(content_type: str) -> None:
    """What is announced as something else is not read as a problem."""
    assert failure(404, {"title": "x"}, content_type).problem == Problem(404)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"title": NaN}', b'{"title": "\xff"}', b"[" * 5000,
     b'{"title": "\\ud800"}', '{"title": "x"}'.encode("utf-16")],
)  # fmt: skip
def test_body_that_is_no_problem(content: bytes) -> None:
    """What is no JSON object in UTF-8 is no problem."""
    no_problem = answer(404, content, Content_Type="application/json")

    failed = read(no_problem)

    assert (type(failed), failed.problem) == (UnexpectedAnswerError, Problem(404))


@pytest.mark.parametrize("incomplete", Incomplete)
def test_body_that_is_incomplete(incomplete: Incomplete) -> None:
    """It is no problem either, whatever there is of it."""
    whole = answer(404, b'{"title": "x"}', Content_Type="application/json")

    failed = read(whole._replace(incomplete=incomplete))

    assert (type(failed), failed.problem) == (UnexpectedAnswerError, Problem(404))


def test_id_of_the_resource() -> None:
    """A failure knows which thing it is about."""
    assert failure(404, {}).resource_id == 7
