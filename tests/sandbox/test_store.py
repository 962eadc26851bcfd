"""The store by itself: its file, its uniqueness, its threads."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from contact_gateway.sandbox import SAMPLE_GROUPS, DataFileError, Store
from contact_gateway.sandbox.database import DuplicateNameError

if TYPE_CHECKING:
    from pathlib import Path

GROUP = 5514123


def renamed(store: Store, group: int, name: str) -> bool:
    """Whether the name could be taken."""
    try:
        return store.rename(5690, group, name)
    except DuplicateNameError:
        return False


def test_file(tmp_path: Path) -> None:
    """A change outlives the store, and the samples are not put in a second time."""
    data = tmp_path / "groups.db"
    with closing(Store(data)) as store:
        store.rename(5690, GROUP, "Kept")

    with closing(Store(data)) as store:
        assert (store.name_of(5690, GROUP), store.name_of(5690, 5514124)) == ("Kept", "Suppliers")


def test_file_without_a_close(tmp_path: Path) -> None:
    """A change is on file once it was made, not only after a clean end."""
    data = tmp_path / "groups.db"
    with closing(Store(data)) as store:
        store.rename(5690, GROUP, "Kept")

        with closing(Store(data)) as other:
            assert other.name_of(5690, GROUP) == "Kept"


def test_journal(tmp_path: Path) -> None:
    """A file is in WAL mode."""
    data = tmp_path / "groups.db"
    Store(data).close()

    with closing(sqlite3.connect(data)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_constraint(tmp_path: Path) -> None:
    """The database itself refuses a second group of the same name."""
    data = tmp_path / "groups.db"
    Store(data).close()

    with (
        closing(sqlite3.connect(data)) as connection,
        pytest.raises(sqlite3.IntegrityError),
    ):
        connection.execute("INSERT INTO contact_group VALUES (5690, 1, 'Suppliers')")


def test_two_stores_and_many_threads_on_one_file(tmp_path: Path) -> None:
    """Of many writers after one name, in two processes as it were, exactly one wins."""
    data = tmp_path / "groups.db"
    with closing(Store(data)) as one, closing(Store(data)) as two, ThreadPoolExecutor(16) as pool:
        writers = [(store, group) for store in (one, two) for group in SAMPLE_GROUPS[5690]]

        won = list(pool.map(lambda writer: renamed(writer[0], writer[1], "Wanted"), writers))

        holders = {group for (_, group), success in zip(writers, won, strict=True) if success}
        assert {g for g in SAMPLE_GROUPS[5690] if one.name_of(5690, g) == "Wanted"} == holders
        assert len(holders) == 1


def test_reset() -> None:
    """A reset brings the samples back."""
    with closing(Store()) as store:
        store.rename(5690, GROUP, "Changed")

        store.reset()

        assert store.name_of(5690, GROUP) == SAMPLE_GROUPS[5690][GROUP]


def test_unknown_group() -> None:
    """A group that the customer does not have cannot be renamed and has no name."""
    with closing(Store()) as store:
        assert (store.rename(7310, GROUP, "New"), store.name_of(7310, GROUP)) == (False, None)


def test_file_that_is_no_database(tmp_path: Path) -> None:
    """A file that holds something else is an OSError that names it, and stays as it was."""
    data = tmp_path / "notes.txt"
    data.write_text("no database " * 100)

    with pytest.raises(DataFileError, match=r"notes\.txt: file is not a database"):
        Store(data)

    assert data.read_text() == "no database " * 100


def test_folder_that_is_missing(tmp_path: Path) -> None:
    """A path that cannot be opened is an OSError that names it."""
    with pytest.raises(OSError, match=r"missing/groups\.db: unable to open"):
        Store(tmp_path / "missing" / "groups.db")


def test_samples() -> None:
    """No group id belongs to two customers."""
    ids = [group for groups in SAMPLE_GROUPS.values() for group in groups]

    assert len(ids) == len(set(ids)) == 16
