"""The one SQLite file that a plaza is kept in, safe to use from many threads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

SCHEMA = """
CREATE TABLE IF NOT EXISTS people (
    handle TEXT PRIMARY KEY, name TEXT NOT NULL, bio TEXT NOT NULL, followers INTEGER NOT NULL, joined_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS posts (
    seq INTEGER PRIMARY KEY, post_id TEXT UNIQUE, handle TEXT NOT NULL REFERENCES people, text TEXT NOT NULL,
    folded TEXT NOT NULL, posted_at TEXT NOT NULL, received_at TEXT NOT NULL, in_reply_to TEXT, thread_id TEXT,
    lang TEXT NOT NULL, likes INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
    line TEXT UNIQUE, mood TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS posts_received ON posts (received_at, seq);
CREATE INDEX IF NOT EXISTS posts_handle ON posts (handle, received_at, seq);
CREATE INDEX IF NOT EXISTS posts_parent ON posts (in_reply_to);
CREATE INDEX IF NOT EXISTS posts_thread ON posts (thread_id);
CREATE TABLE IF NOT EXISTS tags (handle TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (handle, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS diary (
    entry INTEGER PRIMARY KEY, due_at TEXT NOT NULL, handle TEXT NOT NULL, text TEXT NOT NULL,
    in_reply_to TEXT, answers_line TEXT, line TEXT, lang TEXT NOT NULL, likes INTEGER NOT NULL, mood TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS wire (
    n INTEGER PRIMARY KEY, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, body TEXT NOT NULL,
    body_sha256 TEXT NOT NULL, outcome TEXT NOT NULL, post_id TEXT
);
"""


class Book:
    """A locked connection. Each statement stands alone unless it is made `together` with others."""

    def __init__(self, path: str) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """The rows that answer a question."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def tell(self, sql: str, values: Sequence[object] = ()) -> int:
        """Write something down; the row's number."""
        with self._lock:
            return self._db.execute(sql, values).lastrowid or 0

    @contextmanager
    def together(self) -> Iterator[None]:
        """Everything inside is written as one, or not at all, and nobody else writes in between."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()


def stamp(moment: datetime) -> str:
    """A moment as the book writes it: UTC, of fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(stamped: str) -> datetime:
    """What `stamp` wrote. Raises ValueError for a time without its zone."""
    at = datetime.fromisoformat(stamped)
    if at.tzinfo is None:
        raise ValueError(f"{stamped!r} has no time zone")
    return at.astimezone(UTC)
