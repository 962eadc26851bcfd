"""The rules of the arguments, checked before anything is sent upstream."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import strawberry

from contact_gateway.int64 import parse_int64

__all__ = ["Fault", "InputRules", "InvalidInputError"]

_MOST_IDS = 100  # they travel in one URL


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one argument was refused; `path` is where it stands in the GraphQL arguments."""

    path: tuple[str, ...]
    message: str


class InvalidInputError(Exception):
    """The arguments break the gateway's own rules; nothing was sent upstream."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("invalid input")
        self.faults = tuple(faults)

    @property
    def field_errors(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """The messages of each path, in the order in which they were found."""
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for fault in self.faults:
            found[fault.path] = (*found.get(fault.path, ()), fault.message)
        return found


class InputRules:
    """Checks arguments in a `with` block, at whose end all faults are raised together.

    A check returns the value to go on with; after a fault it returns what is never used.

    Raises:
        InvalidInputError: at the end of the block, if anything was refused.
    """

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def __enter__(self) -> Self:
        """Begin to check."""
        return self

    def __exit__(self, *_: object) -> None:
        """Raise what was found."""
        if self._faults:
            raise InvalidInputError(self._faults)

    def id(self, text: str, *path: str) -> int:
        """A contact group's id."""
        number = parse_int64(text)
        if number is None:
            self._refuse(path, "Expected a whole number from 1 to 9223372036854775807.")
        return number or 0

    def ids(self, texts: list[strawberry.ID] | None, *path: str) -> tuple[int, ...] | None:
        """Contact groups' ids, each once; None where none were given."""
        if not texts and texts != []:  # null, or left out
            return None
        if len(texts) > _MOST_IDS:
            self._refuse(path, f"Expected at most {_MOST_IDS} ids.")
            return ()
        numbers = (self.id(text, *path, str(index)) for index, text in enumerate(texts))
        return tuple(dict.fromkeys(numbers))

    def new_name(self, name: strawberry.Some[str | None] | None, *path: str) -> str:
        """A contact group's new name: given, and not null; the upstream decides what is good."""
        if name is None:
            self._refuse(path[:-1], "Expected at least one field to change.")
            return ""
        if name.value is None:
            self._refuse(path, "Expected a string: a name can be changed, but not removed.")
            return ""
        return self.text(name.value, *path)

    def text(self, text: str, *path: str) -> str:
        """Text of a name: no control characters and no lone surrogates."""
        # isprintable() first, because it clears most names without a look at each character
        if not text.isprintable() and any(unicodedata.category(c) in {"Cc", "Cs"} for c in text):
            self._refuse(path, "Expected text without control characters or lone surrogates.")
        return text

    def number(self, number: int, smallest: int, largest: int, *path: str) -> int:
        """A number within bounds, both included."""
        if not smallest <= number <= largest:
            self._refuse(path, f"Expected {smallest} to {largest}.")
        return number

    def _refuse(self, path: tuple[str, ...], message: str) -> None:
        self._faults.append(Fault(path, message))
