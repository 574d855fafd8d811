"""Who has the database open, as a lock on a file beside it: a copy is put in its place only while nobody has.

SQLite's own locks don't tell: who opens the file while it is exchanged would go on in the old one, and with the new
one's log. The system itself lets go of this lock, however a process ends.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from listener.archive.trouble import ArchiveError

SUFFIX = ".in-use"
LOOKS_EVERY_S = 0.01


class Hold:
    """A lock that is held until it is let go, or forgotten, or the process ends."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def locked(self, how: int) -> bool:
        """Lock it, unless another holds it otherwise. Raises OSError where the file system has no locks."""
        try:
            fcntl.flock(-1 if self._descriptor is None else self._descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let go; once is enough."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    __del__ = release


def hold_open(path: Path | str, patience_s: float) -> Hold:
    """Say that this process has the database open, beside all others who have.

    Where no file can be made or locked beside the database, nothing is held: nothing can be put in its place there
    either. Nor is anything where there is no file at all.
    Raises ArchiveError where a copy is just being put in its place.
    """
    if str(path) == ":memory:":
        return Hold(None)
    try:
        hold = Hold(_opened(path))
        until = monotonic() + patience_s
        while not hold.locked(fcntl.LOCK_SH):
            if monotonic() >= until:
                hold.release()
                raise ArchiveError(f"a backup is being put in place of {path} just now: try again when that is done")
            sleep(LOOKS_EVERY_S)
    except OSError:
        return Hold(None)
    return hold


def hold_alone(path: Path) -> Hold:
    """Keep everybody else from opening the database. Raises ArchiveError where anybody has it open."""
    try:
        hold = Hold(_opened(path))
        alone = hold.locked(fcntl.LOCK_EX)
    except OSError as why:  # some network file systems lock nothing
        said = f"nothing can be put in place of {path}: it can't be told whether it is open ({why.strerror} beside it)"
        raise ArchiveError(f"{said}. Nothing was changed") from why
    if not alone:
        hold.release()
        raise ArchiveError(
            f"{path} is open in another process (warmline run, a desk, a poll): end it first. Nothing was changed"
        )
    return hold


def _opened(path: Path | str) -> int:
    # By the file itself, whatever link leads to it.
    file = os.path.realpath(path)
    descriptor = os.open(file + SUFFIX, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with suppress(OSError):
        _like(descriptor, file)
    return descriptor


def _like(descriptor: int, file: str) -> None:
    """Let those lock it who may open the database, as SQLite does with its log: one that root made is else root's."""
    was, now = Path(file).stat(), os.fstat(descriptor)
    if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid) and os.geteuid() == 0:
        os.fchown(descriptor, was.st_uid, was.st_gid)
    # Who may not write the database can't keep others from opening it either.
    mode = 0o600 | sum(both for both in (0o060, 0o006) if was.st_mode & both == both)
    if now.st_mode & 0o777 != mode:
        os.fchmod(descriptor, mode)
