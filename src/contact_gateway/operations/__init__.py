"""From the text of a document to its execution: parsed and validated once, then remembered."""

from contact_gateway.operations.disclosure import Disclosure
from contact_gateway.operations.execution import OperationRunner
from contact_gateway.operations.operation import Operation
from contact_gateway.operations.reading import DocumentReader, ValidDocument
from contact_gateway.operations.refusals import Refusal, RequestError, RequestErrorCode
from contact_gateway.operations.store import OperationStore
from contact_gateway.operations.trusted_documents import (
    TrustedDocuments,
    TrustedDocumentsError,
    load_trusted_documents,
)

__all__ = [
    "Disclosure",
    "DocumentReader",
    "Operation",
    "OperationRunner",
    "OperationStore",
    "Refusal",
    "RequestError",
    "RequestErrorCode",
    "TrustedDocuments",
    "TrustedDocumentsError",
    "ValidDocument",
    "load_trusted_documents",
]
