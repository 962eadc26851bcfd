"""The heads of responses (RFC 9112 sections 2 to 5), one after the other.

httptools parses them. What it lets pass and the RFC does not is refused before; what it refuses and
the RFC asks a client to read is mended after that, so that a head as most are costs nothing more.
"""

import math
import re
from http import HTTPStatus
from typing import Final

import httptools

__all__ = ["NO_CONTENT", "TOKEN", "Heads"]

NO_CONTENT: Final = frozenset({204, 304})
"""Final statuses whose responses end with their heads, whatever these say (section 6.3)."""

TOKEN: Final = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
"""Pattern of a name (RFC 9110 section 5.6.2)."""

_BEGINNING: Final = b"HTTP/1."
_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[0-9] [1-9][0-9]{2}(?: [\t -~\x80-\xff]*+)?\r?\n")
_BARE_LINE_FEED: Final = re.compile(rb"(?<!\r)\n")
# each begins where it cannot have begun before: to look through a head takes linear time
_FOLD: Final = re.compile(rb"(?<![ \t])[ \t]*+\r\n[ \t]++")
_SPACE_BEFORE_COLON: Final = re.compile(rb"^(" + TOKEN + rb")[ \t]++:", re.MULTILINE)
_LENGTH: Final = re.compile(rb"^content-length:([^\r\n]*+)\r\n", re.MULTILINE | re.IGNORECASE)
_FRAMING: Final = re.compile(
    rb"^(?:content-length|transfer-encoding):[^\r\n]*+\r\n", re.MULTILINE | re.IGNORECASE
)


class Heads:
    """Reads the heads that come in on one connection.

    After a head, `status` and `headers` are what it says, and `keep_alive` is whether the
    connection may carry another response. `idle_seconds` is how long it may be idle before that,
    as far as any head has said; whoever looks at the headers notes it.
    """

    __slots__ = (
        "_begun",
        "_parser",
        "_status_line",
        "headers",
        "idle_seconds",
        "keep_alive",
        "status",
    )

    def __init__(self) -> None:
        self._parser: httptools.HttpResponseParser | None = None
        self._begun = b""
        self._status_line = b"HTTP/1.1 204 No Content\r\n"  # the last that was looked at
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.keep_alive = True
        self.idle_seconds = math.inf

    @property
    def old(self) -> bool:
        """Whether the last head is one of HTTP/1.0."""
        return self._status_line.startswith(b"HTTP/1.0")

    def read(self, data: bytes) -> bytes | None:
        """Take in `data`: what is behind the head that it ends, None if it ends none.

        Raises:
            httptools.HttpParserError: this is no head of an HTTP/1 response.
        """
        looked_at = 0
        if self._begun:
            looked_at = max(0, len(self._begun) - 2)
            data, self._begun = self._begun + data, b""
        end = data.find(b"\n\r\n", looked_at) + 3
        if end == 2:  # it is not there
            end = data.find(b"\n\n", looked_at) + 2
            if end == 1:
                self._begin(data)
                return None
        if not data.startswith(self._status_line):
            self._look_at_status_line(data)
        self.headers = []
        self.status = 0
        try:
            (self._parser or self._new_parser()).feed_data(data[:end])
        except httptools.HttpParserError:
            end = self._read_mended(data, end)
        except httptools.HttpParserUpgrade:
            self._parser = None
        if self.status not in NO_CONTENT:
            self._end_head()
        return data[end:]

    def _begin(self, data: bytes) -> None:
        if not _BEGINNING.startswith(data[: len(_BEGINNING)]):
            raise httptools.HttpParserError("another protocol")
        self._begun = data

    def _look_at_status_line(self, data: bytes) -> None:
        status_line = _STATUS_LINE.match(data)
        if status_line is None:
            raise httptools.HttpParserError("no status line")
        self._status_line = status_line[0]

    def _read_mended(self, data: bytes, end: int) -> int:
        """Read a head again, now mended, which ends there or before; where it does."""
        bare = data.find(b"\n\n", 0, end)
        if bare >= 0:
            end = bare + 2
        self.headers = []
        self._new_parser().feed_data(_mended(data[:end]))
        return end

    def _end_head(self) -> None:
        if not self.status:
            raise httptools.HttpParserError("no end")
        # whitespace behind a value is none of it (RFC 9110 section 5.5)
        self.headers = [(name, value.rstrip(b" \t")) for name, value in self.headers]
        if self.status >= HTTPStatus.OK:
            self._parser = None  # it waits for a body, which is none of its business

    def _new_parser(self) -> httptools.HttpResponseParser:
        parser = self._parser = httptools.HttpResponseParser(self)
        return parser

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note a header; called by the parser, as what follows."""
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Note what the head says."""
        parser = self._parser
        if parser is not None:
            self.status = parser.get_status_code()
            self.keep_alive = parser.should_keep_alive()


def _mended(head: bytes) -> bytes:
    """A head as it is to be read where it is not as it should have been sent."""
    status_line, _, fields = head.partition(b"\n")
    version, rest = status_line[:8], status_line[8:].rstrip(b"\r")
    if version != b"HTTP/1.0":
        version = b"HTTP/1.1"  # the highest that is spoken here (RFC 9110 section 2.5)
    fields = _BARE_LINE_FEED.sub(b"\r\n", fields)  # section 2.2
    if not fields.startswith((b" ", b"\t")):
        fields = _FOLD.sub(b" ", fields)  # section 5.2
    fields = _SPACE_BEFORE_COLON.sub(rb"\1:", fields)  # section 5.1
    status = int(rest[1:4])
    if status < HTTPStatus.OK:
        fields = _FRAMING.sub(b"", fields)
    elif status in NO_CONTENT:
        # it ends here whatever these say; that nothing can follow it, they do say
        fields = b"Connection: close\r\n" + _FRAMING.sub(b"", fields)
    else:
        fields = _with_one_length(fields)
    return b"%s%s\r\n%s" % (version, rest, fields)


def _with_one_length(fields: bytes) -> bytes:
    """Header fields whose several lengths, if they are all the same, are one (section 6.3)."""
    values = [value.strip(b" \t") for line in _LENGTH.findall(fields) for value in line.split(b",")]
    if len(values) < 2 or len(set(values)) > 1:
        return fields
    return b"Content-Length: %s\r\n%s" % (values[0], _LENGTH.sub(b"", fields))
