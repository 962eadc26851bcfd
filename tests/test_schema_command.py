"""`contact-gateway schema`: the schema, and how a file differs from it."""

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


def test_schema_that_is_the_same(tmp_path: Path) -> None:
    """There is nothing to say."""
    file = tmp_path / "schema.graphql"
    file.write_text(print_sdl(), encoding="utf-8")

    assert schema("--check", str(file)) == (0, "", "")


def test_schema_that_differs(tmp_path: Path) -> None:
    """The difference is shown, with what mends it, and the status is 1."""
    file = tmp_path / "schema.graphql"
    file.write_text(print_sdl().replace("  NOT_FOUND\n", ""), encoding="utf-8")

    status, output, errors = schema("--check", str(file))

    changed = [line for line in errors.splitlines() if line.startswith(("+ ", "- "))]
    assert (status, output, changed) == (1, "", ["+  NOT_FOUND"])
    assert errors.endswith(f"Mend it with: make schema, or contact-gateway schema > {file}\n")


@pytest.mark.parametrize("content", [None, b"\xff"], ids=["missing", "not UTF-8"])
def test_schema_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    """That is one line, and not a difference."""
    file = tmp_path / "schema.graphql"
    if content is not None:
        file.write_bytes(content)

    status, output, errors = schema("--check", str(file))

    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert errors.startswith("The file cannot be read: ")
