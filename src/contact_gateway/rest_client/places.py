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

__all__ = ["NO_FIELDS", "WHOLE_INPUT", "InputFields", "Place", "read_place"]

Place = tuple[str, ...]
"""The parts of a place, from the outside in; never empty."""

_LONGEST: Final = 200  # characters; a longer text is a message, or nothing
_PARTS: Final = re.compile(r"[^.\[\]]+")
_PUNCTUATION: Final = re.compile(r"[^\w$#]|_")
_PLACE: Final = re.compile(r"[\w$#/.\[\]~%@:'\"*-]+")

# what stands around the fields of a request, and is none itself
_AROUND: Final = frozenset({
    "$", "#", "args", "arguments", "attributes", "body", "cmd", "command", "data", "dto", "fields",
    "form", "formdata", "input", "json", "model", "params", "parameters", "patch", "payload",
    "properties", "req", "request", "requestbody", "root",
})  # fmt: skip
# what frameworks and people write around the name of a model, and what says that it is one
_VERBS: Final = r"(?:change|edit|modify|partial|patch(?:ed)?|put|rename|save|update)*"
_KINDS: Final = (
    r"((?:body|cmd|command|dto|form|input|model|params|patch|payload|request|schema|serializer)*)"
)
_MODEL: Final = re.compile(f"{_VERBS}(.*?){_VERBS}{_KINDS}")


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
        if not part:
            return True
        word = _PUNCTUATION.sub("", part.lower())
        model = _MODEL.fullmatch(word)
        core, kind = model.groups() if model else (word, "")
        if word in _AROUND or core in self.models:
            return True
        # `GroupDto`, `update_command`; a word alone, such as `owner`, is something else
        part_of_one = len(core) > 3 and any(each.endswith(core) for each in self.models)
        return bool(kind) and (not core or part_of_one)


NO_FIELDS: Final = InputFields({})

WHOLE_INPUT: Final = ("input",)
"""The path of what is about no field alone."""


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
