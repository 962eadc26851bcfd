"""The command `contact-gateway`."""

# Each command imports what it needs, so that `--help` and `token` do not wait for the gateway.
import errno
import json
import shlex
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO, NoReturn

import typer

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="A GraphQL gateway over the contact groups of a REST API.",
)

_Data = Annotated[
    Path | None,
    typer.Option(help="A SQLite file that survives a restart. Without it, memory."),
]
_Port = Annotated[
    int, typer.Option(help="Where the gateway listens, 0 for any port.", min=0, max=65535)
]
_SandboxPort = Annotated[
    int, typer.Option(help="Where the sandbox listens, 0 for any port.", min=0, max=65535)
]

_CUSTOMER = 5690
_LARGEST_TOKEN = 65_536  # bytes, and more than any header may have
_GROUPS = (5514123, 5514124, 5514125)


def _print_version(asked: bool) -> None:  # noqa: FBT001 - typer hands over the option
    if asked:
        from importlib.metadata import version

        typer.echo(version("contact-gateway"))
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[  # its callback ends the command
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """What can be asked of the command itself."""


@app.command()
def demo(port: _Port = 8000, sandbox_port: _SandboxPort = 8001, data: _Data = None) -> None:
    """Start a sandbox REST server and the gateway in front of it, ready to try."""
    from contact_gateway.app import build_app
    from contact_gateway.demo import demo_workspace
    from contact_gateway.sandbox import AUDIENCE, DataFileError, Grant, SandboxServer
    from contact_gateway.server import listen, serve_on
    from contact_gateway.settings import SettingsError, load_settings

    try:
        with (
            listen("127.0.0.1", port) as listener,
            SandboxServer(port=sandbox_port, data=data) as sandbox,
        ):
            grant = Grant(
                client_id="development",
                scopes=("contacts:read", "contacts:write"),
                customers=(_CUSTOMER,),
            )
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            groups = {number: sandbox.store.name_of(_CUSTOMER, number) for number in _GROUPS}
            typer.echo(_welcome(url, sandbox.url, sandbox.tokens.issue(grant), groups))
            settings = load_settings(
                _env_file=None,
                upstream_url=sandbox.url,
                jwt_issuer=sandbox.url,
                jwt_audience=AUDIENCE,
                jwt_jwks_url=f"{sandbox.url}/.well-known/jwks.json",
                jwt_customer_claim="customer_id",
                graphiql=True,
                introspection=True,
                expose_server_problems=True,
                log_format="console",
                drain_pause=0,
                no_proxy="127.0.0.1",  # where the sandbox is
            )
            workspace = demo_workspace(_CUSTOMER, partial(sandbox.tokens.issue, grant))
            serve_on(listener, settings, partial(build_app, workspace=workspace))
    except SettingsError as error:  # the environment counts in the demo too
        _fail(str(error), 2)
    except (OSError, DataFileError) as error:
        _cannot_start("demo", error, "--port or --sandbox-port")


@app.command()
def serve() -> None:
    """Start the gateway alone, from the settings CONTACT_GATEWAY_… in the environment or .env."""
    from contact_gateway.event_loop.held_signals import told_to_stop
    from contact_gateway.settings import PREFIX, SettingsError, load_settings

    try:
        settings = load_settings()
    except SettingsError as error:
        _fail(str(error), 2)
    if told_to_stop():
        return

    # only now, because to import it takes a second
    from contact_gateway import server
    from contact_gateway.app import build_app

    try:
        if not told_to_stop():
            server.serve(settings, build_app)
    except SettingsError as error:
        _fail(str(error), 2)
    except (OSError, server.WorkersFailedError) as error:
        _cannot_start("gateway", error, f"{PREFIX}PORT")


@app.command()
def check(
    token_file: Annotated[
        typer.FileBinaryRead | None,
        typer.Option(
            "--token",
            "--token-file",
            metavar="FILE",
            help="A file with an access token of a caller, - for standard input. It is told which "
            "rules it keeps, and with it the REST API is asked for contact groups, unless the "
            "gateway has a token of its own. The token is never shown.",
        ),
    ] = None,
    customer: Annotated[
        int | None,
        typer.Option(help="The customer whose groups are asked for.", min=1, max=2**63 - 1),
    ] = None,
) -> None:
    """Say whether what the settings name can be used, and what to do where it cannot."""
    import asyncio

    from contact_gateway import checks
    from contact_gateway.settings import SettingsError, load_settings

    async def all_is_well() -> bool:
        failed = False
        async for finding in checks.check(settings, token, customer):
            typer.echo(str(finding))
            failed = failed or finding.advice is not None
        return not failed

    try:
        settings = load_settings()
    except SettingsError as error:
        _fail(str(error), 1)
    token = _token_in(token_file) if token_file else None
    typer.echo("ok      settings: complete")
    if not asyncio.run(all_is_well()):
        raise typer.Exit(1)


@app.command()
def sandbox(port: _SandboxPort = 8001, data: _Data = None) -> None:
    """Start the sandbox REST server alone. GET / of it lists what it can do."""
    from contact_gateway.sandbox import DataFileError, run

    try:
        run(port, data, announce=lambda started: typer.echo(f"Sandbox at {started.url}"))
    except (OSError, DataFileError) as error:
        _cannot_start("sandbox", error, "--port")


@app.command()
def schema(
    check: Annotated[
        Path | None, typer.Option(help="A file to compare the schema with; exit 1 if it differs.")
    ] = None,
) -> None:
    """Print the GraphQL schema, or say how a file differs from it."""
    import difflib

    from contact_gateway.contact_groups import print_sdl

    sdl = print_sdl()
    if check is None:
        typer.echo(sdl, nl=False)
        return
    try:
        written = check.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"The file cannot be read: {error}", 1)
    if written != sdl:
        difference = difflib.unified_diff(
            written.splitlines(), sdl.splitlines(), str(check), "the schema", lineterm=""
        )
        command = f"contact-gateway schema > {shlex.quote(str(check))}"
        _fail("\n".join([*difference, f"Mend it with: make schema, or {command}"]), 1)


@app.command()
def token(
    sandbox_url: Annotated[
        str, typer.Option(help="Where the sandbox is.")
    ] = "http://127.0.0.1:8001",
    scope: Annotated[
        str, typer.Option(help="The scopes, parted by spaces; empty means both.")
    ] = "contacts:read contacts:write",
    customer: Annotated[int, typer.Option(help="The customer.")] = _CUSTOMER,
) -> None:
    """Print an access token from the sandbox, and nothing else."""
    from contact_gateway.sandbox.client import TokenRefusedError, request_token

    try:
        typer.echo(request_token(sandbox_url, scope=scope, customer=customer))
    except TokenRefusedError as error:
        _fail(str(error), 1)


def _token_in(file: BinaryIO) -> str:
    """The access token that a file holds, and nothing else; it is never shown."""
    from contact_gateway.forms.bearer import is_bearer_token

    token = file.read(_LARGEST_TOKEN).decode("ascii", "replace").strip()
    if not is_bearer_token(token):
        _fail("--token-file: there is no access token in the file, or more than one.", 1)
    return token


def _welcome(
    url: str, sandbox_url: str, access_token: str, groups: Mapping[int, str | None]
) -> str:
    from contact_gateway.contact_groups import RENAME

    request = {
        "query": " ".join(RENAME.split()),  # white space has no meaning in it
        "variables": {"id": str(_GROUPS[0]), "input": {"name": "Best customers"}},
    }
    curl = shlex.join([
        "curl", f"{url}/graphql",
        "-H", f"Authorization: Bearer {access_token}",
        "-H", f"Customer-Id: {_CUSTOMER}",
        "-H", "Content-Type: application/json",
        "-d", json.dumps(request),
    ])  # fmt: skip
    return "\n".join(
        [
            f"GraphiQL     {url}/graphql",
            f"REST API     {sandbox_url}  (a sandbox; GET / lists its scenario ids)",
            f"Customer     {_CUSTOMER}",
            *(f"Group        {group_id}  {name}" for group_id, name in groups.items()),
            "",
            "Rename a contact group:",
            "",
            curl,
            "",
            "Ctrl-C stops both servers.",
            "",
        ]
    )


def _cannot_start(what: str, error: Exception, port: str) -> NoReturn:
    """Say why; `port` is what to set where somebody else listens on the port."""
    taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
    advice = f"; set {port} to another port" if taken else ""
    _fail(f"The {what} cannot start: {error}{advice}", 1)


def _fail(message: str, status: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(status)
