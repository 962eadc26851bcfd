"""What the documents say is so: its tables and commands are compared with the code."""

import dataclasses
import itertools
import re
from collections.abc import Iterator
from enum import Enum

import httpx
import pytest
import typer

from contact_gateway import cli
from contact_gateway.contact_groups.types import ContactGroupNotFoundError
from contact_gateway.failures.errors import ErrorCode, NotFound
from contact_gateway.failures.masking import INTERNAL_SERVER_ERROR
from contact_gateway.failures.table import FAILURES
from contact_gateway.http.replies import HTTPErrorCode
from contact_gateway.observation import RequestRecord
from contact_gateway.operations import RequestErrorCode
from contact_gateway.operations.limits import LIMITS
from contact_gateway.rest_client import Answer, AnswerReader
from contact_gateway.sandbox import SCENARIOS, Grant, Sandbox, SandboxServer
from contact_gateway.settings import Settings
from tests import readme
from tests.client import Client
from tests.servers import gateway_before

SETTINGS = ("Variable", "Default", "Expected")
LIMITS_SHOWN = ("Limit", "Most")
SCENARIO_IDS = ("Id", "The sandbox", "Member of the union", "outcome")
OUTCOMES = ("What happened", "Member of the union", "outcome", "retryable", "In the code")


def default_text(field: str) -> str:
    """How the documents write the default of a setting."""
    info = Settings.model_fields[field]
    if info.is_required():
        return "required"
    default = info.default
    if default is None or default == ():
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{','.join(default) if isinstance(default, tuple) else default}`"


def test_the_table_of_settings() -> None:
    """It has every setting, with its default, and in the words that an error expects it in."""
    shown = set(readme.table(*SETTINGS))
    true = {
        (f"`{name.upper()}`", default_text(name), str(info.description))
        for name, info in Settings.model_fields.items()
    }

    assert shown == true, readme.mend(SETTINGS, shown, true)


def test_the_table_of_limits() -> None:
    """It has every limit on documents, with its figure."""
    shown = set(readme.table(*LIMITS_SHOWN))
    true = {(f"`{name}`", str(most)) for name, most in dataclasses.asdict(LIMITS).items()}

    assert shown == true, readme.mend(LIMITS_SHOWN, shown, true)


def test_the_table_of_scenario_ids() -> None:
    """It has every scenario of the sandbox, in the words in which the sandbox lists it."""
    rows = readme.table(*SCENARIO_IDS)
    shown = {row[:2] for row in rows}
    true = {(f"`{scenario.id}`", scenario.effect) for scenario in SCENARIOS}

    assert shown == true, readme.mend(SCENARIO_IDS, shown, true)


@pytest.fixture(scope="module")
def scenario_sandbox() -> Iterator[Sandbox]:
    """A sandbox of this module alone, because scenarios change groups."""
    with SandboxServer() as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("scenario", "member", "outcome"),
    [
        (readme.code(row[0]), readme.code(row[2]), readme.code(row[3]))
        for row in readme.table(*SCENARIO_IDS)
    ],
)
def test_a_scenario_id(scenario_sandbox: Sandbox, scenario: str, member: str, outcome: str) -> None:
    """Updating the group is answered with the member and the outcome that its row says.

    The short timeout is for those that hang and drip; it comes after the connection is made.
    """
    silent = scenario in {"9001", "9004"}
    timeouts = {"upstream_attempt_timeout": 0.5, "upstream_deadline": 1} if silent else {}
    grant = Grant(client_id="test", scopes=("contacts:read", "contacts:write"), customers=(5690,))
    with gateway_before(scenario_sandbox, **timeouts) as url:
        client = Client(url, scenario_sandbox.tokens.issue(grant))
        with client.http:
            result = client.rename(scenario, {"name": f"Renamed {scenario}"})

    assert (result["__typename"], result.get("outcome", "")) == (member, outcome), (
        "docs/mutation.md, Scenario ids: mend the row"
    )


def test_the_table_of_outcomes() -> None:
    """It has one row for each row of FAILURES, and one for success."""
    shown = {
        (readme.code(member), outcome, retryable, where)
        for _, member, outcome, retryable, where in readme.table(*OUTCOMES)
    }
    true = {
        (
            MEMBERS_OF_RESOURCES.get(failure.member, failure.member.__name__),
            f"`{failure.outcome.name}`",
            str(failure.retryable).lower(),
            f"`{kind.__module__.rpartition('.')[2]}.{kind.__name__}`".replace("builtins.", ""),
        )
        for kind, failure in FAILURES.items()
    } | {
        ("UpdateContactGroupSuccess", f"`{outcome}`", "", "") for outcome in ("APPLIED", "ACCEPTED")
    }

    assert shown == true, readme.mend(OUTCOMES, shown, true)


MEMBERS_OF_RESOURCES: dict[type, str] = {NotFound: ContactGroupNotFoundError.__name__}
"""What each resource has a type of its own for."""


def answers() -> Iterator[Answer]:
    """Every status that is not success, with and without a problem, field errors and a wait."""
    bodies = [b"null", b"{}", b'{"errors": {}}']
    waits = [{}, {"Retry-After": "1"}]
    for status, body, wait in itertools.product(range(300, 600), bodies, waits):
        headers = httpx.Headers({"Content-Type": "application/json", **wait})
        yield Answer(status, headers, body)


def test_the_statuses_of_the_table_of_outcomes() -> None:
    """Whatever the upstream answers, the row of what becomes of it mentions the status."""
    rows = {
        readme.code(where).rpartition(".")[2]: what for what, *_, where in readme.table(*OUTCOMES)
    }
    missed = set()
    reader = AnswerReader(exposed=False)
    for answer in answers():
        kinds = type(reader.failure(answer, RequestRecord(), resource_id=1)).__mro__
        kind = next(each.__name__ for each in kinds if each.__name__ in rows)
        status = str(answer.status)
        if status not in named(rows[kind]) and f"{status[0]}xx" not in rows[kind]:
            missed.add((status, kind))

    assert missed == set(), "docs/mutation.md, Outcomes: mend the rows of these"


def named(text: str) -> set[str]:
    """The statuses that a row names, one by one or as `520 to 530`."""
    found = set(re.findall(r"\b[1-5][0-9]{2}\b", text))
    for first, last in re.findall(r"([0-9]{3}) to ([0-9]{3})", text):
        found.update(map(str, range(int(first), int(last) + 1)))
    return found


def codes(enum: type[Enum]) -> set[str]:
    """The values of an enum of codes."""
    return {member.name for member in enum}


def test_the_table_of_request_error_codes() -> None:
    """It has every code that a request without `data` can be answered with."""
    shown = {readme.code(row[0]) for row in readme.table("Code", "Status", "Meaning")}

    assert shown == codes(HTTPErrorCode) | codes(RequestErrorCode) | {INTERNAL_SERVER_ERROR}, (
        "docs/mutation.md, Error codes: mend the first table"
    )


def test_the_table_of_mutation_error_codes() -> None:
    """It has every code of a failed mutation or query."""
    shown = {readme.code(row[0]) for row in readme.table("Code", "Meaning")}

    assert shown == codes(ErrorCode), "docs/mutation.md, Error codes: mend the second table"


def test_the_targets_of_make() -> None:
    """Every target is in a document, and every `make` of the documents is a target."""
    makefile = (readme.ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))

    assert readme.commands("make") == targets, "CONTRIBUTING.md: mend Commands"


def test_the_commands() -> None:
    """Every command is in a document, and each that a document names is one."""
    group = typer.main.get_command(cli.app)
    names = set(group.commands)  # type: ignore[attr-defined]  # typer gives a group here

    assert readme.commands("contact-gateway") == names, "docs/operations.md: mend Commands"


def test_what_ci_runs() -> None:
    """CI runs only commands that CONTRIBUTING.md names."""
    script = (readme.ROOT / ".ci" / "run").read_text(encoding="utf-8")
    shell = ("#", "set ", "cd ", "export ")
    lines = [line for line in script.splitlines() if line and not line.startswith(shell)]

    assert [line for line in lines if f"`{line}`" not in readme.PAGES["CONTRIBUTING.md"]] == [], (
        "CONTRIBUTING.md, Commands: name what .ci/run runs"
    )


def results(heading: str) -> list[readme.Row]:
    """The rows of the first table below a heading of the last run of `make bench`."""
    text = (readme.ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    lines = iter(text.split(f"# {heading}\n")[1].split("\n#")[0].splitlines())
    rows = [line for line in lines if line.startswith("|")][2:]
    return [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows]


def test_the_figures_of_performance() -> None:
    """They are those of the last run of the benchmark, the promises that it broke included."""
    shown = [row[1:] for row in readme.table("Contestant", "CPU µs", "to ours")]
    promises = readme.table("at 32 connections unless said", "at most", "measured", "kept")

    measured = [row[1:3] for row in results("32 connections")[: len(shown)]]
    assert (shown, promises) == (measured, results("Targets"))


def test_the_layout() -> None:
    """Every package and module of the gateway has its line."""
    (layout,) = readme.blocks("docs/architecture.md", "text")
    shown = {line.split()[0].rstrip("/") for line in layout.splitlines()}
    package = readme.ROOT / "src" / "contact_gateway"
    modules = {
        path.name for path in package.iterdir() if path.is_dir() or path.name.endswith(".py")
    }

    assert shown >= modules - {"__pycache__", "__init__.py", "__main__.py"}, (
        "docs/architecture.md: mend the layout"
    )


def test_the_table_of_contributing() -> None:
    """Each file that it names exists, and has the thing."""
    rows = readme.table("To change", "Look at", "There")
    package = readme.ROOT / "src" / "contact_gateway"
    missing = [
        f"{thing} in {path}"
        for _, paths, things in rows
        for path, thing in zip(
            re.findall(r"`([^`]+)`", paths), re.findall(r"`([^`]+)`", things), strict=True
        )
        if not re.search(rf"\b{thing}\b", (package / path).read_text(encoding="utf-8"))
    ]

    assert (len(rows) > 10, missing) == (True, []), "CONTRIBUTING.md: mend Where things go"
