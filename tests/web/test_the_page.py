"""examples/web in a browser: a page of another origin, which shows each failure to a person."""

import contextlib
import functools
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from contact_gateway.sandbox import Grant, Sandbox, SandboxServer
from tests.graphiql.browser import Browser, running_browser
from tests.installed import node_with
from tests.servers import gateway_before

FOLDER = Path(__file__).parents[2] / "examples" / "web"

_SET = """
const field = document.querySelector(arguments[0]);
const kind = field instanceof HTMLSelectElement ? HTMLSelectElement : HTMLInputElement;
Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(field, arguments[1]);
field.dispatchEvent(new Event("input", { bubbles: true }));
field.dispatchEvent(new Event("change", { bubbles: true }));
"""
_NOTICE = """
const notice = document.querySelector("#notice, section [role=alert], main > [role=alert]");
return notice && {
  role: notice.getAttribute("role"),
  text: notice.firstChild.textContent,
  ofName: document.querySelector("[name=name]")?.getAttribute("aria-invalid") === "true",
  look: !!notice.querySelector("button"),
  waits: document.querySelector("[aria-label=Rename] > button")?.textContent.startsWith("Again"),
};
"""


class Quiet(SimpleHTTPRequestHandler):
    """Files, without a line for each."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the files of a folder on a port of its own; the origin."""
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@dataclass
class Page:
    """The page in a browser, and the gateways that it can call."""

    browser: Browser
    origin: str
    url: str
    limited_url: str
    elsewhere_url: str
    sandbox: Sandbox

    def token(self, scope: str = "contacts:read contacts:write") -> str:
        """An access token of the sandbox."""
        return self.sandbox.tokens.issue(
            Grant(client_id="development", scopes=tuple(scope.split()), customers=(5690,))
        )

    def enter(self, token: str, url: str | None = None) -> None:
        """Come to the page and say who you are."""
        self.browser.open(f"{self.origin}/index.html")
        self.browser.until("return document.querySelector('[name=token]')")
        fields = {"url": f"{url or self.url}/graphql", "token": token, "customer": "5690"}
        for name, value in fields.items():
            self.browser.run(_SET, f"[name={name}]", value)
        self.browser.click("[aria-label='Who you are'] > button")

    def rename(self, group: str, name: str) -> Any:
        """Choose a group, write the new name and press the button; the notice."""
        self.browser.until("return document.querySelector('[aria-label=Rename]')")
        self.browser.run(_SET, "select", group)
        self.browser.run(_SET, "[name=name]", name)
        self.browser.click("[aria-label=Rename] > button")
        return self.notice()

    def notice(self) -> Any:
        """What the page says, once it says anything."""
        return self.browser.until(_NOTICE)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """One browser, one page, built from the files of the example."""
    node = node_with(FOLDER)
    done = subprocess.run(  # noqa: S603 - npm, of the same node
        [Path(node).with_name("npm"), "run", "build", "--silent"],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    quick = {"upstream_attempt_timeout": 0.5, "upstream_deadline": 1}
    with (
        serving(FOLDER / "public") as origin,
        SandboxServer() as sandbox,
        gateway_before(sandbox, cors_origins=origin, **quick) as url,
        gateway_before(sandbox, cors_origins=origin, rate_limit="1/hour") as limited_url,
        gateway_before(sandbox, cors_origins="https://elsewhere.test") as elsewhere_url,
        running_browser() as browser,
    ):
        yield Page(browser, origin, url, limited_url, elsewhere_url, sandbox)


def notice(text: str, **more: object) -> dict[str, object]:
    """What a failure looks like that is nothing special."""
    usual = {"role": "alert", "text": text, "ofName": False, "look": False, "waits": False}
    return {**usual, **more}


def test_a_rename(page: Page) -> None:
    """It is said, and the list shows the new name."""
    page.enter(page.token())

    said = page.rename("5514124", "New suppliers")

    options = "return [...document.querySelectorAll('option')].map(each => each.textContent)"
    page.browser.until(f"return (() => {{ {options} }})().includes('New suppliers')")
    assert said == notice("The group is now called New suppliers.", role="status")


@pytest.mark.parametrize(
    ("group", "said"),
    [
        (
            "422",
            notice("The name is reserved. Choose a name that is not a system name.", ofName=True),
        ),
        ("403", notice("You may not rename this group.")),
        ("429", notice("Too many changes at once.", waits=True)),
        (
            "400",
            notice("The service refused the request. Nothing was changed."),
        ),
        (
            "500",
            notice(
                "The service failed while it handled the request. The group may have been renamed.",
                look=True,
            ),
        ),
        (
            "503",
            notice("The service takes no requests at the moment. Nothing was changed.", waits=True),
        ),
        (
            "9003",
            notice("The service gave an answer that cannot be understood. Nothing was changed."),
        ),
    ],
)
def test_a_failure(page: Page, group: str, said: dict[str, object]) -> None:
    """It is shown where it belongs, with what can be done next."""
    page.enter(page.token())

    assert page.rename(group, "New") == said


def test_somebody_who_may_only_look(page: Page) -> None:
    """What would be refused is not offered."""
    page.enter(page.token("contacts:read"))

    said = page.browser.until("return document.querySelector('section p')?.textContent")
    assert said == "You may look at groups, and not rename them."


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("url", "Your access has ended. Sign in again."),
        ("elsewhere_url", "The gateway cannot be reached from here."),
    ],
)
def test_a_page_that_is_not_let_in(page: Page, place: str, said: str) -> None:
    """An access that has ended, and an origin that is not named, are told apart."""
    page.enter("wrong", getattr(page, place))

    assert page.notice()["text"] == said


def test_too_many_requests(page: Page) -> None:
    """The page says when to come back."""
    for _ in range(2):
        page.enter(page.token(), page.limited_url)
        said = page.browser.until(
            "return document.querySelector('option, [role=alert]')?.textContent"
        )

    assert said.startswith("Too many requests. Try again in ")
