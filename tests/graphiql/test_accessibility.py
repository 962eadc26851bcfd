"""Whether everybody can use the page: what axe-core finds, and what of that is not ours to mend."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.graphiql.conftest import ServeAlone
from tests.graphiql.page import GraphiQLPage
from tests.node import install_with_node

_FOLDER = Path(__file__).parent / "accessibility"
_SERIOUS = """
axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => arguments[0](
  violations.filter(({impact}) => impact === "serious" || impact === "critical").flatMap(
    ({id, nodes}) => nodes.map(({target}) => `${id}: ${target.join(" ")}`))));
"""

GRAPHIQL_OWN = {
    "scrollable-region-focusable: .graphiql-query-editor > .graphiql-editor > "
    '.CodeMirror.cm-s-graphiql[translate="no"] > .CodeMirror-scroll': (
        "its text area has the focus, and scrolls it by the arrow keys"
    ),
    "scrollable-region-focusable: .CodeMirror-wrap > .CodeMirror-scroll": "as above",
    "label-content-name-mismatch: .graphiql-history-item-label": (
        "it says what a click does in the place of the operation; React sets it anew each time"
    ),
}
"""What is found in GraphiQL itself, which neither style nor attributes mend; why it may stay."""


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core, which runs in a page."""
    install_with_node(_FOLDER)
    return (_FOLDER / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def serious(page: GraphiQLPage, axe: str) -> set[str]:
    """What axe-core finds in the page as it is, but for what is known of GraphiQL's own."""
    page.browser.run(f"{axe}; return null")
    found: list[str] = page.browser.call_back(_SERIOUS)
    return set(found) - set(GRAPHIQL_OWN)


def show_calls(page: GraphiQLPage) -> None:
    """Show a failure, and one of the requests behind it whole."""
    page.choose_example("502 Bad gateway")
    page.play()
    page.rest_calls(3)
    page.browser.click(".call:nth-of-type(2) > summary")


def show_explorer(page: GraphiQLPage) -> None:
    """Show the panel in which operations are put together."""
    page.toggle("Show GraphiQL Explorer")
    page.browser.until("return !!document.querySelector('.graphiql-explorer-root select')")


def show_history(page: GraphiQLPage) -> None:
    """Show what was sent."""
    page.play()
    page.toggle("Show History")
    page.browser.until("return !!document.querySelector('.graphiql-history-item-label')")


SHOWN: dict[str, Callable[[GraphiQLPage], object]] = {
    "a failure and the requests behind it": show_calls,
    "the menu of examples": GraphiQLPage.open_examples,
    "the documentation": lambda page: page.search_documentation("updateContactGroup"),
    "the history": show_history,
    "the explorer": show_explorer,
    "the settings": lambda page: page.toggle("Open settings dialog"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shown", SHOWN)
def test_the_page(page: GraphiQLPage, axe: str, shown: str, scheme: str) -> None:
    """Nothing serious is found, whatever is shown, in the light and in the dark."""
    page.browser.prefer(scheme)
    SHOWN[shown](page)

    assert serious(page, axe) == set()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_greeting(serve_alone: ServeAlone, axe: str, scheme: str) -> None:
    """Nothing serious is found either where there is no token yet."""
    with serve_alone() as page:
        page.browser.prefer(scheme)
        page.arrive()

        assert serious(page, axe) == set()
