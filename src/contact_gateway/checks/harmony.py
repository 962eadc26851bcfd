"""What can be told without going anywhere: settings that do not go together."""

from collections.abc import Iterator

from contact_gateway.checks.findings import Finding, Status
from contact_gateway.contact_groups import build_schema
from contact_gateway.operations import TrustedDocumentsError, trusted_documents_of
from contact_gateway.settings import PREFIX, Settings

__all__ = ["check_harmony"]


def check_harmony(settings: Settings) -> Iterator[Finding]:
    """What keeps the gateway from starting, or makes a setting idle."""
    if settings.rate_limit_storage is not None and settings.rate_limit is None:
        yield _failed(
            "rate limit storage",
            "there is no rate limit to store",
            f"Set {PREFIX}RATE_LIMIT, or leave {PREFIX}RATE_LIMIT_STORAGE out.",
        )
    attempt, deadline = settings.upstream_attempt_timeout, settings.upstream_deadline
    if attempt > deadline:
        yield _failed(
            "attempt timeout",
            f"{attempt:g} seconds for one attempt are more than the {deadline:g} for all of them",
            f"Set {PREFIX}UPSTREAM_ATTEMPT_TIMEOUT below {PREFIX}UPSTREAM_DEADLINE: there is no "
            "time left to try again, or to find out what became of a change.",
        )
    yield from _check_trusted_documents(settings)


def _check_trusted_documents(settings: Settings) -> Iterator[Finding]:
    """What `serve` finds in the manifest, and a finding for each line that it would end with."""
    subject = "trusted documents"
    try:
        trusted = trusted_documents_of(settings, build_schema(federation=settings.federation))
    except TrustedDocumentsError as error:
        for line in error.lines:
            yield _failed(subject, line, "The gateway does not start until that is mended.")
    else:
        if trusted is not None:
            count = len(trusted.by_hash)
            yield Finding(subject, f"{count} document{'' if count == 1 else 's'}")


def _failed(subject: str, found: str, advice: str) -> Finding:
    return Finding(subject, found, advice, Status.SETTINGS)
