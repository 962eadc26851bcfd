"""`contact-gateway schema`: the schema, and how a file differs from it."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contact_gateway.cli import app
from contact_gateway.contact_groups import print_sdl


def schema(*arguments: str) -> tuple[int, str, str]:
    """Run the command in this process: status, output and errors."""
    result = CliRunner().invoke(app, ["schema", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_schema() -> None:
    """The schema is printed, and nothing else."""
    assert schema() == (0, print_sdl(), "")


def test_schema_of_a_subgraph(tmp_path: Path) -> None:
    """That is printed where it is asked for, and compared with."""
    file = tmp_path / "subgraph.graphql"
    file.write_text(print_sdl(federation=True), encoding="utf-8")

    assert schema("--federation") == (0, print_sdl(federation=True), "")
    assert schema("--federation", "--check", str(file)) == (0, "", "")


def test_schema_of_a_subgraph_that_differs(tmp_path: Path) -> None:
    """It is told what the change means, and how that schema is written."""
    file = tmp_path / "subgraph.graphql"
    lacking = '  """There is nothing with this id."""\n  NOT_FOUND\n\n'
    older = print_sdl(federation=True).replace(lacking, "")
    file.write_text(older, encoding="utf-8")

    status, _, errors = schema("--federation", "--check", str(file))

    [*_, change, mend] = errors.splitlines()
    assert (status, change.partition(":")[0], mend) == (
        1,
        "Dangerous",
        f"Mend it with: contact-gateway schema --federation > {file}",
    )


def test_schema_that_is_the_same(tmp_path: Path) -> None:
    """There is nothing to say."""
    file = tmp_path / "schema.graphql"
    file.write_text(print_sdl(), encoding="utf-8")

    assert schema("--check", str(file)) == (0, "", "")


def test_schema_that_differs(tmp_path: Path) -> None:
    """The difference is shown, with what mends it, and the status is 1."""
    file = tmp_path / "schema.graphql"
    file.write_text(print_sdl().replace("  name: String!", "  name: String", 1), encoding="utf-8")

    status, output, errors = schema("--check", str(file))

    changed = [line for line in errors.splitlines() if line.startswith(("+ ", "- "))]
    assert (status, output, changed) == (1, "", ["-  name: String", "+  name: String!"])
    assert errors.endswith(f"Mend it with: make schema, or contact-gateway schema > {file}\n")


@pytest.mark.parametrize(
    ("line", "other", "changes"),
    [
        (
            "  name: String!",
            "  name: String!\n  colour: String",
            ["Breaking: Field ContactGroup.colour was removed."],
        ),
        (
            " | RateLimitedError",
            "",
            [
                "Dangerous: RateLimitedError was added to union type UpdateContactGroupResult.",
            ],
        ),
        (
            "  name: String!",
            "  name: String",
            ["Safe: Field ContactGroup.name changed type from String to String!."],
        ),
        (
            "type Query {\n",
            "type Query {\n\n",
            ["Safe: nothing differs that a client could notice."],
        ),
        (
            "type Query {",
            "type Query {{",
            ["The file is no schema: Syntax Error: Expected Name, found '{'."],
        ),
        (
            "type Query {",
            "query { __typename }\n\ntype Query {",
            ["The file is no schema: Expected definitions of types, and found an operation."],
        ),
    ],
    ids=["breaking", "dangerous", "safe", "white space", "no schema", "an operation"],
)
def test_what_a_difference_means(tmp_path: Path, line: str, other: str, changes: list[str]) -> None:
    """It is told whether clients of the file's schema must change, may notice, or need not care."""
    file = tmp_path / "schema.graphql"
    assert line in print_sdl()
    file.write_text(print_sdl().replace(line, other, 1), encoding="utf-8")

    status, output, errors = schema("--check", str(file))

    told = re.findall(
        r"^(?:Breaking|Dangerous|Safe|The file is no schema): .*$", errors, re.MULTILINE
    )
    wrong = not changes[0].startswith(("Dangerous", "Safe"))
    assert (status, output, told) == (2 if wrong else 1, "", changes)


@pytest.mark.parametrize("content", [None, b"\xff"], ids=["missing", "not UTF-8"])
def test_schema_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    """That is one line, and not a difference."""
    file = tmp_path / "schema.graphql"
    if content is not None:
        file.write_bytes(content)

    status, output, errors = schema("--check", str(file))

    assert (status, output, errors.count("\n")) == (2, "", 1)
    assert errors.startswith("The file cannot be read: ")
