"""From the text of a document to one that may be executed: parsed, measured, validated."""

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import GraphQLError, GraphQLSchema, parse

from contact_gateway.operations.disclosure import Disclosure, words_in
from contact_gateway.operations.foresight import DoubtsByName, rule_that_notes
from contact_gateway.operations.limits import LIMITS, exceeded_limits
from contact_gateway.operations.operation import Operation, operations_of
from contact_gateway.operations.refusals import Refusal, RequestErrorCode, refuse
from contact_gateway.operations.repetition import without_repetition
from contact_gateway.operations.validation import rules_of, validate_document

__all__ = ["DocumentReader", "ValidDocument"]


@dataclass(frozen=True, slots=True)
class ValidDocument:
    """A document that the schema and the limits allow.

    Its `operations` are found by name, an only one also by None; `token_count` is what it costs to
    keep.
    """

    text: str
    operations: Mapping[str | None, Operation]
    token_count: int


class DocumentReader:
    """Reads documents for one schema, which may ask for its `introspection` or not."""

    def __init__(
        self, schema: GraphQLSchema, disclosure: Disclosure, *, introspection: bool
    ) -> None:
        self._schema = schema
        self._disclosure = disclosure
        self._rules = rules_of(introspection=introspection)

    def read(self, text: str) -> ValidDocument | Refusal:
        """The document that `text` is, or why it is refused."""
        if len(text) > LIMITS.characters:
            error = GraphQLError(f"Expected at most {LIMITS.characters} characters.")
            return refuse(RequestErrorCode.GRAPHQL_PARSE_FAILED, [error])
        try:
            document = parse(text, max_lexical_tokens=LIMITS.tokens, max_comments=LIMITS.tokens)
        except GraphQLError as error:
            return self._refuse(RequestErrorCode.GRAPHQL_PARSE_FAILED, [error], text)
        token_count = document.token_count
        doubts: DoubtsByName = {}
        errors = exceeded_limits(document)
        if not errors:
            document = without_repetition(document)
            errors = validate_document(
                self._schema,
                document,
                [*self._rules, rule_that_notes(doubts)],
                hide_suggestions=not self._disclosure.full,
            )
        if errors:
            return self._refuse(RequestErrorCode.GRAPHQL_VALIDATION_FAILED, errors, text)
        operations = operations_of(self._schema, document, text, doubts)
        return ValidDocument(text, operations, token_count)

    def _refuse(self, code: RequestErrorCode, errors: list[GraphQLError], text: str) -> Refusal:
        sent = words_in(text)
        return refuse(code, errors, lambda message: self._disclosure.reword(message, sent))
