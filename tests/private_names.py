"""The undocumented names of other libraries that the gateway uses, and what breaks without each.

`make check` runs this as a program: it imports nothing of the gateway, which could not be imported
at all without some of them. `tests/test_house.py` runs it too.
"""

import ast
import importlib
import inspect
import sys
import textwrap
from typing import Any, Final

import strawberry
from graphql import GraphQLSchema
from strawberry.types import get_object_definition

__all__ = ["LIBRARIES", "PRIVATE", "USED", "missing"]

LIBRARIES: Final = {"graphql", "strawberry", "uvicorn"}

_EXECUTOR: Final = "graphql:Executor"
_FIELDS: Final = "graphql.execution.collect_fields"
_VARIABLES: Final = "graphql.execution.get_variable_signature"
_HTTP: Final = "uvicorn.protocols.http.httptools_impl"
_STRAWBERRY: Final = "strawberry.types.base:StrawberryObjectDefinition"

# what others may take away without a word: where it is used, and what then breaks
PRIVATE: Final = {
    "strawberry:Schema._schema": "operations/schema.py: nothing could be executed",
    f"{_STRAWBERRY}.from_input": (
        "operations/schema.py: inputs would be read Strawberry's slow way"
    ),
    f"{_STRAWBERRY}.is_type_of": "operations/whole_results.py: what could null a success",
    f"{_STRAWBERRY}.resolve_type": "operations/whole_results.py: the same",
    f"{_STRAWBERRY}.concrete_of": "operations/strawberry_fields.py: successes that are generic",
    f"{_STRAWBERRY}.is_object_type": "operations/strawberry_fields.py: successes that are none",
    f"{_STRAWBERRY}.origin": "failures/total_schemas.py: the class of a success",
    f"{_STRAWBERRY}.fields": "failures/total_schemas.py: the one resolver that cannot fail",
    "strawberry.types.enum:StrawberryEnumDefinition.wrapped_cls": (
        "operations/whole_results.py: outcomes would be coerced twice"
    ),
    "strawberry.schema.name_converter:NameConverter.apply_naming_config": (
        "operations/schema.py: names of arguments would be made for each request"
    ),
    "strawberry.execution:optimized_is_awaitable": "operations/operation.py: execution",
    "strawberry.schema.schema_converter:GraphQLCoreConverter.DEFINITION_BACKREF": (
        "operations/plain_data.py: which fields are plain data could not be told"
    ),
    "strawberry.federation.schema:FederationAny": (
        "operations/subgraphs.py: gateways could not say what they refer to"
    ),
    "strawberry.federation.types:FieldSet": "operations/subgraphs.py: a type",
    "strawberry.federation.types:LinkImport": "operations/subgraphs.py: a type",
    f"{_STRAWBERRY}.directives": "operations/subgraphs.py: groups would have no key",
    "strawberry.types.field:StrawberryField.is_basic_field": "operations/plain_data.py: the same",
    "strawberry.types.field:StrawberryField.python_name": "operations/plain_data.py: the same",
    "strawberry.types.field:StrawberryField.base_resolver": (
        "operations/strawberry_fields.py: which mutation a union belongs to"
    ),
    "strawberry.types.field:StrawberryField.extensions": (
        "operations/strawberry_fields.py: failures of mutations would be no data"
    ),
    "strawberry.types.scalar:ScalarDefinition.implementation": (
        "operations/schema.py: a variable of 1.0 would be the ID 1"
    ),
    "graphql:GraphQLNamedType.reserved_types": "operations/schema.py: the same",
    "strawberry.types.arguments:InputContext": "operations/schema.py: how inputs are read",
    f"{_FIELDS}:CollectedFields": "operations/operation.py: memory of fields",
    f"{_FIELDS}:CollectedFields.grouped_field_set": "operations/operation.py: the same",
    f"{_FIELDS}:FieldDetailsList": "operations/operation.py: the same",
    f"{_FIELDS}:FragmentDetails": "operations/operation.py: the same",
    f"{_FIELDS}:GroupedFieldSet": "operations/operation.py: the same",
    f"{_FIELDS}:collect_fields": "operations/operation.py: the same",
    f"{_VARIABLES}:GraphQLVariableSignature": "operations/operation.py: types of variables",
    f"{_VARIABLES}:get_variable_signature": "operations/operation.py: the same",
    "graphql.execution.values:VariableValues": (
        "operations/operation.py, operations/foresight.py: values of variables"
    ),
    "graphql:ValidationContext.get_recursive_variable_usages": (
        "operations/foresight.py: where variables stand"
    ),
    "graphql.validation.validation_context:VariableUsage": "operations/validation.py: a type",
    "graphql.validation.rules.overlapping_fields_can_be_merged:"
    "RuleContext.remaining_complexity_budget": (
        "operations/validation.py: comparing fields of one name would take up to 30 ms again"
    ),
    "graphql.execution.values:VariableValueSource": "operations/operation.py: the same",
    "graphql.pyutils:AwaitableOrValue": "operations/operation.py: a type",
    "graphql.pyutils:Path": "operations/operation.py: a type",
    f"{_EXECUTOR}.collect_subfields": "operations/operation.py: memory of fields",
    f"{_EXECUTOR}.execute_fields": "operations/operation.py: reading plain data",
    f"{_EXECUTOR}.execute_root_grouped_field_set": "operations/operation.py: execution",
    f"{_EXECUTOR}.schema": "operations/operation.py: the fields of an operation",
    f"{_EXECUTOR}.fragments": "operations/operation.py: the same",
    f"{_EXECUTOR}.variable_values": "operations/operation.py: the same",
    f"{_EXECUTOR}.operation": "operations/operation.py: the same",
    f"{_EXECUTOR}.hide_suggestions": "operations/operation.py: the same",
    f"{_EXECUTOR}.collected_errors": "operations/operation.py: errors of an operation",
    f"{_EXECUTOR}.async_helpers": "operations/operation.py: memory of a request would stay",
    "graphql.utilities.coerce_input_value:coerce_default_value": (
        "operations/plain_input.py: defaults of variables"
    ),
    "uvicorn.config:STARTUP_FAILURE": "server/workers.py: a worker that cannot start is replaced",
    "uvicorn:Config.encoded_headers": "server/process.py: `Connection: close` in the pause",
    "uvicorn:Config.http_protocol_class": "server/process.py: the callers let in last",
    "uvicorn:Server.main_loop": "server/process.py: the pause before the end",
    "uvicorn:Server.on_tick": "server/process.py: the same, and reading files anew",
    "uvicorn:Server.started": "server/process.py: whoever started it would not know when it serves",
    "uvicorn:Server.startup": "server/process.py: signals that were held come to nobody",
    "uvicorn:Server.shutdown": "server/process.py: the order in which it ends",
    "uvicorn:Server.handle_exit": "server/process.py: which signal it was",
    "uvicorn:Server.should_exit": "server/process.py: the same",
    "uvicorn:Server.servers": "server/process.py: to stop listening",
    "uvicorn:Server.lifespan": "server/process.py: to turn unready",
    "uvicorn:Server.server_state": "server/process.py: the callers let in last",
    **{
        f"{_HTTP}:HttpToolsProtocol.{name}": f"server/connection.py: {what}"
        for name, what in (
            ("connection_made", "to begin to wait"),
            ("connection_lost", "to stop waiting"),
            ("data_received", "turns"),
            ("eof_received", "what was written last"),
            ("pause_writing", "clients that do not read"),
            ("resume_writing", "clients that do not read"),
            ("shutdown", "requests that have arrived"),
            ("on_message_begin", "smuggled requests"),
            ("on_headers_complete", "smuggled requests"),
            ("on_message_complete", "what is waited for"),
            ("on_response_complete", "turns"),
            ("cycle", "smuggled requests"),
            ("flow", "how much is taken in"),
            ("headers", "trailers, and a Host sent twice"),
            ("loop", "timers"),
            ("parser", "large heads, and other protocols"),
            ("pipeline", "smuggled requests"),
            ("scope", "memory of a request"),
            ("server_state", "refusals, and how many were served"),
            ("tasks", "how many are under way"),
            ("timeout_keep_alive", "connections that are not used"),
            ("transport", "everything that is sent"),
            ("url", "other protocols"),
        )
    },
    f"{_HTTP}:RequestResponseCycle": "server/connection.py: a type",
    **{
        f"{_HTTP}:RequestResponseCycle.{name}": f"server/connection.py: {what}"
        for name, what in (
            ("disconnected", "requests that are refused in the middle"),
            ("keep_alive", "what came behind a request"),
            ("message_event", "requests that are refused in the middle"),
            ("response_complete", "smuggled requests"),
            ("response_started", "refusals"),
        )
    },
    "uvicorn.server:ServerState.default_headers": "server/connection.py: the date of a refusal",
    "uvicorn.server:ServerState.total_requests": "server/connection.py: how many were served",
    "uvicorn.server:ServerState.tasks": "server/connection.py: how many are under way",
    "uvicorn.protocols.http.flow_control:FlowControl.pause_reading": (
        "server/connection.py: how much is taken in"
    ),
    "uvicorn.protocols.http.flow_control:FlowControl.resume_reading": (
        "server/connection.py: the same"
    ),
    "uvicorn.lifespan.on:LifespanOn.state": "server/process.py: to turn unready",
}

# what is public by its name alone, so that only a next first number may take it away
_UNDOCUMENTED: Final = {
    "joserfc.util:base64_to_int": "identity/signing_keys.py: how long an RSA key is",
    "joserfc.util:urlsafe_b64decode": "identity/signed_token.py: the parts of a token",
    "limits.aio.storage:RedisStorage.bridge": "rate_limits/limiter.py: connections would stay",
    "limits.aio.storage.redis.redispy:RedispyBridge.get_connection": (
        "rate_limits/limiter.py: the same"
    ),
    "pydantic_settings:EnvSettingsSource.env_vars": "settings/names.py: misspelt variables",
    "starlette.middleware.cors:CORSMiddleware.is_allowed_origin": (
        "http/cross_origin.py: origins of any port"
    ),
    "starlette.middleware.cors:CORSMiddleware.preflight_response": (
        "http/cross_origin.py: whoever is refused would be told what is allowed"
    ),
}
USED: Final = {**PRIVATE, **_UNDOCUMENTED}
"""All that may go, the private ones with a next minor version."""

_OF: Final = {name.partition(":")[0].partition(".")[0] for name in USED}


def missing(name: str, breaks: str) -> str | None:
    """What to say of a name that is gone, or is no longer what it was; None if it is not."""
    return None if _is_there(name) else f"{name} is gone, which breaks {breaks}"


def _is_there(name: str) -> bool:
    module, _, path = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in path.split("."):
            if isinstance(found, type) and _assigns(found, part):
                break
            found = getattr(found, part)
        return _IN_USE.get(name, lambda: True)()
    except (ImportError, AttributeError):
        return False


def _assigns(kind: type, attribute: str) -> bool:
    """Whether objects of a class get an attribute: it is declared there, or a method assigns it."""
    for each in kind.__mro__[:-1]:
        if attribute in inspect.get_annotations(each):
            return True
        if each.__module__.partition(".")[0] not in _OF or attribute in vars(each):
            continue
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(each)))):
            stored = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            if stored and ast.unparse(node) == f"self.{attribute}":
                return True
    return False


@strawberry.input
class _Input:
    text: str


@strawberry.type
class _Query:
    @strawberry.field
    def echo(self, input: _Input) -> str:
        return input.text


def _schema_is_executable() -> bool:
    # what operations/schema.py takes
    return isinstance(strawberry.Schema(_Query)._schema, GraphQLSchema)  # noqa: SLF001


def _inputs_are_read_by_it() -> bool:
    """Whether Strawberry asks it, and not only has a place for it."""
    definition = get_object_definition(_Input, strict=True)
    definition.from_input = lambda *_: _Input(text="ours")
    result = strawberry.Schema(_Query).execute_sync('{echo(input: {text: "theirs"})}')
    return result.data == {"echo": "ours"}


_IN_USE: Final = {
    "strawberry:Schema._schema": _schema_is_executable,
    f"{_STRAWBERRY}.from_input": _inputs_are_read_by_it,
}


if __name__ == "__main__":
    gone = [sentence for each in USED.items() if (sentence := missing(*each)) is not None]
    sys.exit("\n".join(gone) or 0)
