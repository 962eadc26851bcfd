"""The house: its rooms, their names and sizes, and whose private names they use."""

import ast
import contextlib
import importlib.util
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.private_names import LIBRARIES, PRIVATE, USED, missing

SOURCE = Path(__file__).parents[1] / "src" / "contact_gateway"
MODULES = sorted(SOURCE.rglob("*.py"))
AT_THE_TOP = {"__init__", "__main__", "cli", "app", "context"}
NO_CRAFTS = {"__pycache__", "contact_groups", "sandbox", "testing", "checks", "demo"}
CRAFTS = sorted(
    path.name for path in SOURCE.iterdir() if path.is_dir() and path.name not in NO_CRAFTS
)


def relative(path: Path) -> str:
    """A module as documents name it."""
    return str(path.relative_to(SOURCE))


def test_the_top_of_the_package() -> None:
    """No module stands loose there but what wires the rooms together."""
    assert {path.stem for path in SOURCE.glob("*.py")} == AT_THE_TOP


def test_names_of_modules() -> None:
    """No two modules have one name: a search for one finds it."""
    names = Counter(path.stem for path in MODULES if path.stem != "__init__")

    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_length_of_a_module(path: Path) -> None:
    """None has over 300 lines: it would have two jobs."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_length_of_functions() -> None:
    """None has over 60 lines: it would have two jobs."""
    long = [
        f"{relative(path)}: {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno > 60
    ]

    assert long == []


def test_regular_expressions() -> None:
    """No group is possessive: Python 3.11.2, Debian's, goes on in the middle of one that fails."""
    possessive = re.compile(r"\)[*+?]\+")

    assert [relative(path) for path in MODULES if possessive.search(path.read_text("utf-8"))] == []


def test_length_of_the_composition_root() -> None:
    """It is read on one screen or two: under 200 lines."""
    assert len((SOURCE / "app.py").read_text(encoding="utf-8").splitlines()) < 200


@pytest.mark.parametrize("craft", CRAFTS)
def test_a_craft_speaks_of_no_contact_group(craft: str) -> None:
    """Whoever puts another resource behind GraphQL changes nothing in it."""
    mission = re.compile(r"contact.?group|contacts:|/v1/", re.IGNORECASE)
    files = [*(SOURCE / craft).rglob("*.py"), *(SOURCE / craft).glob("web/*")]

    assert [relative(file) for file in files if mission.search(file.read_text("utf-8"))] == []


ROOMS = {path.name for path in SOURCE.iterdir() if path.is_dir() and any(path.glob("*.py"))}


@pytest.mark.parametrize(
    ("contract", "exempt"),
    [
        (
            "The crafts know nothing of contact groups",
            AT_THE_TOP - {"context"} | {"checks", "demo", "testing"},
        ),
        ("Only rest_client speaks httpx", {"rest_client", "app", "testing"}),
        ("Only server knows uvicorn", {"server"}),
    ],
)
def test_whom_a_contract_binds(contract: str, exempt: set[str]) -> None:
    """Every room but those that it names: a new one is bound from the start."""
    text = (SOURCE.parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    contracts: list[dict[str, Any]] = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    [bound] = [each["source_modules"] for each in contracts if each["name"].startswith(contract)]

    outside = {"__init__", "__main__", "sandbox"}  # the sandbox is a stranger
    mission = {"contact_groups"} if "contact groups" in contract else set()
    assert {name.removeprefix("contact_gateway.") for name in bound} == (
        (ROOMS | AT_THE_TOP) - outside - exempt - mission
    )


PUBLIC = {
    "graphql",
    "strawberry",
    "strawberry.dataloader",
    "strawberry.extensions",
    "strawberry.extensions.field_extension",
    "strawberry.federation",
    "strawberry.federation.schema_directives",
    "strawberry.permission",
    "strawberry.scalars",
    "strawberry.schema.config",
    "strawberry.tools.create_type",
    "strawberry.types",
    "strawberry.types.field",  # named by Strawberry's guide to field extensions
    "uvicorn",
}


@pytest.mark.parametrize(("name", "breaks"), USED.items())
def test_a_private_name(name: str, breaks: str) -> None:
    """It is there: else the range of versions in pyproject.toml ends before this one."""
    sentence = missing(name, breaks)

    assert sentence is None


@pytest.mark.parametrize(
    "name",
    [
        "strawberry.gone:Schema",
        "strawberry:Gone",
        "strawberry:Schema._gone",
        "strawberry.types.base:StrawberryObjectDefinition.gone",
        "graphql:Executor.gone",
        "uvicorn:Server.gone",
        "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.gone",
    ],
)
def test_a_private_name_that_is_gone(name: str) -> None:
    """It is told with what it breaks, wherever it is gone from."""
    assert missing(name, "all") == f"{name} is gone, which breaks all"


def imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The modules that a statement names, each with the name that it takes from there."""
    if isinstance(node, ast.ImportFrom):
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            yield (whole, "") if is_module(whole) else (node.module or "", alias.name)
    elif isinstance(node, ast.Import):
        yield from ((alias.name, "") for alias in node.names)
    elif isinstance(node, ast.Attribute) and is_module(name := ast.unparse(node)):
        yield name, ""  # of a package, of which all modules are attributes


def is_module(name: str) -> bool:
    """Whether it is a module of one of those libraries."""
    if name.partition(".")[0] not in LIBRARIES or not re.fullmatch(r"[\w.]+", name):
        return False
    with contextlib.suppress(ModuleNotFoundError):
        return importlib.util.find_spec(name) is not None
    return False


def private_imports(source: str) -> Iterator[str]:
    """Every import of what its library does not document."""
    for node in ast.walk(ast.parse(source)):
        for module, name in imported(node):
            if module.partition(".")[0] in LIBRARIES and module not in PUBLIC:
                yield f"{module}:{name}"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import graphql\nfrom strawberry.types import get_object_definition", []),
        ("from graphql.pyutils import Path", ["graphql.pyutils:Path"]),
        ("import graphql.pyutils", ["graphql.pyutils:"]),
        ("import uvicorn.config as configuration", ["uvicorn.config:"]),
        ("from graphql import execution", ["graphql.execution:"]),
        ("from uvicorn.protocols import utils", ["uvicorn.protocols.utils:"]),
        ("import graphql\ngraphql.pyutils.Path", ["graphql.pyutils:"]),
    ],
)
def test_what_a_private_import_is(source: str, found: list[str]) -> None:
    """It is found in whatever way it is written."""
    assert [*private_imports(source)] == found


def test_private_imports() -> None:
    """Each is in the list, and stands in the one room that may have it."""
    strays = {
        (name, relative(path))
        for path in MODULES
        if not relative(path).startswith("sandbox/")  # a stranger, who has to break HTTP
        for name in private_imports(path.read_text(encoding="utf-8"))
        if not any(known == name or known.startswith(f"{name}.") for known in PRIVATE)
        or not relative(path).startswith("server/" if name.startswith("uvicorn") else "operations/")
    }

    assert strays == set()
