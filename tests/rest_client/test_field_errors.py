"""Which field is wrong: the bodies of other people's servers, and whatever else a body may be.

Whoever meets another server adds its body to `bodies_of_servers.json`; the table in
docs/validation-errors.md follows from that file.
"""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_gateway.failures.table import failure_of
from contact_gateway.observation import RequestRecord
from contact_gateway.rest_client import Answer, AnswerReader, InputFields
from contact_gateway.rest_client.field_errors import FieldErrorReader
from contact_gateway.rest_client.problems import AnsweredError, InvalidFieldsError, Problem
from tests.cpu_time import least_cpu_time
from tests.thorough import often

BODIES = json.loads(Path(__file__).with_name("bodies_of_servers.json").read_text("utf-8"))
FIELDS = InputFields({"name": ("input", "name")}, frozenset({"contactgroup"}))


def failure(status: int, content: bytes, media_type: str) -> AnsweredError:
    """What an answer to an update is read into."""
    answer = Answer(status, httpx.Headers({"Content-Type": media_type}), content)
    reader = AnswerReader(exposed=True)
    return reader.failure(answer, RequestRecord(), resource_id=1, fields=FIELDS)


@pytest.mark.parametrize("case", BODIES, ids=lambda case: case["server"])
def test_server(case: dict[str, Any]) -> None:
    """Its body gives the right messages at the right fields, and nothing of it is lost."""
    content = case["text"].encode() if "text" in case else json.dumps(case["body"]).encode()
    refusal = failure(case["status"], content, case.get("media_type", "application/json"))

    member = case.get("member", "InvalidInputError")
    assert failure_of(refusal).member.__name__ == member
    assert refusal.problem == Problem(status=case["status"], **case["problem"])
    if member == "InvalidInputError":
        expected = {tuple(path): tuple(messages) for path, messages in case["fieldErrors"]}
        assert refusal.field_errors == expected


@pytest.mark.parametrize(
    "place",
    [
        "name", "NAME", "Name", "$.name", "$['name']", "input.name", "body.name", "#/name", "/name",
        "/body/name", "/data/attributes/name", "data.attributes.name", "command.Name", "name[0]",
        "/name/0", "name.0", "UpdateContactGroupRequest.name", "contactGroup.name",
        "contact_group.name", "PatchedContactGroup.name", "ContactGroupUpdateSchema.name",
        "GroupDto.Name", "update_command.name", "request.body.name",
        ["name"], ["body", "name"], ["body", "name", 0],
    ],
)  # fmt: skip
def test_place_of_the_field(place: str | list[object]) -> None:
    """Whatever stands before it or behind it, the message is at the field."""
    body = json.dumps({"errors": [{"field": place, "message": "Wrong."}]}).encode()

    assert failure(400, body, "application/json").field_errors == {("input", "name"): ("Wrong.",)}


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("username", "username"),
        ("surname", "surname"),
        ("names", "names"),
        ("nickname.name2", "nickname.name2"),
        ("items[0].name", "items.0.name"),
        ("/items/0/name", "items.0.name"),
        ("owner.name", "owner.name"),
        ("address.name", "address.name"),
        ("anybody.name", "anybody.name"),
        ("владелец.name", "владелец.name"),
        ("data.*.name", "data.*.name"),
        ("parentContactGroup.name", "parentContactGroup.name"),
        ("contactGroupOwner.name", "contactGroupOwner.name"),
        ("OwnerDto.name", "OwnerDto.name"),
        ("update.name", "update.name"),
        ("name.first", "name.first"),
        (["body", "items", 0, "name"], "body.items.0.name"),
        (["body", 0, "name"], "body.0.name"),
        (["body"], "body"),
        ("#/na~1me", "na/me"),
    ],
)
def test_place_of_something_else(place: str | list[object], shown: str) -> None:
    """It is about the whole input, and the place stands before the message."""
    body = json.dumps({"errors": [{"field": place, "message": "Wrong."}]}).encode()

    assert failure(400, body, "application/json").field_errors == {
        ("input",): (f"{shown}: Wrong.",)
    }


SENTENCES = st.from_regex(r"[a-zé]{3,30} [A-Z]{3,30}\.", fullmatch=True)
NAMES = st.sampled_from(
    ["errors", "detail", "message", "title", "name", "field", "path", "loc", "pointer", "source",
     "details", "violations", "error", "code", "x", "items", "type", "children", "keys", "param"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | SENTENCES | st.sampled_from(["name", "/name", "x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)


def sentences_in(value: Any) -> set[str]:
    """Every sentence in a JSON value: a text with a space in it, so that it is no place."""
    if isinstance(value, dict):
        return set().union(*map(sentences_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(sentences_in, value))
    return {value} if isinstance(value, str) and " " in value else set()


@pytest.mark.parametrize(
    ("status", "document", "extensions"),
    [
        (403, {"errors": [{"message": "Not yours."}]}, {"errors": [{"message": "Not yours."}]}),
        (404, {"errors": {"id": ["Unknown."]}}, {"errors": {"id": ["Unknown."]}}),
        (409, {"messages": ["Locked by Ann."]}, {"messages": ["Locked by Ann."]}),
        (403, [{"message": "No access."}], {"errors": [{"message": "No access."}]}),
    ],
)
def test_messages_of_another_failure(
    status: int, document: Any, extensions: dict[str, Any]
) -> None:
    """Where there are no `fieldErrors`, they stay in the extensions of the problem."""
    refusal = failure(status, json.dumps(document).encode(), "application/json")

    assert not isinstance(refusal, InvalidFieldsError)
    assert refusal.problem.extensions == extensions


def test_a_list_of_errors() -> None:
    """A body that is a list, as Salesforce sends it, is read as errors are that stand in one."""
    body = [{"message": "No such column.", "errorCode": "INVALID_FIELD", "fields": ["Name"]}]
    refusal = failure(400, json.dumps(body).encode(), "application/json")

    assert isinstance(refusal, InvalidFieldsError)
    assert refusal.field_errors == {("input", "name"): ("No such column.",)}
    assert refusal.problem.extensions == {"errors": body}


@pytest.mark.parametrize(
    "body",
    [
        {"owner": {"errors": {"name": ["Of the owner."]}}},
        {"items": [{"errors": [{"field": "name", "message": "Of an item."}]}]},
    ],
)
def test_errors_of_something_else(body: dict[str, Any]) -> None:
    """They are at no field, and stay where they were too."""
    refusal = failure(422, json.dumps(body).encode(), "application/json")

    assert set(refusal.field_errors) == {("input",)}
    assert refusal.problem.extensions == body


def test_one_message_for_two_places() -> None:
    """It is at both, and what stands beside it is not lost."""
    error = {"memberNames": ["name", "b"], "errorMessage": "They differ.", "hint": "See there."}
    refusal = failure(422, json.dumps({"errors": [error]}).encode(), "application/json")

    assert refusal.field_errors == {
        ("input", "name"): ("They differ.",),
        ("input",): ("b: They differ.",),
    }
    assert refusal.problem.extensions == {"errors": [error]}


@settings(derandomize=True, deadline=None, max_examples=often(150))
@given(
    document=st.dictionaries(NAMES, JSON, max_size=5) | st.lists(JSON, max_size=4),
    status=st.sampled_from([400, 403, 404, 409, 422, 429]),
)
def test_nothing_is_lost(document: dict[str, Any] | list[Any], status: int) -> None:
    """Whatever the body, every sentence of it is in the reply: as a message, or in the problem."""
    refusal = failure(status, json.dumps(document).encode(), "application/json")

    problem = refusal.problem
    told = [problem.title, problem.detail, problem.type, problem.instance]
    messages = [text for texts in refusal.field_errors.values() for text in texts]
    if not isinstance(refusal, InvalidFieldsError):
        messages = []  # no other type has `fieldErrors`
    shown = "\n".join([*messages, *filter(None, told), *sentences_in(problem.extensions)])
    assert {text for text in sentences_in(document) if text not in shown} == set()


@settings(derandomize=True, deadline=None, max_examples=often(100))
@given(document=JSON)
def test_no_message_at_the_wrong_field(document: Any) -> None:
    """What is shown at the name stands in the body beside a place that ends in it."""
    refusal = failure(422, json.dumps(document).encode(), "application/json")

    text = json.dumps(document)
    assert ("input", "name") not in refusal.field_errors or "name" in text


@pytest.mark.parametrize(
    "document",
    [
        {"errors": {f"{n:x}": "x" for n in range(88_000)}},
        {"errors": {f"property{n}": ["Too long."] for n in range(30_000)}},
        {"errors": [{"field": f"property{n}", "message": "Too long."} for n in range(16_000)]},
        {"errors": {"name": [f"Reason {n}." for n in range(60_000)]}},
        {f"property{n}": ["Too long."] for n in range(30_000)},
    ],
    ids=["a map", "a map of lists", "a list", "messages", "a whole body"],
)
def test_very_many(document: dict[str, Any]) -> None:
    """Of a megabyte of errors a hundred are kept, how many more there were is told, at once."""
    reader = FieldErrorReader(FIELDS)
    reader.read(document)
    seconds = least_cpu_time(lambda: FieldErrorReader(FIELDS).read(document), 10, enough=0.05)

    kept = sum(map(len, reader.found.values()))
    count = len(document if len(document) > 1 else document["errors"])
    total = count if count > 1 else len(document["errors"]["name"])
    assert (kept, kept + reader.more) == (100, total)
    assert seconds < 0.05  # 15 seconds before


def test_very_many_members_of_the_problem() -> None:
    """They hide no error beside them, and cost as little."""
    document = {f"{n:x}": "x" for n in range(88_000)} | {"errors": {"name": "No."}}
    reader = FieldErrorReader(FIELDS)
    reader.read(document)
    seconds = least_cpu_time(lambda: FieldErrorReader(FIELDS).read(document), 10, enough=0.05)

    assert reader.found == {("input", "name"): ["No."]}
    assert seconds < 0.05
