"""The examples as a team runs them: with the installed wheel, in any order, side by side."""

import random
import re
import subprocess
from pathlib import Path

from tests.readme import ROOT
from tests.testing.conftest import ENVIRONMENT, PYTHON_EXAMPLE, Demo, Run
from tests.thorough import program

NODE_EXAMPLE = ROOT / "examples" / "tests-node"
TIMES = 10


def passed(output: str) -> int:
    """How many tests have passed, of a run in which nothing else became of any."""
    found = re.search(r"^(\d+) passed in [\d.]+s", output, re.MULTILINE)
    assert found, output
    return int(found[1])


def test_python(run_pytest: Run) -> None:
    """Ten times in random order, on four workers of pytest-xdist with a gateway each."""
    once = passed(run_pytest(PYTHON_EXAMPLE, "-p", "no:randomly"))

    often = run_pytest(PYTHON_EXAMPLE, "-n4", "--keep-duplicates", *["."] * TIMES)

    assert passed(often) == once * TIMES > 400


def test_python_before_one_demo(run_pytest: Run, shared_demo: Demo) -> None:
    """Four workers that share a gateway have a customer each, and do not feel each other."""
    where = [
        f"--contact-gateway-url={shared_demo.told['graphql']}",
        f"--contact-gateway-sandbox-url={shared_demo.told['sandbox']}",
    ]

    often = run_pytest(PYTHON_EXAMPLE, "-n4", "--keep-duplicates", ".", ".", *where)

    assert passed(often) > 80


def shuffled(text: str, order: random.Random) -> str:
    """The same file of node:test with its tests, or loops of tests, in another order."""
    head, *tests = re.split(r"^(?=(?:// updates|test\(|for \())", text, flags=re.MULTILINE)
    blocks: list[str] = []
    for test in tests:
        if blocks and blocks[-1].startswith("//"):
            blocks[-1] += test
        else:
            blocks.append(test)
    order.shuffle(blocks)
    return head + "".join(blocks)


def node_suite(folder: Path, copies: int) -> None:
    """Put copies of the Node example into `folder`, each in an order of its own."""
    for file in NODE_EXAMPLE.glob("*.mjs"):
        text = file.read_text(encoding="utf-8")
        if not file.name.endswith(".test.mjs"):
            (folder / file.name).write_text(text, encoding="utf-8")
            continue
        for number in range(copies):
            copy = shuffled(text, random.Random(number))  # noqa: S311 - an order, and no secret
            (folder / f"{number}-{file.name}").write_text(copy, encoding="utf-8")


def run_node(folder: Path, *arguments: str, **variables: str) -> dict[str, int]:
    """Run the tests of a folder with Node; how many there were, and what became of them."""
    ended = subprocess.run(  # noqa: S603 - node
        [program("node"), "--test", *arguments],
        cwd=folder,
        env={**ENVIRONMENT, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return {
        name: int(number)
        for name, number in re.findall(r"^# (\w+) (\d+)$", ended.stdout, re.MULTILINE)
    }


def test_node(environment: Path, tmp_path: Path) -> None:
    """Without anything but Node, each file starts a demo of its own and stops it."""
    node_suite(tmp_path, 1)

    ends = run_node(tmp_path, DEMO_COMMAND=str(environment / "contact-gateway"))

    assert (ends["pass"], ends["fail"]) == (ends["tests"], 0)
    assert ends["tests"] > 40


def test_node_before_one_demo(shared_demo: Demo, tmp_path: Path) -> None:
    """Ten times in random order, in processes that share a demo and have a customer each."""
    node_suite(tmp_path, TIMES)

    ends = run_node(tmp_path, "--test-concurrency=4", DEMO_READY_FILE=str(shared_demo.file))

    assert (ends["pass"], ends["fail"]) == (ends["tests"], 0)
    assert ends["tests"] > 40 * TIMES
