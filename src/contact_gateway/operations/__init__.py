"""From the text of a document to its execution: parsed and validated once, then remembered."""

from contact_gateway.operations.execution import execute
from contact_gateway.operations.refusals import Refusal, RequestError, RequestErrorCode
from contact_gateway.operations.store import OperationStore, ValidDocument

__all__ = [
    "OperationStore",
    "Refusal",
    "RequestError",
    "RequestErrorCode",
    "ValidDocument",
    "execute",
]
