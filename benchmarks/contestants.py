"""Who takes part: how each is started, what it is asked, and what it must answer."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import hive, workloads
from benchmarks.http_requests import Workload
from benchmarks.upstream import Upstream

__all__ = ["CONNECTIONS", "Contestant", "all_contestants", "ours"]

CONNECTIONS = (32, 1, 256)
"""How many connections each contestant meets, in this order."""

_PREFIX = "CONTACT_GATEWAY_"
_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Contestant:
    """One server to measure. `command` makes a command line for a port; each has one worker."""

    name: str
    command: Callable[[int], list[str]]
    environment: Callable[[int], Mapping[str, str]]
    workload: Workload


def all_contestants(upstream: Upstream, folder: Path) -> list[Contestant]:
    """Every contestant, in the order in which they take turns; `folder` is for their files."""
    return [
        ours(upstream),
        _uvicorn(
            "Starlette and stock httpx, REST to REST",
            "pass_through",
            upstream,
            workloads.rest_rename(upstream),
        ),
        _uvicorn(
            "Strawberry's view and stock httpx",
            "strawberry_view",
            upstream,
            workloads.strawberry_rename(upstream),
        ),
        _hive(upstream, folder),
    ]


def ours(upstream: Upstream, workload: Workload | None = None) -> Contestant:
    """This gateway in production settings, with the rename or another workload."""
    settings = {
        "UPSTREAM_URL": upstream.url,
        "JWT_ISSUER": upstream.tokens.issuer,
        "JWT_AUDIENCE": upstream.audience,
        "JWT_JWKS_URL": f"{upstream.url}/.well-known/jwks.json",
        "JWT_CUSTOMER_CLAIM": "customer_id",
    }
    named = {_PREFIX + name: value for name, value in settings.items()}
    return Contestant(
        "contact-gateway",
        lambda _: [str(Path(sys.executable).with_name("contact-gateway")), "serve"],
        lambda port: {**named, f"{_PREFIX}PORT": str(port)},
        workload or workloads.renames(upstream),
    )


def _uvicorn(name: str, module: str, upstream: Upstream, workload: Workload) -> Contestant:
    return Contestant(
        name,
        lambda port: [
            *(sys.executable, "-m", "uvicorn", f"benchmarks.{module}:app"),
            *("--app-dir", str(_ROOT), "--port", str(port)),
            *("--loop", "uvloop", "--http", "httptools", "--no-access-log"),
        ],
        lambda _: {"UPSTREAM_URL": upstream.url},
        workload,
    )


def _hive(upstream: Upstream, folder: Path) -> Contestant:
    supergraph = hive.compose(upstream.url, folder)
    return Contestant(
        f"Hive Gateway {hive.version()}",
        lambda port: hive.command(supergraph, port),
        lambda _: {"NODE_ENV": "production"},
        workloads.hive_rename(upstream),
    )
