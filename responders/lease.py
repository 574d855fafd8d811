"""Who may send: one attempt at a time in the whole database, and how to tell whether whoever began it still lives.

A lease says until when an attempt is believed to be under way; its number, the fencing token, rises with every attempt,
and whoever finds a higher one has been overtaken. A lease alone can't tell a process that died from one that was
stopped for a while and will wake in the middle of its attempt. The lock can: the system takes it from the dead, and
from nobody else. So the dead are relieved at once, the sleeping when their time is up; and what a sleeper had begun is
not believed to be over before it is.
"""

from __future__ import annotations

import fcntl
import glob
import os
import weakref
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from listener.archive.connect import ArchiveError, moment, stamp, writing

NAME = "sending"


class Lock:
    """A file beside the database, locked for as long as an attempt is under way; gone with it, or with its process."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where the file can't be made."""
        made = path.with_name(f"{path.name}.new")
        self._path = path
        number = os.open(made, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        self._open = weakref.finalize(self, os.close, number)
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(number, str(os.getpid()).encode())
        # Nobody sees it before it is locked, or it would look like a dead one's.
        made.rename(path)

    def let_go(self) -> None:
        """The attempt is over."""
        if self._open.alive:
            with suppress(OSError):
                self._path.unlink()
            self._open()


class Lease:
    """The one lease of a database. `take` and `sweep` belong into a transaction that writes."""

    def __init__(self, db: Database) -> None:
        self._db = db
        file = next(row[2] for row in db.execute("PRAGMA database_list").fetchall() if row[1] == "main")
        self._file = Path(file)

    def take(self, now: datetime, lasts: timedelta) -> tuple[int, Lock] | None:
        """A new token and its lock; None while another attempt is under way. Raises ArchiveError."""
        token, until = self._last()
        # A clock that was set back makes nobody wait for the time it showed.
        if until is not None and now < until <= now + lasts and self.is_under_way(token):
            return None
        token += 1
        try:
            lock = Lock(self._path(token))
        except OSError as why:
            raise ArchiveError(f"nothing is sent: no file can be made beside the database ({why})") from why
        self._db.execute(_TAKE, {"name": NAME, "token": token, "until": stamp(now + lasts)})
        return token, lock

    def holds(self, token: int, now: datetime) -> bool:
        """Whether this is still the last attempt, within its time."""
        last, until = self._last()
        return last == token and until is not None and now < until

    def give_back(self, token: int, now: datetime) -> None:
        """The attempt is over: the next may begin."""
        with writing(self._db):
            self._db.execute(_GIVE_BACK, {"name": NAME, "token": token, "now": stamp(now)})

    def is_under_way(self, token: int) -> bool:
        """Whether the process that began this attempt lives, and is not done with it."""
        try:
            number = os.open(self._path(token), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        except PermissionError:
            return True  # another user's: it can't be told whether they live, and only time is over for certain
        try:
            fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:  # locked; or a network file system that locks nothing, where again it can't be told
            return True
        else:
            return False
        finally:
            os.close(number)

    def sweep(self) -> None:
        """Remove the locks of the dead. While nobody can take the lease: what is removed is then not a new one."""
        for path in self._file.parent.glob(f"{glob.escape(self._file.name)}.sending-*"):
            number = path.name.rpartition("-")[2]
            if number.isdecimal() and not self.is_under_way(int(number)):
                with suppress(OSError):
                    path.unlink()

    def who(self, token: int) -> str:
        """The number of the process that began an attempt, as far as it is known."""
        path = self._path(token)
        try:
            return path.read_text()
        except FileNotFoundError:
            return ""
        except OSError:
            return f"(another user's, who owns {path.name})"

    def _last(self) -> tuple[int, datetime | None]:
        found = self._db.execute("SELECT token, until FROM leases WHERE name = ?", [NAME]).fetchone()
        return (int(found[0]), moment(found[1])) if found else (0, None)

    def _path(self, token: int) -> Path:
        return self._file.with_name(f"{self._file.name}.sending-{token}")


_TAKE = """
INSERT INTO leases (name, token, until) VALUES (:name, :token, :until)
ON CONFLICT (name) DO UPDATE SET token = excluded.token, until = excluded.until
"""

_GIVE_BACK = "UPDATE leases SET until = :now WHERE name = :name AND token = :token"
