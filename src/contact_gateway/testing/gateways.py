"""The gateway that tests call: one of this process, or a demo that runs already."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from contact_gateway.testing.sandbox_api import SandboxAPI

__all__ = ["ContactGateway", "gateway_elsewhere", "gateway_of_this_process", "open_http"]

_FASTER = 10
_SANDBOX_PORT = 8001
# the second has groups with the same ids as the first, because the sandbox has no others for it
_CUSTOMERS = (5690, 5691)
_CUSTOMERS_OF_WORKERS = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class ContactGateway:
    """Where the gateway is, and the sandbox that is its REST API.

    `url` takes GraphQL requests; `sandbox_url` has no slash at the end. Tests of this process have
    `customer` for themselves, and `other_customer`; unless it is `shared`, all others too.
    """

    url: str
    sandbox_url: str
    customer: str
    other_customer: str
    shared: bool


@contextmanager
def gateway_of_this_process(changes: Mapping[str, object]) -> Iterator[ContactGateway]:
    """A gateway and a sandbox on free ports, with settings of the demo but for `changes`.

    The environment does not count. Both have a clock that is ten times as fast.
    """
    # only here, because whoever has a gateway elsewhere need not wait for it
    from contact_gateway.app import build_app
    from contact_gateway.demo import answer_first, demo_settings, in_front_of
    from contact_gateway.observation.logs import logs_of_python
    from contact_gateway.sandbox import Manner, SandboxServer
    from contact_gateway.server.background import serving

    unusual = {"graphiql": False, "only_for_tests_time_factor": _FASTER, **changes}
    settings = demo_settings(environment=False, **unusual)
    manner = Manner(faster=settings.only_for_tests_time_factor)
    with logs_of_python(), SandboxServer(manner=manner) as sandbox:
        settings = in_front_of(settings, sandbox)
        with serving(build_app(settings), settings) as url:
            answer_first(f"{url}/graphql", sandbox)
            customer, other = map(str, _CUSTOMERS)
            yield ContactGateway(
                url=f"{url}/graphql",
                sandbox_url=sandbox.url,
                customer=customer,
                other_customer=other,
                shared=False,
            )


def gateway_elsewhere(url: str, sandbox_url: str | None, worker: int | None) -> ContactGateway:
    """A demo that runs already; each worker of pytest-xdist has customers of its own there.

    Raises:
        SandboxRefusedError: there is no sandbox, or it does not obey this machine.
    """
    parts = urlsplit(url if "//" in url else f"//{url}", "http")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    path = parts.path if parts.path.strip("/") else "/graphql"
    sandbox_url = (sandbox_url or f"{parts.scheme}://{host}:{_SANDBOX_PORT}").rstrip("/")
    with open_http(sandbox_url) as http:
        SandboxAPI(sandbox_url, http).ask("GET", "/openapi.json")
    first = _CUSTOMERS[0] if worker is None else _CUSTOMERS_OF_WORKERS + 2 * worker
    return ContactGateway(
        url=f"{parts.scheme}://{parts.netloc}{path}",
        sandbox_url=sandbox_url,
        customer=str(first),
        other_customer=str(first + 1),
        shared=True,
    )


def open_http(*urls: str) -> httpx.Client:
    """A client for these URLs, which it calls whatever proxies the environment names."""
    # to verify means to load certificates, which takes longer than most tests
    verify = any(url.startswith("https:") for url in urls)
    return httpx.Client(trust_env=False, timeout=60, verify=verify)
