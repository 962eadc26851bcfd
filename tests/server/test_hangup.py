"""SIGHUP: files are read anew, and nobody notices."""

import hashlib
import json
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from contact_gateway.sandbox import Sandbox
from tests.client import RENAME, Client
from tests.scripted_upstream import Answer, RecordedRequest, ScriptedUpstream, reply
from tests.servers import GatewayProcess, gateway_process
from tests.thorough import thorough

ADDED = "query Added { __typename }"


def list_documents(manifest: Path, *texts: str) -> None:
    """Write a manifest with these documents, as Relay does."""
    listed = {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}
    manifest.write_text(json.dumps(listed), encoding="utf-8")


def events(gateway: GatewayProcess, *names: str) -> list[tuple[str, Any]]:
    """What the log says of events of these names: each with what it is about."""
    lines = map(orjson.loads, gateway.log.read_bytes().splitlines())
    return [(line["event"], line.get("what")) for line in lines if line["event"] in names]


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process does, up to 30 seconds."""
    end = time.monotonic() + 30
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)


@pytest.mark.parametrize("workers", [1, 2])
def test_rename_in_flight(
    sandbox: Sandbox, scripted: ScriptedUpstream, client: Client, tmp_path: Path, workers: int
) -> None:
    """It is answered, the process lives, and every worker knows the documents that were added.

    A manifest that is broken then changes nothing but for a line in the log.
    """
    manifest = tmp_path / "documents.json"
    list_documents(manifest, RENAME)
    settings = {
        "workers": workers,
        "drain_pause": 0,
        "upstream_url": scripted.url,
        "upstream_attempt_timeout": 25,
        "upstream_deadline": 25,
        "trusted_documents": manifest,
        "trusted_documents_mode": "enforce",
    }
    with gateway_process(sandbox, tmp_path / "log", **settings) as gateway:
        caller = replace(client, url=gateway.url)

        def hang_up(*, until: int) -> None:
            gateway.process.send_signal(signal.SIGHUP)
            wait_until(lambda: len(events(gateway, "reloaded", "reload_failed")) >= until)

        def answer(_: RecordedRequest) -> Answer:
            list_documents(manifest, RENAME, ADDED)
            hang_up(until=workers)
            return reply(204)

        started = "Application startup complete."
        wait_until(lambda: len(events(gateway, started)) == workers)
        before = caller.post(ADDED).status_code
        scripted.responds(answer)
        renamed = caller.rename("5514123", {"name": "Best customers"})["__typename"]
        added = [caller.post(ADDED).status_code for _ in range(5)]
        manifest.write_text("{", encoding="utf-8")
        hang_up(until=2 * workers)
        kept = [caller.post(ADDED).status_code for _ in range(5)]
        alive = gateway.process.poll()
        gateway.process.terminate()
        status = gateway.process.wait(20)
        told = events(gateway, "reloaded", "reload_failed")

    assert (before, renamed, added, kept) == (
        403,
        "UpdateContactGroupSuccess",
        [200] * 5,
        [200] * 5,
    )
    assert (alive, status) == (None, 0)
    assert told == [
        *[("reloaded", ["trusted_documents"])] * workers,
        *[("reload_failed", "trusted_documents")] * workers,
    ]


@thorough
def test_a_manifest_that_changes(sandbox: Sandbox, client: Client, tmp_path: Path) -> None:
    """Nobody has to say so: in a few seconds every worker knows the documents that were added."""
    manifest = tmp_path / "documents.json"
    list_documents(manifest, RENAME)
    settings = {"trusted_documents": manifest, "trusted_documents_mode": "enforce"}
    with gateway_process(
        sandbox, tmp_path / "log", workers=2, drain_pause=0, **settings
    ) as gateway:
        caller = replace(client, url=gateway.url)
        wait_until(lambda: len(events(gateway, "Application startup complete.")) == 2)
        before = caller.post(ADDED).status_code
        list_documents(manifest, RENAME, ADDED)
        wait_until(lambda: len(events(gateway, "trusted_documents_changed")) == 2)
        after = [caller.post(ADDED).status_code for _ in range(10)]

    assert (before, after) == (403, [200] * 10)


def test_nothing_to_reload(sandbox: Sandbox, client: Client, tmp_path: Path) -> None:
    """A gateway without files says so, however often it is told, and serves on."""
    with gateway_process(sandbox, tmp_path / "log", drain_pause=0) as gateway:
        for times in range(1, 4):
            gateway.process.send_signal(signal.SIGHUP)
            wait_until(lambda: len(events(gateway, "reloaded")) >= times)  # noqa: B023 - called at once
        renamed = replace(client, url=gateway.url).rename("5514123", {"name": "Best customers"})
        told = events(gateway, "reloaded")

    assert (renamed["__typename"], told) == ("UpdateContactGroupSuccess", [("reloaded", [])] * 3)
