"""The rules of the arguments, checked before anything is sent upstream, and the input's fields."""

import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from contact_gateway.contact_groups.model import Changes
from contact_gateway.failures import Fault, InvalidArgumentsError
from contact_gateway.forms.int64 import parse_int64

__all__ = [
    "LARGEST_PAGE",
    "MOST_IDS",
    "UPDATE_FIELDS",
    "InputField",
    "InputRules",
    "groups_of_page",
]

LARGEST_PAGE: Final = 1000  # of groups; the REST API allows no more

MOST_IDS: Final = 100
"""Of groups in one call; they travel in its URL."""


def groups_of_page(page_size: int) -> int:
    """How many groups a page of this size asks for: none where the size will be refused."""
    return page_size if 1 <= page_size <= LARGEST_PAGE else 0


@dataclass(frozen=True, slots=True)
class InputField:
    """A field that an update can change: all that is known of it, in this one place.

    `name` is that of the attribute of the input and of a `ContactGroup`, with which an update is
    read back; `graphql_name` that of the field in GraphQL; `rest_property` that of the REST API's
    body. `rule` checks a value that is not null, found at a path; what it returns is gone on with.
    """

    name: str
    graphql_name: str
    rest_property: str
    rule: Callable[["InputRules", str, tuple[str, ...]], str]

    @property
    def path(self) -> tuple[str, ...]:
        """Where it stands in the arguments."""
        return ("input", self.graphql_name)


def _text(rules: "InputRules", value: str, path: tuple[str, ...]) -> str:
    return rules.text(value, *path)


UPDATE_FIELDS: Final = (InputField("name", "name", "name", _text),)
"""The fields of `UpdateContactGroupInput`."""

_UPDATE_FIELDS: Final = {field.name: field for field in UPDATE_FIELDS}


class InputRules:
    """Checks arguments in a `with` block, at whose end all faults are raised together.

    A check returns the value to go on with; after a fault it returns what is never used.

    Raises:
        InvalidArgumentsError: at the end of the block, if anything was refused.
    """

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def __enter__(self) -> Self:
        """Begin to check."""
        return self

    def __exit__(self, *_: object) -> None:
        """Raise what was found."""
        if self._faults:
            raise InvalidArgumentsError(self._faults)

    def id(self, text: str, *path: str) -> int:
        """A contact group's id."""
        number = parse_int64(text)
        if number is None:
            self._refuse(path, "Expected a whole number from 1 to 9223372036854775807.")
        return number or 0

    def ids(self, texts: Collection[str] | None, *path: str) -> tuple[int, ...] | None:
        """Contact groups' ids, each once; None where none were given."""
        if not texts and texts != []:  # null, or left out
            return None
        if len(texts) > MOST_IDS:
            self._refuse(path, f"Expected at most {MOST_IDS} ids.")
            return ()
        numbers = (self.id(text, *path, str(index)) for index, text in enumerate(texts))
        return tuple(dict.fromkeys(numbers))

    def changes(
        self, given: Mapping[str, Any], known: Mapping[str, InputField] = _UPDATE_FIELDS
    ) -> Changes:
        """What an update changes: field → value or null, of those that were given; at least one.

        `known` are the fields that can be changed, by name.
        """
        if not given:
            self._refuse(("input",), "Expected at least one field to change.")
        changes: dict[str, str] = {}
        for name, value in given.items():
            field = known.get(name)
            if field is None:
                self._refuse(("input", name), "Expected a field that can be changed.")
            elif value is None:
                self._refuse(
                    field.path,
                    f"Expected a string: a {field.graphql_name} can be changed, but not removed.",
                )
            else:
                changes[name] = field.rule(self, value, field.path)
        return changes

    def text(self, text: str, *path: str) -> str:
        """Text without control characters and lone surrogates; the rest is for the upstream."""
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
