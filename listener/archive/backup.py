"""A backup made while everything runs, and whether a file is a backup that can be gone back to."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database, Migrations

from listener.archive.connect import look_into, moment, stamp
from listener.archive.copying import Told, copied_at, copy_whole
from listener.archive.trouble import ArchiveError, in_words


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that was read from end to end and found whole. `rows`: how many each table asked about holds."""

    made_at: datetime
    rows: Mapping[str, int]


def back_up(
    database: Path, target: Path, now: datetime, *, over: bool = False, told: Told | None = None
) -> None:  # fmt: skip
    """Copy the database as it is at this moment to `target`, whatever writes to it meanwhile.

    Raises ArchiveError where it can't be done; `target` is then as it was.
    """
    if not database.is_file():
        raise ArchiveError(f"there is no database {database} to back up")
    if same_file(target, database):
        raise ArchiveError(f"{target} is the database itself: name another file for the backup")
    if target.is_dir():
        raise ArchiveError(f"{target} is a folder: name a file in it")
    look_into(database).close()  # nobody else's
    try:
        copy_whole(database, target, stamp(now), over=over, told=told)
    except FileExistsError as why:
        raise ArchiveError(f"{target} is there already: name another file, or say --over") from why
    except OSError as why:
        raise ArchiveError(f"cannot write {target}: {why.strerror or why}. There is no backup") from why
    except sqlite3.Error as why:
        raise ArchiveError(f"no backup was made: {in_words(why)}") from why


def examine(file: Path, sets: Sequence[Migrations], tables: Sequence[str] = ()) -> Examined:
    """Read the file from end to end. Raises ArchiveError where it is not ours, newer than we know, or not whole."""
    if not file.is_file():
        what = "is a folder, not a backup" if file.is_dir() else "is not there" if not file.exists() else "is no file"
        raise ArchiveError(f"{file} {what}")
    try:
        with closing(look_into(file, sets)) as db:
            _whole(db, file)
            made = copied_at(db.conn)
            rows = {table: db.table(table).count for table in tables if table in db.table_names()}
    except (sqlite3.Error, ArchiveError) as why:
        said = why if isinstance(why, sqlite3.Error) else why.__cause__
        if said is None:
            raise
        raise ArchiveError(f"{file} is no backup of Warmline's, or is damaged: {said}") from why
    return Examined(moment(made) if made else datetime.fromtimestamp(file.stat().st_mtime, UTC), rows)


def _whole(db: Database, file: Path) -> None:
    (said,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        raise ArchiveError(f"{file} is damaged: {' '.join(str(said).split())}")
    if (lost := db.execute("PRAGMA foreign_key_check").fetchone()) is not None:
        raise ArchiveError(f"{file} is damaged: a row of {lost[0]} refers to a row of {lost[2]} that is not there")
    if not db.table_names():
        raise ArchiveError(f"{file} is empty: nothing was ever kept in it")


def same_file(one: Path, other: Path) -> bool:
    """Whether both names lead to one file."""
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    return one.exists() and other.exists() and one.samefile(other)
