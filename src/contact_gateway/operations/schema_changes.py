"""How a schema differs from an earlier one, for those who call it."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from graphql import (
    BreakingChange,
    DangerousChange,
    GraphQLError,
    GraphQLSchema,
    build_schema,
    find_schema_changes,
)

from contact_gateway.operations.subgraphs import DIRECTIVES

__all__ = ["Change", "NoSchemaError", "changes_of", "differences"]


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
    found = find_schema_changes(_schema(before), _schema(after))
    changes = [Change(_kind(change), change.description) for change in found]
    return sorted(changes, key=lambda change: (_KINDS.index(change.kind), change.what))


_KINDS = ("Breaking", "Dangerous", "Safe")


def _kind(change: object) -> str:
    if isinstance(change, BreakingChange):
        return "Breaking"
    return "Dangerous" if isinstance(change, DangerousChange) else "Safe"


def _schema(sdl: str) -> GraphQLSchema:
    try:
        return build_schema(f"{sdl}{DIRECTIVES}" if "@link(" in sdl else sdl)
    except (GraphQLError, TypeError) as error:  # TypeError: a name that nothing has
        raise NoSchemaError(str(error).partition("\n")[0]) from error


def differences(name: str, written: str, sdl: str) -> list[str]:
    """The lines that differ between a file of that name and the schema, and what each change means.

    The last lines say of each change whether it breaks clients of the file's schema.
    """
    lines = difflib.unified_diff(
        written.splitlines(), sdl.splitlines(), name, "the schema", lineterm=""
    )
    try:
        changes = [str(change) for change in changes_of(written, sdl)]
    except NoSchemaError as error:
        changes = [f"The file is no schema: {error}"]
    return [*lines, *(changes or ["Safe: nothing differs that a client could notice."])]
