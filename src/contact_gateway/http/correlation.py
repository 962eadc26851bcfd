"""Names of a request that others know it by: `X-Request-Id` and `traceparent`."""

import re
from collections.abc import Sequence
from random import getrandbits

__all__ = ["request_id_of", "traceparent_of"]

# Names, and no secrets: who has seen some hundred of a process can tell the next ones.
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_TRACEPARENT = re.compile(
    rb"(?!ff)([0-9a-f]{2})-((?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(-.*)?",
    re.DOTALL,
)
_SAMPLED = 1


def request_id_of(header: Sequence[bytes]) -> str:
    """The caller's `X-Request-Id` if it is one well-formed value, else a new one."""
    if len(header) == 1 and _REQUEST_ID.fullmatch(header[0]):
        return header[0].decode("ascii")
    return f"{getrandbits(128):032x}"


def traceparent_of(header: Sequence[bytes]) -> str:
    """The caller's `traceparent` (W3C Trace Context section 3.2) if well-formed, else a new one.

    One of a later version may have more fields; what is known of it goes on as version 00 (section
    4.3, "Versioning of traceparent"). A new one is marked as not sampled, because nobody records it
    here.
    """
    found = _TRACEPARENT.fullmatch(header[0]) if len(header) == 1 else None
    if found is not None:
        version, names, flags, more = found.groups()
        if version != b"00":
            return f"00-{names.decode('ascii')}-{int(flags, 16) & _SAMPLED:02x}"
        if more is None:
            return header[0].decode("ascii")
    trace, parent = getrandbits(127) + 1, getrandbits(63) + 1  # neither may be zero
    return f"00-{trace:032x}-{parent:016x}-00"
