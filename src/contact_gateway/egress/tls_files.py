"""Contexts for TLS, made of the system's authorities and of the files that settings name."""

import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NoReturn

from contact_gateway.forms.named_files import FileFaultError, read_file
from contact_gateway.settings import FilesError, Settings, error_line

__all__ = ["client_context", "look_at_environment", "names_files"]

_MOST_BYTES: Final = 16_777_216
_CERTIFICATE: Final = b"CERTIFICATE-----"
_KEY: Final = b"PRIVATE KEY-----"
_MISMATCHES: Final = {"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"}
_FILE, _FOLDERS = "SSL_CERT_FILE", "SSL_CERT_DIR"


class _EncryptedKeyError(Exception):
    """A key has a passphrase, which nobody is there to type."""


def names_files(settings: Settings) -> bool:
    """Whether the settings name any file."""
    own = settings.upstream_client_certificate or settings.upstream_client_key
    return bool(settings.ca_file or own)


def look_at_environment() -> None:
    """See that what OpenSSL's own variables name is there: OpenSSL says nothing if it is not.

    Raises:
        FilesError: it is not.
    """
    file, folders = os.environ.get(_FILE), os.environ.get(_FOLDERS)
    lines = []
    if file is not None and (fault := _without(file, _CERTIFICATE, "certificate")):
        lines.append(f"{_FILE}: expected a PEM file with the authorities to trust ({fault})")
    if folders is not None and not any(
        folder and Path(folder).is_dir() for folder in folders.split(os.pathsep)
    ):
        lines.append(f"{_FOLDERS}: expected a directory of authorities to trust (there is none)")
    if lines:
        raise FilesError(lines)


def client_context(settings: Settings | None, *, with_certificate: bool) -> ssl.SSLContext:
    """A context that verifies servers; `with_certificate`, it has the gateway's own to show.

    Raises:
        FilesError: a file that is named is not there, or is not what it should be.
    """
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    lines: list[str] = []
    if settings is not None and settings.ca_file is not None:
        lines += _add_authorities(context, settings.ca_file)
    if settings is not None and with_certificate:
        certificate, key = settings.upstream_client_certificate, settings.upstream_client_key
        if certificate is None:
            lines.append(error_line("upstream_client_certificate", "missing"))
        else:
            lines += _add_certificate(context, certificate, key)
    if lines:
        raise FilesError(lines)
    return context


def _add_authorities(context: ssl.SSLContext, path: str) -> Iterator[str]:
    """Trust the authorities in a file; a line if it cannot be used."""
    fault = _without(path, _CERTIFICATE, "certificate")
    if fault is None:
        try:
            context.load_verify_locations(cafile=path)
        except ssl.SSLError as error:
            fault = f"OpenSSL cannot read it: {error.reason or type(error).__name__}"
    if fault is not None:
        yield error_line("ca_file", fault)
    # private authorities are believed because they are named: their certificates may lack what
    # RFC 5280 asks of public ones, and one that another has signed may stand for itself
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN


def _add_certificate(context: ssl.SSLContext, certificate: str, key: str | None) -> Iterator[str]:
    """Have a certificate to show; a line for each file that cannot be used."""
    of_certificate = "upstream_client_certificate"
    of_key = of_certificate if key is None else "upstream_client_key"
    faults = {of_key: _without(key or certificate, _KEY, "private key")}
    faults[of_certificate] = _without(certificate, _CERTIFICATE, "certificate") or faults.get(
        of_certificate
    )
    if not any(faults.values()):
        faults[of_key] = _load_certificate(context, certificate, key)
    yield from (error_line(name, fault) for name, fault in faults.items() if fault)


def _load_certificate(context: ssl.SSLContext, certificate: str, key: str | None) -> str | None:
    try:
        context.load_cert_chain(certificate, key, password=_refuse_passphrase)
    except _EncryptedKeyError:
        return "the key has a passphrase"
    except ssl.SSLError as error:
        if error.reason in _MISMATCHES:
            return "the key is not that of the certificate"
        return f"OpenSSL cannot use it: {error.reason or type(error).__name__}"
    return None


def _without(path: str, mark: bytes, what: str) -> str | None:
    """What to say of a file if there is nothing of the kind in it, in PEM."""
    try:
        return None if mark in read_file(path, _MOST_BYTES) else f"there is no {what} in PEM in it"
    except FileFaultError as error:
        return str(error)


def _refuse_passphrase() -> NoReturn:
    # else OpenSSL would ask for it at the terminal
    raise _EncryptedKeyError
