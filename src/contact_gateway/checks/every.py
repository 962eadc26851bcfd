"""All checks, in the order of a request: who may come, where they come in, where they lead to."""

from collections.abc import AsyncIterator, Iterable

from contact_gateway.checks.entrances import check_entrances
from contact_gateway.checks.findings import Finding, Status
from contact_gateway.checks.harmony import check_harmony
from contact_gateway.checks.reaching import check_callers, check_rest_api, check_storage
from contact_gateway.checks.spans import check_spans
from contact_gateway.egress import Egress, egress_findings
from contact_gateway.observation.logs import no_warnings
from contact_gateway.rest_client import HTTP11Transport
from contact_gateway.settings import FilesError, Settings

__all__ = ["check", "wrong_settings"]


def wrong_settings(lines: Iterable[str]) -> list[Finding]:
    """A finding for each line that `serve` would end with."""
    return [_wrong("settings", line) for line in lines]


def _wrong(subject: str, line: str) -> Finding:
    advice = "The gateway does not start until that is mended."
    return Finding(subject, line, advice, Status.SETTINGS)


async def check(
    settings: Settings, token: str | None = None, customer: int | None = None
) -> AsyncIterator[Finding]:
    """One finding for each thing that the settings name.

    The REST API is asked for the groups of `customer`, with a caller's `token` unless the gateway
    has its own. Neither is needed, but the less is given, the less the answer proves.
    """
    with no_warnings():
        async for finding in _check(settings, token, customer):
            yield finding


async def _check(
    settings: Settings, token: str | None, customer: int | None
) -> AsyncIterator[Finding]:
    yield Finding("settings", "complete")
    for finding in check_harmony(settings):
        yield finding
    try:
        egress = Egress(settings)
    except FilesError as error:
        for line in error.lines:
            yield _wrong("files", line)
    else:
        async for finding in _check_what_goes_out(settings, egress, token, customer):
            yield finding
    async for finding in check_storage(settings):
        yield finding
    async for finding in check_spans():
        yield finding


async def _check_what_goes_out(
    settings: Settings, egress: Egress, token: str | None, customer: int | None
) -> AsyncIterator[Finding]:
    """The ways out, and everything that is asked by them."""
    for subject, found, advice in egress_findings(settings):
        yield Finding(subject, found, advice)
    async with HTTP11Transport(way=egress.to_others) as transport:
        async for finding in check_callers(transport, settings, token):
            yield finding
    # directly: what is this machine's own is no proxy's business
    async with HTTP11Transport() as transport:
        async for finding in check_entrances(transport, settings):
            yield finding
    async with HTTP11Transport(way=egress.to_rest_api) as transport:
        async for finding in check_rest_api(transport, settings, token, customer):
            yield finding
