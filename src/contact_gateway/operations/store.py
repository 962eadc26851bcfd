"""Documents, parsed and validated once: the text of a document leads to the result of both."""

from collections import OrderedDict
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    parse,
    specified_rules,
    validate,
)

from contact_gateway.operations.refusals import Refusal, RequestErrorCode, refuse

__all__ = ["OperationStore", "ValidDocument"]

_MOST_TOKENS_PER_DOCUMENT = 1000
_MOST_TOKENS_STORED = 50_000
_MOST_VALIDATION_ERRORS = 5


@dataclass(frozen=True, slots=True)
class ValidDocument:
    """A document that the schema allows. `token_count` is what it costs to keep."""

    document: DocumentNode
    token_count: int


class OperationStore:
    """Remembers the documents used last, the refused ones too; bounded by tokens, not by number."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool) -> None:
        self._schema = schema
        self._introspection = introspection
        self._rules = list(specified_rules)
        if not introspection:
            self._rules.append(NoSchemaIntrospectionCustomRule)
        self._entries: OrderedDict[str, ValidDocument | Refusal] = OrderedDict()
        self._tokens_stored = 0

    def get(self, text: str) -> ValidDocument | Refusal:
        """The document that `text` is, parsed and validated, or why it is refused."""
        entry = self._entries.get(text)
        if entry is not None:
            self._entries.move_to_end(text)
            return entry
        entry = self._read(text)
        self._entries[text] = entry
        self._tokens_stored += _cost(text, entry)
        while self._tokens_stored > _MOST_TOKENS_STORED:
            old_text, old_entry = self._entries.popitem(last=False)
            self._tokens_stored -= _cost(old_text, old_entry)
        return entry

    def _read(self, text: str) -> ValidDocument | Refusal:
        try:
            document = parse(text, max_tokens=_MOST_TOKENS_PER_DOCUMENT)
        except GraphQLError as error:
            return refuse(RequestErrorCode.GRAPHQL_PARSE_FAILED, [error])
        errors = validate(
            self._schema,
            document,
            self._rules,
            max_errors=_MOST_VALIDATION_ERRORS,
            hide_suggestions=not self._introspection,
        )
        if errors:
            return refuse(RequestErrorCode.GRAPHQL_VALIDATION_FAILED, errors)
        return ValidDocument(document, document.token_count)


def _cost(text: str, entry: ValidDocument | Refusal) -> int:
    """Tokens, or what the text of a refused document weighs against them."""
    return entry.token_count if isinstance(entry, ValidDocument) else 1 + len(text) // 32
