"""Where a REST API says that something is wrong: a place, and the input field that it ends in.

A place is a name, a dotted or slashed path, a JSON pointer (RFC 6901) or a list of parts, with
whatever stands around the field: `$.name`, `command.Name`, `#/name`, `/data/attributes/name`,
`["body", "name"]`, `name[0]`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

__all__ = ["NO_FIELDS", "InputFields", "Place", "read_place"]

Place = tuple[str, ...]
"""The parts of a place, from the outside in; never empty."""

_LONGEST: Final = 200  # characters; a longer text is a message, or nothing
_PARTS: Final = re.compile(r"[^.\[\]]+")
_PUNCTUATION: Final = re.compile(r"[^a-z0-9$#]")
_PLACE: Final = re.compile(r"[\w$#/.\[\]~%@:'\"*-]+")

# what stands around the fields of a request, and is none itself
_AROUND: Final = frozenset({
    "$", "#", "args", "arguments", "attributes", "body", "cmd", "command", "data", "dto", "fields",
    "form", "formdata", "input", "json", "model", "params", "parameters", "patch", "payload",
    "properties", "req", "request", "requestbody", "root",
})  # fmt: skip
_NAME_OF_A_MODEL: Final = re.compile(
    r"[a-z0-9](?:Body|Command|Dto|DTO|Form|Input|Model|Params|Patch|Payload|Request|Schema)"
    r"|.[_-](?:body|command|dto|form|input|model|params|patch|payload|request|schema)"
)


@dataclass(frozen=True, slots=True)
class InputFields:
    """The fields that a place can mean.

    `paths` has them by the property of the REST API's body, in lower case: where each stands in
    the arguments. `models` are what the API may call the whole, in lower case.
    """

    paths: Mapping[str, tuple[str, ...]]
    models: frozenset[str] = frozenset()

    def path_of(self, place: Place) -> tuple[str, ...] | None:
        """The path of the field that a place ends in; None for every other place.

        An index behind the field is part of it; one before it means an element of something else.
        """
        parts = list(place)
        while len(parts) > 1 and _is_index(parts[-1]):
            parts.pop()
        path = self.paths.get(parts.pop().lower())
        return path if path is not None and all(map(self._is_around, parts)) else None

    def _is_around(self, part: str) -> bool:
        word = _PUNCTUATION.sub("", part.lower())
        if word in _AROUND or not word:
            return True
        model = _NAME_OF_A_MODEL.search(part)
        return (model is not None and model.end() == len(part)) or any(
            model in word for model in self.models
        )


NO_FIELDS: Final = InputFields({})


def read_place(value: object) -> Place | None:
    """The place that a value names; None where it is no place."""
    if isinstance(value, str):
        return _read_text(value)
    if isinstance(value, list) and 0 < len(value) <= _LONGEST // 4:
        parts = tuple(str(part) for part in value if isinstance(part, str | int))
        short = sum(map(len, parts)) <= _LONGEST
        return parts if len(parts) == len(value) and short else None
    return None


def _read_text(text: str) -> Place | None:
    if not text:
        return ("",)
    if len(text) > _LONGEST or not _PLACE.fullmatch(text):
        return None
    if "/" in text:
        pointer = unquote(text[1:]) if text.startswith("#") else text
        parts: Sequence[str] = [
            part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/") if part
        ]
    else:
        parts = [part.strip("'\"") for part in _PARTS.findall(text)]
    return tuple(parts) or (text,)


def _is_index(part: str) -> bool:
    return part.isdecimal() or part == "*"
