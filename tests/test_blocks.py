"""Every fenced block of the documents runs, or is compared with the code, in some test."""

import json
import re
import subprocess
from types import SimpleNamespace
from typing import cast

import graphql
import pytest
import typer

from contact_gateway import cli
from contact_gateway.checks.findings import Finding, in_json
from contact_gateway.contact_groups import print_sdl
from contact_gateway.graphiql import Examples, Tab, Workspace
from contact_gateway.graphiql.files import PageFiles
from contact_gateway.graphiql.page import policy
from contact_gateway.operations import changes_of
from tests import readme

SHELL = "tests/test_blocks.py::test_a_shell_block"
FILE = "tests/clients/test_pages.py::test_what_a_page_shows"
RECIPE = "tests/identity/test_recipes.py"
GUIDE = "tests/testing/test_guide.py"
EXAMPLES = "tests/test_readme_examples.py"
CHECKED = {
    ("README.md", "sh"): SHELL,
    ("README.md", "graphql"): f"{EXAMPLES}::test_a_document",
    ("README.md", "json"): f"{EXAMPLES}::test_an_example_of_the_mutation",
    ("README.md", "mermaid"): "tests/test_first_look.py::test_the_drawing",
    ("docs/adding-an-operation.md", "python"): (
        "tests/contact_groups/test_adding_an_operation.py::test_every_sample"
    ),
    ("docs/architecture.md", "text"): "tests/test_readme.py::test_the_layout",
    ("docs/clients.md", "graphql"): FILE,
    ("docs/clients.md", "json"): FILE,
    ("docs/clients.md", "python"): FILE,
    ("docs/clients.md", "toml"): FILE,
    ("docs/clients.md", "ts"): FILE,
    ("docs/federation.md", "graphql"): "tests/test_blocks.py::test_what_another_subgraph_says",
    ("docs/federation.md", "js"): FILE,
    ("docs/federation.md", "sh"): SHELL,
    ("docs/graphiql.md", "http"): "tests/test_blocks.py::test_the_policy_of_the_page",
    ("docs/graphiql.md", "sh"): SHELL,
    ("docs/issuers.md", "ini"): RECIPE,
    ("docs/issuers.md", "json"): RECIPE,
    ("docs/mutation.md", "graphql"): f"{EXAMPLES}::test_a_document",
    ("docs/mutation.md", "js"): "tests/http/test_pages_of_other_origins.py::test_a_button",
    ("docs/mutation.md", "json"): f"{EXAMPLES}::test_an_example_of_the_mutation",
    ("docs/mutation.md", "sh"): SHELL,
    ("docs/networks.md", "sh"): SHELL,
    ("docs/operations.md", "ini"): f"{EXAMPLES}::test_an_environment_file",
    ("docs/operations.md", "json"): "tests/test_blocks.py::test_the_findings_of_check",
    ("docs/operations.md", "sh"): SHELL,
    ("docs/testing.md", "js"): f"{GUIDE}::test_other_runners",
    ("docs/testing.md", "json"): f"{GUIDE}::test_the_line_that_is_shown",
    ("docs/testing.md", "python"): f"{GUIDE}::test_all_tests",
    ("docs/testing.md", "sh"): SHELL,
    ("docs/testing.md", "text"): f"{GUIDE}::test_the_failure_that_is_shown",
    ("docs/upgrading.md", "sh"): SHELL,
    ("docs/upgrading.md", "text"): "tests/test_blocks.py::test_what_breaks",
}
"""By document and language, the test that looks at every such block."""


def test_a_block() -> None:
    """There is a check of its language in its document."""
    there = {
        (page, language)
        for page, text in readme.PAGES.items()
        for language in re.findall(r"^ *```([^\n]*)\n.*?^ *```$", text, re.DOTALL | re.MULTILINE)
    }

    assert there == CHECKED.keys(), "tests/test_blocks.py: name the test of each kind of block"


@pytest.mark.parametrize("test", sorted(set(CHECKED.values())))
def test_a_check(test: str) -> None:
    """It is there."""
    path, _, name = test.partition("::")

    assert f"\ndef {name}" in (readme.ROOT / path).read_text(encoding="utf-8")


def shell_blocks() -> list[tuple[str, str]]:
    """Every block of commands, with its document."""
    return [(page, block) for page in readme.PAGES for block in readme.blocks(page, "sh")]


@pytest.mark.parametrize(("page", "block"), shell_blocks())
def test_a_shell_block(page: str, block: str) -> None:
    """A shell can read it; of our own command, each option is one; what is sent is valid.

    `make` and the names of commands are compared in test_readme.py.
    """
    group = typer.main.get_command(cli.app)
    unknown = [
        f"{name} {option}"
        for name, rest in re.findall(r"contact-gateway ([a-z]+)([^\n|)]*)", block)
        for option in re.findall(r" (--[a-z-]+)", rest)
        if option
        not in {each for parameter in group.commands[name].params for each in parameter.opts}  # type: ignore[attr-defined]
    ]
    read = subprocess.run(
        ["/bin/bash", "-n"], input=block, capture_output=True, text=True, check=False
    )

    assert (read.returncode, read.stderr, unknown) == (0, "", []), f"{page}: mend a command"


def test_the_policy_of_the_page() -> None:
    """It is that of GraphiQL's page with files of our own, without a login."""
    [shown] = readme.blocks("docs/graphiql.md", "http")
    own = cast("PageFiles", SimpleNamespace(from_cdn=False))
    workspace = Workspace(examples=(Examples("Examples", (Tab("Nothing", "{__typename}"),)),))

    assert " ".join(shown.split()) == f"Content-Security-Policy: {policy(own, workspace, '…')}"


def test_the_findings_of_check() -> None:
    """What is shown is what `check --json` makes of these findings."""
    [shown] = readme.blocks("docs/operations.md", "json")
    findings = [
        Finding(each["subject"], each["found"], each["advice"])
        for each in json.loads(shown)["findings"]
    ]

    assert json.loads(in_json(findings)) == json.loads(shown)


def test_what_breaks() -> None:
    """The line that the changelog is to have is the one that this very change asks for."""
    [shown] = readme.blocks("docs/upgrading.md", "text")
    without = print_sdl().replace("  name: String!", "  title: String!", 1)

    breaking = [f"- {each}" for each in changes_of(print_sdl(), without) if each.breaking]
    assert shown.strip().rstrip(".") in {line.rstrip(".") for line in breaking}


def test_what_another_subgraph_says() -> None:
    """It is a document of GraphQL, and refers to our groups by the key that they have."""
    [shown] = readme.blocks("docs/federation.md", "graphql")
    kinds = {
        definition.name.value: graphql.print_ast(definition)
        for definition in graphql.parse(shown).definitions
        if isinstance(definition, graphql.ObjectTypeDefinitionNode)
    }

    assert '@key(fields: "id", resolvable: false)' in kinds["ContactGroup"]
