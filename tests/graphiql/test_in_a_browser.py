"""GraphiQL in a headless Chromium from which every other host is out of reach."""

import json
from urllib.parse import urlsplit

from contact_gateway.demo import TITLES
from contact_gateway.sandbox import SCENARIOS_BY_ID, Sandbox
from tests import members
from tests.graphiql.browser import ENTER
from tests.graphiql.conftest import CUSTOMER
from tests.graphiql.page import GraphiQLPage


def test_every_panel_opened(page: GraphiQLPage) -> None:
    """The policy is kept, the console stays silent, and no other host is asked for anything."""
    page.play()
    page.toggle("Show Documentation Explorer")
    page.toggle("Show History")
    page.toggle("Show GraphiQL Explorer")
    page.browser.until("return document.querySelector('.graphiql-explorer-root')")
    page.toggle("Open short keys dialog")
    page.browser.until("return document.querySelector('.graphiql-dialog')")
    page.browser.click(".graphiql-dialog-close")
    page.choose_theme("Dark")

    browser = page.browser
    assert (browser.violations(), browser.console(), browser.requested_hosts()) == (
        [],
        [],
        {urlsplit(page.url).netloc},
    )


def test_play_pressed_first(page: GraphiQLPage, sandbox: Sandbox) -> None:
    """A newcomer's first click renames a group, in the REST server too."""
    before = sandbox.store.name_of(CUSTOMER, 5514123)
    response = page.play()

    assert (before, response, sandbox.store.name_of(CUSTOMER, 5514123)) == (
        "High value customers",
        {"data": {"updateContactGroup": members.success("5514123", "Best customers")}},
        "Best customers",
    )


def test_the_menu_of_the_demo(page: GraphiQLPage) -> None:
    """It has renaming, the list, who I am, and every scenario of the sandbox."""
    scenarios = [title for titles in TITLES.values() for title in titles.values()]

    assert page.open_examples() == ["Rename a group", "List groups", "Who am I?", *scenarios]


def test_titles_of_scenarios() -> None:
    """Every scenario of the sandbox has one, and none has that of another."""
    numbers = [number for titles in TITLES.values() for number in titles]
    names = [name for titles in TITLES.values() for name in titles.values()]

    assert (sorted(numbers), len(set(names))) == (sorted(SCENARIOS_BY_ID), len(names))


def test_examples_chosen(page: GraphiQLPage) -> None:
    """Each opens a tab with its name, and one that is open already none."""
    for title in ("422 Invalid name", "Drops after applying", "422 Invalid name"):
        page.choose_example(title)

    tabs = ["Rename a group", "422 Invalid name", "Drops after applying"]
    assert (page.tabs(), json.loads(page.text("variables"))["id"]) == (tabs, "422")


def test_the_example_of_the_list(page: GraphiQLPage) -> None:
    """Its variables are filled in as well, and it shows the customer's groups."""
    page.choose_example("List groups")
    names = [item["name"] for item in page.play()["data"]["contactGroups"]["items"]]

    assert {"Annual boiler service", "Suppliers", "Scenario 422"} <= set(names)


def test_the_example_of_the_scenario_422(page: GraphiQLPage) -> None:
    """It shows which field was refused, and why."""
    page.choose_example("422 Invalid name")
    result = page.play()["data"]["updateContactGroup"]

    assert (result["__typename"], result["fieldErrors"]) == (
        "InvalidInputError",
        [
            {
                "path": ["input", "name"],
                "messages": ["The name is reserved.", "Choose a name that is not a system name."],
            }
        ],
    )


def test_the_documentation_searched(page: GraphiQLPage) -> None:
    """The mutation is found by its name."""
    assert "Mutation.updateContactGroup" in [
        found.partition("(")[0] for found in page.search_documentation("updateContactGroup")
    ]


def test_a_fragment_begun(page: GraphiQLPage) -> None:
    """Every member of the union is offered, and the interface of those that failed."""
    offered = page.completions('mutation { updateContactGroup(id: "1", input: {}) { ... on ')

    assert {
        "UpdateContactGroupSuccess",
        "InvalidInputError",
        "ContactGroupNotFoundError",
        "PermissionDeniedError",
        "RequestRejectedError",
        "RateLimitedError",
        "UpstreamUnavailableError",
        "UnexpectedProblemError",
        "MutationError",
    } <= set(offered)


def test_dark_chosen(page: GraphiQLPage) -> None:
    """It is dark after a reload too."""
    page.choose_theme("Dark")
    page.reload()

    assert page.browser.run("return [...document.body.classList]") == ["graphiql-dark"]


def test_a_token_edited_used_and_looked_up_in_the_history(page: GraphiQLPage) -> None:
    """No token is stored: not in tabs, nor history, nor favourites. A reload adds no tab."""
    page.play()
    page.choose_example("403 Not allowed")
    tabs = page.tabs()
    page.write("headers", page.text("headers").replace('"5690"', '"5690", "X-More": "1"'))
    page.play()
    page.toggle("Show History")
    page.toggle("Add favorite")
    page.await_stored("403 Not allowed")
    page.reload()
    page.reload()

    stored = page.stored()
    secrets = [part for part in ("Bearer", "eyJ", "X-More") if part in stored]
    kept = [part for part in ("queries", "favorites") if f"graphiql:{part}" in stored]
    assert (secrets, kept, page.tabs()) == ([], ["queries", "favorites"], tabs)


def test_a_history_entry_clicked_after_a_reload(page: GraphiQLPage) -> None:
    """The stored entry has no headers, and does not empty those that are there."""
    page.play()
    page.reload()
    page.choose_example("404 No such group")
    page.toggle("Show History")
    page.browser.click(".graphiql-history-item-label")

    assert page.play() == {
        "data": {"updateContactGroup": members.success("5514123", "Best customers")}
    }


def test_control_and_enter_pressed(page: GraphiQLPage) -> None:
    """The operation at the cursor runs, as the first tab says."""
    page.browser.click(".graphiql-query-editor .CodeMirror-lines")
    page.browser.press_with_control(ENTER)
    response = page.browser.until(
        "return document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"
    )

    assert json.loads(response) == {
        "data": {"updateContactGroup": members.success("5514123", "Best customers")}
    }
