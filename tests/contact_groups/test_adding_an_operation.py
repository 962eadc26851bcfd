"""docs/adding-an-operation.md: its sample of a REST call does what the page says."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from contact_gateway.contact_groups import listing, rest
from contact_gateway.rest_client import AnswerReader
from contact_gateway.rest_client.http11 import HTTP11Transport
from contact_gateway.rest_client.problems import FateUnknownError, InvalidFieldsError, UpstreamError
from contact_gateway.rest_client.sending import Sender
from tests.rest_client.stack import caller, run
from tests.scripted_upstream import DROP, Answer, ScriptedUpstream, reply

PAGE = Path(__file__).parents[2] / "docs" / "adding-an-operation.md"


def samples() -> list[str]:
    """The blocks of Python."""
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def create_of_the_page() -> Any:
    """The method of step 4, as if it stood in the class, with what reads its body."""
    method, read_id = samples()[:2]
    reading = dict(vars(listing))
    exec(read_id, reading)  # noqa: S102 - our own page
    names = {**vars(rest), "read_id": reading["read_id"]}
    exec(method, names)  # noqa: S102
    return names["create"]


async def created(url: str) -> Any:
    """What the method comes to."""
    async with HTTP11Transport() as transport:
        api = rest.ContactGroupsAPI(Sender(transport, url, 2), AnswerReader(exposed=False))
        try:
            return await create_of_the_page()(api, caller(), "New")
        except UpstreamError as error:
            return type(error)


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (reply(201, '{"id": 123}', Content_Type="application/json"), (True, 123)),
        (reply(201), (True, None)),
        (reply(202), (False, None)),
        (reply(422, '{"errors": {"Name": ["Taken."]}}'), InvalidFieldsError),
        (reply(502), FateUnknownError),
        (reply(200, "<html>", Content_Type="text/html"), FateUnknownError),
        (DROP, FateUnknownError),
    ],
    ids=["201", "201 without an id", "202", "422", "502", "a page", "no answer"],
)
def test_the_sample(scripted: ScriptedUpstream, answer: Answer, end: object) -> None:
    """A creation is one call, whatever becomes of it, and says no more than is known."""
    scripted.answers(answer)

    assert run(created(scripted.url)) == end
    assert [(request.method, request.target, request.body) for request in scripted.received] == [
        ("POST", "/v1/contactGroups", b'{"name":"New"}')
    ]


@pytest.mark.parametrize("sample", samples())
def test_every_sample(sample: str) -> None:
    """It is Python."""
    assert ast.parse(sample).body != []
