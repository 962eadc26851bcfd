"""How a schema differs from an earlier one, for those who call it."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    BreakingChange,
    DangerousChange,
    GraphQLArgument,
    GraphQLError,
    GraphQLInputField,
    GraphQLSchema,
    build_ast_schema,
    find_schema_changes,
    is_executable_definition_node,
    is_required_argument,
    is_required_input_field,
    parse,
    print_ast,
)

from contact_gateway.operations.schema_parts import parts_of
from contact_gateway.operations.side_by_side import mergeable_fields
from contact_gateway.operations.subgraphs import DIRECTIVES

__all__ = ["Change", "Differences", "NoSchemaError", "changes_of", "differences"]

_KINDS: Final = ("Breaking", "Dangerous", "Safe")


class NoSchemaError(Exception):
    """A text is no GraphQL schema. The message says why."""


@dataclass(frozen=True)
class Change:
    """A difference, and what it means to clients that were written before.

    It is breaking if a document that was valid may be no longer, or may be answered with what its
    client cannot read; dangerous if only a client that counts on knowing everything may notice,
    such as all values of an enum.
    """

    kind: str
    what: str

    @property
    def breaking(self) -> bool:
        """Whether a client has to change."""
        return self.kind == "Breaking"

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


def changes_of(before: str, after: str) -> Sequence[Change]:
    """What has changed between two schemas, each as its SDL; the breaking first.

    Raises:
        NoSchemaError: one of them is none.
    """
    old, new = _schema(before), _schema(after)
    old_parts, new_parts = dict(parts_of(old)), dict(parts_of(new))
    found = [
        *(Change(_kind(change), change.description) for change in find_schema_changes(old, new)),
        *_required_now(old_parts, new_parts),
        *_directives_applied(old_parts, new_parts),
        *_no_longer_side_by_side(old, new),
    ]
    return sorted(found, key=lambda change: (_KINDS.index(change.kind), change.what))


def _kind(change: object) -> str:
    if isinstance(change, BreakingChange):
        return "Breaking"
    return "Dangerous" if isinstance(change, DangerousChange) else "Safe"


def _schema(sdl: str) -> GraphQLSchema:
    try:
        document = parse(f"{sdl}{DIRECTIVES}" if "@link(" in sdl else sdl)
        if any(map(is_executable_definition_node, document.definitions)):
            raise NoSchemaError("Expected definitions of types, and found an operation.")
        return build_ast_schema(document)
    except (GraphQLError, TypeError) as error:  # TypeError: a name that nothing has
        raise NoSchemaError(str(error).partition("\n")[0]) from error


def _required_now(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """What may be left out no longer, because its default is gone; graphql-core takes it lightly.

    That another type requires it, graphql-core says.
    """
    for name in before.keys() & after.keys():
        was, now = before[name], after[name]
        if _is_required(now) and not _is_required(was) and str(was.type) == str(now.type):
            yield Change("Breaking", f"{name} is required, because it has no default.")


def _is_required(part: Any) -> bool:
    if isinstance(part, GraphQLArgument):
        return is_required_argument(part)
    return isinstance(part, GraphQLInputField) and is_required_input_field(part)


# what takes something away where it is applied, and what only tells; others give something
_TAKING: Final = {"oneOf"}
_TELLING: Final = {"deprecated": "Safe", "specifiedBy": "Safe", "link": "Dangerous"}


def _directives_applied(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Which directives have come and gone on what both schemas have; graphql-core looks at none."""
    for place in before.keys() & after.keys():
        now = _applied_to(after[place])
        for text in _applied_to(before[place]) ^ now:
            name = text.removeprefix("@").partition("(")[0]
            come = text in now
            kind = "Breaking" if come == (name in _TAKING) else "Safe"
            said = f"{text} was {'added to' if come else 'removed from'} {place}."
            yield Change(_TELLING.get(name, kind), said)


def _applied_to(part: Any) -> set[str]:
    """The directives in its definition and its extensions, as they are written there."""
    nodes = [part.ast_node, *(getattr(part, "extension_ast_nodes", None) or ())]
    # what is built in has no definition
    defined = [node for node in nodes if node is not None]
    return {print_ast(directive) for node in defined for directive in node.directives or ()}


def _no_longer_side_by_side(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    """What several types have, and not in one shape any more; graphql-core looks at each alone."""
    before = mergeable_fields(old)
    for pair, now in mergeable_fields(new).items():
        if before.get(pair) and not now:
            yield Change("Breaking", "{} and {} have no longer one type.".format(*pair))


@dataclass(frozen=True)
class Differences:
    """How a file differs from the schema: lines for people, and whether its clients must change."""

    lines: Sequence[str]
    breaking: bool


def differences(name: str, written: str, sdl: str) -> Differences:
    """The lines that differ between a file of that name and the schema, and what each change means.

    The last lines say of each change whether it breaks clients of the file's schema. Nobody can
    say that of a file that is no schema.
    """
    lines = difflib.unified_diff(
        written.splitlines(), sdl.splitlines(), name, "the schema", lineterm=""
    )
    try:
        changes = changes_of(written, sdl)
    except NoSchemaError as error:
        return Differences([*lines, f"The file is no schema: {error}"], breaking=True)
    said = [str(change) for change in changes]
    return Differences(
        [*lines, *(said or ["Safe: nothing differs that a client could notice."])],
        breaking=any(change.breaking for change in changes),
    )
