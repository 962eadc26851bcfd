"""SIGHUP with other secrets and certificates in the files: they are used, and nobody notices."""

import json
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
import trustme

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.egress.tls_relay import Certified, Relay, relay_to, server_context
from tests.scripted_upstream import Answer, RecordedRequest, ScriptedUpstream, reply
from tests.servers import GatewayProcess, gateway_process
from tests.thorough import thorough

OURS: Final = trustme.CA()
CALLERS: Final = 4


def answer(request: RecordedRequest) -> Answer:
    """A token for whoever asks for one, and success for every write."""
    if request.target == "/auth/tokens":
        issued = json.dumps({"access_token": "token", "expires_in": 3600})
        return reply(200, issued, Content_Type="application/json")
    return reply(204)


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that others do, up to 30 seconds."""
    end = time.monotonic() + 30
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)


@dataclass(frozen=True)
class Rotating:
    """A gateway whose secret and certificate are in files, and its upstream."""

    gateway: GatewayProcess
    relay: Relay
    scripted: ScriptedUpstream
    folder: Path

    def put(self, name: str) -> None:
        """Put the secret, the certificate and the key of this name into the files."""
        (self.folder / "secret").write_text(f"{name}-secret\n", encoding="utf-8")
        issued = Certified.issued(OURS, self.folder, name)
        shutil.copy(issued.certificate, self.folder / "certificate")
        shutil.copy(issued.key, self.folder / "key")

    def hang_up(self, *, until: int) -> None:
        """Tell the gateway to read them; wait until so many workers have said what came of it."""
        self.gateway.process.send_signal(signal.SIGHUP)
        wait_until(lambda: len(self.told()) >= until)

    def told(self) -> list[dict[str, Any]]:
        """What the log says of reading files anew."""
        lines = map(orjson.loads, self.gateway.log.read_bytes().splitlines())
        return [line for line in lines if line["event"] in {"reloaded", "reload_failed"}]

    def secrets(self) -> list[str]:
        """The secrets that the token endpoint was shown, in order."""
        bodies = (each.body.decode() for each in self.scripted.received if b"secret" in each.body)
        return [body.rpartition("client_secret=")[2] for body in bodies]


@pytest.fixture(params=[1, pytest.param(2, marks=thorough)], ids=["one worker", "two workers"])
def workers(request: pytest.FixtureRequest) -> int:
    """How many processes serve."""
    count: int = request.param
    return count


@pytest.fixture
def rotating(
    sandbox: Sandbox, scripted: ScriptedUpstream, tmp_path: Path, workers: int
) -> Iterator[Rotating]:
    """A gateway that shows a certificate to an upstream that wants one of our authority."""
    scripted.responds(answer)
    (tmp_path / "authorities").write_bytes(OURS.cert_pem.bytes())
    context = server_context(OURS.issue_cert("127.0.0.1"), clients=OURS)
    with relay_to(scripted.url, context) as relay:
        settings = {
            "workers": workers,
            "drain_pause": 0,
            "upstream_url": relay.url,
            "upstream_auth": "client_credentials",
            "upstream_token_url": f"{relay.url}/auth/tokens",
            "upstream_client_id": "gateway",
            "upstream_client_secret_file": tmp_path / "secret",
            "upstream_client_certificate": tmp_path / "certificate",
            "upstream_client_key": tmp_path / "key",
            "ca_file": tmp_path / "authorities",
        }
        prepared = Rotating(None, relay, scripted, tmp_path)  # type: ignore[arg-type]
        prepared.put("old")
        with gateway_process(sandbox, tmp_path / "log", **settings) as gateway:
            started = b"Application startup complete."
            wait_until(lambda: gateway.log.read_bytes().count(started) == workers)
            yield replace(prepared, gateway=gateway)


@dataclass
class Load:
    """What callers who go on and on were answered."""

    results: list[str]

    def more(self, count: int) -> None:
        """Wait for so many more answers."""
        least = len(self.results) + count
        wait_until(lambda: len(self.results) >= least)


@contextmanager
def load(client: Client, url: str) -> Iterator[Load]:
    """Rename for as long as the block lasts, several callers at a time."""
    found, ended = Load([]), threading.Event()

    def go_on() -> None:
        caller = Client(url, client.token)
        with caller.http:
            while not ended.is_set():
                result = caller.rename("5514123", {"name": "Best customers"})
                found.results.append(result["__typename"])

    threads = [threading.Thread(target=go_on) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def test_under_load(rotating: Rotating, client: Client, workers: int) -> None:
    """The new secret and certificate are used, by every worker, and no request fails.

    New ones that are broken change nothing but for a line in the log that says what is wrong.
    """
    with load(client, rotating.gateway.url) as answers:
        answers.more(100)
        before = (set(rotating.relay.shown), set(rotating.secrets()))
        rotating.put("new")
        rotating.hang_up(until=workers)
        asked = len(rotating.relay.shown)
        wait_until(lambda: rotating.secrets().count("new-secret") >= workers)
        answers.more(100)
        (rotating.folder / "key").write_text("hunter2", encoding="utf-8")
        (rotating.folder / "secret").write_text("newest-secret", encoding="utf-8")
        rotating.hang_up(until=2 * workers)
        answers.more(100)
    # some may have been on their way
    after = set(rotating.relay.shown[asked + CALLERS * workers :])
    failed = rotating.told()[workers:]

    assert before == ({"old"}, {"old-secret"})
    assert (rotating.relay.shown[-1], after <= {"new"}) == ("new", True)
    assert set(rotating.secrets()) == {"old-secret", "new-secret"}
    assert set(answers.results) == {"UpdateContactGroupSuccess"}
    assert [line["what"] for line in rotating.told()[:workers]] == [
        ["secrets_and_certificates"]
    ] * workers
    assert {
        (line["what"], line["error"], "no private key" in line["reason"]) for line in failed
    } == {("secrets_and_certificates", "FilesError", True)}
    assert b"hunter2" not in rotating.gateway.log.read_bytes()


def seconds_until_used(rotating: Rotating, name: str, workers: int) -> float:
    """How long after SIGHUP every worker has shown this secret, and one this certificate."""
    rotating.put(name)
    begun = time.monotonic()
    rotating.hang_up(until=len(rotating.told()) + workers)
    wait_until(lambda: rotating.secrets().count(f"{name}-secret") >= workers)
    wait_until(lambda: name in rotating.relay.shown)
    return time.monotonic() - begun


@thorough
def test_how_soon(rotating: Rotating, client: Client, workers: int) -> None:
    """Within a second, under load; of up to five times, because this machine does other things."""
    with load(client, rotating.gateway.url) as answers:
        answers.more(50)
        seconds = [seconds_until_used(rotating, "first", workers)]
        while min(seconds) >= 1 and len(seconds) < 5:
            seconds.append(seconds_until_used(rotating, f"number-{len(seconds)}", workers))

    assert set(answers.results) == {"UpdateContactGroupSuccess"}
    assert min(seconds) < 1
