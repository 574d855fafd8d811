"""Storage that fails: a disk that takes no more, a file that may only be read, a statement that breaks."""

from __future__ import annotations

import os
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database


@contextmanager
def full_disk() -> Iterator[None]:
    """The system takes no more bytes than a file header for any file of this process: every write to the log fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def no_page_more(db: Database) -> Iterator[None]:
    """SQLite's own "database or disk is full" for this connection as soon as the file would have to grow."""
    (pages,) = db.conn.execute("PRAGMA page_count").fetchone()
    (most,) = db.conn.execute("PRAGMA max_page_count").fetchone()
    db.conn.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        db.conn.execute(f"PRAGMA max_page_count = {most}")


@contextmanager
def read_only(db: Database) -> Iterator[None]:
    """A file that this connection may only read."""
    db.conn.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        db.conn.execute("PRAGMA query_only = OFF")


@contextmanager
def held_by_another(path: Path) -> Iterator[None]:
    """Somebody else is writing, and does not end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


class Breaking(sqlite3.Connection):
    """Counts the statements of all connections while armed, and breaks the one it was told to."""

    breaks_at: int | None = None
    seen = 0

    def execute(self, *args: Any) -> sqlite3.Cursor:
        self._count()
        return super().execute(*args)

    def commit(self) -> None:
        self._count()
        super().commit()

    def _count(self) -> None:
        if Breaking.breaks_at is None:
            return
        Breaking.seen += 1
        if Breaking.seen == Breaking.breaks_at:
            why = sqlite3.OperationalError("database or disk is full")
            why.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise why


@contextmanager
def breaking_at(number: int) -> Iterator[None]:
    """The statement of this number from here on breaks, and only that one."""
    Breaking.breaks_at, Breaking.seen = number, 0
    try:
        yield
    finally:
        Breaking.breaks_at = None


@pytest.fixture
def breakable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection that is opened from here on can be told to break."""
    really = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **kwargs: really(*args, factory=Breaking, **kwargs))


@contextmanager
def as_a_stranger(folder: Path) -> Iterator[None]:
    """Another user, who may look into the folder and read what is in it, and change nothing: root plays one."""
    was = os.geteuid()
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if was == 0:
            os.seteuid(was)
        folder.chmod(0o700)
        for path in folder.iterdir():
            path.chmod(0o600)
