"""docs/testing.md: what it shows is run as it stands, or is part of the examples."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from contact_gateway import cli
from contact_gateway.sandbox import Sandbox
from contact_gateway.testing import ContactGatewayClient, ContactGroups
from tests.node import install_with_node
from tests.readme import ROOT
from tests.sandbox.client import open_http
from tests.testing.conftest import ENVIRONMENT, Run
from tests.testing.test_examples import NODE_EXAMPLE, passed

TEXT = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
RUNNERS = Path(__file__).parent / "javascript_runners"


def blocks(language: str) -> list[str]:
    """The fenced blocks in one language, in the order in which they stand."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def files(language: str, comment: str) -> dict[str, str]:
    """The blocks that begin with the name of a file, by that name."""
    return {
        block.partition("\n")[0].removeprefix(comment).strip(): block
        for block in blocks(language)
        if block.startswith(comment)
    }


def test_the_first_tests(run_pytest: Run, tmp_path: Path) -> None:
    """Ten lines from the guide pass where nothing but `contact-gateway[testing]` is used."""
    [(name, text), *_] = files("python", "# ").items()
    (tmp_path / name).write_text(text, encoding="utf-8")

    others = [f"-pno:{plugin}" for plugin in ("asyncio", "randomly", "xdist")]

    assert (passed(run_pytest(tmp_path, *others)), len(text.splitlines()[1:])) == (2, 10)


def test_all_tests(run_pytest: Run, tmp_path: Path) -> None:
    """So do all others."""
    tests = files("python", "# ")
    for name, text in tests.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    output = run_pytest(tmp_path, "-Werror", "-oasyncio_default_fixture_loop_scope=function")

    assert passed(output) == "".join(tests.values()).count("\ndef test_")


@pytest.mark.parametrize("block", [each for each in blocks("js") if not each.startswith("//")])
def test_node(block: str) -> None:
    """What is shown of the Node example is in it."""
    suite = [path.read_text(encoding="utf-8") for path in NODE_EXAMPLE.glob("*.test.mjs")]

    assert any(block in text for text in suite)


@pytest.mark.parametrize(
    ("runner", "arguments", "told"),
    [
        ("vitest", ["vitest/vitest.mjs", "run"], r"Tests +1 passed"),
        ("playwright", ["@playwright/test/cli.js", "test"], r"1 passed"),
    ],
)
def test_other_runners(
    environment: Path, tmp_path: Path, runner: str, arguments: list[str], told: str
) -> None:
    """Vitest and Playwright, as their users install them, run what is shown for them."""
    node = install_with_node(RUNNERS)
    (tmp_path / "node_modules").symlink_to(RUNNERS / "node_modules")
    shown = files("js", "// ")
    helper = NODE_EXAMPLE / "contact-gateway.mjs"
    for name, text in {**shown, helper.name: helper.read_text(encoding="utf-8")}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    program, *rest = arguments

    ended = subprocess.run(  # noqa: S603 - node
        [node, tmp_path / "node_modules" / program, *rest],
        cwd=tmp_path,
        env={
            **ENVIRONMENT,
            "DEMO_COMMAND": str(environment / "contact-gateway"),
            "NO_COLOR": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert re.search(told, ended.stdout), f"{runner}: {ended.stdout}{ended.stderr}"


def test_the_failure_that_is_shown(
    contact_gateway_client: ContactGatewayClient, contact_groups: ContactGroups
) -> None:
    """It is what a helper says."""
    contact_groups.fail_next(429)
    [shown] = blocks("text")

    with pytest.raises(AssertionError) as failed:
        contact_gateway_client.rename("5514123", "New").assert_success()

    beginning, end = shown.removeprefix("AssertionError: ").split("…\n")
    assert str(failed.value).startswith(beginning)
    assert f"{failed.value}\n".endswith(end)


def test_the_table_of_requests(sandbox: Sandbox) -> None:
    """It has every operation that the sandbox describes."""
    with open_http(sandbox) as http:
        paths: dict[str, Any] = http.get("/__admin/openapi.json").json()["paths"]
    shown = re.findall(r"^\| `([A-Z]+ /__admin\S*)` \|", TEXT, re.MULTILINE)

    assert sorted(shown) == sorted(
        f"{method.upper()} {path}" for path, operations in paths.items() for method in operations
    )


def test_the_line_that_is_shown() -> None:
    """It has the members that the demo prints."""
    [shown] = blocks("json")

    assert [*json.loads(shown)] == ["graphql", "sandbox", "token", "customer", "groups"]


def test_the_options_of_the_demo() -> None:
    """Each that the guide names is one."""
    named = set(re.findall(r"contact-gateway demo((?: --[a-z-]+(?: [\w.]+)?)+)", TEXT))
    options = {option for each in named for option in re.findall(r"--[a-z-]+", each)}
    command = cli.typer.main.get_command(cli.app).commands["demo"]  # type: ignore[attr-defined]

    known = {option for parameter in command.params for option in parameter.opts}
    assert (len(options) >= 4, options - known) == (True, set())
