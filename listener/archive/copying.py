"""A whole copy of the database while others write to it, in a file that is there whole or not at all.

VACUUM INTO, and not the backup API: it reads one moment of the database in one transaction and holds up nobody, where
the API begins anew each time another process writes (under a busy daemon it need never end); it reads every row by its
tree, so that damage is noticed while the last good copy still is; and it leaves behind what was deleted.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

Told = Callable[[int, int], None]  # bytes written so far, and about how many it will be

EVERY_STEPS = 400_000  # of SQLite's machine: about ten times a second
_PART = (".warmline-copy-", ".part")


def copy_whole(database: Path, target: Path, stamped: str, *, over: bool = False, told: Told | None = None) -> None:
    """Write the database as it is at this moment to `target`, of mode 0600, marked with when it was made.

    Raises FileExistsError where something is there and it is not to be written over, else OSError or sqlite3.Error.
    """
    with _part(target.parent) as part:
        with closing(_reading(database)) as conn:
            if told is not None:
                _tell(conn, part, database, told)
            conn.execute("VACUUM INTO ?", [str(part)])
        with closing(sqlite3.connect(part, isolation_level=None)) as conn:
            conn.execute("PRAGMA synchronous = FULL")
            _mark(conn, stamped)
        sync(part)
        (_over if over else _beside)(part, target)
        sync(target.parent)


def copied_at(conn: sqlite3.Connection) -> str | None:
    """When this file was made as a copy; None where it is no copy."""
    if conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'backup' AND type = 'table'").fetchone() is None:
        return None
    found = conn.execute("SELECT made_at FROM backup").fetchone()
    return str(found[0]) if found else None


def unmark(conn: sqlite3.Connection) -> None:
    """Take the mark of a copy away: from now on it is the database itself."""
    conn.execute("DROP TABLE IF EXISTS backup")


def sync(path: Path) -> None:
    """Have the file, or the folder's list of names, on the disk itself."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _mark(conn: sqlite3.Connection, stamped: str) -> None:
    conn.execute("BEGIN")
    unmark(conn)
    conn.execute("CREATE TABLE backup (made_at TEXT NOT NULL)")
    conn.execute("INSERT INTO backup (made_at) VALUES (?)", [stamped])
    conn.execute("COMMIT")


def _reading(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=15.0, isolation_level=None)


def _tell(conn: sqlite3.Connection, part: Path, database: Path, told: Told) -> None:
    most = database.stat().st_size

    def look() -> int:
        told(min(part.stat().st_size, most), most)
        return 0

    conn.set_progress_handler(look, EVERY_STEPS)


@contextmanager
def _part(folder: Path) -> Iterator[Path]:
    """A name for the unfinished copy in its own folder; what was not finished is removed, also of those who died."""
    for left in folder.glob("*".join(_PART)):
        _remove_dead(left)
    # A number of the process would not do: in two containers on one folder, both may well be number 1.
    descriptor, name = tempfile.mkstemp(prefix=_PART[0], suffix=_PART[1], dir=folder)
    part = Path(name)
    try:
        with suppress(OSError):  # some network file systems lock nothing: what is left there stays
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # says that its writer lives
        yield part
    finally:
        _remove(part)
        os.close(descriptor)


def _remove_dead(part: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(part, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(part)
        finally:
            os.close(descriptor)


def _remove(part: Path) -> None:
    # The journal first: whoever dies between the two leaves what is found by its name.
    for name in (part.with_name(part.name + "-journal"), part):
        name.unlink(missing_ok=True)


def _over(part: Path, target: Path) -> None:
    part.replace(target)


def _beside(part: Path, target: Path) -> None:
    """Give the copy its name where nothing has it: a link says so by itself, whoever else is writing there."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        part.replace(target)
