"""The OpenAPI 3.1 document of the administration, made of its operations and their models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from contact_gateway.sandbox.admin.endpoints import Endpoint
from contact_gateway.sandbox.admin.messages import ID_SCHEMA, ProblemDocument
from contact_gateway.sandbox.problem_documents import PROBLEM_MEDIA_TYPE

__all__ = ["openapi"]

_REFERENCE: Final = "#/components/schemas/{model}"

Schemas = Mapping[tuple[Any, JsonSchemaMode], Any]


def openapi(endpoints: Sequence[Endpoint], root: str) -> dict[str, Any]:
    """The document that describes `endpoints`, whose paths begin with `root`."""
    schemas, definitions = models_json_schema([*_models(endpoints)], ref_template=_REFERENCE)
    paths: dict[str, Any] = {}
    for endpoint in endpoints:
        operation = _operation(endpoint, schemas)
        paths.setdefault(root + endpoint.path, {})[endpoint.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Administration of the sandbox",
            "description": "For tests, of the demo and the sandbox alone, and without a login.",
            "version": version("contact-gateway"),
        },
        "paths": paths,
        "components": {"schemas": definitions.get("$defs", {})},
    }


def _models(endpoints: Iterable[Endpoint]) -> Iterable[tuple[type[BaseModel], JsonSchemaMode]]:
    yield ProblemDocument, "serialization"
    for endpoint in endpoints:
        yield from ((model, "serialization") for model in endpoint.answers.values() if model)
        yield from ((model, "validation") for model in (endpoint.query, endpoint.body) if model)


def _operation(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    answers = {
        str(status): _content(HTTPStatus(status).phrase, "application/json", schemas, model)
        for status, model in endpoint.answers.items()
    }
    refusal = _content("A refusal.", PROBLEM_MEDIA_TYPE, schemas, ProblemDocument)
    operation: dict[str, Any] = {
        "operationId": endpoint.id,
        "summary": endpoint.summary,
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint)],
        "responses": {**answers, "default": refusal},
    }
    if endpoint.body is not None:
        schema = schemas[endpoint.body, "validation"]
        operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return operation


def _content(
    description: str, media_type: str, schemas: Schemas, model: type[BaseModel] | None
) -> dict[str, Any]:
    if model is None:
        return {"description": description}
    schema = schemas[model, "serialization"]
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _path_parameters(endpoint: Endpoint) -> Iterable[dict[str, Any]]:
    for segment in endpoint.path.split("/"):
        if segment.startswith("{"):
            yield {"name": segment[1:-1], "in": "path", "required": True, "schema": ID_SCHEMA}


def _query_parameters(endpoint: Endpoint) -> Iterable[dict[str, Any]]:
    """One for each member of the model, which are all optional."""
    if endpoint.query is None:
        return
    for name, schema in endpoint.query.model_json_schema()["properties"].items():
        [present, _null] = schema["anyOf"]
        yield {
            "name": name,
            "in": "query",
            "description": schema["description"],
            "schema": present,
        }
