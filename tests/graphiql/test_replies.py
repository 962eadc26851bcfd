"""What is told of a reply: below it, in the panel REST, and as a curl line."""

import json
import subprocess
from http import HTTPStatus
from typing import Any

import pytest

from contact_gateway.sandbox import Sandbox
from tests import members
from tests.graphiql.conftest import CUSTOMER
from tests.graphiql.page import GraphiQLPage
from tests.thorough import program


def read(group: int) -> str:
    """The request that reads a group back."""
    query = "sortBy=name&direction=ascending&pageNumber=1&pageSize=1"
    return f"GET /v1/contactGroups?id={group}&{query}"


def write(group: int) -> str:
    """The request that renames a group."""
    return f"PATCH /v1/contactGroups/{group}"


def test_a_reply(page: GraphiQLPage, sandbox: Sandbox) -> None:
    """Its status, time, result type and request id, which the REST API was told too."""
    page.play()
    facts = page.reply()

    [call] = sandbox.received
    assert (facts.pop("Time")[-3:], facts) == (
        " ms",
        {
            "Status": "200 OK",
            "Result": "UpdateContactGroupSuccess",
            "Request id": call.header("x-request-id")[0],
        },
    )


def test_a_request_that_was_refused(page: GraphiQLPage) -> None:
    """The code of its error stands in the place of a type."""
    page.write("query", "{ nothing }")
    page.play()

    facts = page.reply()
    assert (facts["Status"], facts["Result"]) == (
        f"422 {HTTPStatus(422).phrase}",
        "GRAPHQL_VALIDATION_FAILED",
    )


def test_two_results(page: GraphiQLPage) -> None:
    """Each stands with its field."""
    page.write("query", "{ viewer { customerId } contactGroups { itemCount } }")
    page.write("variables", "")
    page.play()

    assert page.reply()["Result"] == "viewer: Viewer, contactGroups: ContactGroupPage"


@pytest.mark.parametrize(
    ("title", "calls"),
    [
        ("Rename a group", [(write(5514123), "204", "")]),
        ("422 Invalid name", [(write(422), "422", "")]),
        (
            "Drops after applying",
            [(write(9002), "no answer", ""), (read(9002), "200", "read back")],
        ),
        (
            "502 Bad gateway",
            [
                (write(502), "502", ""),
                (read(502), "200", "read back"),
                (write(502), "502", "sent again"),
            ],
        ),
    ],
)
def test_the_requests_behind_a_reply(
    page: GraphiQLPage, title: str, calls: list[tuple[str, str, str]]
) -> None:
    """They are shown in order, with their answers; what repeats or reads back is marked."""
    page.choose_example(title)
    page.play()

    assert page.rest_calls(len(calls)) == calls


def test_a_request_looked_at(page: GraphiQLPage) -> None:
    """It is whole: headers without the token, body and answer."""
    page.choose_example("422 Invalid name")
    page.play()
    page.rest_calls(1)
    page.browser.click(".call > summary")
    headers, body, answer = page.browser.run(
        "return [...document.querySelectorAll('.call pre')].map(e => e.textContent)"
    )

    assert f"customer-id: {CUSTOMER}" in headers
    assert "authorization: …" in headers
    assert (json.loads(body), json.loads(answer)["errors"]) == (
        {"name": "Regular customers"},
        {"Name": ["The name is reserved.", "Choose a name that is not a system name."]},
    )


def test_tabs_with_replies(page: GraphiQLPage) -> None:
    """Each tab shows what is known of its own."""
    page.play()
    first = page.reply()
    page.choose_example("403 Not allowed")
    page.play()
    second = page.reply()
    page.press("Rename a group")
    page.browser.until("return !document.querySelector('.fact.bad')")

    assert (page.reply(), second["Result"]) == (first, "PermissionDeniedError")


NAMES = {
    "quotes": 'O\'Brien & "Sons"',
    "what a shell would replace": "$HOME `id` $(id) \\n !! %s * ~ #",
    "other scripts": "Größe 世界 🎉",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_the_curl_line(page: GraphiQLPage, sandbox: Sandbox, name: str) -> None:
    """Pasted into a shell it does what the page does, whatever is in the name."""
    shell, _ = program("bash"), program("curl")
    page.browser.allow_clipboard(page.url)
    page.write("variables", json.dumps({"id": "5514124", "input": {"name": name}}))
    page.press("Copy as curl")
    said = page.browser.until("return document.querySelector('.said').textContent")

    assert (
        said,
        run(shell, page.browser.clipboard()),
        sandbox.store.name_of(CUSTOMER, 5514124),
    ) == (
        "Copied. The token is in it: show it to nobody.",
        {"data": {"updateContactGroup": members.success("5514124", name)}},
        name,
    )


def run(shell: str, line: str) -> Any:
    """What a line prints in a shell, read as JSON."""
    command = [shell, "-c", f"set -o histexpand\n{line} --silent --noproxy '*'"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)  # noqa: S603


def test_variables_that_are_no_json(page: GraphiQLPage) -> None:
    """There is no curl line, and it is said why."""
    page.write("variables", "{")
    page.press("Copy as curl")

    said = page.browser.until("return document.querySelector('.said').textContent")
    assert said.startswith("Not copied: ")
