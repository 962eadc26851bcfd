"""Validation of a document (GraphQL specification 5): graphql-core's rules, at a bounded cost.

graphql-core's own `validate` takes three times as long for a document as is needed, and one of its
rules may compare for a quarter of a second, for whoever cares to send a document never seen before.
"""

from collections.abc import Callable, Collection
from typing import Any, Final

from graphql import (
    SKIP,
    ASTValidationRule,
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    KnownDirectivesRule,
    Node,
    NoSchemaIntrospectionCustomRule,
    NoUndefinedVariablesRule,
    NoUnusedVariablesRule,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    StreamDirectiveOnListField,
    TypeInfo,
    UniqueDirectivesPerLocationRule,
    UniqueVariableNamesRule,
    ValidationContext,
    ValidationRule,
    VariableNode,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
    Visitor,
    VisitorAction,
    specified_rules,
)
from graphql.validation.validation_context import VariableUsage

from contact_gateway.operations.limits import LIMITS
from contact_gateway.operations.refusals import MOST_ERRORS
from contact_gateway.operations.subgraphs import SERVICE
from contact_gateway.operations.walking import Walk

__all__ = ["Rules", "rules_of", "validate_document"]

Rules = Collection[type[ASTValidationRule]]


class _FieldsCanBeMerged(OverlappingFieldsCanBeMergedRule):
    """The rule that compares fields of one name pairwise: it gives up earlier than its library."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = LIMITS.comparisons


class _NoServiceRule(ValidationRule):
    """Where the schema cannot be asked for, it cannot be asked for as a subgraph's either."""

    def enter_field(self, node: FieldNode, *_: object) -> None:
        if node.name.value == SERVICE and self.context.get_field_def() is not None:
            message = (
                "GraphQL introspection has been disabled, but the requested query contained the "
                f"field '{SERVICE}'."
            )
            self.report_error(GraphQLError(message, node))


# Rules that look at nothing but what a document without this sign does not have.
_ONLY_WITH: Final[dict[str, Rules]] = {
    "@": {
        DeferStreamDirectiveLabel,
        DeferStreamDirectiveOnRootField,
        DeferStreamDirectiveOnValidOperationsRule,
        KnownDirectivesRule,
        StreamDirectiveOnListField,
        UniqueDirectivesPerLocationRule,
    },
    "$": {
        NoUndefinedVariablesRule,
        NoUnusedVariablesRule,
        UniqueVariableNamesRule,
        VariablesAreInputTypesRule,
        VariablesInAllowedPositionRule,
    },
    SERVICE: {_NoServiceRule},
}


def rules_of(*, introspection: bool) -> Rules:
    """The rules of the specification, and whether a document may ask for the schema itself."""
    rules = [
        _FieldsCanBeMerged if rule is OverlappingFieldsCanBeMergedRule else rule
        for rule in specified_rules
    ]
    hidden = [NoSchemaIntrospectionCustomRule, _NoServiceRule]
    return rules if introspection else [*rules, *hidden]


def validate_document(
    schema: GraphQLSchema, document: DocumentNode, rules: Rules, *, hide_suggestions: bool
) -> list[GraphQLError]:
    """What graphql-core's `validate` says of a document, but not more than a refusal tells."""
    errors: list[GraphQLError] = []

    def report(error: GraphQLError) -> None:
        errors.append(error)
        if len(errors) == MOST_ERRORS:
            raise _EnoughError

    types = TypeInfo(schema)
    context = _Context(schema, document, types, report, hide_suggestions=hide_suggestions)
    visitors = [rule(context) for rule in _applicable(rules, document)]
    try:
        Walk(types, visitors).through(document, None, [])
    except _EnoughError:
        pass
    except RecursionError:
        errors.append(GraphQLError("Expected values that are not nested so deeply."))
    except GraphQLError:  # how a rule of graphql-core's gives up
        most = f"at most {LIMITS.comparisons} comparisons"
        errors.append(GraphQLError(f"Expected fields of one name to take {most}."))
    return errors


class _EnoughError(Exception):
    """There are as many errors as are told."""


def _applicable(rules: Rules, document: DocumentNode) -> Rules:
    """Those of the rules that have anything to look at."""
    text = document.loc.source.body if document.loc else ""
    idle = {rule for sign, of_sign in _ONLY_WITH.items() if sign not in text for rule in of_sign}
    return [rule for rule in rules if rule not in idle]


class _Context(ValidationContext):
    """What rules ask of the document as a whole: found once, and found again by identity.

    graphql-core finds it by the hash of a node, for which it takes that of all that is below.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        types: TypeInfo,
        report: Callable[[GraphQLError], None],
        *,
        hide_suggestions: bool,
    ) -> None:
        super().__init__(schema, document, types, report, hide_suggestions)
        self._types = types
        self._by_identity: dict[tuple[str, int], list[Any]] = {}

    def get_fragment_spreads(self, node: SelectionSetNode) -> list[FragmentSpreadNode]:
        """The spreads in a selection set, however deep."""
        return self._once("spreads", super().get_fragment_spreads, node)

    def get_recursive_variable_usages(self, operation: OperationDefinitionNode) -> list[Any]:
        """Where an operation uses variables, and the fragments that it spreads."""
        return self._once("usages", super().get_recursive_variable_usages, operation)

    def get_variable_usages(
        self, node: OperationDefinitionNode | FragmentDefinitionNode
    ) -> list[Any]:
        """Where a definition itself uses variables."""
        return self._once("own usages", self._usages, node)

    def _usages(self, node: OperationDefinitionNode | FragmentDefinitionNode) -> list[Any]:
        usages = _Usages(self._types)
        Walk(self._types, [usages]).through(node, None, [])
        return usages.found

    def _once(self, what: str, find: Callable[[Any], list[Any]], node: Node) -> list[Any]:
        key = what, id(node)
        if key not in self._by_identity:
            self._by_identity[key] = find(node)
        return self._by_identity[key]


class _Usages(Visitor):
    """Finds the variables below a node."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self.found: list[VariableUsage] = []

    def enter_variable_definition(self, *_: Any) -> VisitorAction:
        """A definition is no use."""
        return SKIP

    def enter_field(self, node: FieldNode, *_: Any) -> VisitorAction:
        """Go no further where there is none: that is seen at once in the text."""
        at = node.loc
        return SKIP if at and at.source.body.find("$", at.start, at.end) < 0 else None

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """Note it, with what is expected there."""
        types = self._types
        self.found.append(
            VariableUsage(
                node,
                types.get_input_type(),
                types.get_parent_input_type(),
                types.get_default_value(),
                None,
            )
        )
