"""Tables of the documentation that follow from data of the tests."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BODIES = ROOT / "tests" / "rest_client" / "bodies_of_servers.json"


def test_the_table_of_servers() -> None:
    """It has every body of `bodies_of_servers.json`, and what a client sees of it."""
    text = (ROOT / "docs" / "validation-errors.md").read_text(encoding="utf-8")
    rows = [row_of(case) for case in json.loads(BODIES.read_text(encoding="utf-8"))]

    shown = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert shown == rows, "docs/validation-errors.md: put these rows there:\n" + "\n".join(rows)


def row_of(case: dict[str, Any]) -> str:
    """One row: server, body, what the client sees."""
    body = case.get("text") or json.dumps(case["body"], ensure_ascii=False)
    short = " ".join(str(body).split())
    short = short if len(short) <= 160 else f"{short[:159]}…"
    seen = case.get("member", "InvalidInputError")
    for path, messages in case.get("fieldErrors", []):
        seen += f"<br>{'.'.join(path)}: {' / '.join(messages)}"
    return f"| {case['server']} | {case['status']} `{short.replace('|', '')}` | {seen} |"
