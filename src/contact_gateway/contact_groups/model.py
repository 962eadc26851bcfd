"""Contact groups as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["Changes", "ContactGroup", "ContactGroupPage", "ContactGroupQuery"]

Changes = Mapping[str, str]
"""What to change of a contact group: name of an attribute → its new value; never empty."""


@dataclass(frozen=True, slots=True)
class ContactGroup:
    """A contact group of a customer. `id` is a positive 64-bit integer."""

    id: int
    name: str

    def has(self, changes: Changes) -> bool:
        """Whether these changes are made."""
        return all(getattr(self, name) == value for name, value in changes.items())


@dataclass(frozen=True, slots=True)
class ContactGroupQuery:
    """Which groups to list. `ids` is None for all of them, empty for none."""

    ids: tuple[int, ...] | None = None
    name_prefix: str = ""
    direction: Literal["ascending", "descending"] = "ascending"
    page_number: int = 1
    page_size: int = 50


@dataclass(frozen=True, slots=True)
class ContactGroupPage:
    """One page of contact groups, with the number and size that the API says it has.

    `malformed` are the positions in the reply of what should be a group and is none.
    """

    items: tuple[ContactGroup, ...]
    page_number: int
    page_size: int
    malformed: tuple[int, ...] = ()

    @property
    def is_full(self) -> bool:
        """Whether another page may follow."""
        return len(self.items) + len(self.malformed) >= self.page_size
