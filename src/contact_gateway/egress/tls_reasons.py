"""Why TLS failed, in a sentence: from OpenSSL's error and from what the server showed."""

import datetime as dt
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple, TypeGuard

from cryptography import x509
from cryptography.x509.oid import NameOID

from contact_gateway.settings import PREFIX

__all__ = ["Reason", "Seen", "explain", "is_about_our_certificate"]

_MOST_NAMES: Final = 10
_LONGEST: Final = 200

# X509_V_ERR_… of OpenSSL
_NOT_YET_VALID, _EXPIRED = 9, 10
_SELF_SIGNED, _SELF_SIGNED_IN_CHAIN = 18, 19
_UNKNOWN: Final = {2, _SELF_SIGNED_IN_CHAIN, 20, 21}
_OTHER_NAMES: Final = {62, 63, 64}

_WANTED: Final = "TLSV13_ALERT_CERTIFICATE_REQUIRED"
# alerts of RFC 8446 section 6.2 about a certificate: a server sends them before it reads a request
_REFUSALS: Final = {
    "SSLV3_ALERT_BAD_CERTIFICATE": "it is bad",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": "it is of an unsupported kind",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "it is revoked",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "it has expired",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "something else is wrong with it",
    "TLSV1_ALERT_UNKNOWN_CA": "its authority is unknown there",
    "TLSV1_ALERT_ACCESS_DENIED": "it may not do this",
}
_VERSIONS: Final = {
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "UNSUPPORTED_PROTOCOL",
    "WRONG_SSL_VERSION",
    "VERSION_TOO_LOW",
}
_NO_TLS: Final = {
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "UNKNOWN_PROTOCOL",
    "RECORD_LAYER_FAILURE",
}
_OLD: Final = {"SSLv3", "TLSv1", "TLSv1.1"}

_CLOCK: Final = "See that it is renewed, and that the clock of this machine is right."
_AUTHORITY: Final = f"If that authority is to be trusted, put its certificate into {PREFIX}CA_FILE."
_SELF: Final = f"If it is to be trusted all the same, put it into {PREFIX}CA_FILE."
_NAME: Final = "Set the URL to a name that the certificate has, or have one issued for this name."
_SHOW: Final = (
    f"Set {PREFIX}UPSTREAM_CLIENT_CERTIFICATE and {PREFIX}UPSTREAM_CLIENT_KEY, which are for the "
    f"REST API and {PREFIX}UPSTREAM_TOKEN_URL."
)
_SHOW_ANOTHER: Final = f"See that {PREFIX}UPSTREAM_CLIENT_CERTIFICATE is one that it accepts."
_NEWER: Final = "Have it speak TLS 1.2 or 1.3: what is older is not safe."
_PLAIN: Final = "See that the port is the one for https, or that the URL should begin with http."


@dataclass(frozen=True, slots=True)
class Seen:
    """What a server showed to whoever believes everything.

    `agreed` is whether there was a version and a cipher in common; `chain` begins with the
    server's own certificate.
    """

    version: str | None = None
    agreed: bool = False
    chain: tuple[x509.Certificate, ...] = ()


class Reason(NamedTuple):
    """Why TLS failed: its kind, a sentence, what to do, and what is known, as the log has it."""

    fault: str
    sentence: str
    advice: str | None = None
    fields: Mapping[str, str] = MappingProxyType({})


def is_about_our_certificate(error: object) -> TypeGuard[ssl.SSLError]:
    """Whether a server ended TLS for want of a certificate that it accepts, and read nothing."""
    return isinstance(error, ssl.SSLError) and error.reason in {_WANTED, *_REFUSALS}


def explain(error: ssl.SSLError, seen: Seen, host: str, server: str, *, certified: bool) -> Reason:
    """What `error` means; `certified` is whether the server was shown a certificate of ours."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_certificate(error, seen, host, server)
    return _of_handshake(error, seen, server, certified=certified)


def _of_certificate(
    error: ssl.SSLCertVerificationError, seen: Seen, host: str, server: str
) -> Reason:
    code = error.verify_code
    its = f"the certificate of {server}"
    own = seen.chain[0] if seen.chain else None
    if code in {_EXPIRED, _NOT_YET_VALID}:
        return _of_dates(code, seen, server)
    if code in _OTHER_NAMES:
        names = ", ".join(_names(own)) if own else ""
        found = f"{its} is for {names or 'other names'}, and not for {host}"
        return Reason("certificate_for_other_names", found, _NAME, _known(names=names))
    if code == _SELF_SIGNED:
        subject = _name(own.subject) if own else ""
        found = f"{its} is signed by itself, and by no authority"
        return Reason("certificate_self_signed", found, _SELF, _known(subject=subject))
    if code in _UNKNOWN:
        issuer = _name(seen.chain[-1].issuer) if seen.chain else ""
        found = f"{its} is of an authority that is not known here"
        found += f": {issuer}" if issuer else ""
        return Reason("authority_unknown", found, _AUTHORITY, _known(issuer=issuer))
    said = _shown(error.verify_message)
    return Reason("certificate_refused", f"{its} is refused: {said}")


def _of_dates(code: int, seen: Seen, server: str) -> Reason:
    """Which certificate is out of its time: the server's own, or one above it."""
    now = dt.datetime.now(dt.UTC)
    if code == _EXPIRED:
        late = [each for each in seen.chain if each.not_valid_after_utc < now]
        since = late[0].not_valid_after_utc.isoformat() if late else ""
        fault, when = "certificate_expired", f"expired on {since}" if since else "has expired"
        fields = _known(not_after=since)
    else:
        late = [each for each in seen.chain if each.not_valid_before_utc > now]
        since = late[0].not_valid_before_utc.isoformat() if late else ""
        fault = "certificate_not_yet_valid"
        when = f"is not valid before {since}" if since else "is not yet valid"
        fields = _known(not_before=since)
    own = bool(late) and late[0] is seen.chain[0]
    which = "the certificate of" if own else "a certificate in the chain of"
    return Reason(fault, f"{which} {server} {when}", _CLOCK, fields)


def _of_handshake(error: ssl.SSLError, seen: Seen, server: str, *, certified: bool) -> Reason:
    reason = error.reason or ""
    if reason in _REFUSALS and certified:
        found = f"{server} refuses the client certificate: {_REFUSALS[reason]}"
        return Reason("client_certificate_refused", found, _SHOW_ANOTHER)
    # TLS 1.2 has no word for that: a server that agreed to all else ends the handshake
    if reason in {_WANTED, *_REFUSALS} or (seen.agreed and reason.endswith("HANDSHAKE_FAILURE")):
        if certified:
            found = f"{server} wants another client certificate than it is shown"
            return Reason("client_certificate_refused", found, _SHOW_ANOTHER)
        return Reason("client_certificate_wanted", f"{server} wants a client certificate", _SHOW)
    if reason in _VERSIONS or seen.version in _OLD:
        spoken = f"{server} speaks {seen.version or 'another version'}"
        found = f"{spoken}, and no version of TLS that is safe"
        return Reason("tls_version_not_agreed", found, _NEWER, _known(version=seen.version or ""))
    if reason in _NO_TLS:
        return Reason("no_tls", f"{server} does not speak TLS", _PLAIN)
    return Reason("tls_refused", f"TLS with {server} failed: {_shown(reason)}")


def _names(certificate: x509.Certificate) -> list[str]:
    """The names and addresses that a certificate is for; without any, the common name."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = found.get_values_for_type(x509.DNSName)
        names += [str(each) for each in found.get_values_for_type(x509.IPAddress)]
    except (x509.ExtensionNotFound, ValueError):
        common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        names = [str(each.value) for each in common]
    return [_shown(name) for name in names[:_MOST_NAMES]]


def _name(name: x509.Name) -> str:
    return _shown(name.rfc4514_string())


def _shown(text: str) -> str:
    """What a server says, as it can be shown."""
    return (text if text.isprintable() else ascii(text))[:_LONGEST]


def _known(**fields: str) -> Mapping[str, str]:
    return {name: value for name, value in fields.items() if value}
