"""Open the one SQLite file, safely for several processes at once, and keep time in one form."""

from __future__ import annotations

import glob
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

from sqlite_utils import Database, Migrations

from listener.archive.copying import copy_whole, sync
from listener.archive.hold import Hold, hold_open
from listener.archive.trouble import ArchiveError as ArchiveError
from listener.archive.trouble import StorageError as StorageError
from listener.archive.trouble import in_words

log = logging.getLogger(__name__)

# Marks the file as ours ("Wrml"), so that another program's database is never migrated by mistake.
APPLICATION_ID = 0x57726D6C
BUSY_TIMEOUT_S = 15.0
# The system keeps the file in memory anyway; a daemon's nine connections would each hold twice as much beside it.
CACHE_KB = 1_000
# Who waits looks so often whether they may write; who wrote for longer than that pauses for so long behind it.
LOOKS_EVERY_S = 0.003
LONG_S = 0.05
GIVES_WAY_S = 0.01


class _Open(Database):
    """A database that says that it is open until it is closed."""

    def __init__(self, conn: sqlite3.Connection, hold: Hold) -> None:
        super().__init__(conn, execute_plugins=False)
        self._hold = hold

    def close(self) -> None:
        super().close()
        self._hold.release()


def connect(path: Path | str, sets: Sequence[Migrations] = (), *, copy_first: bool = True) -> Database:
    """The database at `path`, made if it is not there, with the migration sets given applied.

    Before anything that is kept is migrated, a copy is put beside it (`copy_first`). Raises ArchiveError where the file
    belongs to another program, can't be opened, or was written by a newer Warmline.
    """
    hold = hold_open(path, BUSY_TIMEOUT_S)
    try:
        conn = sqlite3.connect(str(path), timeout=BUSY_TIMEOUT_S, check_same_thread=False)
    except sqlite3.Error as why:
        hold.release()
        raise ArchiveError(f"cannot open {path}: {why}. Does its folder exist, and may we write there?") from why
    try:
        # WAL lets the desk read while a poll writes; FULL, because an approval or a send must survive a power cut.
        # What is deleted is overwritten in the file as well: authors' words that they took back (archive/forget.py).
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            conn.execute(f"PRAGMA {pragma}")
        conn.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        _check_ours(conn, path)
        db = _Open(conn, hold)
        _migrate(db, sets, path, copy_first)
    except BaseException as why:  # nothing stays open behind a failure: all is rolled back as the connection closes
        conn.close()
        hold.release()
        if isinstance(why, sqlite3.Error):
            raise ArchiveError(f"cannot use {path}: {in_words(why)}") from why
        raise
    return db


def _migrate(db: Database, sets: Sequence[Migrations], path: Path | str, copy_first: bool) -> None:
    """Make what is still to be made, all of it in one transaction: the database is of one Warmline or of the other."""
    for migrations in sets:
        _refuse_newer(db, migrations, path)
    if not any(migrations.pending(db) for migrations in sets):
        return
    # Of two that start after an upgrade one migrates, and the other waits for it and finds it done.
    with writing(db):
        for migrations in sets:
            _refuse_newer(db, migrations, path)
        waiting = [migration.name for migrations in sets for migration in migrations.pending(db)]
        if waiting and copy_first and _holds_anything(db):
            _keep_as_it_was(Path(path), waiting[-1])
        for migrations in sets:
            migrations.apply(db)


def _holds_anything(db: Database) -> bool:
    kept = [
        name for name in db.table_names() if not name.startswith(("_", "sqlite_", "lessons")) and "_fts" not in name
    ]
    return any(db.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone() for name in kept)  # nosec B608


def _keep_as_it_was(path: Path, last: str) -> None:
    """A copy from before a migration, beside the database; the newest such copy only.

    Made under the write lock, through a connection of its own: it holds exactly what is migrated then.
    """
    copy = path.with_name(f"{path.name}.before-{last}")
    try:
        copy_whole(path, copy, stamp(datetime.now(UTC)), over=True)
        for older in path.parent.glob(f"{glob.escape(path.name)}.before-*"):
            if older != copy:
                older.unlink()
        sync(path.parent)
    except (OSError, sqlite3.Error) as why:
        said = f"{path} has to be brought up to date, and the copy that is made first could not be written"
        raise ArchiveError(f"{said}: {in_words(why)}. Nothing was changed") from why
    log.info("%s is brought up to date (%s); as it was before: %s", path, last, copy)


def look_into(path: Path, sets: Sequence[Migrations] = ()) -> Database:
    """The database at `path` for reading only: nothing in it can be changed, made or migrated.

    Raises ArchiveError where it is not there, can't be read, is another program's or of a newer Warmline.
    """
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        conn = sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
    except sqlite3.Error as why:
        raise ArchiveError(f"cannot read {path}: {why}") from why
    try:
        db = Database(conn, execute_plugins=False)
        (mark,) = conn.execute("PRAGMA application_id").fetchone()
        if mark != APPLICATION_ID:
            raise ArchiveError(f"{path} is another program's database: name one of Warmline's")
        for migrations in sets:
            _refuse_newer(db, migrations, path)
    except sqlite3.Error as why:
        conn.close()
        raise ArchiveError(f"cannot read {path}: {in_words(why)}") from why
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
def writing(db: Database, patience_s: float | None = None) -> Iterator[None]:
    """One transaction that holds the write lock from its first statement; all of it is kept, or nothing.

    A deferred transaction that reads first and writes later fails at once when another process wrote in between;
    taking the lock first waits its turn instead: as long as the connection has patience, or `patience_s`. Raises
    ArchiveError where nothing can be written now.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    try:
        _take_turn(db.conn, patience_s)
    except sqlite3.OperationalError as why:
        db.conn.rollback()  # whatever was begun: left open it would take in all that is written later
        raise ArchiveError(f"nothing was changed: {in_words(why)}. Then try again") from why
    began = monotonic()
    try:
        yield
        _commit(db.conn)
    except BaseException:
        db.conn.rollback()  # where it was the commit that failed, too
        raise
    # The file's own politeness, whoever writes: it is no adapter that sleeps here.
    if monotonic() - began > LONG_S:
        sleep(GIVES_WAY_S)


def _commit(conn: sqlite3.Connection) -> None:
    # Where the disk is full SQLite may have taken all of it back by itself: what came after it is not kept by half.
    if not conn.in_transaction:
        raise ArchiveError("nothing was changed: the database took this piece of work back. Try again")
    conn.commit()


def _take_turn(conn: sqlite3.Connection, patience_s: float | None) -> None:
    """Begin to write as soon as nobody else does.

    SQLite itself looks every tenth of a second: who writes one long piece after another would never be met between two.
    """
    (waits,) = conn.execute("PRAGMA busy_timeout").fetchone()
    until = monotonic() + (waits / 1000 if patience_s is None else patience_s)
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


def be_patient(db: Database, seconds: float) -> None:
    """Let this connection wait so long for others that write; who then still can't write is told."""
    db.conn.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def stamp(at: datetime) -> str:
    """A time as the tables keep it: UTC, milliseconds, always 24 characters, so that text sorts as time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """The time that `stamp` wrote."""
    return datetime.fromisoformat(text)
