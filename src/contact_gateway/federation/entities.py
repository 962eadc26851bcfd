"""Objects that other subgraphs refer to: from what a gateway knows of them to themselves.

Strawberry's own way calls a classmethod with whatever a representation holds as its arguments, and
one that names no type costs all the others their answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.types import get_object_definition

from contact_gateway.context import RequestContext
from contact_gateway.failures import Fault, InvalidArgumentsError, require_scope
from contact_gateway.operations import LIMITS

__all__ = ["Entities", "Entity", "Info"]

Info = strawberry.Info[RequestContext[Any], None]

_ARGUMENT = "representations"


@dataclass(frozen=True, slots=True)
class Entity:
    """A type whose objects are known in other subgraphs by an ID, the value of its field `key`.

    `read` returns the object with an ID, or None where there is none. The tuple says where the ID
    stands in the arguments, for whoever refuses it. It is called only for callers with the `scope`.
    """

    kind: type
    key: str
    scope: str
    read: Callable[[Info, str, tuple[str, ...]], Awaitable[object | None]]

    @property
    def name(self) -> str:
        """What GraphQL calls the type."""
        return get_object_definition(self.kind, strict=True).name


class Entities:
    """Finds what representations stand for (Apollo Federation, "Resolving entities").

    Each comes to something of its own: an object, None where there is none, or an exception.
    """

    def __init__(self, entities: Sequence[Entity]) -> None:
        self._entities = {entity.name: entity for entity in entities}

    async def find(self, info: Info, representations: Sequence[object]) -> list[object]:
        """What each stands for, in their order; all are asked for at the same time.

        Raises:
            InvalidArgumentsError: there are too many.
        """
        most = LIMITS.representations
        if len(representations) > most:
            raise InvalidArgumentsError([Fault((_ARGUMENT,), f"Expected at most {most}.")])
        found = (self._one(info, each, index) for index, each in enumerate(representations))
        return [*await asyncio.gather(*found, return_exceptions=True)]

    async def _one(self, info: Info, representation: object, index: int) -> object:
        path = (_ARGUMENT, str(index))
        if not isinstance(representation, dict):
            raise _refused(path, "Expected an object with a `__typename`.")
        name = representation.get("__typename")
        entity = self._entities.get(name) if isinstance(name, str) else None
        if entity is None:
            raise _refused((*path, "__typename"), "Expected the name of a type that has a key.")
        require_scope(entity.scope, info)
        at_key = (*path, entity.key)
        return await entity.read(info, _id(representation.get(entity.key), at_key), at_key)


def _id(value: object, path: tuple[str, ...]) -> str:
    """An ID, which comes as a string or an integer (GraphQL specification 3.5.5)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise _refused(path, "Expected an ID.")
    return value


def _refused(path: tuple[str, ...], message: str) -> InvalidArgumentsError:
    return InvalidArgumentsError([Fault(path, message)])
