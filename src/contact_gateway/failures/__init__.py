"""Failures: what each means to a client, the types that say so, and what no client may see."""

from contact_gateway.failures.errors import MutationError, NotFound, WriteOutcome
from contact_gateway.failures.masking import INTERNAL_SERVER_ERROR, format_error
from contact_gateway.failures.permissions import require_scope, requires
from contact_gateway.failures.refused import Fault, InvalidArgumentsError
from contact_gateway.failures.table import EVERY_MUTATION_MEETS
from contact_gateway.failures.total_schemas import total_schema
from contact_gateway.failures.unions import FailuresAsData, IncompleteUnionError, Noted

__all__ = [
    "EVERY_MUTATION_MEETS",
    "INTERNAL_SERVER_ERROR",
    "FailuresAsData",
    "Fault",
    "IncompleteUnionError",
    "InvalidArgumentsError",
    "MutationError",
    "NotFound",
    "Noted",
    "WriteOutcome",
    "format_error",
    "require_scope",
    "requires",
    "total_schema",
]
