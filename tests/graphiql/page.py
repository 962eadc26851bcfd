"""GraphiQL as a person sees it: its editors, panels and buttons."""

import json
from dataclasses import dataclass
from typing import Any

from tests.graphiql.browser import ENTER, Browser

_EDITORS = {
    "query": ".graphiql-query-editor",
    "variables": ".graphiql-editor-tool > .graphiql-editor:nth-child(1)",
    "headers": ".graphiql-editor-tool > .graphiql-editor:nth-child(2)",
    "response": ".result-window",
}


@dataclass
class GraphiQLPage:
    """The page at `url`, which is the one that the browser shows."""

    browser: Browser
    url: str

    def open(self) -> None:
        """Come here for the first time, and wait until the schema is there."""
        self.arrive()
        self.wait()

    def arrive(self) -> None:
        """Come here for the first time, where there need be no schema."""
        self.browser.open("about:blank")  # else the page before may store something yet
        self.browser.forget(self.url)
        self.browser.console()  # what pages before were told
        self.browser.open(f"{self.url}/graphql")
        self.browser.find(".reply")

    def reload(self) -> None:
        """Come back."""
        self.browser.reload()
        self.wait()

    def wait(self) -> None:
        """Wait until the editors are there and know the schema."""
        self.browser.until(f"return !!{_code_mirror('query')}?.options.hintOptions?.schema")

    def text(self, editor: str) -> str:
        """What an editor shows: query, variables, headers or response."""
        text: str = self.browser.run(f"return {_code_mirror(editor)}.getValue()")
        return text

    def write(self, editor: str, text: str) -> None:
        """Replace what an editor shows, as its user would."""
        self.browser.run(
            f"{_code_mirror(editor)}.operation(() => {_code_mirror(editor)}.replaceRange("
            "arguments[0], {line: 0, ch: 0}, {line: 9999, ch: 0}))",
            text,
        )

    def play(self) -> Any:
        """Run the operation; the response that is then shown."""
        # GraphiQL learns a moment after each change which operations there are
        self.browser.until(
            f"const e = {_code_mirror('query')};"
            "return !e.operationName || e.getValue().includes(e.operationName)"
        )
        self.browser.run(f"{_code_mirror('response')}.setValue('')")
        self.browser.click(".graphiql-execute-button")
        return json.loads(self.browser.until(f"return {_code_mirror('response')}.getValue()"))

    def tabs(self) -> list[str]:
        """The names of the tabs."""
        names: list[str] = self.browser.run(
            "return [...document.querySelectorAll('.graphiql-tab-button')].map(e => e.textContent)"
        )
        return names

    def open_examples(self) -> list[str]:
        """Open the menu; the titles in it."""
        self.browser.click(".examples-button")
        titles: list[str] = self.browser.until(
            "const found = [...document.querySelectorAll('.examples [role=menuitem]')]"
            ".map(e => e.textContent); return found.length ? found : null"
        )
        return titles

    def choose_example(self, title: str) -> None:
        """Go to an example, which may be open already."""
        self.open_examples()
        self.browser.until(
            "const item = [...document.querySelectorAll('.examples [role=menuitem]')]"
            f".find(e => e.textContent === {title!r}); item?.click(); return !!item"
        )
        begins = f"{_code_mirror('query')}.getValue().startsWith('# {title}\\n')"
        self.browser.until(f"return !document.querySelector('.examples') && {begins}")

    def greeting(self) -> str:
        """What is said above GraphiQL."""
        text: str = self.browser.run("return document.getElementById('greeting').textContent")
        return text

    def requests(self) -> list[str]:
        """The paths that the page has asked for, but for its own files."""
        paths: list[str] = self.browser.run(
            "return performance.getEntriesByType('resource').map(e => new URL(e.name).pathname)"
            ".filter(path => !path.startsWith('/graphiql/'))"
        )
        return paths

    def reply(self) -> dict[str, str]:
        """What is told of the reply, by its names."""
        facts: dict[str, str] = self.browser.until(
            "const found = [...document.querySelectorAll('.fact')]"
            ".map(e => [e.children[0].textContent, e.children[1].textContent]);"
            "return found.length ? Object.fromEntries(found) : null"
        )
        return facts

    def rest_calls(self, count: int) -> list[tuple[str, str, str]]:
        """The requests that the panel shows once there are `count`: request, answer and mark."""
        calls: list[list[str]] = self.browser.until(
            "const text = (e, part) => e.querySelector(part)?.textContent ?? '';"
            "const found = [...document.querySelectorAll('.call > summary')]"
            ".map(e => [text(e, 'code'), text(e, '.answer'), text(e, '.mark')]);"
            f"return found.length === {count} ? found : null"
        )
        return [(request, answer, mark) for request, answer, mark in calls]

    def press(self, text: str) -> None:
        """Click on the button that bears a text."""
        self.browser.until(
            "const button = [...document.querySelectorAll('button')]"
            f".find(e => e.textContent === '{text}'); button?.click(); return !!button"
        )

    def toggle(self, label: str) -> None:
        """Click on the button that has a label for screen readers."""
        self.browser.click(f'[aria-label="{label}"]')

    def choose_theme(self, theme: str) -> None:
        """Choose System, Light or Dark in the settings."""
        self.toggle("Open settings dialog")
        self.press(theme)
        self.browser.click(".graphiql-dialog-close")
        self.browser.until("return !document.querySelector('.graphiql-dialog')")

    def search_documentation(self, text: str) -> list[str]:
        """What the documentation finds."""
        self.toggle("Show Documentation Explorer")
        self.browser.click(".graphiql-doc-explorer-search input")
        self.browser.type(text)
        found: list[str] = self.browser.until(
            "const found = [...document.querySelectorAll('[role=option]')]"
            ".map(e => e.textContent); return found.length ? found : null"
        )
        return found

    def completions(self, text: str) -> list[str]:
        """What is offered after `text`, for which the cursor is at the end of the query."""
        self.write("query", text)
        self.browser.run(f"const e = {_code_mirror('query')}; e.focus(); e.setCursor(9999, 0)")
        self.browser.press_with_control(" ")
        found: list[str] = self.browser.until(
            "const found = [...document.querySelectorAll('.CodeMirror-hint')]"
            ".map(e => e.textContent); return found.length ? found : null"
        )
        self.browser.type(ENTER)
        return found

    def await_stored(self, text: str) -> None:
        """Wait until the tabs are stored with a text in them, as they are half a second later."""
        tabs = "localStorage['contact-gateway:graphiql:tabState']"
        self.browser.until(f"return {tabs}?.includes({text!r})")

    def stored(self) -> str:
        """Everything that the page has stored in this browser."""
        stored: str = self.browser.run(
            "return JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])"
        )
        return stored


def _code_mirror(editor: str) -> str:
    return f'document.querySelector("{_EDITORS[editor]} .CodeMirror")?.CodeMirror'
