"""The house: its rooms, their names and sizes, and whose private names they use."""

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "contact_gateway"
MODULES = sorted(SOURCE.rglob("*.py"))
AT_THE_TOP = {"__init__", "__main__", "cli", "demo", "checks", "app", "context"}
CRAFTS = sorted(
    path.name
    for path in SOURCE.iterdir()
    if path.is_dir() and path.name not in {"__pycache__", "contact_groups", "sandbox", "testing"}
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


def test_length_of_the_composition_root() -> None:
    """It is read on one screen or two: under 200 lines."""
    assert len((SOURCE / "app.py").read_text(encoding="utf-8").splitlines()) < 200


@pytest.mark.parametrize("craft", CRAFTS)
def test_a_craft_speaks_of_no_contact_group(craft: str) -> None:
    """Whoever puts another resource behind GraphQL changes nothing in it."""
    mission = re.compile(r"contact.?group", re.IGNORECASE)
    files = [*(SOURCE / craft).rglob("*.py"), *(SOURCE / craft).glob("web/*")]

    assert [relative(file) for file in files if mission.search(file.read_text("utf-8"))] == []


# what others may take away without a word: where it is used, and what then breaks
PRIVATE = {
    "strawberry:Schema._schema": "operations/schema.py: nothing could be executed",
    "strawberry.types.base:StrawberryObjectDefinition.from_input": (
        "operations/schema.py: inputs would be read Strawberry's slow way"
    ),
    "strawberry.schema.name_converter:NameConverter.apply_naming_config": (
        "operations/schema.py: names of arguments would be made for each request"
    ),
    "strawberry.execution:optimized_is_awaitable": "operations/operation.py: execution",
    "strawberry.schema.schema_converter:GraphQLCoreConverter.DEFINITION_BACKREF": (
        "operations/plain_data.py: which fields are plain data could not be told"
    ),
    "strawberry.types.field:StrawberryField.is_basic_field": "operations/plain_data.py: the same",
    "strawberry.types.field:StrawberryField.python_name": "operations/plain_data.py: the same",
    "strawberry.types.arguments:InputContext": "operations/schema.py: how inputs are read",
    "graphql.execution.collect_fields:CollectedFields": "operations/operation.py: memory of fields",
    "graphql.execution.collect_fields:FieldDetailsList": "operations/operation.py: the same",
    "graphql.execution.collect_fields:FragmentDetails": "operations/operation.py: the same",
    "graphql.execution.collect_fields:GroupedFieldSet": "operations/operation.py: the same",
    "graphql.execution.collect_fields:collect_fields": "operations/operation.py: the same",
    "graphql.execution.get_variable_signature:GraphQLVariableSignature": (
        "operations/operation.py: types of variables"
    ),
    "graphql.execution.get_variable_signature:get_variable_signature": (
        "operations/operation.py: the same"
    ),
    "graphql.execution.values:VariableValues": "operations/operation.py: values of variables",
    "graphql.validation.validation_context:VariableUsage": "operations/validation.py: a type",
    "graphql.validation.rules.overlapping_fields_can_be_merged:"
    "RuleContext.remaining_complexity_budget": (
        "operations/validation.py: comparing fields of one name would take up to 30 ms again"
    ),
    "graphql.execution.values:VariableValueSource": "operations/operation.py: the same",
    "graphql.pyutils:AwaitableOrValue": "operations/operation.py: a type",
    "graphql.pyutils:Path": "operations/operation.py: a type",
    "graphql:Executor.collect_subfields": "operations/operation.py: memory of fields",
    "graphql:Executor.execute_fields": "operations/operation.py: reading plain data",
    "graphql:Executor.execute_root_grouped_field_set": "operations/operation.py: execution",
    "graphql.utilities.coerce_input_value:coerce_default_value": (
        "operations/plain_input.py: defaults of variables"
    ),
    "uvicorn.config:STARTUP_FAILURE": "server/workers.py: a worker that cannot start is replaced",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_message_begin": (
        "server/connection.py: smuggled requests"
    ),
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_headers_complete": (
        "server/connection.py: the same"
    ),
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_response_complete": (
        "server/connection.py: turns"
    ),
    "uvicorn.protocols.http.httptools_impl:RequestResponseCycle": "server/connection.py: a type",
    "uvicorn:Server.main_loop": "server/process.py: the pause before the end",
    "uvicorn:Server.on_tick": "server/process.py: the same",
    "uvicorn:Server.handle_exit": "server/process.py: which signal it was",
}
PUBLIC = {
    "graphql",
    "strawberry",
    "strawberry.dataloader",
    "strawberry.extensions",
    "strawberry.extensions.field_extension",
    "strawberry.permission",
    "strawberry.scalars",
    "strawberry.schema.config",
    "strawberry.types",
    "strawberry.types.field",  # named by Strawberry's guide to field extensions
    "uvicorn",
}


@pytest.mark.parametrize("name", PRIVATE)
def test_a_private_name(name: str) -> None:
    """It is there: else the range of versions in pyproject.toml ends before this one."""
    module, _, path = name.partition(":")
    parts = path.split(".")
    instance = {"Schema": "_schema", "StrawberryObjectDefinition": "from_input"}
    if instance.get(parts[0]) == parts[-1]:  # of instances, which the suite makes everywhere
        parts = parts[:-1]

    found = reduce(getattr, parts, importlib.import_module(module))

    assert found is not None, f"{name} is gone, which breaks {PRIVATE[name]}"


def private_imports() -> Iterator[tuple[str, str]]:
    """Every import of a name that its library does not document, and where it stands."""
    for path in MODULES:
        if relative(path).startswith("sandbox/"):
            continue  # a stranger, who has to break HTTP
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = getattr(node, "module", None) or ""
            library = module.partition(".")[0]
            if library in {"graphql", "strawberry", "uvicorn"} and module not in PUBLIC:
                for alias in getattr(node, "names", ()):
                    yield f"{module}:{alias.name}", relative(path)


def test_private_imports() -> None:
    """Each is in the list above, and stands in the one room that may have it."""
    strays = {
        (name, path)
        for name, path in private_imports()
        if not any(known == name or known.startswith(f"{name}.") for known in PRIVATE)
        or not path.startswith("server/" if name.startswith("uvicorn") else "operations/")
    }

    assert strays == set()
