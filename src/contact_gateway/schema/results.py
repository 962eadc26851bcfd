"""Noting what each field came to: the name of its result's type, for monitors and logs."""

from typing import Any

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import AsyncExtensionResolver

from contact_gateway.context import RequestContext
from contact_gateway.schema.failures import failure_of

__all__ = ["Noted"]


class Noted(FieldExtension):
    """Notes the name of the result's type, a failure's too, in the record of the request."""

    async def resolve_async(
        self,
        next_: AsyncExtensionResolver,
        source: Any,
        info: strawberry.Info[RequestContext, None],
        **kwargs: Any,
    ) -> Any:
        """Resolve the field and note what it came to."""
        noted = info.context.record.results
        try:
            result = await next_(source, info, **kwargs)
        except Exception as error:
            noted.append((info.field_name, failure_of(error).member.__name__))
            raise
        noted.append((info.field_name, "null" if result is None else type(result).__name__))
        return result
