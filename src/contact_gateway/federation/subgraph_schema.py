"""The two fields that make a subgraph of a schema, added to its queries."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from types import GenericAlias
from typing import Annotated, Any

import strawberry
from strawberry.tools import create_type
from strawberry.types import get_object_definition

from contact_gateway.failures import Noted, total_schema
from contact_gateway.federation.entities import Entities, Entity, Info
from contact_gateway.operations import SERVICE, FederationAny, costs

__all__ = ["subgraph_schema"]


def subgraph_schema(query: type, mutation: type, entities: Sequence[Entity]) -> strawberry.Schema:
    """A total schema (`total_schema`) that other subgraphs can refer to the `entities` of.

    Raises:
        IncompleteUnionError: as `total_schema`.
    """
    fields = [_service()]
    if entities:  # a union of nothing is none
        fields.append(_entities(entities))
    with_fields = type("Query", (create_type("Query", fields), query), {})
    described = get_object_definition(query, strict=True).description
    return total_schema(
        strawberry.type(with_fields, description=described),
        mutation,
        {entity.name: entity.key for entity in entities},
    )


@strawberry.type(name="_Service", description="This subgraph.")
class _Service:
    sdl: str = strawberry.field(description="Its schema in the schema definition language.")


def _service() -> Any:
    async def service(info: Info) -> _Service:
        return _Service(sdl=info.schema.as_str())

    return strawberry.field(
        service,
        name=SERVICE,
        description="What a gateway composes the supergraph from.",
        extensions=[Noted()],
    )


def _entities(entities: Sequence[Entity]) -> Any:
    found = Entities(entities)

    async def find(info: Info, representations: Any) -> Any:
        return await found.find(info, representations)

    find.__annotations__ |= {
        "representations": Annotated[
            list[FederationAny],
            strawberry.argument(description="Each with its `__typename` and its key."),
        ],
        "return": GenericAlias(list, (_union(entities) | None,)),
    }
    return strawberry.field(
        find,
        name="_entities",
        description="What other subgraphs refer to, in the order asked for; null where there is "
        "no such thing.",
        extensions=[Noted()],
        metadata=costs(lambda arguments: len(arguments["representations"])),
    )


def _union(entities: Sequence[Entity]) -> Any:
    return Annotated[
        reduce(or_, [entity.kind for entity in entities]),
        strawberry.union("_Entity", description="All that other subgraphs can refer to."),
    ]
