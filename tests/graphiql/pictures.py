"""`make pictures`: takes the pictures of docs/pictures/ from the running demo, in Chromium."""

import contextlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.graphiql.browser import Browser, running_browser
from tests.graphiql.page import GraphiQLPage

__all__ = ["FOLDER", "PICTURES", "Picture", "take"]

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


def _rename(page: GraphiQLPage) -> None:
    page.play()
    page.rest_calls(1)


def _fail(page: GraphiQLPage) -> None:
    page.choose_example("422 Invalid name")
    page.play()
    page.rest_calls(1)


def _repeat(page: GraphiQLPage) -> None:
    page.choose_example("502 Bad gateway")
    page.play()
    page.rest_calls(3)
    page.browser.click(".call:nth-of-type(2) > summary")
    # the panel alone: what is around it would scroll too
    page.browser.run(
        "const panel = document.querySelector('.graphiql-footer');"
        "panel.scrollTop = document.querySelector('.calls').offsetTop - panel.offsetTop"
    )


@dataclass(frozen=True)
class Picture:
    """What is done before it is taken, in which scheme, and how large the window is."""

    show: Callable[[GraphiQLPage], object]
    scheme: str = "light"
    width: int = 1280
    height: int = 800


PICTURES = {
    "page-light": Picture(_rename),
    "page-dark": Picture(_rename, "dark"),
    "failure": Picture(_fail),
    "menu": Picture(GraphiQLPage.open_examples),
    "rest-panel": Picture(_repeat, height=900),
    "telephone": Picture(_rename, width=390, height=844),
}
"""Every picture by its name."""


def take(folder: Path) -> None:
    """Take all of them, each of a page that nobody has seen before."""
    folder.mkdir(exist_ok=True)
    with _running_demo() as url, running_browser() as browser:
        page = GraphiQLPage(browser, url)
        for name, picture in PICTURES.items():
            browser.resize(picture.width, picture.height, density=2)
            browser.prefer(picture.scheme)
            page.open()
            picture.show(page)
            _come_to_rest(browser)
            browser.picture(folder / f"{name}.webp")


def _come_to_rest(browser: Browser) -> None:
    """No cursor blinks, and nothing is on its way."""
    browser.run("document.activeElement.blur()")
    browser.until("return document.getAnimations().every(e => e.playState !== 'running')")


@contextlib.contextmanager
def _running_demo() -> Iterator[str]:
    command = [sys.executable, "-m", "contact_gateway", "demo", "--port=0", "--sandbox-port=0"]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            found = (re.match(r"GraphiQL +(http://\S+)/graphql", line) for line in process.stdout)
            yield next(match[1] for match in found if match)
        finally:
            process.terminate()


if __name__ == "__main__":
    take(FOLDER)
