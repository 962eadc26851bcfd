"""The page on a desk, on a small screen and on a telephone, in the light and in the dark."""

import pytest

from tests.graphiql.page import GraphiQLPage

# what sticks out to the right, where nothing around it scrolls
_OVERFLOWING = """
const scrolls = e => e && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement));
return [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e.parentElement))
  .map(e => `${e.tagName}.${e.className}`);
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_a_failure_shown(page: GraphiQLPage, width: int, scheme: str) -> None:
    """Nothing sticks out, the console stays silent and the policy is kept."""
    page.browser.resize(width)
    page.browser.prefer(scheme)
    page.reload()
    page.choose_example("502 Bad gateway")
    page.play()
    page.rest_calls(3)
    page.browser.click(".call:nth-of-type(2) > summary")
    page.toggle("Show Documentation Explorer")
    page.browser.until("return !!document.querySelector('.graphiql-doc-explorer')")

    browser = page.browser
    assert (
        browser.run(_OVERFLOWING),
        browser.run("return document.documentElement.scrollWidth <= innerWidth"),
        browser.console(),
        browser.violations(),
    ) == ([], True, [], [])


def test_a_telephone(page: GraphiQLPage) -> None:
    """A group is renamed with nothing but what is seen: every part has the whole width."""
    page.browser.resize(390, 844)
    page.reload()
    page.play()
    widths = page.browser.run(
        "return ['.graphiql-query-editor', '.graphiql-editor-tool', '.result-window', '.reply']"
        ".map(e => document.querySelector(e).getBoundingClientRect().width)"
    )

    assert (page.reply()["Result"], min(widths) > 340) == ("UpdateContactGroupSuccess", True)
