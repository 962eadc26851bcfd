"""In a supergraph: Apollo's composition, a second subgraph of Apollo's, served by Hive Gateway."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contact_gateway.sandbox import SCENARIOS, Grant, Sandbox, SandboxServer
from tests.client import RENAME, Client
from tests.conftest import IssueToken
from tests.federation.test_entities import groups_asked_for
from tests.installed import node_with
from tests.readme import code, table
from tests.scripted_upstream import ScriptedUpstream
from tests.servers import await_ready, free_port, gateway_before

FOLDER = Path(__file__).parent / "supergraph"
HIVE = "node_modules/@graphql-hive/gateway/dist/bin.js"
FAVOURITES = "query ($ids: [ID!]!) { favourites(ids: $ids) { rank group { id name stars } } }"
MEMBERS = {
    code(row[0]): (code(row[2]), code(row[3]))
    for row in table("Id", "The sandbox", "Member of the union", "outcome")
}


@dataclass(frozen=True)
class Supergraph:
    """A federated gateway that runs, and what is behind it."""

    url: str
    sandbox: Sandbox

    def client(self, scope: str = "contacts:read contacts:write", customer: int = 5690) -> Client:
        """A caller of the federated gateway."""
        grant = Grant(client_id="test", scopes=tuple(scope.split()), customers=(5690,))
        return Client(self.url, self.sandbox.tokens.issue(grant), str(customer))


@contextlib.contextmanager
def running(*command: str, log: Path) -> Iterator[subprocess.Popen[str]]:
    """A program of the folder, for as long as the block lasts."""
    with (
        log.open("w") as errors,
        subprocess.Popen(  # noqa: S603 - node and files of ours
            command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def running_supergraph(subgraph_url: str, folder: Path) -> Iterator[str]:
    """Compose what the two subgraphs say of themselves, and serve it; the URL."""
    node = node_with(FOLDER)
    with running(node, "favourites.mjs", log=folder / "favourites.log") as favourites:
        assert favourites.stdout is not None
        other = favourites.stdout.readline().strip()
        composed = subprocess.run(  # noqa: S603 - as above
            [node, "compose.mjs", f"contact_groups={subgraph_url}/graphql", f"favourites={other}"],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (composed.returncode, composed.stderr) == (0, "")
        supergraph = folder / "supergraph.graphql"
        supergraph.write_text(composed.stdout, encoding="utf-8")
        port = free_port()
        listen = ["--host", "127.0.0.1", "--port", str(port)]
        command = [node, HIVE, "supergraph", str(supergraph), *listen, "-c", "gateway.config.mjs"]
        # what it logs goes to a file, because nobody reads a pipe
        with (
            (folder / "hive.log").open("w") as log,
            subprocess.Popen(  # noqa: S603 - as above
                command, cwd=FOLDER, stdout=log, stderr=log
            ) as hive,
        ):
            try:
                url = f"http://127.0.0.1:{port}"
                await_ready(f"{url}/readiness", lambda: hive.poll() is None, seconds=120)
                yield url
            finally:
                hive.kill()


@pytest.fixture(scope="module")
def supergraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supergraph]:
    """One of the sandbox, which hangs not for long."""
    timeouts = {"upstream_attempt_timeout": 0.5, "upstream_deadline": 1}
    with (
        SandboxServer() as sandbox,
        gateway_before(sandbox, federation=True, introspection=True, **timeouts) as url,
        running_supergraph(url, tmp_path_factory.mktemp("supergraph")) as served,
    ):
        yield Supergraph(served, sandbox)


def post(client: Client, document: str, variables: dict[str, Any] | None = None) -> Any:
    """The reply to one request, whole."""
    with client.http:
        return client.post(document, variables).json()


def test_a_query_across_both(supergraph: Supergraph) -> None:
    """What the other team refers to comes from here, and theirs is added to ours."""
    reply = post(
        supergraph.client(),
        """{
          favourites(ids: ["5514124", "5514129", "5514124"]) { rank group { name stars } }
          contactGroups(filter: {namePrefix: "Sup"}) { items { id name stars } }
        }""",
    )

    suppliers, schools = (
        {"name": "Suppliers", "stars": 4},
        {"name": "Schools and colleges", "stars": 4},
    )
    assert reply == {
        "data": {
            "favourites": [
                {"rank": 1, "group": suppliers},
                {"rank": 2, "group": schools},
                {"rank": 3, "group": suppliers},
            ],
            "contactGroups": {"items": [{"id": "5514124", **suppliers}]},
        }
    }


@pytest.mark.parametrize("scenario", [str(each.id) for each in SCENARIOS])
def test_the_mutation(supergraph: Supergraph, scenario: str) -> None:
    """Every outcome comes through as it is, whatever the scenario."""
    variables = {"id": scenario, "input": {"name": f"Renamed {scenario}"}}

    reply = post(supergraph.client(), RENAME, variables)

    result = reply["data"]["updateContactGroup"]
    member = (result["__typename"], result.get("outcome", ""))
    assert (member, "errors" in reply) == (MEMBERS[scenario], False)


@pytest.mark.parametrize(
    ("group", "name", "scope", "member"),
    [
        ("5514124", "New", "contacts:read contacts:write", "UpdateContactGroupSuccess"),
        ("0", "New", "contacts:write", "InvalidInputError"),
        ("5514124", "New", "contacts:read", "PermissionDeniedError"),
    ],
)
def test_the_mutation_of_a_group(
    supergraph: Supergraph, group: str, name: str, scope: str, member: str
) -> None:
    """Nor does what is no scenario lose anything on the way."""
    reply = post(supergraph.client(scope), RENAME, {"id": group, "input": {"name": name}})
    supergraph.sandbox.store.reset()

    assert (reply["data"]["updateContactGroup"]["__typename"], "errors" in reply) == (member, False)


def test_headers(supergraph: Supergraph) -> None:
    """The token and the customer are passed on: another customer has other groups."""
    supergraph.sandbox.received.clear()
    client = supergraph.client()

    post(client, FAVOURITES, {"ids": ["5514124"]})

    assert [
        (call.header("authorization"), call.header("customer-id"))
        for call in supergraph.sandbox.received
    ] == [((f"Bearer {client.token}",), ("5690",))]


@pytest.mark.parametrize(
    ("scope", "customer", "required"),
    [("contacts:write", 5690, "contacts:read"), ("contacts:read", 7310, None)],
    ids=["without the scope", "of another customer"],
)
def test_who_may_not_read(
    supergraph: Supergraph, scope: str, customer: int, required: str | None
) -> None:
    """Nothing is asked of the REST API; each error says why, and the rest is answered."""
    supergraph.sandbox.received.clear()

    reply = post(supergraph.client(scope, customer), FAVOURITES, {"ids": ["5514124", "5514129"]})

    assert reply["data"]["favourites"] == [{"rank": 1, "group": None}, {"rank": 2, "group": None}]
    assert [*supergraph.sandbox.received] == []
    assert [
        (each["path"], each["extensions"]["code"], each["extensions"].get("requiredScope"))
        for each in reply["errors"]
    ] == [
        (["favourites", index, "group", "name"], "PERMISSION_DENIED", required)
        for index in range(2)
    ]


def test_a_hundred_groups(
    scripted: ScriptedUpstream, sandbox: Sandbox, issue_token: IssueToken, tmp_path: Path
) -> None:
    """They are read in one call of the REST API."""
    scripted.responds(groups_asked_for)
    ids = [str(number) for number in range(1, 101)]
    changes = {"upstream_url": scripted.url, "federation": True, "introspection": True}
    with (
        gateway_before(sandbox, **changes) as url,
        running_supergraph(url, tmp_path) as served,
    ):
        reply = post(Client(served, issue_token()), FAVOURITES, {"ids": ids})

    names = [each["group"]["name"] for each in reply["data"]["favourites"]]
    asked = [request.target.count("id=") for request in scripted.received]
    assert (names, asked) == ([f"Group {each}" for each in ids], [100])
