"""Whether the addresses of the settings can be listened on."""

import errno
from collections.abc import AsyncIterator, Sequence

from contact_gateway.checks.findings import Finding
from contact_gateway.rest_client import HTTP11Transport, UpstreamError, probe
from contact_gateway.server import Listeners, bind_all
from contact_gateway.settings import PREFIX, Settings

__all__ = ["check_entrances"]

_SECONDS = 1.0  # which nobody on this machine needs
_EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - how each is reached from here


async def check_entrances(transport: HTTP11Transport, settings: Settings) -> AsyncIterator[Finding]:
    """A finding for each port, with all the addresses that it is of."""
    yield await _check(transport, "listening", settings.host, settings.port, "PORT")
    if settings.metrics_port is not None:
        yield await _check(
            transport, "listening for metrics", settings.host, settings.metrics_port, "METRICS_PORT"
        )


async def _check(
    transport: HTTP11Transport, subject: str, hosts: Sequence[str], port: int, setting: str
) -> Finding:
    where = f"{' and '.join(hosts)}, {f'port {port}' if port else 'any port'}"
    try:
        Listeners(bind_all(hosts, port, setting)).close()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        if taken and await _is_a_gateway(transport, hosts[0], port):
            return Finding(subject, f"{where}, where a gateway runs already")
        if taken or error.errno == errno.EACCES:
            advice = f"Set {PREFIX}{setting} to another port, or see who listens there."
        else:
            advice = f"Set {PREFIX}HOST to addresses of this machine."
        return Finding(subject, error.strerror or type(error).__name__, advice)
    return Finding(subject, where)


async def _is_a_gateway(transport: HTTP11Transport, host: str, port: int) -> bool:
    """Whether what is there answers as this gateway does when it is asked whether it lives."""
    name = _EVERY.get(host, host)
    url = f"http://{f'[{name}]' if ':' in name else name}:{port}"
    try:
        answers = [
            await probe(transport, f"{url}/{path}", headers={}, seconds=_SECONDS)
            for path in ("livez", "readyz")
        ]
    except UpstreamError:
        return False
    return answers[0].content == b"ok\n" and answers[1].headers.get("Cache-Control") == "no-store"
