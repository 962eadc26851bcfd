"""Validation at a bounded cost says what graphql-core's own says."""

import random

import pytest
from graphql import (
    ExecutableDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    parse,
    print_ast,
    specified_rules,
    validate,
)

from contact_gateway.operations.limits import exceeded_limits
from contact_gateway.operations.repetition import without_repetition
from contact_gateway.operations.validation import rules_of, validate_document
from tests.client import RENAME
from tests.operations.costly_documents import Document
from tests.operations.test_disclosure import REFUSED

TOLD = 5


def grown(seed: int) -> list[str]:
    """Documents of every kind, valid ones and others, that the limits let pass."""
    rng = random.Random(seed)  # noqa: S311 - the same ones each time
    texts: list[str] = []
    while len(texts) < 15:
        document = Document(rng, [])
        for _ in range(rng.choice((1, 3, 6))):
            document = document.grown()
        text = document.text()
        if text and len(text) < 3_000 and not exceeded_limits(parse(text)):
            texts.append(text)
    return texts


def is_syntax(text: str) -> bool:
    """Whether a text can be parsed as operations and fragments."""
    try:
        definitions = parse(text).definitions
    except GraphQLError:
        return False
    return all(isinstance(each, ExecutableDefinitionNode) for each in definitions)


def differences(schema: GraphQLSchema, texts: list[str]) -> list[str]:
    """The documents of which graphql-core would say something else."""
    rules = rules_of(introspection=True)
    found = []
    for text in texts:
        document = parse(text)
        ours = validate_document(schema, document, rules, hide_suggestions=False)
        theirs = validate(schema, document, specified_rules)
        gave_up = any("comparisons" in error.message for error in ours)
        told = [(error.message, error.locations) for error in ours]
        expected = [(error.message, error.locations) for error in theirs[:TOLD]]
        if not gave_up and told != expected:
            found.append(text)
    return found


@pytest.mark.parametrize("seed", range(2))
def test_documents_that_were_made_up(schema: GraphQLSchema, seed: int) -> None:
    """The first five errors are those of graphql-core, each in its words and at its place."""
    texts = grown(seed)

    assert differences(schema, texts) == []


def test_documents_that_break_each_rule(schema: GraphQLSchema) -> None:
    """The same for documents that were written to break a rule each, and for one that is valid."""
    texts = [text for text in [*REFUSED, RENAME] if is_syntax(text)]

    assert differences(schema, texts) == []


@pytest.mark.parametrize(
    ("text", "thinned"),
    [
        ("{a a b a}", "{a b}"),
        ("{a: b b a: b}", "{a: b b}"),
        ("{a(x: 1) a(x: 1) a @skip(if: true) a}", "{a(x: 1) a(x: 1) a @skip(if: true) a}"),
        ("{a {b b} a {b b}}", "{a {b} a {b}}"),
        ("{...F ...F ...G @skip(if: true) ...G}", "{...F ...G @skip(if: true) ...G}"),
        ("{...on A {b b} ...{b b}}", "{...on A {b} ...{b}}"),
        ("fragment F on A {b c b} query {a a}", "fragment F on A {b c} query {a}"),
    ],
)
def test_repetition(text: str, thinned: str) -> None:
    """A name that stands in a selection set again goes; what has more to it than a name stays."""
    document = without_repetition(parse(text))

    assert print_ast(document) == print_ast(parse(thinned))


def test_no_repetition() -> None:
    """Nothing is copied then."""
    document = parse(RENAME)

    assert without_repetition(document) is document
