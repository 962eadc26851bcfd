"""Logging in from GraphiQL at a certified OpenID provider that nobody here wrote."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from contact_gateway.app import build_app
from contact_gateway.sandbox import Sandbox, SandboxServer
from tests import members
from tests.graphiql.browser import Browser
from tests.graphiql.page import GraphiQLPage
from tests.node import install_with_node
from tests.servers import free_port, running_app, settings_for

_FOLDER = Path(__file__).parents[1] / "identity" / "openid_provider"
_AUDIENCE = "https://contacts.test/"
_LIFETIME = 20  # seconds of an access token: so few that the page renews it before each use


@pytest.fixture(scope="module")
def port() -> int:
    """Where the gateway will listen, which the provider has to know before."""
    return free_port()


@pytest.fixture(scope="module")
def issuer(port: int) -> Iterator[str]:
    """The issuer URL of a running provider."""
    node = install_with_node(_FOLDER)
    page = f"http://127.0.0.1:{port}/graphiql"
    with subprocess.Popen(  # noqa: S603 - node and a file of ours
        [node, "login.mjs", _AUDIENCE, page, str(_LIFETIME)],
        cwd=_FOLDER,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(scope="module")
def rest_api() -> Iterator[Sandbox]:
    """A sandbox of this module alone, whose groups are renamed here."""
    with SandboxServer() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def page(
    own_files_are_there: None,  # noqa: ARG001 - asked for because it may skip
    browser: Browser,
    issuer: str,
    rest_api: Sandbox,
    port: int,
) -> Iterator[GraphiQLPage]:
    """GraphiQL of a gateway that believes the provider, and calls with a token of its own."""
    settings = settings_for(
        rest_api.url,
        jwt_issuer=issuer,
        jwt_audience=_AUDIENCE,
        jwt_jwks_url=None,
        upstream_auth="client_credentials",
        upstream_token_url=f"{rest_api.url}/auth/tokens",
        upstream_client_id="gateway",
        upstream_client_secret="gateway-secret",
        graphiql=True,
        graphiql_client_id="page",
        introspection=True,
    )
    with running_app(build_app(settings), settings, port=port) as url:
        yield GraphiQLPage(browser, url)


def log_in(page: GraphiQLPage, issuer: str) -> None:
    """Log in as Ada, whom the provider asks for a password and whether she agrees."""
    page.browser.forget(issuer)
    page.arrive()
    page.press("Log in")
    page.browser.click("input[name=login]")
    page.browser.type("ada")
    page.browser.click("input[name=password]")
    page.browser.type("secret")
    page.browser.click("button[type=submit]")
    page.browser.find("input[name=prompt][value=consent]")
    page.browser.click("button[type=submit]")
    page.browser.find(".reply")
    page.wait()


def rename(page: GraphiQLPage) -> object:
    """The reply to a rename by the page."""
    page.write("variables", '{"id": "5514123", "input": {"name": "Best customers"}}')
    return page.play()


_RENAMED = {"data": {"updateContactGroup": members.success("5514123", "Best customers")}}


def test_logging_in(page: GraphiQLPage, issuer: str) -> None:
    """The page sends the issuer's token; nothing stores it, and no address has it."""
    log_in(page, issuer)
    page.browser.console()  # the provider's own page asks for fonts of others
    response = rename(page)
    page.await_stored("Best customers")

    stored = page.stored()
    assert (
        page.greeting(),
        response,
        page.browser.run("return location.href"),
        [part for part in ("Bearer", "eyJ", "token") if part in stored],
        page.browser.violations(),
        page.browser.console(),
    ) == (
        f"Logged in at {issuer}.Log out",
        _RENAMED,
        f"{page.url}/graphiql",
        [],
        [],
        [],
    )


def test_a_token_that_is_about_to_expire(page: GraphiQLPage, issuer: str) -> None:
    """It is renewed with the refresh token before each request, and no frame is made for it."""
    log_in(page, issuer)
    before = page.requests().count("/token")
    responses = [rename(page), rename(page)]

    after = page.requests().count("/token")
    frames = page.browser.run("return document.querySelectorAll('iframe').length")
    assert (responses, after - before, frames) == ([_RENAMED, _RENAMED], 2, 0)


def answer_renewals(page: GraphiQLPage, answer: str) -> None:
    """Let the token endpoint give an answer, which is JavaScript."""
    page.browser.run(
        "const {fetch} = globalThis; globalThis.fetch = async (url, options) =>"
        f" String(url).endsWith('/token') ? {answer} : fetch(url, options)"
    )


def test_a_refresh_token_that_is_refused(page: GraphiQLPage, issuer: str) -> None:
    """It is said that the login has ended, and nothing is sent."""
    log_in(page, issuer)
    refusal = "{status: 400, headers: {'Content-Type': 'application/json'}}"
    answer_renewals(page, f'new Response(\'{{"error": "invalid_grant"}}\', {refusal})')
    response = rename(page)

    assert (response, page.greeting()[:6], page.greeting()[-20:]) == (
        {"status": "Not sent", "reason": "There is no access token in Headers."},
        "Log in",
        "The login has ended.",
    )


def test_an_issuer_out_of_reach_for_a_moment(page: GraphiQLPage, issuer: str) -> None:
    """The token that there is is sent on, for as long as it is good."""
    log_in(page, issuer)
    answer_renewals(page, "Promise.reject(new TypeError('Failed to fetch'))")

    assert (rename(page), page.greeting()) == (_RENAMED, f"Logged in at {issuer}.Log out")


def test_a_reload(page: GraphiQLPage, issuer: str) -> None:
    """The token is gone with the page's memory, and a code is not used twice."""
    log_in(page, issuer)
    page.browser.reload()
    page.browser.find(".reply")

    assert (page.greeting()[:6], page.requests()) == ("Log in", [])


def test_logging_out(page: GraphiQLPage, issuer: str) -> None:
    """The refresh token is taken back, the issuer ends its session, no address has a token."""
    log_in(page, issuer)
    page.press("Log out")
    page.browser.find("button[name=logout]")
    address: str = page.browser.run("return location.href")
    page.browser.click("button[name=logout]")
    page.browser.find(".reply")

    assert ("eyJ" in address, page.greeting()[:6], rename(page)) == (
        False,
        "Log in",
        {"status": "Not sent", "reason": "There is no access token in Headers."},
    )


def test_a_login_that_is_given_up(page: GraphiQLPage, issuer: str) -> None:
    """It is said that it failed, and another can be begun."""
    page.browser.forget(issuer)
    page.arrive()
    page.press("Log in")
    page.browser.click("a[href$=abort]")
    page.browser.find("#greeting [role=alert]")

    greeting = page.greeting()
    assert (greeting[:6], "The login failed: " in greeting) == ("Log in", True)


def test_the_policy_of_a_page_that_logs_in(page: GraphiQLPage, issuer: str) -> None:
    """The one origin that it may ask beside its own is the issuer's."""
    asked = page.browser.call_back(
        "fetch('/graphiql').then(r => arguments[0](r.headers.get('Content-Security-Policy')))"
    )

    assert f" connect-src 'self' {issuer};" in asked
