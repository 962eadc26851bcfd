"""Documents that ask for too much: refused before they are validated, and at little cost."""

import json
import random
import time
from collections.abc import Mapping
from functools import partial

import pytest
from graphql import get_introspection_query

from contact_gateway.operations import (
    DocumentReader,
    OperationStore,
    Refusal,
    RequestErrorCode,
    ValidDocument,
)
from contact_gateway.sandbox import Sandbox
from tests.client import RENAME, Client
from tests.cpu_time import COSTLIEST, least_cpu_time
from tests.operations.bombs import BOMBS
from tests.operations.costly_documents import evolved

# the sizes at which the limits bite, and on to the largest body
SIZES = [1_500, 3_000, 6_000, 16_000, 32_000, 64_000]


def messages(outcome: ValidDocument | Refusal) -> list[str]:
    """The messages of a refusal; none if there is no refusal."""
    return [error.message for error in outcome.errors] if isinstance(outcome, Refusal) else []


def group(selection: str) -> str:
    """A query of one group."""
    return f"{{contactGroup(id: 1) {{{selection}}}}}"


@pytest.mark.parametrize(
    ("inside", "beyond", "message"),
    [
        ("{" + "__typename " * 15 + "}", "{" + "__typename " * 16 + "}", "15 root fields"),
        (
            "mutation {" + "__typename " * 5 + "}",
            "mutation {" + "__typename " * 6 + "}",
            "5 root fields",
        ),
        (
            "mutation {...F ...F __typename} fragment F on Mutation {__typename __typename}",
            "mutation {...F ...F ...F} fragment F on Mutation {__typename __typename}",
            "5 root fields",
        ),
        (
            "mutation {... on Mutation {" + "__typename " * 5 + "}}",
            "mutation {... on Mutation {" + "__typename " * 6 + "}}",
            "5 root fields",
        ),
        (group("name " * 299), group("name " * 300), "300 fields"),
        (
            group("...F " * 149 + "name") + "fragment F on ContactGroup {id name}",
            group("...F " * 150) + "fragment F on ContactGroup {id name}",
            "300 fields",
        ),
        (
            group(" ".join(f"a{i}: name" for i in range(30))),
            group(" ".join(f"a{i}: name" for i in range(31))),
            "30 aliases",
        ),
        (
            group("...F " * 30) + "fragment F on ContactGroup {a: name}",
            group("...F " * 31) + "fragment F on ContactGroup {a: name}",
            "30 aliases",
        ),
        (
            group("name @skip(if: true) " * 30),
            group("name @skip(if: true) " * 31),
            "30 directives",
        ),
        (
            group("...F @skip(if: true) " * 15) + "fragment F on ContactGroup {id @skip(if: true)}",
            group("...F @skip(if: true) " * 16) + "fragment F on ContactGroup {id @skip(if: true)}",
            "30 directives",
        ),
    ],
)
def test_the_largest_and_the_first_too_large(
    reader: DocumentReader, inside: str, beyond: str, message: str
) -> None:
    """Each limit counts through fragments, and lets its own figure pass."""
    outcomes = [messages(reader.read(text)) for text in (inside, beyond)]

    assert outcomes == [[], [f"Expected at most {message} with fragments."]]


def test_the_depth(reader: DocumentReader) -> None:
    """Depth is counted through fragments too; inline fragments and spreads add nothing to it."""
    deep = (
        "{a" * 10 + "{...on Query{...F}}" + "}" * 10 + "fragment F on Query" + "{a" * 11 + "}" * 11
    )
    (message, *_) = messages(reader.read(deep))

    assert message == "Expected at most 20 levels of fields with fragments."


def test_fields_of_many_fragments(reader: DocumentReader) -> None:
    """The fields that are written count together, wherever they are."""
    fragments = (f"fragment F{i} on ContactGroup {{{'id ' * 101}}}" for i in range(3))
    text = group("...F0") + group("...F1").replace("{", "query A {", 1) + "".join(fragments)

    assert "Expected at most 300 fields in a document." in messages(reader.read(text))


@pytest.mark.parametrize("length", [1, 2, 90])
def test_a_cycle_of_fragments(reader: DocumentReader, length: int) -> None:
    """It is told at once."""
    links = (f"fragment F{i} on Query {{...F{(i + 1) % length}}}" for i in range(length))
    text = "{...F0}" + "".join(links)

    assert messages(reader.read(text)) == ["Cannot spread fragment 'F0' within itself."]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{" + "a " * 999 + "}", "Syntax Error: Document contains more than 1000 tokens."),
        ("#\n" * 1_001 + "{a}", "Syntax Error: Document contains more than 1000 comments."),
        ("{__typename}" + " " * 16_373, "Expected at most 16384 characters."),
        ("{a" * 300, "Syntax Error: Document is nested too deeply."),
    ],
)
def test_a_document_that_is_too_long(reader: DocumentReader, text: str, message: str) -> None:
    """It is not parsed to its end: 400, as for any document that cannot be parsed."""
    outcome = reader.read(text)

    assert isinstance(outcome, Refusal)
    assert (outcome.status, outcome.errors[0].code) == (400, RequestErrorCode.GRAPHQL_PARSE_FAILED)
    assert outcome.errors[0].message.removesuffix(" Parsing aborted.") == message


@pytest.mark.parametrize("text", [RENAME, "{__typename}" + " " * 16_372])
def test_documents_that_have_to_pass(reader: DocumentReader, text: str) -> None:
    """The largest useful mutation, and a document of the greatest length."""
    assert isinstance(reader.read(text), ValidDocument)


def test_the_introspection_query_of_tools(introspecting_reader: DocumentReader) -> None:
    """The longest of them passes where introspection is allowed."""
    text = get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )

    assert isinstance(introspecting_reader.read(text), ValidDocument)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{...F0}" + "".join(f"fragment F{i} on Query {{...F{i + 1}}}" for i in range(50)),
            "Expected at most 40 levels of selection sets with fragments.",
        ),
        (
            "".join(f"query A{i} {{__typename}}" for i in range(11)),
            "Expected at most 10 operations in a document.",
        ),
        (
            "{contactGroups(filter: {ids: [" + "1 " * 330 + "]}) {itemCount}}",
            "Expected at most 330 nodes in a document.",
        ),
        (
            "query ($v: ID = " + "[" * 9 + "]" * 9 + ") {contactGroup(id: $v) {id}}",
            "Expected at most 8 levels of values in a document.",
        ),
        (
            "{" + 'a: contactGroup(id: "1") {name id} ' * 15 + "...F}"
            "fragment F on Query {" + 'a: contactGroup(id: "1") {id name} ' * 15 + "}",
            "Expected at most 15 root fields with fragments.",
        ),
        (
            'mutation {updateContactGroup(id: "1", input: {}) {... on MutationError {'
            + "problem {type status} " * 40
            + "}}}",
            "Expected fields of one name to take at most 2000 comparisons.",
        ),
    ],
    ids=["nesting", "operations", "nodes", "depth of values", "root fields", "comparisons"],
)
def test_what_takes_much_to_validate(reader: DocumentReader, text: str, message: str) -> None:
    """It is told which limit it exceeds, of each definition that does."""
    assert set(messages(reader.read(text))) == {message}


def costs_of(reader: DocumentReader, texts: Mapping[str, str]) -> dict[str, float]:
    """The documents that cost too much however often they are measured, and what."""
    costs = {
        name: least_cpu_time(partial(reader.read, text), times=40, enough=COSTLIEST)
        for name, text in texts.items()
    }
    return {name: cost for name, cost in costs.items() if cost >= COSTLIEST}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(reader: DocumentReader, name: str) -> None:
    """Up to 64 KB, each costs 15 ms of CPU at most, however large it is."""
    texts = {str(size): BOMBS[name](size) for size in SIZES}

    assert costs_of(reader, texts) == {}


def test_fragments_that_come_to_nothing(reader: DocumentReader) -> None:
    """Each spreads the next one twice; whoever goes into each spread goes into half a million."""
    links = "".join(
        f"fragment F{i} on Query {{...on Query {{...F{i + 1}}} ... {{...F{i + 1}}}}}"
        for i in range(19)
    )
    text = "{contactGroups {itemCount} ...F0}" + links + "fragment F19 on Query {}"

    assert isinstance(reader.read(text), ValidDocument)
    assert costs_of(reader, {"nothing": text}) == {}


def test_the_costliest_that_a_search_finds(reader: DocumentReader) -> None:
    """Documents that grow for two seconds to cost as much as they can cost 15 ms at most."""
    end = time.monotonic() + 2

    found = evolved(
        cost=lambda text: least_cpu_time(partial(reader.read, text), times=1),
        going_on=lambda: time.monotonic() < end,
        rng=random.Random(21),  # noqa: S311 - the same search each time
    )

    assert costs_of(reader, {text: text for text in found}) == {}


@pytest.mark.parametrize("several", [2, 3, 4, 5])
def test_the_largest_useful_mutation_several_times(
    introspecting_reader: DocumentReader, several: int
) -> None:
    """With every field of every member, and variables of its own, under so many aliases."""
    call = RENAME[RENAME.index("{") + 1 : RENAME.rindex("}")]
    fields = "".join(
        f"a{i}: " + call.strip().replace("$id", f"$id{i}").replace("$input", f"$input{i}")
        for i in range(several)
    )
    variables = " ".join(f"$id{i}: ID! $input{i}: UpdateContactGroupInput!" for i in range(several))
    text = f"mutation ({variables}) {{{fields}}}"

    assert isinstance(introspecting_reader.read(text), ValidDocument)
    assert costs_of(introspecting_reader, {"several": text}) == {}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_that_are_sent(client: Client, sandbox: Sandbox, name: str) -> None:
    """No bomb of the largest size is executed, and the refusal has 5 errors and 4 KB at most."""
    body = json.dumps({"query": BOMBS[name](62_000)}, ensure_ascii=False).replace("\\n", " ")
    response = client.send_body(body.encode(), {"X-Request-Id": "x" * 128})

    assert response.status_code in {400, 422}
    assert len(response.json()["errors"]) <= 5
    assert len(response.content) <= 4_096
    assert not sandbox.received


@pytest.mark.parametrize(
    "text",
    [
        "{" + " ".join(f"{'x' * 300}{i}" for i in range(9)) + "}",
        "{" + " ".join(f'contactGroup(id: "{chr(127) * 600}{i}", a: 1)' for i in range(15)) + "}",
        '{contactGroup(id: {a: "' + "👍" * 3_000 + '"}) {id}}',
        "{" + "👍" * 3_000 + "}",
        group(" ".join(f"a: {'name' if i else 'id'}" for i in range(30))),
    ],
    ids=["names", "control characters", "wide characters", "a syntax error", "conflicts"],
)
def test_errors_that_quote_much(client: Client, text: str) -> None:
    """Whatever a document makes an error quote, the refusal has 4 KB at most."""
    body = json.dumps({"query": text}, ensure_ascii=False).encode()
    response = client.send_body(body, {"X-Request-Id": "x" * 128})

    assert response.status_code in {400, 422}
    assert len(response.content) <= 4_096


@pytest.mark.parametrize("text", ["{__typename}", "{x}", "{"])
def test_what_is_remembered(reader: DocumentReader, text: str) -> None:
    """Refused documents are remembered as well as accepted ones."""
    store = OperationStore(reader)

    assert store.by_text(text) is store.by_text(text)


def test_how_much_is_remembered(reader: DocumentReader) -> None:
    """What is remembered of refused documents is bounded, and displaces nothing that is valid."""
    store = OperationStore(reader)
    valid = store.by_text("{__typename}")
    first = store.by_text("{x0}")
    for number in range(1, 60):
        store.by_text(f"{{x{number}}}" + " " * 16_000)

    assert store.by_text("{__typename}") is valid
    assert store.by_text("{x0}") is not first


def test_valid_documents_that_are_many(reader: DocumentReader) -> None:
    """What was used longest ago goes first."""
    store = OperationStore(reader)
    kept, forgotten = store.by_text("{__typename}"), store.by_text("{a: __typename}")
    for number in range(260):
        store.by_text(f"{{a{number}: __typename}}" + " " * 16_000)
        assert store.by_text("{__typename}") is kept

    assert store.by_text("{a: __typename}") is not forgotten
