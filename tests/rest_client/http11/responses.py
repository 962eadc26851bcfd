"""Responses made from the grammar of RFC 9112, each broken in one place, and what they come to."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import h11

__all__ = ["BREAKS", "Break", "Outcome", "judged_by_h11", "response"]

Kind = Literal["nothing", "length", "chunks"]
Outcome = tuple[str, int, bytes]
"""`whole` with status and content, `broken` with the status alone, or `none`."""

_TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TEXT = ' \t!"(),/:;<=>?@[]{}' + _TOKEN + "\xa0\xe9\xff"


@dataclass
class Parts:
    """A response before it is put together; each part with its line end."""

    start: bytes
    fields: list[bytes]
    body: bytes = b""
    before: bytes = b""
    end: bytes = b"\r\n"

    def __bytes__(self) -> bytes:
        return b"".join([self.before, self.start, *self.fields, self.end, self.body])


@dataclass(frozen=True)
class Break:
    """One way to break a response of some `kinds`.

    `ours` is what it comes to here where that is not what h11 makes of it, and `why` says why.
    """

    name: str
    breaks: Callable[[Parts], object]
    kinds: tuple[Kind, ...] = ("nothing", "length", "chunks")
    ours: Literal["whole", "broken", "none"] | None = None
    why: str = field(default="", repr=False)


def response(rng: random.Random, kind: Kind) -> tuple[Parts, bytes]:
    """A well-formed response and its content."""
    content = b"" if kind == "nothing" else rng.randbytes(rng.randrange(1, 40))
    status = rng.choice([204, 304] if kind == "nothing" else [200, 201, 400, 404, 422, 500, 503])
    reason = "".join(rng.choices(_TEXT, k=rng.randrange(12)))
    fields = [_field(rng) for _ in range(rng.randrange(1, 5))]
    body = content
    if kind == "length":
        fields.append(b"Content-Length: %d\r\n" % len(content))
    elif kind == "chunks":
        fields.append(b"Transfer-Encoding: chunked\r\n")
        body = _chunks(rng, content)
    rng.shuffle(fields)
    return Parts(f"HTTP/1.1 {status} {reason}\r\n".encode("latin-1"), fields, body), content


def _field(rng: random.Random) -> bytes:
    name = "X-" + "".join(rng.choices(_TOKEN, k=rng.randrange(1, 8)))
    value = "".join(rng.choices(_TEXT, k=rng.randrange(20))).strip()
    space = rng.choice(["", " ", "\t", "  "])
    return f"{name}:{space}{value}{space}\r\n".encode("latin-1")


def _chunks(rng: random.Random, content: bytes) -> bytes:
    cut = rng.randrange(len(content) + 1)
    extension = rng.choice([b"", b";a", b";a=b", b';a="b c\\""', b";a=b;c"])
    chunks = [b"%X%s\r\n%s\r\n" % (len(part), extension, part)
              for part in (content[:cut], content[cut:]) if part]  # fmt: skip
    return b"".join([*chunks, b"0\r\n", rng.choice([b"", b"X-T: t\r\n"]), b"\r\n"])


def judged_by_h11(raw: bytes) -> Outcome:
    """What h11 makes of a response to a GET after which the connection ends."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
    connection.send(h11.EndOfMessage())
    status, content = 0, b""
    try:
        connection.receive_data(raw)
        connection.receive_data(b"")
        while not isinstance(event := connection.next_event(), h11.EndOfMessage):
            if isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                content += event.data
            elif event is h11.NEED_DATA or isinstance(event, h11.ConnectionClosed):
                return ("broken", status, b"") if status else ("none", 0, b"")
    except h11.RemoteProtocolError:
        return ("broken", status, b"") if status else ("none", 0, b"")
    return "whole", status, content


def _start(pattern: bytes, by: bytes) -> Callable[[Parts], object]:
    """Replaces the first match in the status line."""

    def breaks(parts: Parts) -> None:
        parts.start = re.sub(pattern, by.replace(b"\\", b"\\\\"), parts.start, count=1)

    return breaks


def _line(line: bytes, at: int = 0) -> Callable[[Parts], object]:
    """Adds a line to the fields."""
    return lambda parts: parts.fields.insert(at, line)


def _framing(*lines: bytes, body: bytes = b"") -> Callable[[Parts], object]:
    """Puts lines in the place of what says how long the body is, `%d` for its length."""

    def breaks(parts: Parts) -> None:
        kept = [each for each in parts.fields if each.startswith(b"X-")]
        parts.body = body or parts.body
        parts.fields = kept + [each.replace(b"%d", b"%d" % len(parts.body)) for each in lines]

    return breaks


def _body(pattern: bytes, by: bytes) -> Callable[[Parts], object]:
    """Replaces the first match in the body."""

    def breaks(parts: Parts) -> None:
        parts.body = re.sub(pattern, lambda _: by, parts.body, count=1, flags=re.DOTALL)

    return breaks


def _chunked_as(body: bytes) -> Callable[[Parts], object]:
    """Puts this in the place of the chunks."""
    return lambda parts: setattr(parts, "body", body)


def _cut(parts: Parts) -> None:
    parts.end = b""
    parts.body = b""


_INVALID = "RFC 9110 section 5.5: a field value has no control characters"
_LATER = "RFC 9112 section 6.3: it ends with its head, whatever the fields say"
_COMPLETE = "RFC 9112 section 8: content is complete once the chunk of size zero is here"
_GRAMMAR = "RFC 9112 section 7.1.1: an extension has a name"
_VERSION = "RFC 9112 section 2.3: of HTTP/1 alone this is the syntax"
_N: tuple[Kind, ...] = ("nothing",)
_L: tuple[Kind, ...] = ("length",)
_C: tuple[Kind, ...] = ("chunks",)

BREAKS = (
    Break("nothing broken", lambda _: None),
    Break("ICE", _start(rb"HTTP/1.1", b"ICE/1.1")),
    Break("RTSP", _start(rb"HTTP/1.1", b"RTSP/1.0")),
    Break("lower case", _start(rb"HTTP", b"http")),
    Break("HTTP/2.0", _start(rb"1\.1", b"2.0"), ours="none", why=_VERSION),
    Break("HTTP/0.9", _start(rb"1\.1", b"0.9"), ours="none", why=_VERSION),
    Break("HTTP/1.7", _start(rb"1\.1", b"1.7")),
    Break("HTTP/1.0", _start(rb"1\.1", b"1.0")),
    Break("HTTP/1.10", _start(rb"1\.1", b"1.10")),
    Break("HTTP/1", _start(rb"1\.1", b"1")),
    Break("a line before it", lambda parts: setattr(parts, "before", b"\r\n")),
    Break("two spaces", _start(rb" ", b"  ")),
    Break("a tab", _start(rb" ", b"\t")),
    Break("no reason", _start(rb"( \d+) .*\r", b" 200\r"), _L + _C),
    Break("two digits", _start(rb"\d\d\d", b"20")),
    Break("four digits", _start(rb"\d\d\d", b"2000")),
    Break("a status below 100", _start(rb"\d\d\d", b"099")),
    Break("no space behind the status", _start(rb"(?<=\d\d\d) ", b"OK")),
    Break("NUL in the reason", _start(rb"\r\n", b"\0\r\n")),
    Break("a carriage return in the reason", _start(rb"\r\n", b"\rx\r\n")),
    Break("a control character in the reason", _start(rb"\r\n", b"\x01\r\n"), ours="none",
          why="RFC 9112 section 4: a reason phrase has none"),
    Break("a bare line feed behind the status line", _start(rb"\r\n", b"\n")),
    Break("a folded line", _line(b"X-F: a \r\n\t b\r\n")),
    Break("a folded line that begins with its fold", _line(b"X-F:\r\n b\r\n")),
    Break("a fold of nothing", _line(b"X-F: a\r\n \r\n")),
    Break("a fold before the first field", _line(b" X-F: a\r\n")),
    Break("space before a colon", _line(b"X-S : a\r\n"), ours="whole",
          why="RFC 9112 section 5.1: it is removed from a response"),
    Break("no colon", _line(b"X-N\r\n")),
    Break("no name", _line(b": a\r\n")),
    Break("a space in a name", _line(b"X N: a\r\n")),
    Break("a delimiter in a name", _line(b"X(N: a\r\n")),
    Break("not ASCII in a name", _line(b"X\xff: a\r\n")),
    Break("NUL in a value", _line(b"X-V: a\0b\r\n")),
    Break("a carriage return in a value", _line(b"X-V: a\rb\r\n")),
    Break("a vertical tab in a value", _line(b"X-V: a\x0bb\r\n")),
    Break("a control character in a value", _line(b"X-V: a\x01b\r\n"), ours="none", why=_INVALID),
    Break("a DEL in a value", _line(b"X-V: a\x7fb\r\n"), ours="none", why=_INVALID),
    Break("a bare line feed", _line(b"X-L: a\n")),
    Break("a bare line feed at the end", lambda parts: setattr(parts, "end", b"\n")),
    Break("two carriage returns", _line(b"X-L: a\r\r\n")),
    Break("no end of the head", _cut),
    Break("a length with no body", _framing(b"Content-Length: 2\r\n"), _N),
    Break("a body where there is none", _framing(b"Content-Length: 2\r\n", body=b"{}"), _N),
    Break("chunks where there are none",
          _framing(b"Transfer-Encoding: chunked\r\n", body=b"0\r\n\r\n"), _N),
    Break("both where there is none",
          _framing(b"Transfer-Encoding: chunked\r\n", b"Content-Length: 2\r\n"), _N),
    Break("no length where there is none", _framing(b"Content-Length: x\r\n"), _N,
          ours="whole", why=_LATER),
    Break("two lengths where there is none",
          _framing(b"Content-Length: 1\r\n", b"Content-Length: 2\r\n"), _N,
          ours="whole", why=_LATER),
    Break("a coding where there is none", _framing(b"Transfer-Encoding: gzip, chunked\r\n"), _N,
          ours="whole", why=_LATER),
    Break("the same length twice", _framing(b"Content-Length: %d\r\n", b"Content-Length: %d\r\n"),
          _L),
    Break("a list of one length", _framing(b"Content-Length: %d, %d\r\n"), _L),
    Break("two lengths", _framing(b"Content-Length: %d\r\n", b"Content-Length: 1%d\r\n"), _L),
    Break("a list of two lengths", _framing(b"Content-Length: %d, 1%d\r\n"), _L),
    Break("a signed length", _framing(b"Content-Length: +%d\r\n"), _L),
    Break("a length below zero", _framing(b"Content-Length: -%d\r\n"), _L),
    Break("a hexadecimal length", _framing(b"Content-Length: 0x%d\r\n"), _L),
    Break("no digits", _framing(b"Content-Length: \r\n"), _L),
    Break("a length that overflows", _framing(b"Content-Length: 99999999999999999999999\r\n"), _L),
    Break("a length too long", _framing(b"Content-Length: 1%d\r\n"), _L),
    Break("a length too short", _framing(b"Content-Length: 0\r\n"), _L),
    Break("a folded length", _framing(b"Content-Length:\r\n %d\r\n"), _L),
    Break("no length", _framing(), _L),
    Break("both", _framing(b"Content-Length: %d\r\n", b"Transfer-Encoding: chunked\r\n"), _C,
          ours="none", why="RFC 9112 section 6.3: ought to be handled as an error"),
    Break("another coding first", _framing(b"Transfer-Encoding: gzip, chunked\r\n"), _C),
    Break("another coding last", _framing(b"Transfer-Encoding: chunked, gzip\r\n"), _C),
    Break("another coding alone", _framing(b"Transfer-Encoding: gzip\r\n"), _C),
    Break("a coding in a line of its own",
          _framing(b"Transfer-Encoding: gzip\r\n", b"Transfer-Encoding: chunked\r\n"), _C),
    Break("chunked twice", _framing(b"Transfer-Encoding: chunked, chunked\r\n"), _C),
    Break("chunked in two lines", _framing(*[b"Transfer-Encoding: chunked\r\n"] * 2), _C),
    Break("identity", _framing(b"Transfer-Encoding: identity\r\n"), _C),
    Break("almost chunked", _framing(b"Transfer-Encoding: xchunked\r\n"), _C),
    Break("chunked with a parameter", _framing(b"Transfer-Encoding: chunked;a=b\r\n"), _C),
    Break("no coding", _framing(b"Transfer-Encoding: \r\n"), _C),
    Break("chunked in capitals", _framing(b"Transfer-Encoding: CHUNKED\r\n"), _C),
    Break("an empty element", _framing(b"Transfer-Encoding: , chunked\r\n"), _C, ours="whole",
          why="RFC 9110 section 5.6.1.2: it is ignored"),
    Break("chunks of HTTP/1.0", _start(rb"1\.1", b"1.0"), _C),
    Break("no size", _body(rb"^[^\r;]+", b""), _C),
    Break("a size that is none", _body(rb"^", b"g"), _C),
    Break("a signed size", _body(rb"^", b"+"), _C),
    Break("a size with 0x", _body(rb"^", b"0x"), _C),
    Break("a space before a size", _body(rb"^", b" "), _C),
    Break("a size that overflows", _body(rb"^", b"f" * 17), _C),
    Break("a size with zeros", _body(rb"^", b"0" * 40), _C, ours="whole",
          why="RFC 9112 section 7.1: as many digits as there are"),
    Break("spaces behind a size", _chunked_as(b"2  \r\n{}\r\n0\r\n\r\n"), _C),
    Break("spaces before an extension", _chunked_as(b"2 ; a = b\r\n{}\r\n0\r\n\r\n"), _C,
          ours="whole", why="RFC 9112 section 7.1.1: bad whitespace must be parsed"),
    Break("an extension without a name", _chunked_as(b"2;\r\n{}\r\n0\r\n\r\n"), _C,
          ours="broken", why=_GRAMMAR),
    Break("an extension without an end", _chunked_as(b'2;a="\r\n{}\r\n0\r\n\r\n'), _C,
          ours="broken", why=_GRAMMAR),
    Break("a line feed in an extension", _chunked_as(b"2;a\nb\r\n{}\r\n0\r\n\r\n"), _C),
    Break("a line feed behind a size", _chunked_as(b"2\n{}\r\n0\r\n\r\n"), _C),
    Break("a line feed behind a chunk", _chunked_as(b"2\r\n{}\n0\r\n\r\n"), _C),
    Break("a chunk that is longer", _chunked_as(b"2\r\n{}}\r\n0\r\n\r\n"), _C),
    Break("a chunk that is shorter", _chunked_as(b"3\r\n{}\r\n0\r\n\r\n"), _C),
    Break("nothing behind a chunk", _chunked_as(b"2\r\n{}0\r\n\r\n"), _C),
    Break("no last chunk", _chunked_as(b"2\r\n{}\r\n"), _C),
    Break("no end", _chunked_as(b"2\r\n{}\r\n0\r\n"), _C, ours="whole", why=_COMPLETE),
    Break("a trailer that is none", _chunked_as(b"2\r\n{}\r\n0\r\nX T\r\n\r\n"), _C,
          ours="whole", why=_COMPLETE),
    Break("a folded trailer", _chunked_as(b"2\r\n{}\r\n0\r\nX: a\r\n b\r\n\r\n"), _C),
    Break("a length in a trailer", _chunked_as(b"2\r\n{}\r\n0\r\nContent-Length: 9\r\n\r\n"), _C),
    Break("a 1xx before it", lambda parts: setattr(parts, "before", b"HTTP/1.1 103 X\r\n\r\n")),
    Break("a 1xx with a length before it",
          lambda parts: setattr(parts, "before", b"HTTP/1.1 100 X\r\nContent-Length: 2\r\n\r\n")),
    Break("a 1xx of another protocol before it",
          lambda parts: setattr(parts, "before", b"ICE/1.1 103 X\r\n\r\n")),
    Break("garbage behind it", lambda parts: setattr(parts, "body", parts.body + b"\0{}"),
          _N + _L + _C),
    Break("a response behind it",
          lambda parts: setattr(parts, "body", parts.body + b"HTTP/1.1 404 X\r\n\r\n")),
)  # fmt: skip
