"""What is sent to the administration and what it answers, as JSON.

The models are the rules that the input has to keep, and the schemas of the OpenAPI document.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Final, Literal, Self

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel

from contact_gateway.sandbox.identifiers import positive_int64
from contact_gateway.sandbox.inputs import LONGEST_NAME
from contact_gateway.sandbox.next_faults import NextFault, PlannedAnswer
from contact_gateway.sandbox.problem_documents import (
    PROBLEM_MEDIA_TYPE,
    Problem,
    problem_with,
)
from contact_gateway.sandbox.scenarios import Fault
from contact_gateway.sandbox.token_issuer import AUDIENCE, BOTH_SCOPES, TOKEN_TYPE

__all__ = [
    "ID_SCHEMA",
    "FaultWanted",
    "Group",
    "GroupWanted",
    "Groups",
    "IssuedToken",
    "Journal",
    "JournalEntry",
    "JournalFilter",
    "OfCustomer",
    "ProblemDocument",
    "TokenWanted",
]

_LONGEST_DELAY: Final = 60
_LONGEST_LIFETIME: Final = 10 * 365 * 24 * 3600
_LONGEST_BODY: Final = 65_536
_WITHOUT_BODY: Final = frozenset({204, 205, 304})
# what the server itself says, because a wrong one would break the connection
_FRAMING: Final = frozenset({"content-length", "transfer-encoding", "connection"})
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def _number(value: object) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    number = positive_int64(str(value)) if is_number or isinstance(value, str) else None
    if number is None:
        raise ValueError("expected the digits of a 64-bit integer above 0")
    return number


def _headers(headers: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
    for name, values in headers.items():
        if _HEADER_NAME.fullmatch(name) is None or name.lower() in _FRAMING:
            raise ValueError(f"{name!r} is no name of a header that can be set")
        for value in [values] if isinstance(values, str) else values:
            if _HEADER_VALUE.fullmatch(value) is None or value != value.strip():
                raise ValueError(f"the value of {name} cannot be sent")
    return headers


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("expected characters that can be printed")
    return text


ID_SCHEMA: Final = {"type": ["string", "integer"], "pattern": "^[1-9][0-9]{0,18}$", "minimum": 1}
Id = Annotated[int, BeforeValidator(_number), WithJsonSchema(ID_SCHEMA)]
"""An id, in digits or as a number: not every language has numbers of 64 bits."""

Text = Annotated[str, Field(max_length=1000), AfterValidator(_printable)]
Headers = Annotated[dict[str, str | list[str]], AfterValidator(_headers)]


class _Message(BaseModel):
    """Names are in camel case, and none is ignored: a misspelt one would do something else."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
        strict=True,
    )


class OfCustomer(_Message):
    """Which part of the sandbox is meant."""

    customer: Id | None = Field(None, description="What is of this customer alone.")


class JournalFilter(OfCustomer):
    """Which of the received requests are meant; all of them without a filter."""

    request_id: Text | None = Field(None, description="Those with this `X-Request-Id`.")
    path: Text | None = Field(None, description="Those to this path, as it was sent.")


class JournalEntry(_Message):
    """A request below `/v1`, as it came in, and how it was answered."""

    method: str
    path: str = Field(description="As it was sent, in percent-encoding.")
    query: str = Field(description="Without the question mark.")
    headers: dict[str, str] = Field(
        description="Names in lower case; the values of one sent twice with commas between. "
        "Credentials are left out."
    )
    customer: str | None = Field(description="The header `Customer-Id`.")
    request_id: str | None = Field(description="The header `X-Request-Id`.")
    body: str = Field(description="What is not UTF-8 is replaced.")
    json_body: JsonValue = Field(alias="json", description="The body, where it is JSON; else null.")
    status: int | None = Field(description="That of the answer; null where none was sent.")


class Journal(_Message):
    """What was received, oldest first."""

    requests: list[JournalEntry]


class GroupWanted(_Message):
    """A contact group as it is to be."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME, pattern=r"\S")


class Group(_Message):
    """A contact group."""

    id: str
    name: str


class Groups(_Message):
    """Contact groups of a customer, ordered by id: the first thousand."""

    groups: list[Group]


class FaultWanted(_Message):
    """How the next calls that fit are to end: by a `status`, an `end` or a `delay` alone."""

    method: Literal["GET", "PATCH"] | None = Field(None, description="Any if left out.")
    group: Id | None = Field(
        None, description="Any if left out. A list is about the groups that it filters by."
    )
    customer: Id | None = Field(None, description="Any if left out.")
    times: int = Field(1, ge=1, le=10_000, description="For how many calls.")
    status: int | None = Field(None, ge=200, le=599)
    headers: Headers = Field(default={}, description="Beside `status`; values may be lists.")
    body: JsonValue = Field(
        None,
        description="Beside `status`: a string as it is, anything else as JSON. Without it, a "
        "status from 400 on comes with a problem; null is an empty body.",
    )
    end: Literal["drop", "hang", "drip", "html"] | None = Field(
        None,
        description="Drops the connection, answers nothing for a minute, answers 500 byte by byte, "
        "or answers 404 with a page for people.",
    )
    delay: float = Field(
        0, ge=0, le=_LONGEST_DELAY, allow_inf_nan=False, description="Seconds before the end."
    )
    applied: bool = Field(default=False, description="Whether a change is made all the same.")

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if self.status is not None and self.end is not None:
            raise ValueError("status and end are two ends, and a call has one")
        if self.status is None and self.end is None and (self.applied or not self.delay):
            raise ValueError("expected a status, an end or a delay")
        if self.status is None and self.model_fields_set & {"headers", "body"}:
            raise ValueError("headers and body come with a status")
        if self.status in _WITHOUT_BODY and self.content:
            raise ValueError(f"an answer with the status {self.status} has no body")
        if len(self.content) > _LONGEST_BODY:
            raise ValueError(f"the body is longer than {_LONGEST_BODY} bytes")
        return self

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        if self.body is None:
            return b""
        return self.body.encode() if isinstance(self.body, str) else orjson.dumps(self.body)

    def fault(self) -> NextFault:
        """What is asked for, as the sandbox plays it."""
        return NextFault(
            method=self.method,
            group=self.group,
            customer=self.customer,
            end=Fault(self.end) if self.end else self._answer(),
            delay=self.delay,
            applied=self.applied,
        )

    def _answer(self) -> PlannedAnswer | Problem | None:
        if self.status is None:
            return None
        headers = {
            name: [values] if isinstance(values, str) else values
            for name, values in self.headers.items()
        }
        if "body" not in self.model_fields_set and self.status >= HTTPStatus.BAD_REQUEST:
            joined = {name: ", ".join(values) for name, values in headers.items()}
            return problem_with(self.status, joined)
        pairs = [(name, value) for name, values in headers.items() for value in values]
        if self.content and "content-type" not in map(str.lower, headers):
            pairs.append(("Content-Type", self._media_type()))
        return PlannedAnswer(status=self.status, headers=tuple(pairs), body=self.content)

    def _media_type(self) -> str:
        if isinstance(self.body, str):
            return "text/plain; charset=utf-8"
        refusal = (self.status or 0) >= HTTPStatus.BAD_REQUEST
        return PROBLEM_MEDIA_TYPE if refusal else "application/json"


class TokenWanted(_Message):
    """What an access token is to say; without anything, it is a good one."""

    scopes: list[Text] = Field(default=[*BOTH_SCOPES], max_length=100)
    customers: list[Id] = Field(default=[5690], max_length=100)
    lifetime: int = Field(
        3600,
        ge=-_LONGEST_LIFETIME,
        le=_LONGEST_LIFETIME,
        description="Seconds until it expires; below 0, it has expired so long ago.",
    )
    audience: Text | list[Text] = Field(AUDIENCE)
    issuer: Text | None = Field(None, description="The sandbox, if left out.")
    typ: Text = Field(TOKEN_TYPE, description="The `typ` of its header.")
    unknown_key: bool = Field(
        default=False, description="Whether a key has signed it that is published nowhere."
    )


class IssuedToken(_Message):
    """An access token."""

    token: str


class ProblemDocument(BaseModel):
    """A refusal (RFC 9457); `errors` names what of the input is wrong."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: dict[str, list[str]] | None = None
