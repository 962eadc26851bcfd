"""The contact groups in SQLite: in memory, or in a file that outlives the server.

Names are kept code point for code point, without normalisation. That a name is unique per customer
is a constraint of the table: a check before the write could not hold under concurrent writes.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from contact_gateway.sandbox.sample_data import SAMPLE_GROUPS
from contact_gateway.sandbox.scenarios import SCENARIO_GROUPS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["ContactGroup", "DataFileError", "DuplicateNameError", "GroupFilter", "Store"]

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS contact_group (
    customer_id INTEGER NOT NULL,
    id          INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    PRIMARY KEY (customer_id, id),
    UNIQUE (customer_id, name)
) WITHOUT ROWID
"""

_INSERT: Final = "INSERT INTO contact_group (customer_id, id, name) VALUES (?, ?, ?)"

# instr() rather than LIKE: it knows no wildcards and compares case and all.
_SELECT: Final = """
SELECT id, name FROM contact_group
WHERE customer_id = :customer_id
  AND (:ids IS NULL OR id IN (SELECT value FROM json_each(:ids)))
  AND (:name IS NULL OR instr(name, :name) = 1)
ORDER BY {order}
LIMIT :limit OFFSET :offset
"""

# Keyed by (sort by name, descending). The column of an ORDER BY cannot be a parameter.
_SELECT_ORDERED: Final = {
    (False, False): _SELECT.format(order="id"),
    (False, True): _SELECT.format(order="id DESC"),
    (True, False): _SELECT.format(order="name, id"),
    (True, True): _SELECT.format(order="name DESC, id DESC"),
}


class DataFileError(OSError):
    """The data file cannot be opened, or is not an SQLite database."""


class DuplicateNameError(Exception):
    """Another group of the same customer already has the name."""


@dataclass(frozen=True)
class ContactGroup:
    """One contact group as the API shows it."""

    id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class GroupFilter:
    """Which groups of a customer to list, in which order, and which page of them.

    No `ids` means any id; `name` is matched by equality or as a prefix. Pages count from 1.
    """

    ids: tuple[int, ...] = ()
    name: str | None = None
    sort_by_name: bool = False
    descending: bool = False
    page_number: int = 1
    page_size: int = 100


class Store:
    """The table of contact groups, safe to use from several threads at once."""

    def __init__(self, data: Path | None = None) -> None:
        """Open `data`, or a database in memory, and fill it with the samples if it is empty.

        Raises DataFileError, which is an OSError, when the file cannot be used.
        """
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(
                ":memory:" if data is None else data,
                isolation_level=None,
                check_same_thread=False,
            )
        except sqlite3.Error as error:
            message = f"{data}: {error}"
            raise DataFileError(message) from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._connection.close()
            message = f"{data}: {error}"
            raise DataFileError(message) from error

    def rename(self, customer_id: int, group_id: int, name: str) -> bool:
        """Give a group a new name; False when the customer has no such group.

        Raises DuplicateNameError when another group of the customer has that name.
        """
        with self._lock:
            try:
                cursor = self._connection.execute(
                    "UPDATE contact_group SET name = ? WHERE customer_id = ? AND id = ?",
                    (name, customer_id, group_id),
                )
            except sqlite3.IntegrityError as error:
                raise DuplicateNameError from error
        return cursor.rowcount == 1

    def find(self, customer_id: int, wanted: GroupFilter) -> list[ContactGroup]:
        """One page of the customer's groups; empty when the page lies behind the last group."""
        parameters = {
            "customer_id": customer_id,
            "ids": json.dumps(wanted.ids) if wanted.ids else None,
            "name": wanted.name,
            "limit": wanted.page_size,
            "offset": (wanted.page_number - 1) * wanted.page_size,
        }
        statement = _SELECT_ORDERED[wanted.sort_by_name, wanted.descending]
        with self._lock:
            rows = self._connection.execute(statement, parameters).fetchall()
        return [ContactGroup(id=group_id, name=name) for group_id, name in rows]

    def name_of(self, customer_id: int, group_id: int) -> str | None:
        """The name of one group, or None when the customer has no such group."""
        groups = self.find(customer_id, GroupFilter(ids=(group_id,)))
        return groups[0].name if groups else None

    def put(self, customer_id: int, group_id: int, name: str) -> bool:
        """Let a customer have a group with this id and name; True when it had none with the id.

        Raises DuplicateNameError when another group of the customer has that name.
        """
        if self.rename(customer_id, group_id, name):
            return False
        with self._lock:
            try:
                self._connection.execute(_INSERT, (customer_id, group_id, name))
            except sqlite3.IntegrityError as error:
                raise DuplicateNameError from error
        return True

    def remove(self, customer_id: int, group_id: int) -> bool:
        """Take a group away; False when the customer has no such group."""
        with self._lock:
            cursor = self._connection.execute(
                "DELETE FROM contact_group WHERE customer_id = ? AND id = ?",
                (customer_id, group_id),
            )
        return cursor.rowcount == 1

    def reset(self, customer_id: int | None = None) -> None:
        """Throw every change away, or every change to the groups of one customer.

        Afterwards the table, or what it has of the customer, holds the samples and nothing else. A
        customer that the samples do not know gets groups of its own like those of the first one.
        """
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            if customer_id is None:
                self._connection.execute("DELETE FROM contact_group")
                self._insert(SAMPLE_GROUPS)
            else:
                self._connection.execute(
                    "DELETE FROM contact_group WHERE customer_id = ?", (customer_id,)
                )
                [first, *_] = SAMPLE_GROUPS.values()
                self._insert({customer_id: SAMPLE_GROUPS.get(customer_id, first)})
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the database. A file then holds everything, without a write-ahead log beside it."""
        with self._lock:
            self._connection.close()

    def _prepare(self) -> None:
        # Both are no-ops in memory. NORMAL is what SQLite recommends with WAL: a commit survives
        # the end of the process, https://www.sqlite.org/pragma.html#pragma_synchronous
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute(_SCHEMA)
        if self._connection.execute("SELECT 1 FROM contact_group LIMIT 1").fetchone() is None:
            self._insert(SAMPLE_GROUPS)
        self._connection.execute("COMMIT")

    def _insert(self, samples: Mapping[int, Mapping[int, str]]) -> None:
        self._connection.executemany(
            _INSERT,
            [
                (customer_id, group_id, name)
                for customer_id, groups in samples.items()
                for group_id, name in {**groups, **SCENARIO_GROUPS}.items()
            ],
        )
