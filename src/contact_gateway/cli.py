"""The command `contact-gateway`."""

# Each command imports what it needs, so that `--help` and `token` do not wait for the gateway.
import errno
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, NoReturn

import typer

if TYPE_CHECKING:
    from contact_gateway.sandbox import Sandbox

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
_Host = Annotated[str, typer.Option(help="The address to listen on, such as 0.0.0.0.")]
_AdminFromAnywhere = Annotated[
    bool,
    typer.Option(
        "--admin-from-anywhere",
        help="Let every machine, and not this one alone, use /__admin of the sandbox.",
    ),
]

_LARGEST_TOKEN = 65_536  # bytes, and more than any header may have


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
def demo(
    *,
    port: _Port = 8000,
    sandbox_port: Annotated[
        int | None,
        typer.Option(
            help="Where the sandbox listens, 0 for any port; by default 8001, and with --port 0 "
            "any.",
            min=0,
            max=65535,
        ),
    ] = None,
    host: _Host = "127.0.0.1",
    data: _Data = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one line of JSON, when all is ready, and no more."),
    ] = False,
    ready_file: Annotated[
        Path | None,
        typer.Option(help="A file that holds this line for as long as the demo can be used."),
    ] = None,
    admin_from_anywhere: _AdminFromAnywhere = False,
) -> None:
    """Start a sandbox REST server and the gateway in front of it, ready to try."""
    from contact_gateway import demo
    from contact_gateway.app import build_app
    from contact_gateway.sandbox import DataFileError, Manner, SandboxServer, url_of
    from contact_gateway.server import Listeners, listen, serve_on
    from contact_gateway.settings import SettingsError

    try:
        settings = demo.demo_settings()
        faster = settings.only_for_tests_time_factor
        manner = Manner(faster=faster, admin_from_anywhere=admin_from_anywhere)
        if sandbox_port is None:
            sandbox_port = 8001 if port else 0
        with (
            demo.ready_file(ready_file) as tell,
            listen(host, port) as listener,
            SandboxServer(sandbox_port, data, host=host, manner=manner) as sandbox,
        ):
            announcement = demo.announce(url_of(listener), sandbox)

            def announce() -> None:
                line = announcement.as_json()
                tell(line)
                typer.echo(line if as_json else announcement.as_text())

            demo.when_it_answers(announcement, sandbox, announce)
            workspace = demo.demo_workspace(
                demo.CUSTOMER, partial(demo.development_token, sandbox), sandbox
            )
            build = partial(build_app, workspace=workspace)
            serve_on(Listeners([listener]), demo.in_front_of(settings, sandbox), build)
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
        setting = error.setting if isinstance(error, server.ListenError) else "PORT"
        _cannot_start("gateway", error, f"{PREFIX}{setting}")


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
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document, for programs.")
    ] = False,
) -> None:
    """Say whether what the settings name can be used, and what to do where it cannot.

    The status is 2 where the settings are wrong, and 1 where what they name cannot be used.
    """
    import asyncio

    from contact_gateway import checks
    from contact_gateway.settings import SettingsError, load_settings

    async def find() -> list[checks.Finding]:
        found = []
        async for finding in checks.check(settings, token, customer):
            found.append(finding)
            if not as_json:
                typer.echo(str(finding))
        return found

    try:
        settings = load_settings()
    except SettingsError as error:
        if not as_json:
            _fail(str(error), 2)
        findings = checks.wrong_settings(error.lines)
    else:
        token = _token_in(token_file) if token_file else None
        findings = asyncio.run(find())
    if as_json:
        typer.echo(checks.in_json(findings))
    raise typer.Exit(checks.status_of(findings))


@app.command()
def sandbox(
    *,
    port: _SandboxPort = 8001,
    host: _Host = "127.0.0.1",
    data: _Data = None,
    admin_from_anywhere: _AdminFromAnywhere = False,
) -> None:
    """Start the sandbox REST server alone. GET / of it lists what it can do."""
    from contact_gateway.sandbox import DataFileError, Manner, run

    def announce(started: "Sandbox") -> None:
        typer.echo(f"Sandbox at {started.url}")

    manner = Manner(admin_from_anywhere=admin_from_anywhere)
    try:
        run(port, data, host=host, manner=manner, announce=announce)
    except (OSError, DataFileError) as error:
        _cannot_start("sandbox", error, "--port")


@app.command()
def schema(
    *,
    federation: Annotated[
        bool, typer.Option("--federation", help="That of FEDERATION=true: a subgraph's.")
    ] = False,
    check: Annotated[
        Path | None,
        typer.Option(
            help="A file to compare with; exit 1 if it differs, 2 if its clients break by that."
        ),
    ] = None,
) -> None:
    """Print the GraphQL schema, or say how a file differs from it."""
    from contact_gateway.contact_groups import print_sdl
    from contact_gateway.operations import differences

    sdl = print_sdl(federation=federation)
    if check is None:
        typer.echo(sdl, nl=False)
        return
    try:
        written = check.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"The file cannot be read: {error}", 2)
    if written != sdl:
        differ = differences(str(check), written, sdl)
        option, target = (" --federation", "") if federation else ("", "make schema, or ")
        mend = f"Mend it with: {target}contact-gateway schema{option} > {shlex.quote(str(check))}"
        _fail("\n".join([*differ.lines, mend]), 2 if differ.breaking else 1)


@app.command()
def token(
    sandbox_url: Annotated[
        str, typer.Option(help="Where the sandbox is.")
    ] = "http://127.0.0.1:8001",
    scope: Annotated[
        str, typer.Option(help="The scopes, parted by spaces; empty means both.")
    ] = "contacts:read contacts:write",
    customer: Annotated[int, typer.Option(help="The customer.")] = 5690,
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


def _cannot_start(what: str, error: Exception, port: str) -> NoReturn:
    """Say why; `port` is what to set where somebody else listens on the port."""
    taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
    advice = f"; set {port} to another port" if taken else ""
    _fail(f"The {what} cannot start: {error}{advice}", 1)


def _fail(message: str, status: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(status)
