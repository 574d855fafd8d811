"""Put a backup in the database's place: the one or the other is there, whole, at every moment.

All that takes time is done to a copy beside the database; what is last is one rename. Whatever ends the process before
that leaves the database as it was, and after it the restored one, ready.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlite_utils import Migrations

from listener.archive.backup import examine, same_file
from listener.archive.connect import APPLICATION_ID, connect, stamp
from listener.archive.copying import copy_whole, sync
from listener.archive.hold import SUFFIX, hold_alone
from listener.archive.trouble import ArchiveError, in_words

# What SQLite keeps beside a file, and would take for a new one's own.
BESIDE = ("-wal", "-journal", "-shm")


@contextmanager
def ready_to_replace(database: Path, backup: Path, sets: Sequence[Migrations]) -> Iterator[Path]:
    """A copy of the backup beside the database, examined and migrated, while nobody has the database open.

    Raises ArchiveError where the backup can't be gone back to, or somebody uses the database. What is unfinished is
    removed, also what an earlier run left that was killed.
    """
    if same_file(backup, database):
        raise ArchiveError(f"{backup} is the database itself: there is nothing to restore")
    made_at = examine(backup, sets).made_at
    fresh = database.with_name(f"{database.name}.restoring")
    hold = hold_alone(database)
    try:
        _remove(fresh)
        try:
            copy_whole(backup, fresh, stamp(made_at))
        except (OSError, sqlite3.Error) as why:
            raise ArchiveError(f"cannot copy {backup}: {in_words(why)}. Nothing was changed") from why
        connect(fresh, sets, copy_first=False).close()
        yield fresh
    finally:
        _remove(fresh)
        hold.release()


def put_in_place(fresh: Path, database: Path, now: datetime) -> Path | None:
    """Give the fresh copy the database's name, and the replaced database a dated one, which is returned.

    Within `ready_to_replace`. Raises ArchiveError where somebody uses the database after all, or it is not ours.
    """
    try:
        _settle(fresh)
        if not database.exists():
            _set_aside_leftovers(database, _aside(database, now))
            fresh.replace(database)
            sync(database.parent)
            return None
        return _exchange(fresh, database, _aside(database, now))
    except OSError as why:
        raise ArchiveError(f"cannot put the backup in place of {database}: {why.strerror}") from why


def _exchange(fresh: Path, database: Path, aside: Path) -> Path:
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as old:
        whole = _folded(old, database)
        _like(fresh, database)
        # A second name for the file as it is, and then one rename: at no moment is there no database.
        _second_name(database, aside)
        if not whole:
            _set_aside_leftovers(database, aside)
        sync(database.parent)
        fresh.replace(database)
        sync(database.parent)
    return aside


def _folded(old: sqlite3.Connection, database: Path) -> bool:
    """Whether the present database could be made one single file, and held against all others.

    What is too damaged for that is set aside as it lies there.
    """
    try:
        (mark,) = old.execute("PRAGMA application_id").fetchone()
        if mark != APPLICATION_ID and old.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise ArchiveError(f"{database} is another program's database: nothing is put in its place")
        # Only who is alone may leave the log; it is written into the file and removed.
        old.execute("PRAGMA journal_mode = DELETE")
        old.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as why:
        if why.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise ArchiveError(f"{database} is open in another program: end it first. Nothing was changed") from why
        return False
    except sqlite3.DatabaseError:
        return False
    return True


def _settle(fresh: Path) -> None:
    """Make the fresh copy one single file that is on the disk."""
    with closing(sqlite3.connect(fresh, isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode = DELETE")
    sync(fresh)


def _aside(database: Path, now: datetime) -> Path:
    """A dated name that nothing has yet."""
    plain = database.with_name(f"{database.name}.replaced-{now:%Y%m%d-%H%M%S}")
    path, number = plain, 1
    while os.path.lexists(path):
        number += 1
        path = plain.with_name(f"{plain.name}-{number}")
    return path


def _second_name(database: Path, aside: Path) -> None:
    try:
        os.link(database, aside)
    except OSError:  # a file system without links; the copy is whole, as nobody writes
        shutil.copy2(database, aside)
        sync(aside)


def _set_aside_leftovers(database: Path, aside: Path) -> None:
    for end in BESIDE:
        left = database.with_name(database.name + end)
        with suppress(FileNotFoundError):
            left.replace(aside.with_name(aside.name + end))


def _like(fresh: Path, database: Path) -> None:
    """Let those read and write the restored file who could read and write the one before."""
    was = database.stat()
    fresh.chmod(was.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(fresh, was.st_uid, was.st_gid)


def _remove(fresh: Path) -> None:
    for end in ("", *BESIDE, SUFFIX):
        fresh.with_name(fresh.name + end).unlink(missing_ok=True)
