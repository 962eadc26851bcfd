"""Canaries: tokens and secrets that must not be found in anything that the gateway prints."""

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from tests.client import Client
from tests.identity.surroundings import (
    CLIENT_ID,
    CLIENT_SECRET,
    OWN_TOKEN,
    Surroundings,
    token_reply,
)
from tests.identity.token_vectors import FORGED
from tests.scripted_upstream import Answer, reply
from tests.servers import free_port
from tests.thorough import thorough

UPSTREAM_STATUSES = [401, 204, 401, 401, 400, 422, 404]
NONSENSE = Answer(b"NONSENSE\r\n\r\n", then="close")


def environment(surroundings: Surroundings, **changes: str) -> dict[str, str]:
    """The environment of a gateway that tells all it can."""
    url = surroundings.upstream.url
    settings = {
        "UPSTREAM_URL": url,
        "UPSTREAM_AUTH": "client_credentials",
        "UPSTREAM_TOKEN_URL": f"{url}/token",
        "UPSTREAM_CLIENT_ID": CLIENT_ID,
        "UPSTREAM_CLIENT_SECRET": CLIENT_SECRET,
        "JWT_ISSUER": "https://issuer.test/",
        "JWT_AUDIENCE": "contact-gateway",
        "JWT_JWKS_URL": f"{url}/keys",
        "JWT_CUSTOMER_CLAIM": "customer_id",
        "LOG_LEVEL": "debug",
        "DRAIN_PAUSE": "0",
        **changes,
    }
    prefixed = {f"CONTACT_GATEWAY_{name}": value for name, value in settings.items()}
    return {**os.environ, "PYTHONASYNCIODEBUG": "1", "PYTHONUNBUFFERED": "1", **prefixed}


@contextmanager
def served(variables: Mapping[str, str], log: Path) -> Iterator[str]:
    """Run `serve` in a process of its own, all that it prints in a file, and say its URL."""
    port = free_port()
    # a file, because a pipe that nobody reads would stop the gateway
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "contact_gateway", "serve"],
            env={**variables, "CONTACT_GATEWAY_PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            wait_for("Application startup complete", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(event: str, log: Path) -> None:
    """Wait until an event is in the log."""
    end = time.monotonic() + 30
    while event not in log.read_text():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("form", "authentication"), [("json", "body"), pytest.param("console", "basic", marks=thorough)]
)
def test_everything_that_fails(
    form: str, authentication: str, surroundings: Surroundings, tmp_path: Path
) -> None:
    """At DEBUG, through every failure of credentials, no token and no secret is in the log."""
    now = time.time()
    good = surroundings.issuer.token(now)
    forged = [
        make(surroundings.issuer, now) for group in FORGED.values() for make in group.values()
    ]
    answers = iter([NONSENSE, reply(200, '{"access_token": "ca na ry"}')])
    surroundings.token = lambda _: next(answers, token_reply(OWN_TOKEN))
    statuses = iter(UPSTREAM_STATUSES)
    surroundings.api = lambda _: reply(next(statuses, 204))
    variables = environment(surroundings, UPSTREAM_CLIENT_AUTH=authentication, LOG_FORMAT=form)

    with served(variables, tmp_path / "log") as url:
        client = Client(url, good)
        with client.http:
            for token in forged:
                client.post("{ __typename }", Authorization=f"Bearer {token}")
            end = time.monotonic() + 20
            while len(surroundings.calls) < len(UPSTREAM_STATUSES) and time.monotonic() < end:
                client.rename("5514123", {"name": "canary name"})
                time.sleep(0.05)  # the token endpoint is left alone after a failure

    log = (tmp_path / "log").read_text()
    pair = f"{quote_plus(CLIENT_ID)}:{quote_plus(CLIENT_SECRET)}"
    canaries = [
        CLIENT_SECRET,
        quote_plus(CLIENT_SECRET),
        base64.b64encode(pair.encode()).decode(),
        OWN_TOKEN,
        "ca na ry",
        "canary name",
        *(part for token in (good, *forged) for part in token.split(".") if len(part) > 20),
    ]
    assert ("token_refused" in log, "upstream_token_not_renewed" in log) == (True, True)
    assert [canary for canary in canaries if canary in log] == []


BUG = """
import sys
from contact_gateway.observation.logs import configure_logs
import structlog
configure_logs("debug", sys.argv[1])
def handle(token):
    local = [token]
    raise RuntimeError(f"a bug with {token}")
try:
    handle("can" + "ary")
except RuntimeError as error:
    structlog.get_logger().exception("bug")
    structlog.get_logger().error("bug", exc_info=error)
"""


@pytest.mark.parametrize("form", ["json", "console"])
def test_traceback(form: str) -> None:
    """The traceback of a bug shows its type and place, and no value of a variable."""
    result = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", BUG, form], capture_output=True, text=True, check=True
    )

    assert ("RuntimeError" in result.stderr, "canary" in result.stderr) == (True, False)
