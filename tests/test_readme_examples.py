"""What the documents show works: its documents, their replies, and its files of settings."""

import re
from collections.abc import Callable
from pathlib import Path

import graphql
import orjson
import pytest

from contact_gateway.contact_groups import RENAME, build_schema
from contact_gateway.identity.signed_token import read_signed_token
from contact_gateway.sandbox import Sandbox
from contact_gateway.settings import PREFIX, Settings, load_settings
from tests import readme
from tests.client import Client
from tests.servers import running_gateway

ReadSettings = Callable[[str], Settings]

SCHEMA = build_schema()
MUTATION = "docs/mutation.md"
OPERATIONS = "docs/operations.md"
SHOWING = ("README.md", MUTATION)
SANDBOX = "http://127.0.0.1:8001"  # where it is unless it is told otherwise


def union_members() -> list[graphql.GraphQLObjectType]:
    """What the mutation can come to."""
    union = SCHEMA.type_map["UpdateContactGroupResult"]
    assert isinstance(union, graphql.GraphQLUnionType)
    return list(union.types)


@pytest.fixture
def read_settings(nowhere: None) -> ReadSettings:  # noqa: ARG001 - it is where `.env` is written
    """Reads what `serve` reads where this is the `.env` and nothing is in the environment."""

    def read(example: str) -> Settings:
        Path(".env").write_text(example, encoding="utf-8")
        return load_settings()

    return read


@pytest.mark.parametrize("example", readme.blocks(OPERATIONS, "ini"))
def test_an_environment_file(example: str, read_settings: ReadSettings) -> None:
    """Each example of a `.env` is all that `serve` needs, and every line of it is a setting."""
    names = {line.partition("=")[0].removeprefix(PREFIX) for line in example.split()}

    settings = read_settings(example)

    assert {name.upper() for name in settings.model_fields_set} == names


@pytest.mark.parametrize(("left_out", "subject"), [(0, "gateway"), (4, "development")])
def test_the_environment_file_for_the_sandbox(
    sandbox: Sandbox, client: Client, read_settings: ReadSettings, left_out: int, subject: str
) -> None:
    """A gateway with it serves, and calls as a client of its own by the last four lines."""
    (example,) = (example for example in readme.blocks(OPERATIONS, "ini") if SANDBOX in example)
    lines = example.replace(SANDBOX, sandbox.url).splitlines()
    settings = read_settings("\n".join(lines[: len(lines) - left_out]))

    with running_gateway(settings) as client.url:
        result = client.rename("5514123", {"name": "Best customers"})

    (bearer,) = sandbox.received[0].header("authorization")
    claims = read_signed_token(bearer.removeprefix("Bearer ")).claims
    assert (result["__typename"], claims["sub"]) == ("UpdateContactGroupSuccess", subject)


@pytest.mark.parametrize(
    ("page", "document"),
    [
        *((page, document) for page in SHOWING for document in readme.blocks(page, "graphql")),
        *(
            (page, body["query"])
            for page in readme.PAGES
            for body in readme.curl_bodies(page)
            if "_service" not in body["query"]
        ),
    ],
)
def test_a_document(page: str, document: str) -> None:
    """Every GraphQL document fits the schema."""
    errors = graphql.validate(SCHEMA, graphql.parse(document))

    assert errors == [], f"{page}: mend the document that begins {document[:60]!r}"


def test_the_document_of_the_mutation() -> None:
    """It is that of GraphiQL's first tab, and selects every field of every member."""
    shown, first_tab = (
        graphql.parse(text, no_location=True)
        for text in (readme.blocks(MUTATION, "graphql")[0], RENAME)
    )
    declared = {field for member in union_members() for field in member.fields}

    assert shown == first_tab, "docs/mutation.md: copy RENAME of contact_groups/examples.py"
    assert declared <= set(re.findall(r"\w+", RENAME)), "graphiql/workspace.py: mend RENAME"


def examples() -> list[tuple[str, str, str]]:
    """The blocks of JSON: document, variables of its mutation, and the reply to them, in turn."""
    return [
        (page, variables, reply)
        for page in SHOWING
        for variables, reply in zip(*[iter(readme.blocks(page, "json"))] * 2, strict=True)
    ]


@pytest.mark.parametrize(("page", "variables", "reply"), examples())
def test_an_example_of_the_mutation(client: Client, page: str, variables: str, reply: str) -> None:
    """The gateway answers the variables with exactly the reply that is shown."""
    mutation = readme.blocks(page, "graphql")[0]
    shown = orjson.loads(reply)
    request_id = shown["data"]["updateContactGroup"].get("requestId", "any")

    response = client.post(mutation, orjson.loads(variables), X_Request_Id=request_id)

    assert response.json() == shown, f"{page}: copy the reply from a run"


def test_the_curl_line(client: Client) -> None:
    """The curl line renames the group that it names."""
    rename = readme.curl_bodies(MUTATION)[0]

    response = client.post(rename["query"], rename["variables"])

    assert response.json()["data"]["updateContactGroup"] == {
        "__typename": "UpdateContactGroupSuccess",
        "contactGroup": {"id": rename["variables"]["id"], **rename["variables"]["input"]},
    }


def test_the_cases_of_the_typescript_example() -> None:
    """The switch has a case for each member of the union."""
    (example,) = (each for each in readme.blocks("docs/clients.md", "ts") if "switch" in each)
    cases = re.findall(r'case "(\w+)":', example)

    assert sorted(cases) == sorted(member.name for member in union_members()), (
        "docs/clients.md: mend An exhaustive switch"
    )
