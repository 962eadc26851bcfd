"""From the text of a document to its execution: parsed and validated once, then remembered."""

from contact_gateway.operations.allowance import (
    ReadingAllowance,
    UnseenTooOftenError,
    reading_allowance_of,
)
from contact_gateway.operations.cost import costs
from contact_gateway.operations.disclosure import Disclosure
from contact_gateway.operations.document_store import OperationStore, open_store
from contact_gateway.operations.execution import OperationRunner
from contact_gateway.operations.limits import LIMITS
from contact_gateway.operations.operation import Operation
from contact_gateway.operations.reading import DocumentReader, ValidDocument
from contact_gateway.operations.refusals import Refusal, RequestError, RequestErrorCode
from contact_gateway.operations.schema import executable, make_schema, read_input_with
from contact_gateway.operations.schema_changes import Change, changes_of, differences
from contact_gateway.operations.strawberry_fields import (
    definition_of,
    extensions_of,
    field_of,
    is_object_class,
    is_same_field,
    name_of,
)
from contact_gateway.operations.subgraphs import SERVICE, FederationAny
from contact_gateway.operations.trusted_documents import (
    TrustedDocuments,
    TrustedDocumentsError,
    load_trusted_documents,
    trusted_documents_of,
)
from contact_gateway.operations.whole_results import Check, ResolvedFieldError, WholeResults

__all__ = [
    "LIMITS",
    "SERVICE",
    "Change",
    "Check",
    "Disclosure",
    "DocumentReader",
    "FederationAny",
    "Operation",
    "OperationRunner",
    "OperationStore",
    "ReadingAllowance",
    "Refusal",
    "RequestError",
    "RequestErrorCode",
    "ResolvedFieldError",
    "TrustedDocuments",
    "TrustedDocumentsError",
    "UnseenTooOftenError",
    "ValidDocument",
    "WholeResults",
    "changes_of",
    "costs",
    "definition_of",
    "differences",
    "executable",
    "extensions_of",
    "field_of",
    "is_object_class",
    "is_same_field",
    "load_trusted_documents",
    "make_schema",
    "name_of",
    "open_store",
    "read_input_with",
    "reading_allowance_of",
    "trusted_documents_of",
]
