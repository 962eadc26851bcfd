"""One browser, one demo, and GraphiQL opened in it as for the first time."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from contact_gateway.demo import demo_workspace
from contact_gateway.graphiql import Examples, Tab, Workspace
from contact_gateway.graphiql.pins import own_files
from contact_gateway.sandbox import Grant, Sandbox
from tests.graphiql.browser import Browser, running_browser
from tests.graphiql.page import GraphiQLPage
from tests.servers import running_gateway, settings_for
from tests.thorough import THOROUGH

CUSTOMER = 5690
BLANK = Workspace(examples=(Examples("Examples", (Tab("Nothing", "{__typename}"),)),))

IssueDevelopmentToken = Callable[..., str]


@pytest.fixture(scope="package")
def own_files_are_there() -> None:
    """The build could fetch the third-party files, or the test is skipped."""
    if own_files() is None:
        missing = "GraphiQL's files are not there; with npm: make --always-make setup"
        pytest.fail(missing) if THOROUGH else pytest.skip(missing)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A Chromium that reaches nothing but this machine."""
    with running_browser() as browser:
        yield browser


@pytest.fixture(autouse=True)
def as_ever(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test has done to the window and the system's wishes is undone."""
    yield
    if "browser" in request.fixturenames:
        browser: Browser = request.getfixturevalue("browser")
        browser.resize(1440)
        browser.prefer("light")


@pytest.fixture(scope="package")
def development_token(sandbox_server: Sandbox) -> IssueDevelopmentToken:
    """Issues tokens as the demo does; with `lifetime` in seconds."""

    def issue(lifetime: int = 3600) -> str:
        scopes = ("contacts:read", "contacts:write")
        return sandbox_server.tokens.issue(
            Grant(client_id="development", scopes=scopes, customers=(CUSTOMER,), lifetime=lifetime)
        )

    return issue


ServeDemo = Callable[[IssueDevelopmentToken], AbstractContextManager[str]]


@pytest.fixture(scope="package")
def serve_demo(sandbox_server: Sandbox) -> ServeDemo:
    """Serves a gateway with what the demo has, and the development tokens that it is given."""

    def serve(issue_token: IssueDevelopmentToken) -> AbstractContextManager[str]:
        settings = settings_for(sandbox_server.url, graphiql=True, introspection=True)
        return running_gateway(settings, demo_workspace(CUSTOMER, issue_token, sandbox_server))

    return serve


@pytest.fixture(scope="package")
def demo_url(serve_demo: ServeDemo, development_token: IssueDevelopmentToken) -> Iterator[str]:
    """One demo for all tests that do not care for its tokens."""
    with serve_demo(development_token) as url:
        yield url


@pytest.fixture
def page(
    own_files_are_there: None,  # noqa: ARG001 - asked for because it may skip
    browser: Browser,
    sandbox: Sandbox,
    demo_url: str,
) -> GraphiQLPage:
    """The demo's GraphiQL, seen for the first time; the sandbox has its sample data."""
    sandbox.store.reset()
    page = GraphiQLPage(browser, demo_url)
    page.open()
    return page


ServeAlone = Callable[..., AbstractContextManager[GraphiQLPage]]


@pytest.fixture
def serve_alone(
    own_files_are_there: None,  # noqa: ARG001 - as above
    browser: Browser,
    sandbox: Sandbox,
) -> ServeAlone:
    """Serves GraphiQL as `serve` does, with these settings; the page is not open yet."""

    @contextmanager
    def serve(**changes: object) -> Iterator[GraphiQLPage]:
        settings = settings_for(sandbox.url, graphiql=True, **{"introspection": True, **changes})
        with running_gateway(settings) as url:
            yield GraphiQLPage(browser, url)

    return serve
