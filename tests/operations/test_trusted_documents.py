"""Trusted documents: manifests of three generators, two ways to ask, three modes."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog.testing

from contact_gateway.operations import (
    DocumentReader,
    OperationStore,
    Refusal,
    TrustedDocumentsError,
    load_trusted_documents,
)
from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.servers import environment_for, gateway_before

MANIFESTS = {path.stem: path for path in (Path(__file__).parent / "manifests").glob("*.json")}
UNLISTED = "query Unlisted {__typename}"
RENAME = {"id": "5514123", "input": {"name": "Best customers"}}


def digest(text: str) -> str:
    """The id of a document."""
    return hashlib.sha256(text.encode()).hexdigest()


def documents(manifest: Path) -> list[str]:
    """The texts in a manifest, in whatever format it is."""
    content = json.loads(manifest.read_text())
    if "operations" in content:
        return [operation["body"] for operation in content["operations"]]
    return list(content.values())


def mutation_in(manifest: Path) -> str:
    """The one mutation in a manifest."""
    (text,) = (text for text in documents(manifest) if "mutation" in text)
    return text


@pytest.fixture(scope="module")
def gateways(sandbox_server: Sandbox) -> Iterator[Callable[[str, str], str]]:
    """Gateways by manifest and mode, each started when it is first asked for."""
    started: dict[tuple[str, str], str] = {}
    with ExitStack() as stack:

        def url_of(manifest: str, mode: str) -> str:
            if (manifest, mode) not in started:
                started[manifest, mode] = stack.enter_context(
                    gateway_before(
                        sandbox_server,
                        trusted_documents=str(MANIFESTS[manifest]),
                        trusted_documents_mode=mode,
                    )
                )
            return started[manifest, mode]

        yield url_of


Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(
    gateways: Callable[[str, str], str], issue_token: IssueToken
) -> Iterator[Callable[[str, str], Ask]]:
    """Sends parameters to the gateway with a manifest and a mode."""
    with ExitStack() as stack:

        def client_of(manifest: str, mode: str) -> Ask:
            client = Client(gateways(manifest, mode), issue_token())
            stack.enter_context(client.http)
            return lambda **parameters: client.send_body(json.dumps(parameters).encode())

        yield client_of


def outcome(response: httpx.Response) -> tuple[int, Any]:
    """The status, with the codes of the errors or with the data."""
    body = response.json()
    if "errors" not in body:
        return response.status_code, body["data"]
    return response.status_code, [error["extensions"]["code"] for error in body["errors"]]


def apollo(document_id: str) -> dict[str, object]:
    """Apollo's way to ask for a document."""
    return {"persistedQuery": {"version": 1, "sha256Hash": document_id}}


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_the_manifest_of_a_generator(
    ask: Callable[[str, str], Ask], sandbox: Sandbox, manifest: str
) -> None:
    """Its documents are served by id, in all three ways, and by their text."""
    text = mutation_in(MANIFESTS[manifest])
    send = ask(manifest, "enforce")

    results = [
        send(**parameters, variables=RENAME).json()["data"]["updateContactGroup"]["__typename"]
        for parameters in (
            {"documentId": f"sha256:{digest(text)}"},
            {"documentId": digest(text)},
            {"extensions": apollo(digest(text))},
            {"query": text},
            {"query": text, "extensions": apollo(digest(text))},
        )
    ]

    assert results == ["UpdateContactGroupSuccess"] * 5
    assert len(sandbox.received) == 5


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_every_document_of_a_generator(reader: DocumentReader, manifest: str) -> None:
    """Each is found under its id."""
    path = MANIFESTS[manifest]

    trusted = load_trusted_documents(path, reader)

    assert set(trusted.by_hash) == {digest(text) for text in documents(path)}
    assert set(trusted.by_text) == set(documents(path))


@pytest.mark.parametrize(
    ("mode", "parameters", "expected"),
    [
        ("off", {"query": UNLISTED}, (200, {"__typename": "Query"})),
        ("log", {"query": UNLISTED}, (200, {"__typename": "Query"})),
        ("enforce", {"query": UNLISTED}, (403, ["QUERY_NOT_IN_SAFELIST"])),
        ("enforce", {"query": "{"}, (403, ["QUERY_NOT_IN_SAFELIST"])),
        ("enforce", {"query": "{__schema {types {name}}}"}, (403, ["QUERY_NOT_IN_SAFELIST"])),
        ("off", {"documentId": "x"}, (422, ["PERSISTED_QUERY_NOT_SUPPORTED"])),
        ("off", {"extensions": apollo("x")}, (422, ["PERSISTED_QUERY_NOT_SUPPORTED"])),
        ("log", {"documentId": "x"}, (404, ["PERSISTED_QUERY_NOT_FOUND"])),
        ("enforce", {"documentId": "x"}, (404, ["PERSISTED_QUERY_NOT_FOUND"])),
        ("enforce", {"documentId": ""}, (404, ["PERSISTED_QUERY_NOT_FOUND"])),
        ("enforce", {"documentId": f"sha256:{digest(UNLISTED)}"},
            (404, ["PERSISTED_QUERY_NOT_FOUND"])),
        ("enforce", {"extensions": apollo(digest(UNLISTED))},
            (404, ["PERSISTED_QUERY_NOT_FOUND"])),
        ("enforce", {"query": UNLISTED, "extensions": apollo(digest(UNLISTED))},
            (403, ["QUERY_NOT_IN_SAFELIST"])),
        ("enforce", {}, (422, ["BAD_REQUEST"])),
    ],
)  # fmt: skip
def test_documents_that_are_not_listed(
    ask: Callable[[str, str], Ask], mode: str, parameters: dict[str, Any], expected: object
) -> None:
    """What is not listed is run, reported or refused as the mode says; its id is never found."""
    response = ask("apollo", mode)(**parameters)

    assert outcome(response) == expected


def test_registering_a_document(ask: Callable[[str, str], Ask]) -> None:
    """Sending a text with its id, as Apollo's automatic persisted queries do, registers nothing."""
    send = ask("apollo", "log")
    send(query=UNLISTED, extensions=apollo(digest(UNLISTED)))

    response = send(extensions=apollo(digest(UNLISTED)))

    assert outcome(response) == (404, ["PERSISTED_QUERY_NOT_FOUND"])


def test_the_words_that_clients_compare_with(ask: Callable[[str, str], Ask]) -> None:
    """Clients of Apollo's protocol know the refusals by their messages too."""
    told = [
        ask("apollo", mode)(documentId="x").json()["errors"][0]["message"]
        for mode in ("off", "log")
    ]

    assert told == ["PersistedQueryNotSupported", "PersistedQueryNotFound"]


def test_a_text_instead_of_a_listed_one(ask: Callable[[str, str], Ask]) -> None:
    """A text is judged by itself: the id of a listed document beside it does not help."""
    listed = digest(mutation_in(MANIFESTS["apollo"]))

    response = ask("apollo", "enforce")(query=UNLISTED, documentId=f"sha256:{listed}")

    assert outcome(response) == (403, ["QUERY_NOT_IN_SAFELIST"])


def test_what_is_reported(reader: DocumentReader) -> None:
    """The mode log reports an unlisted document when it is first read, by its hash alone."""
    store = OperationStore(reader, load_trusted_documents(MANIFESTS["relay"], reader))
    listed = mutation_in(MANIFESTS["relay"])

    with structlog.testing.capture_logs() as logs:
        for text in (UNLISTED, UNLISTED, listed, "{"):
            store.by_text(text)

    assert logs == [
        {"event": "document_not_listed", "sha256": digest(UNLISTED), "log_level": "warning"}
    ]


def test_how_long_trusted_documents_are_kept(reader: DocumentReader) -> None:
    """For ever, however many others come and go."""
    store = OperationStore(reader, load_trusted_documents(MANIFESTS["relay"], reader))
    listed = mutation_in(MANIFESTS["relay"])
    kept = store.by_text(listed)
    for number in range(300):
        store.by_text(f"{{a{number}: __typename}}" + " " * 16_000)

    assert not isinstance(kept, Refusal)
    assert store.by_text(listed) is store.by_id(digest(listed)) is kept


def hashes(*texts: str) -> dict[str, str]:
    """A manifest in the form of Relay."""
    return {digest(text): text for text in texts}


def operation(**members: object) -> dict[str, object]:
    """A manifest in the form of Apollo."""
    return {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [members],
    }


BROKEN = "query Broken {contactGroups {surname}}"
LONG = "query Long {" + "__typename " * 16 + "}"
FAULT = "Cannot query field 'surname' on type 'ContactGroupPage'."
SHA_256_EXPECTED = (
    ": expected the SHA-256 of the document as its id (graphql-codegen: hashAlgorithm "
    '"sha256"; Relay: persistConfig.algorithm "SHA256")'
)


@pytest.mark.parametrize(
    ("manifest", "lines"),
    [
        (hashes(BROKEN), [
            f"Broken (sha256:{digest(BROKEN)}): {FAULT}"]),
        (hashes(UNLISTED, LONG), [
            f"Long (sha256:{digest(LONG)}): Expected at most 15 root fields with fragments."]),
        (hashes("{"), [
            f"a document (sha256:{digest('{')}): Syntax Error: Expected Name, found <EOF>."]),
        (hashes("{a}"), [
            (f"an operation without a name (sha256:{digest('{a}')}): "
            "Cannot query field 'a' on type 'Query'.")]),
        ({"0" * 64: UNLISTED}, ["0" * 64 + SHA_256_EXPECTED]),
        ({hashlib.md5(UNLISTED.encode(), usedforsecurity=False).hexdigest(): UNLISTED}, [
            hashlib.md5(UNLISTED.encode(), usedforsecurity=False).hexdigest() + SHA_256_EXPECTED]),
        (operation(id=digest(LONG), name="Long", type="query", body=LONG), [
            f"Long (sha256:{digest(LONG)}): Expected at most 15 root fields with fragments."]),
        (operation(id=1), ["expected ids and documents to be strings"]),
        (operation() | {"operations": {}}, ["expected operations to be a list of objects"]),
        (operation() | {"operations": ["x"]}, ["expected operations to be a list of objects"]),
        (operation() | {"version": 2}, [
            "expected the format apollo-persisted-query-manifest, version 1"]),
        ({"format": "other"}, ["expected the format apollo-persisted-query-manifest, version 1"]),
        ([], ["expected a JSON object"]),
        ({"x": 1}, ["expected ids and documents to be strings"]),
    ],
)  # fmt: skip
def test_manifests_that_do_not_fit(
    introspecting_reader: DocumentReader, tmp_path: Path, manifest: object, lines: list[str]
) -> None:
    """Each line names the variable, the document and the reason."""
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest))

    with pytest.raises(TrustedDocumentsError) as caught:
        load_trusted_documents(path, introspecting_reader)

    assert caught.value.lines == [f"CONTACT_GATEWAY_TRUSTED_DOCUMENTS: {line}" for line in lines]


def test_a_manifest_that_is_no_json(reader: DocumentReader, tmp_path: Path) -> None:
    """It is said what was expected."""
    path = tmp_path / "manifest.json"
    path.write_bytes(b"\xff")

    with pytest.raises(TrustedDocumentsError, match=r"TRUSTED_DOCUMENTS: expected JSON in UTF-8$"):
        load_trusted_documents(path, reader)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("content", [None, json.dumps(hashes(BROKEN))], ids=["missing", "broken"])
def test_starting_with_a_manifest_that_does_not_fit(
    sandbox: Sandbox, tmp_path: Path, content: str | None, workers: int
) -> None:
    """The process stops before it listens, with one line and the exit status 2."""
    path = tmp_path / "manifest.json"
    if content is not None:
        path.write_text(content)
    environment = environment_for(
        sandbox.url, port=0, workers=workers,
        trusted_documents=path, trusted_documents_mode="enforce",
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "contact_gateway", "serve"],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip

    reason = (
        f"[Errno 2] No such file or directory: '{path}'"
        if content is None
        else f"Broken (sha256:{digest(BROKEN)}): {FAULT}"
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        f"CONTACT_GATEWAY_TRUSTED_DOCUMENTS: {reason}\n",
    )
