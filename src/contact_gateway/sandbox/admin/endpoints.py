"""One operation of the administration: where it is, what it takes, what it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson
from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from contact_gateway.sandbox.identifiers import positive_int64
from contact_gateway.sandbox.problem_documents import Problem, ProblemError, invalid_input

__all__ = ["Endpoint", "answer", "endpoint", "path_ids", "wanted_by_body", "wanted_by_query"]

_JSON: Final = "application/json"
_Model = TypeVar("_Model", bound=BaseModel)
Handler = Callable[[Any, Request], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An operation: `summary` is its sentence, `answers` a model for each status of success."""

    id: str
    summary: str
    method: str
    path: str
    handler: Handler
    answers: Mapping[int, type[BaseModel] | None]
    query: type[BaseModel] | None
    body: type[BaseModel] | None


def endpoint(
    method: str,
    path: str,
    *,
    answers: Mapping[int, type[BaseModel] | None],
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
) -> Callable[[Handler], Endpoint]:
    """Make an operation of the method that answers it; its docstring is the sentence."""

    def describe(handler: Handler) -> Endpoint:
        return Endpoint(
            id=to_camel(handler.__name__),
            summary=(handler.__doc__ or "").strip(),
            method=method,
            path=path,
            handler=handler,
            answers=answers,
            query=query,
            body=body,
        )

    return describe


def wanted_by_query(model: type[_Model], request: Request) -> _Model:
    """What the query asks for. Raises ProblemError where it asks for something else, or twice."""
    items = request.query_params.multi_items()
    values = dict(items)
    if len(values) < len(items):
        raise invalid_input({"query": ("A parameter may be given only once.",)})
    return _checked(lambda: model.model_validate(values))


async def wanted_by_body(model: type[_Model], request: Request) -> _Model:
    """What the body asks for; no body is as good as `{}`. Raises ProblemError as above."""
    body = await request.body() or b"{}"
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    # what a page of the web cannot send without being asked first
    if media_type != _JSON and (media_type or body != b"{}"):
        raise ProblemError(
            Problem(
                status=415,
                kind="unsupported-media-type",
                title="Unsupported Media Type",
                detail=f"Send JSON as {_JSON}.",
            )
        )
    try:
        orjson.loads(body)  # strictly: no NaN, no lone surrogate
    except orjson.JSONDecodeError as error:
        raise invalid_input({"$": ("The body is not valid JSON.",)}) from error
    return _checked(lambda: model.model_validate_json(body))


def path_ids(request: Request) -> tuple[int, ...]:
    """The ids in the path, in their order. Raises ProblemError: one is none."""
    ids = [positive_int64(text) for text in request.path_params.values()]
    if None in ids:
        raise ProblemError(
            Problem(
                status=404,
                kind="not-found",
                title="Not Found",
                detail="What is in the path is no id: a 64-bit integer above 0.",
            )
        )
    return tuple(number for number in ids if number is not None)


def answer(status: int, model: BaseModel | None = None) -> Response:
    """An answer that nobody keeps."""
    if model is None:
        return Response(status_code=status)
    content = model.model_dump_json(by_alias=True).encode()
    headers = {"Cache-Control": "no-store"}
    return Response(content, status_code=status, headers=headers, media_type=_JSON)


def _checked(validate: Callable[[], _Model]) -> _Model:
    try:
        return validate()
    except ValidationError as error:
        sentences: dict[str, tuple[str, ...]] = {}
        for item in error.errors(include_url=False, include_context=False, include_input=False):
            place = ".".join(map(str, item["loc"])) or "$"
            sentence = item["msg"].removeprefix("Value error, ")
            sentences[place] = (*sentences.get(place, ()), f"{sentence}.")
        raise invalid_input(sentences) from error
