"""The schema as other people's linters see it: nothing is found but what is named, and why."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.node import install_with_node

FOLDER = Path(__file__).parent / "schema_linters"
SCHEMA = Path(__file__).parents[2] / "schema.graphql"
NAMED: dict[str, str] = json.loads((FOLDER / "named_rules.json").read_text(encoding="utf-8"))


def run(program: str, *arguments: str) -> Any:
    """What a linter of the folder prints of the schema as JSON."""
    node = install_with_node(FOLDER)
    done = subprocess.run(  # noqa: S603 - node and a linter
        [node, f"node_modules/{program}", "--format", "json", "--stdin", *arguments],
        cwd=FOLDER,
        input=SCHEMA.read_text(encoding="utf-8"),
        env={**os.environ, "SCHEMA": str(SCHEMA)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    return json.loads(done.stdout)


def test_graphql_eslint() -> None:
    """schema-recommended, as it comes."""
    (file,) = run("eslint/bin/eslint.js", "--stdin-filename", "schema.graphql")

    found = {message["ruleId"] for message in file["messages"]}
    assert found == {rule for rule in NAMED if rule.startswith("@graphql-eslint/")}


def test_graphql_schema_linter() -> None:
    """Every rule that it has."""
    found = {error["rule"] for error in run("graphql-schema-linter/lib/cli.js")["errors"]}

    assert found == {rule for rule in NAMED if not rule.startswith("@graphql-eslint/")}
