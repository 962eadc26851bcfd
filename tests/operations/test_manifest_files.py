"""Trusted documents in several files and directories, of different formats."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contact_gateway.contact_groups import build_schema
from contact_gateway.operations import (
    DocumentReader,
    TrustedDocumentsError,
    load_trusted_documents,
    trusted_documents_of,
)
from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.http.by_url import get, url_of
from tests.servers import gateway_before, settings_for

MANIFESTS = Path(__file__).parent / "manifests"
BROKEN = "query Broken {contactGroups {surname}}"
NO_FIELD = "Cannot query field 'surname' on type 'ContactGroupPage'."


def digest(text: str) -> str:
    """The id of a document."""
    return hashlib.sha256(text.encode()).hexdigest()


def manifest(*texts: str) -> str:
    """A manifest in the form of Relay."""
    return json.dumps({digest(text): text for text in texts})


def listed_in(path: Path) -> set[str]:
    """The ids in a manifest of a generator."""
    content: dict[str, Any] = json.loads(path.read_text())
    if "operations" in content:
        return {operation["id"] for operation in content["operations"]}
    return {name.removeprefix("sha256:") for name in content}


ALL = set().union(*(listed_in(path) for path in MANIFESTS.glob("*.json")))


@pytest.mark.parametrize(
    "paths",
    [
        (MANIFESTS,),
        (MANIFESTS / "apollo.json", MANIFESTS / "relay.json", MANIFESTS / "graphql-codegen.json"),
        (MANIFESTS / "apollo.json", MANIFESTS),
    ],
    ids=["a directory", "files", "both"],
)
def test_several(sandbox: Sandbox, paths: tuple[Path, ...]) -> None:
    """All that is listed anywhere is trusted, in whichever of the formats, once or twice."""
    settings = settings_for(
        sandbox.url,
        trusted_documents=",".join(map(str, paths)),
        trusted_documents_mode="enforce",
    )
    trusted = trusted_documents_of(settings, build_schema())

    assert trusted is not None
    assert (len(ALL), set(trusted.by_hash)) == (6, ALL)


def test_what_of_a_directory_is_no_manifest(reader: DocumentReader, tmp_path: Path) -> None:
    """What is hidden, or has another name, or is in a directory further down."""
    (tmp_path / "a.json").write_text(manifest("{__typename}"))
    for name in (".b.json", "c.txt", "d.json.bak"):
        (tmp_path / name).write_text("nonsense")
    (tmp_path / "e.json").mkdir()
    (tmp_path / "e.json" / "f.json").write_text("nonsense")

    assert set(load_trusted_documents(tmp_path, reader).by_text) == {"{__typename}"}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "{folder}: expected a manifest (*.json) in the directory"),
        ("[]", "{folder}/a.json: expected a JSON object"),
        (
            manifest("{__typename}", BROKEN),
            f"{{folder}}/a.json: Broken (sha256:{digest(BROKEN)}): {NO_FIELD}",
        ),
    ],
    ids=["none", "no manifest", "no such field"],
)
def test_what_does_not_fit(
    introspecting_reader: DocumentReader, tmp_path: Path, content: str | None, fault: str
) -> None:
    """Where there may be several files, the line names the one that is wrong."""
    if content is not None:
        (tmp_path / "a.json").write_text(content)

    with pytest.raises(TrustedDocumentsError) as caught:
        load_trusted_documents(tmp_path, introspecting_reader)

    assert caught.value.lines == [
        f"CONTACT_GATEWAY_TRUSTED_DOCUMENTS: {fault.format(folder=tmp_path)}"
    ]


@pytest.fixture(scope="module")
def enforcing_url(sandbox_server: Sandbox) -> Iterator[str]:
    """A gateway that serves the documents of three generators, and no others."""
    with gateway_before(
        sandbox_server, trusted_documents=str(MANIFESTS), trusted_documents_mode="enforce"
    ) as url:
        yield url


def find(name: str) -> str:
    """The id of the document of Apollo's manifest whose operation has this name."""
    operations = json.loads((MANIFESTS / "apollo.json").read_text())["operations"]
    (found,) = (operation["id"] for operation in operations if operation["name"] == name)
    return str(found)


def apollo(document_id: str) -> dict[str, object]:
    """Apollo's way to ask for a document."""
    return {"persistedQuery": {"version": 1, "sha256Hash": document_id}}


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        (lambda: {"documentId": f"sha256:{find('ListContactGroups')}"}, 200),
        (lambda: {"documentId": find("ListContactGroups"), "variables": {"page": 1}}, 200),
        (lambda: {"extensions": apollo(find("ListContactGroups"))}, 200),
        (lambda: {"documentId": find("RenameContactGroup")}, 405),
        (lambda: {"documentId": "x"}, 404),
        (lambda: {"query": "{__typename}"}, 403),
    ],
)
def test_by_get(
    enforcing_url: str,
    issue_token: IssueToken,
    parameters: Callable[[], dict[str, object]],
    status: int,
) -> None:
    """Queries are found by their ids in a URL too; a mutation is known as one."""
    response = get(Client(enforcing_url, issue_token()), url_of(**parameters()))

    assert response.status == status
