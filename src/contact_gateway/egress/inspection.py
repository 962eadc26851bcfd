"""What `check` says of the ways out themselves, before anything goes there."""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cryptography import x509

from contact_gateway.forms.proxy_address import read_proxy
from contact_gateway.settings import PREFIX, Settings

__all__ = ["egress_findings", "wants_certificate"]

_OF_OTHERS: Final = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")

# nginx's words: it agrees to TLS without one, and then answers 400 whatever is asked
_WANTED: Final = (b"No required SSL certificate was sent", b"The SSL certificate error")
_SHOW: Final = (
    f"Set {PREFIX}UPSTREAM_CLIENT_CERTIFICATE and {PREFIX}UPSTREAM_CLIENT_KEY to those that it "
    "accepts."
)

_Finding = tuple[str, str, str | None]
"""What was looked at, what was found, and what to do about it, None where all is well."""


def egress_findings(settings: Settings) -> Iterator[_Finding]:
    """The proxy, or that there is none although other programs have one; our own certificate."""
    if settings.proxy is not None:
        proxy = read_proxy(settings.proxy.get_secret_value())
        but = f", but for {PREFIX}NO_PROXY" if settings.no_proxy else ""
        yield f"proxy {proxy}", f"what goes out over HTTP goes through it{but}", None
    elif others := [
        name for name in _OF_OTHERS if os.environ.get(name, os.environ.get(name.lower()))
    ]:
        said = f"{' and '.join(others)} is not for the gateway: without {PREFIX}PROXY"
        yield "proxy", f"{said} it sends everything directly", None
    if settings.upstream_client_certificate is not None:
        yield _of_certificate(settings.upstream_client_certificate)


def wants_certificate(content: bytes) -> tuple[str, str] | None:
    """What a page says that is sent for want of a client certificate, and what to do."""
    if any(words in content for words in _WANTED):
        return "it wants a client certificate", _SHOW
    return None


def _of_certificate(path: str) -> _Finding:
    """Whose it is, and until when; it is known to be one."""
    subject = "client certificate"
    try:
        certificate = x509.load_pem_x509_certificates(Path(path).read_bytes())[0]
        name, end = certificate.subject.rfc4514_string(), certificate.not_valid_after_utc
    except ValueError as error:
        return subject, f"it can be used, though not be shown: {type(error).__name__}", None
    if end < dt.datetime.now(dt.UTC):
        advice = f"Put one into {PREFIX}UPSTREAM_CLIENT_CERTIFICATE that is still valid."
        return subject, f"that of {name} expired on {end.isoformat()}", advice
    return subject, f"that of {name}, valid until {end.isoformat()}", None
