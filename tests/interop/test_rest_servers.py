"""REST servers as they come, in their own words: each behind a whole gateway, over real sockets."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from contact_gateway.cli import app
from contact_gateway.rest_client import HTTP11Transport
from contact_gateway.sandbox import Sandbox
from contact_gateway.settings import PREFIX
from tests.client import Client
from tests.conftest import IssueToken
from tests.interop.rest_server import GROUPS, SERVERS, Asking, RestServer, is_installed, started
from tests.interop.words_of_servers import TOO_LONG, WORDS
from tests.members import bare_problem, denied, not_found, success, unavailable, unexpected
from tests.servers import gateway_over
from tests.thorough import THOROUGH

NAME = "Best customers"
OTHER = "6"  # a group that no server knows


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, RestServer]]:
    """Every server that is installed; they are slow to start, and do so side by side."""
    folder = tmp_path_factory.mktemp("rest_servers")
    with ExitStack() as stack:
        names = filter(is_installed, SERVERS) if THOROUGH else ()
        yield {name: stack.enter_context(started(name, folder)) for name in names}


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, servers: dict[str, RestServer]) -> RestServer:
    """One server after the other."""
    if request.param not in servers:
        missing = f"THOROUGH=1 tries it with {request.param}, after make servers"
        pytest.fail(missing) if THOROUGH else pytest.skip(missing)
    servers[request.param].await_ready()
    return servers[request.param]


@contextmanager
def client_before(
    server: RestServer, sandbox: Sandbox, token: str, path: str = ""
) -> Iterator[Client]:
    """A client of a new gateway, which looks for the REST API below this path of the server."""
    transport = Asking() if server.name == "Prism" else HTTP11Transport()
    with gateway_over(transport, sandbox, upstream_url=f"{server.url}{path}") as url:
        client = Client(url, token)
        with client.http:
            yield client


@pytest.fixture(scope="module")
def client_of_module(server: RestServer, sandbox_server: Sandbox) -> Iterator[Client]:
    """One gateway for each server."""
    with client_before(server, sandbox_server, "") as client:
        yield client


@pytest.fixture
def client(client_of_module: Client, issue_token: IssueToken) -> Client:
    """A client of that gateway, with both scopes."""
    return replace(client_of_module, token=issue_token())


@pytest.mark.parametrize("status", [204, 200])
def test_an_update(client: Client, status: int) -> None:
    """It is made, whether or not the group is sent back."""
    group = GROUPS[status]

    assert client.rename(group, {"name": NAME}) == success(group, NAME)


def test_a_list(client: Client) -> None:
    """Its groups are those of the server."""
    response = client.post("{ contactGroups { items { id name } hasNextPage } }")

    groups = {"items": [{"id": "1", "name": "Friends"}], "hasNextPage": False}
    assert response.json() == {"data": {"contactGroups": groups}}


def test_a_name_that_is_too_long(server: RestServer, client: Client) -> None:
    """The server's words are at the name; where it pairs them with no field, in the problem."""
    result = client.rename(OTHER, {"name": TOO_LONG})

    assert result == WORDS[server.name].too_long


def test_a_group_of_somebody_else(server: RestServer, client: Client) -> None:
    """403 is a refused permission, in the server's words."""
    result = client.rename(GROUPS[403], {"name": NAME})

    problem = bare_problem(403, **WORDS[server.name].forbidden)
    assert result == denied("You may not do this.", problem=problem)


def test_a_server_that_breaks(server: RestServer, client: Client) -> None:
    """500 leaves open whether the change was made; of what it says only the title is shown."""
    result = client.rename(GROUPS[500], {"name": NAME})

    problem = bare_problem(500, **WORDS[server.name].broken)
    assert result == unavailable(
        "The service failed while it handled the request.", "UNKNOWN", problem
    )


def test_a_group_that_is_not_there(
    server: RestServer, sandbox: Sandbox, issue_token: IssueToken
) -> None:
    """404 is a missing group, even where it is the first that comes from the server."""
    with client_before(server, sandbox, issue_token()) as client:
        result = client.rename(GROUPS[404], {"name": NAME})

    problem = bare_problem(404, **WORDS[server.name].missing)
    assert result == not_found(GROUPS[404], problem)


def test_a_wrong_base_url(server: RestServer, sandbox: Sandbox, issue_token: IssueToken) -> None:
    """404 is no missing group where there is no API, however much alike they look."""
    with client_before(server, sandbox, issue_token(), "/wrong") as client:
        result = client.rename(GROUPS[204], {"name": NAME})

    problem = bare_problem(404, **WORDS[server.name].elsewhere)
    assert result == unexpected("NOT_APPLIED", problem)


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(("path", "status"), [("", 0), ("/wrong", 1)])
def test_check(server: RestServer, path: str, status: int) -> None:
    """The command tells the base URL of the REST API from another of the same server."""
    settings = {"UPSTREAM_URL": f"{server.url}{path}", "TOKEN_VERIFICATION": "upstream"}
    settings["PORT"] = "0"
    environment = {f"{PREFIX}{name}": value for name, value in settings.items()}
    options = ["--token-file", "-", "--customer", "5690"]

    result = CliRunner().invoke(app, ["check", *options], env=environment, input="abc.def.ghi")

    found = "a list of contact groups" if status == 0 else "The address is probably wrong"
    assert (result.exit_code, found in result.output) == (status, True)
