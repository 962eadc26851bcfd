"""The bodies of answers: where each ends (RFC 9112 sections 6 and 7)."""

import re
from typing import Final, Protocol

import httptools

from contact_gateway.rest_client.http11.heads import NO_CONTENT, TOKEN, Heads
from contact_gateway.rest_client.http11.keep_alive import idle_seconds

__all__ = ["Body", "UntilTheEnd", "body_after"]

_LONGEST_LINE: Final = 4_096  # of a chunk's size with its extensions
_KEEP_ALIVE: Final = b"keep-alive"
_WANTED: Final = frozenset({b"content-length", b"transfer-encoding", _KEEP_ALIVE})
_WANTED_LENGTHS: Final = frozenset(map(len, _WANTED))  # few others are: not each is looked at

_QUOTED: Final = rb'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'
# section 7.1.1, with whitespace before the end, which some servers fill a size up with
_SIZE_LINE: Final = re.compile(
    rb"0*+([0-9A-Fa-f]{0,16})(?<=[0-9A-Fa-f])"
    rb"(?:[ \t]*+;[ \t]*+" + TOKEN + rb"(?:[ \t]*+=[ \t]*+(?:" + TOKEN + rb"|" + _QUOTED + rb"))?)*"
    rb"[ \t]*+\r\n"
)
_TRAILERS: Final = re.compile(rb"(?:" + TOKEN + rb":[^\r\n\0]*+\r\n)*\r\n")


class Body(Protocol):
    """What is to come after the head of an answer.

    It is `whole` when nothing more of the content is to come, of which `left` bytes are announced
    as far as is known. When it is `last`, the connection can carry nothing behind it.
    """

    whole: bool
    last: bool
    left: int

    def take(self, data: bytes, content: bytearray) -> bytes:
        """Add to `content` what `data` has of it, and return what is behind the body.

        Raises:
            httptools.HttpParserError: this is not what the head has announced.
        """


class _Nothing:
    """No body at all."""

    whole = True
    left = 0

    def __init__(self, *, last: bool) -> None:
        self.last = last

    def take(self, data: bytes, content: bytearray) -> bytes:  # noqa: ARG002 - as any other
        """All is behind it."""
        return data


_NOTHING: Final = _Nothing(last=False)
_NOTHING_ANNOUNCED_AS_MORE: Final = _Nothing(last=True)


class UntilTheEnd:
    """All that comes until the connection ends."""

    whole = False
    last = True
    left = 0

    def take(self, data: bytes, content: bytearray) -> bytes:
        """Nothing is behind it."""
        content += data
        return b""


class _OfLength:
    """So many bytes."""

    last = False

    def __init__(self, length: int) -> None:
        self.left = length
        self.whole = not length

    def take(self, data: bytes, content: bytearray) -> bytes:
        """Take as many as are left."""
        left = self.left
        content += data[:left]
        self.left = max(0, left - len(data))
        self.whole = not self.left
        return data[left:]


class _InChunks:
    """Chunks, each behind its size, until one of size zero; then trailers, which are ignored."""

    left = 0  # of a chunk at the most, which says little

    def __init__(self, *, last: bool) -> None:
        self._begun = b""
        self._left: int | None = None  # of a chunk's data; None while its size is to come
        self.whole = False
        self.last = last

    def take(self, data: bytes, content: bytearray) -> bytes:
        """Take lines that are whole and what there is of chunks, and keep the rest for later."""
        data, at = self._begun + data, 0
        while not self.whole:
            if self._left is None:
                end = self._after_size(data, at, content)
            elif self._left:
                part = data[at : at + self._left]
                content += part
                self._left -= len(part)
                end = at + len(part)
            else:
                end = self._after_data(data, at)
            if end == at:
                self._begun = data[at:]
                return b""
            at = end
        trailers = _TRAILERS.match(data, at)
        if trailers is None:
            self.last = True  # all of the content is here (section 8): nobody waits for the rest
            return data[at:]
        return data[trailers.end() :]

    def _after_size(self, data: bytes, at: int, content: bytearray) -> int:
        """Where the data of a chunk begins, or where it ends if all of it is here."""
        line = _SIZE_LINE.match(data, at)
        if line is None:
            if data.find(b"\n", at) >= 0 or len(data) - at > _LONGEST_LINE:
                raise httptools.HttpParserError("no size of a chunk")
            return at
        begin = line.end()
        size = int(line[1] or b"0", 16)
        end = begin + size
        if size and data.startswith(b"\r\n", end):  # most are, and each turn takes its time
            content += data[begin:end]
            return end + 2
        self._left = size
        self.whole = not size
        return begin

    def _after_data(self, data: bytes, at: int) -> int:
        """Where the size of the next chunk begins, once the line end behind this one is here."""
        line_end = data[at : at + 2]
        if not b"\r\n".startswith(line_end):
            raise httptools.HttpParserError("no end of a chunk")
        if len(line_end) < 2:
            return at
        self._left = None
        return at + 2


def body_after(heads: Heads) -> Body:
    """What is to come after the head that was read last (section 6.3).

    What `heads` say of how long the connection may be idle is noted there on the way.

    Raises:
        httptools.HttpParserError: a transfer coding that the gateway has not asked for.
    """
    announced = []
    for header in heads.headers:
        if len(header[0]) in _WANTED_LENGTHS and (name := header[0].lower()) in _WANTED:
            if name == _KEEP_ALIVE:
                heads.idle_seconds = idle_seconds(header[1])
            else:
                announced.append(header)
    if heads.status in NO_CONTENT:
        if not announced:
            return _NOTHING
        more = any(value.strip(b"0 \t") for _, value in announced)
        return _NOTHING_ANNOUNCED_AS_MORE if more else _NOTHING
    if not announced:
        return UntilTheEnd()
    name, value = announced[0]
    if name.lower() == b"content-length":
        # a second one, or one beside a coding, came no further; int() refuses thousands of digits
        return _OfLength(int(value.strip(b" \t").lstrip(b"0")[:20] or b"0"))
    codings = [coding.strip(b" \t") for _, value in announced for coding in value.split(b",")]
    if [coding.lower() for coding in codings if coding] != [b"chunked"]:
        raise httptools.HttpParserError("another coding")  # section 6.1: none was asked for
    return _InChunks(last=heads.old)  # section 6.1: HTTP/1.0 has no chunks
