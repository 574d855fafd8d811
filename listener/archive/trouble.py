"""What can go wrong with the file, by name and in words that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

StorageError = sqlite3.Error  # whatever SQLite itself may say: busy, full, read-only


class ArchiveError(Exception):
    """The database can't be opened or used; the message says what to do."""


# By SQLite's primary result code (sqlite.org/rescode.html).
_WORDS: Mapping[int, str] = {
    sqlite3.SQLITE_FULL: "the disk is full, or the file may grow no further: make room",
    sqlite3.SQLITE_BUSY: "another process holds the database: wait for it, or end it",
    sqlite3.SQLITE_LOCKED: "another process holds the database: wait for it, or end it",
    sqlite3.SQLITE_READONLY: "the database may only be read: give this user the right to write it and into its folder",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write, or is full: look at the disk and at the room on it",
    sqlite3.SQLITE_CANTOPEN: "the database can't be opened: look at its folder, and at who may read and write there",
    sqlite3.SQLITE_PERM: "the database can't be opened: look at its folder, and at who may read and write there",
    sqlite3.SQLITE_CORRUPT: "the database is damaged: stop Warmline, keep the file, and go back to the last backup",
    sqlite3.SQLITE_NOMEM: "there is no memory left for the database: close other programs",
    sqlite3.SQLITE_NOTADB: "the file is no database, or is damaged: stop Warmline, keep it, and go back to a backup",
}


def is_trouble(why: BaseException) -> bool:
    """Whether the file or the disk is the reason, so that all else fails alike; not one row, or a statement of ours."""
    if not isinstance(why, StorageError):
        return isinstance(why, ArchiveError)
    code = getattr(why, "sqlite_errorcode", None)
    return isinstance(why, sqlite3.OperationalError) if code is None else code & 0xFF in _WORDS


def in_words(why: BaseException) -> str:
    """What is wrong with the storage and what to do about it, in half a sentence, with SQLite's own words behind it."""
    code = getattr(why, "sqlite_errorcode", None) or getattr(why.__cause__, "sqlite_errorcode", None)
    known = _WORDS.get(code & 0xFF) if code is not None else None
    said = why.__cause__ if isinstance(why, ArchiveError) and known else why
    return f"{known} ({said})" if known else str(why)
