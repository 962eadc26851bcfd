"""GraphiQL in `serve`, to which a person brings the token."""

import json

from contact_gateway.sandbox import Sandbox
from tests import members
from tests.conftest import IssueToken
from tests.graphiql.conftest import ServeAlone
from tests.graphiql.page import GraphiQLPage

_NOT_SENT = {"status": "Not sent", "reason": "There is no access token in Headers."}

_EXAMPLE = '"Authorization": "Bearer …"'


def fill_in(page: GraphiQLPage, token: str) -> None:
    """Put a token into the headers, leaving the others as they are."""
    headers = json.loads(page.text("headers"))
    page.write("headers", json.dumps({**headers, "Authorization": f"Bearer {token}"}))


def test_no_token_yet(serve_alone: ServeAlone, sandbox: Sandbox) -> None:
    """A sentence says whose is needed; nothing is asked for, and nothing is an error."""
    with serve_alone() as page:
        page.arrive()
        response = page.play()

        assert (
            page.greeting(),
            response,
            page.requests(),
            page.browser.console(),
            page.browser.violations(),
        ) == (
            f"To begin, put an access token of {sandbox.url} into Headers: {_EXAMPLE}.",
            _NOT_SENT,
            [],
            [],
            [],
        )


def test_a_token_filled_in(serve_alone: ServeAlone, issue_token: IssueToken) -> None:
    """The schema is there, the greeting gone; a `Customer-Id` that is empty is not sent."""
    with serve_alone() as page:
        page.arrive()
        fill_in(page, issue_token())
        page.wait()
        page.write("variables", '{"id": "5514123", "input": {"name": "Best customers"}}')
        response = page.play()

        assert (response["data"], page.greeting()) == (
            {"updateContactGroup": members.success("5514123", "Best customers")},
            "",
        )


def test_another_tab(serve_alone: ServeAlone, issue_token: IssueToken) -> None:
    """It begins with the headers that were filled in."""
    with serve_alone() as page:
        page.arrive()
        fill_in(page, issue_token())
        page.wait()
        headers = page.text("headers")
        page.toggle("Add tab")
        page.browser.until("return document.querySelectorAll('.graphiql-tab').length === 2")

        assert page.text("headers") == headers


def test_a_bad_token_put_right(serve_alone: ServeAlone, issue_token: IssueToken) -> None:
    """The schema is asked for again."""
    with serve_alone() as page:
        page.arrive()
        fill_in(page, "bad")
        page.browser.until(
            "return performance.getEntriesByType('resource').at(-1).responseStatus === 401"
        )
        fill_in(page, issue_token())
        page.wait()


def test_introspection_off(serve_alone: ServeAlone, issue_token: IssueToken) -> None:
    """The schema, which would be refused, is not asked for, and a sentence says why it lacks."""
    with serve_alone(introspection=False) as page:
        page.arrive()
        fill_in(page, issue_token())
        page.browser.until("return document.getElementById('greeting').textContent.includes('off')")

        assert (page.greeting(), page.requests()) == (
            "INTROSPECTION is off: there is no documentation here.",
            [],
        )


def test_tokens_that_the_rest_api_verifies(serve_alone: ServeAlone) -> None:
    """They are its own."""
    with serve_alone(
        token_verification="upstream", jwt_issuer=None, jwt_audience=None, jwt_jwks_url=None
    ) as page:
        page.arrive()

        assert page.greeting().startswith("To begin, put an access token of the REST API into")
