"""A headless Chromium, driven through the W3C WebDriver protocol that Debian's driver speaks.

A dozen calls of a stable standard, so a client library would bring more code than it replaces.
"""

import base64
import contextlib
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.thorough import program

# nothing but this machine's loopback can be reached, and nothing is asked of anybody on its own
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",  # which root needs; it meets no page but ours
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--window-size=1440,900",
]

_RECORD_VIOLATIONS = """
globalThis.violations = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  violations.push(`${violatedDirective}: ${blockedURI}`));
"""

# calls the function until it returns something, and gives that back
_UNTIL = """
const done = arguments[arguments.length - 1];
const find = () => { %s };
const look = () => { const found = find(); found ? done(found) : setTimeout(look, 20); };
look();
"""

ENTER = "\ue007"
CONTROL = "\ue009"


class Browser:
    """One tab of a Chromium that starts without any data."""

    def __init__(self, session: httpx.Client) -> None:
        self._session = session
        self._devtools("Page.enable")
        self._devtools("Page.addScriptToEvaluateOnNewDocument", source=_RECORD_VIOLATIONS)

    def _call(self, path: str, **parameters: object) -> Any:
        response = self._session.post(path, json=parameters)
        value = response.json()["value"]
        if response.is_error:
            raise AssertionError(f"{value['error']}: {value['message']}")
        return value

    def open(self, url: str) -> None:
        """Go to a page, and wait until it has loaded."""
        self._call("url", url=url)

    def reload(self) -> None:
        """Load the same page again."""
        self._call("refresh")

    def run(self, script: str, *arguments: object) -> Any:
        """Run the body of a JavaScript function."""
        return self._call("execute/sync", script=script, args=arguments)

    def until(self, script: str) -> Any:
        """Wait for the body of a JavaScript function to return something that is true."""
        try:
            return self.call_back(_UNTIL % script)
        except AssertionError as error:
            shown = self.run("return document.body.innerText")
            raise AssertionError(f"{error}\n{script}\nThe page shows:\n{shown}") from None

    def call_back(self, script: str) -> Any:
        """Run the body of a function, and wait for what it calls its argument with."""
        return self._call("execute/async", script=script, args=[])

    def find(self, selector: str) -> str:
        """Wait for the element that a CSS selector names, on this page or the next; a handle."""
        element = self._call("element", using="css selector", value=selector)
        return str(next(iter(element.values())))

    def click(self, selector: str) -> None:
        """Wait for the element that a CSS selector names, and click on it."""
        self._call(f"element/{self.find(selector)}/click")

    def type(self, text: str) -> None:
        """Press keys, into whatever has the focus."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self._press(keys)

    def press_with_control(self, key: str) -> None:
        """Press a key together with Control."""
        self._press(
            [
                {"type": "keyDown", "value": CONTROL},
                {"type": "keyDown", "value": key},
                {"type": "keyUp", "value": key},
                {"type": "keyUp", "value": CONTROL},
            ]
        )

    def _press(self, keys: list[dict[str, str]]) -> None:
        self._call("actions", actions=[{"type": "key", "id": "keyboard", "actions": keys}])

    def console(self) -> list[str]:
        """What the console was told since the last call."""
        return [entry["message"] for entry in self._call("se/log", type="browser")]

    def violations(self) -> list[str]:
        """What the policy of this page has kept it from."""
        violations: list[str] = self.run("return violations")
        return violations

    def requested_hosts(self) -> set[str]:
        """The hosts that the page has asked for anything."""
        return set(
            self.run(
                "return performance.getEntriesByType('resource').map(e => new URL(e.name).host)"
            )
        )

    def forget(self, origin: str) -> None:
        """Clear what an origin has stored, as if the browser had never been there."""
        self._devtools("Storage.clearDataForOrigin", origin=origin, storageTypes="all")

    def resize(self, width: int, height: int = 900, density: int = 1) -> None:
        """Give the page a window of this size, on a screen of this many dots for each pixel."""
        size = {"width": width, "height": height, "deviceScaleFactor": density, "mobile": False}
        self._devtools("Emulation.setDeviceMetricsOverride", **size)

    def prefer(self, scheme: str) -> None:
        """Let the system be light or dark."""
        wish = {"name": "prefers-color-scheme", "value": scheme}
        self._devtools("Emulation.setEmulatedMedia", features=[wish])

    def allow_clipboard(self, origin: str) -> None:
        """Let a page read the clipboard as well, as its user could by pasting."""
        permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
        self._devtools("Browser.grantPermissions", origin=origin, permissions=permissions)

    def clipboard(self) -> str:
        """The text on the clipboard."""
        text: str = self.call_back("navigator.clipboard.readText().then(arguments[0])")
        return text

    def _devtools(self, command: str, **parameters: object) -> Any:
        return self._call("goog/cdp/execute", cmd=command, params=parameters)

    def picture(self, path: Path) -> None:
        """Save what is seen as a WebP file."""
        taken = self._devtools("Page.captureScreenshot", format="webp", quality=60)
        path.write_bytes(base64.b64decode(taken["data"]))


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    """Start a Chromium, and end it with everything that it has stored."""
    chromium = program("chromium", "google-chrome")
    driver = program("chromedriver")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        _running_driver(driver) as url,
        httpx.Client(trust_env=False, timeout=100) as http,
    ):
        options = {"binary": chromium, "args": [*_ARGUMENTS, f"--user-data-dir={profile}"]}
        capabilities = {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
            # what a first page takes at the most while a dozen servers start beside it
            "timeouts": {"script": 60_000, "implicit": 60_000},
        }
        body = {"capabilities": {"alwaysMatch": capabilities}}
        session = http.post(f"{url}/session", json=body).json()["value"]
        assert "sessionId" in session, session
        session_url = f"{url}/session/{session['sessionId']}"
        http.base_url = httpx.URL(session_url)
        try:
            yield Browser(http)
        finally:
            http.delete(session_url).raise_for_status()


@contextlib.contextmanager
def _running_driver(path: str) -> Iterator[str]:
    """Start the driver on a free port; where it finds none, it has ended, so it starts again."""
    said: list[str] = []
    for _ in range(5):
        with subprocess.Popen([path, "--port=0"], stdout=subprocess.PIPE, text=True) as driver:  # noqa: S603
            try:
                port = _port_of(driver, said)
                if port is not None:
                    yield f"http://127.0.0.1:{port}"
                    return
            finally:
                driver.terminate()
    raise AssertionError("".join(said))


def _port_of(driver: subprocess.Popen[str], said: list[str]) -> str | None:
    """The port that the driver says it listens on, or None when it has ended instead."""
    assert driver.stdout is not None
    for line in driver.stdout:
        said.append(line)
        if match := re.search(r"on port (\d+)\.", line):
            return match[1]
    return None
