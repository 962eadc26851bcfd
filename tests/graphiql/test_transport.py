"""What GraphiQL shows when it is HTTP that fails, and how it renews a development token."""

import json
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse

from contact_gateway.graphiql import GraphiQL
from contact_gateway.graphiql.files import collect
from contact_gateway.sandbox import Sandbox
from tests import members
from tests.graphiql.browser import Browser
from tests.graphiql.conftest import BLANK, CUSTOMER, IssueDevelopmentToken, ServeDemo
from tests.graphiql.page import GraphiQLPage
from tests.servers import running_app, settings_for

_NOWHERE = "http://127.0.0.1:9"
_SUCCESS = {"data": {"updateContactGroup": members.success("5514123", "Best customers")}}


def test_headers_without_a_token(page: GraphiQLPage) -> None:
    """Nothing is sent, and the token that the user took away stays away."""
    page.write("headers", '{"Authorization": "Bearer ", "Customer-Id": "5690"}')

    assert page.play() == {"status": "Not sent", "reason": "There is no access token in Headers."}


def test_a_token_of_the_users_own(page: GraphiQLPage) -> None:
    """It is not replaced by a development token, however bad it is."""
    page.write("headers", '{"Authorization": "Bearer mine", "Customer-Id": "5690"}')

    assert (page.play()["status"], json.loads(page.text("headers"))["Authorization"]) == (
        "401 Unauthorized",
        "Bearer mine",
    )


def test_a_document_that_is_too_large(page: GraphiQLPage) -> None:
    """The status 413 is shown, and how much would be accepted."""
    page.write("query", f"# {'x' * 65536}\n{page.text('query')}")
    response = page.play()

    assert (response["status"], response["errors"][0]["message"]) == (
        f"413 {HTTPStatus(413).phrase}",
        "Expected at most 65536 bytes.",
    )


def test_a_document_that_is_not_valid(page: GraphiQLPage) -> None:
    """The status 422 is shown beside the error of validation."""
    page.write("query", "query RenameContactGroup { nothing }")
    response = page.play()

    assert (response["status"], response["errors"][0]["message"]) == (
        f"422 {HTTPStatus(422).phrase}",
        "Cannot query field 'nothing' on type 'Query'.",
    )


def test_an_answer_that_is_not_json(page: GraphiQLPage) -> None:
    """What something between here and the gateway answers is shown as it is."""
    page.browser.run(
        "globalThis.fetch = async () => new Response('<h1>Sorry</h1>',"
        "{status: 502, statusText: 'Bad Gateway'})"
    )

    assert page.play() == {"status": "502 Bad Gateway", "body": "<h1>Sorry</h1>"}


@pytest.mark.usefixtures("own_files_are_there")
def test_a_gateway_that_has_stopped(
    browser: Browser, serve_demo: ServeDemo, development_token: IssueDevelopmentToken
) -> None:
    """It is said that there was no answer."""
    with serve_demo(development_token) as url:
        page = GraphiQLPage(browser, url)
        page.open()

    assert page.play() == {"status": "No answer", "reason": "Failed to fetch"}


@pytest.mark.usefixtures("own_files_are_there")
def test_an_expired_development_token(
    browser: Browser,
    sandbox: Sandbox,
    serve_demo: ServeDemo,
    development_token: IssueDevelopmentToken,
) -> None:
    """The page renews it and shows the new one: the first click is a success all the same."""
    expired = [development_token(lifetime=-600)]
    sandbox.store.reset()
    with serve_demo(lambda: expired.pop() if expired else development_token()) as url:
        page = GraphiQLPage(browser, url)
        page.open()
        response = page.play()

    shown = json.loads(page.text("headers"))["Authorization"].removeprefix("Bearer ")
    assert (response, sandbox.tokens.verify(shown).customers) == (_SUCCESS, frozenset({CUSTOMER}))


@pytest.mark.usefixtures("own_files_are_there")
def test_a_token_that_expires_while_the_page_is_open(
    browser: Browser,
    sandbox: Sandbox,
    serve_demo: ServeDemo,
    development_token: IssueDevelopmentToken,
) -> None:
    """A tab that came to have it before another had it renewed shows and sends the new one."""
    sandbox.store.reset()
    expired = [development_token(lifetime=-600)]
    issued: list[str] = []

    def issue() -> str:
        issued.append(expired.pop() if expired else development_token())
        return issued[-1]

    with serve_demo(issue) as url:
        page = GraphiQLPage(browser, url)
        page.open()
        page.choose_example("422 Invalid name")
        page.play()
        page.choose_example("Rename a group")
        shown = json.loads(page.text("headers"))["Authorization"]
        response = page.play()

    assert (response, len(issued), shown) == (_SUCCESS, 2, f"Bearer {issued[-1]}")


def test_a_cdn_out_of_reach(browser: Browser) -> None:
    """The policy lets its files through, and where they do not come the page says so."""
    graphiql = GraphiQL(PlainTextResponse("no endpoint"), BLANK, collect({}))
    with running_app(Starlette(routes=graphiql.routes), settings_for(_NOWHERE)) as url:
        browser.open(f"{url}/graphiql")
        notice = browser.until("return document.querySelector('.notice').textContent")

    assert (notice, browser.violations(), browser.requested_hosts()) == (
        "Loading GraphiQL from cdn.jsdelivr.net … This failed: see the browser's console.",
        [],
        {"cdn.jsdelivr.net", urlsplit(url).netloc},
    )
