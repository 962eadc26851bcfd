"""Reading an answer that is not success: status first, body second (RFC 9457, RFC 9110)."""

import json
from email.utils import formatdate
from functools import partial
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_gateway.rest_client.answers import read_failure, retry_after_seconds
from contact_gateway.rest_client.call import Answer, Incomplete
from contact_gateway.rest_client.problems import (
    AnsweredError,
    BusyError,
    ForbiddenError,
    InvalidFieldsError,
    NotFoundError,
    Problem,
    RateLimitedError,
    RejectedError,
    ServerError,
    UnavailableError,
    UnexpectedAnswerError,
    UnexpectedServerAnswerError,
)
from tests.cpu_time import least_cpu_time

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
    return read_failure(
        answer(status, content, Content_Type=content_type, Retry_After=retry_after),
        NOW,
        expose_server_problems=exposed,
        resource_id=7,
        input_paths={"name": NAME},
    )


@pytest.mark.parametrize(
    ("status", "with_problem", "without"),
    [
        (302, UnexpectedAnswerError, UnexpectedAnswerError),
        (400, RejectedError, UnexpectedAnswerError),
        (401, RejectedError, RejectedError),
        (403, ForbiddenError, ForbiddenError),
        (404, NotFoundError, UnexpectedAnswerError),
        (409, RejectedError, UnexpectedAnswerError),
        (418, RejectedError, UnexpectedAnswerError),
        (422, InvalidFieldsError, InvalidFieldsError),
        (429, RateLimitedError, RateLimitedError),
        (500, ServerError, ServerError),
        (501, UnexpectedServerAnswerError, UnexpectedServerAnswerError),
        (502, UnavailableError, UnavailableError),
        (503, UnavailableError, UnavailableError),
        (504, UnavailableError, UnavailableError),
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


@pytest.mark.parametrize("key", ["", "$", "$.", "names", "name.first", "$.input", "id", "input"])
def test_key_of_something_else(key: str) -> None:
    """What matches no field is about the whole input, and says what it was about."""
    refusal = failure(422, {"errors": {key: ["Wrong."]}})

    assert refusal.field_errors == {WHOLE_INPUT: (f"{key}: Wrong.",)}


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

    refusal = read_failure(unread, NOW, expose_server_problems=False)

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

    read = read_failure(missing, NOW, expose_server_problems=True)

    assert (type(read), read.resource_id) == (UnexpectedAnswerError, None)


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


@pytest.mark.parametrize("value", [None, 1, True, [], {}, ["text"]])
def test_member_of_the_wrong_type(value: object) -> None:
    """It is ignored (RFC 9457 section 3.1)."""
    assert failure(409, dict.fromkeys(WHOLE, value)).problem == Problem(409)


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
    ],
)
def test_content_type_of_a_problem(content_type: str) -> None:
    """Both media types are read, whatever their case and parameters."""
    assert failure(409, {"title": "x"}, content_type).problem.title == "x"


@pytest.mark.parametrize(
    "content_type", ["", "text/html", "text/json", "application/problem+xml", "application/jsonx"]
)
def test_another_content_type(content_type: str) -> None:
    """What is announced as something else is not read as a problem."""
    assert failure(404, {"title": "x"}, content_type).problem == Problem(404)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"x"', b"null", b'{"title": NaN}', b'{"title": "\xff"}', b"[" * 5000,
     b'{"title": "\\ud800"}', b'\xef\xbb\xbf{"title": "x"}', '{"title": "x"}'.encode("utf-16")],
)  # fmt: skip
def test_body_that_is_no_problem(content: bytes) -> None:
    """What is no JSON object in UTF-8 is no problem."""
    no_problem = answer(404, content, Content_Type="application/json")

    read = read_failure(no_problem, NOW, expose_server_problems=True, resource_id=7)

    assert (type(read), read.problem) == (UnexpectedAnswerError, Problem(404))


@pytest.mark.parametrize("incomplete", Incomplete)
def test_body_that_is_incomplete(incomplete: Incomplete) -> None:
    """It is no problem either, whatever there is of it."""
    whole = answer(404, b'{"title": "x"}', Content_Type="application/json")

    read = read_failure(
        whole._replace(incomplete=incomplete), NOW, expose_server_problems=True, resource_id=7
    )

    assert (type(read), read.problem) == (UnexpectedAnswerError, Problem(404))


def test_id_of_the_resource() -> None:
    """A failure knows which thing it is about."""
    assert failure(404, {}).resource_id == 7


def test_more_field_errors_than_anyone_reads() -> None:
    """A hundred are kept, in their order, and it is told how many more there were."""
    errors = {"name": ["Too long.", "Reserved."], **{f"p{n}": "No." for n in range(88_000)}}

    found = failure(422, {"errors": errors}).field_errors

    kept = tuple(f"p{n}: No." for n in range(98))
    assert found == {
        NAME: ("Too long.", "Reserved."),
        WHOLE_INPUT: (*kept, "And 87,902 more."),
    }


@pytest.mark.parametrize(
    ("errors", "more"),
    [
        ({"name": ["No."] * 100}, ()),
        ({"name": ["No."] * 101}, ("And 1 more.",)),
        ({"name": ["No."] * 100, "other": [], "third": ["a", 1, "b"]}, ("And 3 more.",)),
    ],
)
def test_the_hundredth_field_error(errors: dict[str, Any], more: tuple[str, ...]) -> None:
    """It is the last one that is kept; a property of which nothing is said counts once."""
    found = failure(422, {"errors": errors}).field_errors

    assert (found[NAME], found.get(WHOLE_INPUT, ())) == (("No.",) * 100, more)


MEBIBYTE: dict[str, Any] = {
    "names": {f"{n}": "x" for n in range(75_000)},
    "names of nothing": {f"{n}": [] for n in range(75_000)},
    "messages of one name": {"name": ["x"] * 200_000},
    "messages of a long name": {"n" * 500_000: ["x"] * 100_000},
}


@pytest.mark.parametrize("errors", MEBIBYTE.values(), ids=MEBIBYTE)
def test_a_large_answer(errors: dict[str, Any]) -> None:
    """What is read of 1 MiB takes less than 50 ms of CPU, and is no larger than the answer."""
    content = json.dumps({"errors": errors}, separators=(",", ":")).encode()
    given = answer(422, content, Content_Type="application/problem+json")
    read = partial(read_failure, given, NOW, expose_server_problems=True)

    cost = least_cpu_time(read, times=40, enough=0.05)

    told = sum(len(text) for texts in read().field_errors.values() for text in texts)
    assert (cost < 0.05, told < 100_000) == (True, True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("30", 30),
        (" 30 ", 30),
        ("000000000000000000000000030", 30),
        ("2147483648", 2_147_483_647),
        ("9" * 5000, 2_147_483_647),
        ("Wed, 21 Oct 2026 07:29:00 GMT", 60),
        ("Wednesday, 21-Oct-26 07:29:00 GMT", 60),
        ("Wed Oct 21 07:29:00 2026", 60),
        ("Wed, 21 Oct 2026 07:29:00 -0000", 60),
        ("Wed, 21 Oct 2026 09:29:00 +0200", 60),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 2_147_483_647),
    ],
)
def test_retry_after(monkeypatch: pytest.MonkeyPatch, value: str, seconds: int) -> None:
    """Seconds, or a date in any of the three forms, wherever the gateway stands; never too soon."""
    monkeypatch.setenv("TZ", "America/New_York")

    assert retry_after_seconds(value, NOW) == seconds


@pytest.mark.parametrize(
    "value",
    [None, "", "-1", "+1", "1.5", "1e3", "soon", "30, 30", "30 s", "²", "\u0663", "inf", "nan",
     "Wed, 32 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 99999 07:28:00 GMT", "Oct", "21 Oct"],
)  # fmt: skip
def test_no_retry_after(value: str | None) -> None:
    """What is neither says nothing."""
    assert retry_after_seconds(value, NOW) is None


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    st.text(max_size=40)
    | st.floats(0, 253_402_300_799).map(lambda t: formatdate(t, usegmt=True))
    | st.from_regex(r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,6} \d{2}:\d{2}:\d{2} ?[+-]?\d{0,6}")
)
def test_any_retry_after(value: str) -> None:
    """Whatever it says, it is None or a number of seconds that GraphQL's Int can hold."""
    seconds = retry_after_seconds(value, NOW)

    assert seconds is None or 0 <= seconds < 2**31
