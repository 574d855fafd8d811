"""Open the one SQLite file, safely for several processes at once, and keep time in one form."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

from sqlite_utils import Database, Migrations

# Marks the file as ours ("Wrml"), so that another program's database is never migrated by mistake.
APPLICATION_ID = 0x57726D6C
BUSY_TIMEOUT_S = 15.0
# Who waits looks so often whether they may write; who wrote for longer than that pauses for so long behind it.
LOOKS_EVERY_S = 0.003
LONG_S = 0.05
GIVES_WAY_S = 0.01


StorageError = sqlite3.Error  # whatever SQLite itself may say: busy, full, read-only


class ArchiveError(Exception):
    """The database can't be opened or used; the message says what to do."""


def connect(path: Path | str, sets: Sequence[Migrations] = ()) -> Database:
    """The database at `path`, made if it is not there, with the migration sets given applied.

    Raises ArchiveError where the file belongs to another program, can't be opened, or was written by a newer Warmline.
    """
    try:
        conn = sqlite3.connect(str(path), timeout=BUSY_TIMEOUT_S, check_same_thread=False)
    except sqlite3.Error as why:
        raise ArchiveError(f"cannot open {path}: {why}. Does its folder exist, and may we write there?") from why
    try:
        # WAL lets the desk read while a poll writes; FULL, because an approval or a send must survive a power cut.
        # What is deleted is overwritten in the file as well: authors' words that they took back (archive/forget.py).
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            conn.execute(f"PRAGMA {pragma}")
        _check_ours(conn, path)
        db = Database(conn, execute_plugins=False)
        for migrations in sets:
            _refuse_newer(db, migrations, path)
            if migrations.pending(db):
                # Of two that start after an upgrade one migrates, and the other waits for it and finds it done.
                with writing(db):
                    migrations.apply(db)
    except sqlite3.DatabaseError as why:
        conn.close()
        raise ArchiveError(f"cannot use {path}: {why}") from why
    except ArchiveError:
        conn.close()
        raise
    return db


def look_into(path: Path, sets: Sequence[Migrations] = ()) -> Database:
    """The database at `path` for reading only: nothing in it can be changed, made or migrated.

    Raises ArchiveError where it is not there, can't be read, is another program's or of a newer Warmline.
    """
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        conn = sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
    except sqlite3.Error as why:
        raise ArchiveError(f"cannot read {path}: {why}") from why
    db = Database(conn, execute_plugins=False)
    try:
        (mark,) = conn.execute("PRAGMA application_id").fetchone()
        if mark != APPLICATION_ID:
            raise ArchiveError(f"{path} is another program's database. Name another file under [listener] database.")
        for migrations in sets:
            _refuse_newer(db, migrations, path)
    except sqlite3.Error as why:
        conn.close()
        raise ArchiveError(f"cannot read {path}: {why}") from why
    except ArchiveError:
        conn.close()
        raise
    return db


def _check_ours(conn: sqlite3.Connection, path: Path | str) -> None:
    (mark,) = conn.execute("PRAGMA application_id").fetchone()
    (tables,) = conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if mark == 0 and tables == 0:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    elif mark != APPLICATION_ID:
        raise ArchiveError(f"{path} is another program's database. Name another file under [listener] database.")


def _refuse_newer(db: Database, migrations: Migrations, path: Path | str) -> None:
    known = {migration.name for migration in migrations.pending(db)} | {
        applied.name for applied in migrations.applied(db)
    }
    registered = {migration.name for migration in migrations._migrations}
    if newer := known - registered:
        raise ArchiveError(f"{path} was written by a newer Warmline ({', '.join(sorted(newer))}). Upgrade this one.")


@contextmanager
def writing(db: Database) -> Iterator[None]:
    """One transaction that holds the write lock from its first statement; all of it is kept, or nothing.

    A deferred transaction that reads first and writes later fails at once when another process wrote in between;
    taking the lock first waits its turn instead.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    try:
        _take_turn(db.conn)
    except sqlite3.OperationalError as why:
        raise ArchiveError(f"the database can't be written now ({why}): nothing was changed. Try again") from why
    began = monotonic()
    try:
        yield
    except BaseException:
        db.conn.rollback()
        raise
    db.conn.commit()
    # The file's own politeness, whoever writes: it is no adapter that sleeps here.
    if monotonic() - began > LONG_S:
        sleep(GIVES_WAY_S)


def _take_turn(conn: sqlite3.Connection) -> None:
    """Begin to write as soon as nobody else does.

    SQLite itself looks every tenth of a second: who writes one long piece after another would never be met between two.
    """
    (waits,) = conn.execute("PRAGMA busy_timeout").fetchone()
    until = monotonic() + waits / 1000
    conn.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                conn.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as why:
                if why.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() >= until:
                    raise
                sleep(LOOKS_EVERY_S)
            else:
                return
    finally:
        conn.execute(f"PRAGMA busy_timeout = {int(waits)}")


def stamp(at: datetime) -> str:
    """A time as the tables keep it: UTC, milliseconds, always 24 characters, so that text sorts as time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """The time that `stamp` wrote."""
    return datetime.fromisoformat(text)
