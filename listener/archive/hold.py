"""Who has the database open, as a lock on a file beside it: a copy is put in its place only while nobody has.

SQLite's own locks don't tell: who opens the file while it is exchanged would go on in the old one, and with the new
one's log. The system itself lets go of this lock, however a process ends.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from time import monotonic, sleep

from listener.archive.trouble import ArchiveError

SUFFIX = ".in-use"
LOOKS_EVERY_S = 0.01


class Hold:
    """A lock that is held until it is let go, or forgotten, or the process ends."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go; once is enough."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    __del__ = release


def hold_open(path: Path | str, patience_s: float) -> Hold:
    """Say that this process has the database open, beside all others who have.

    Where no file can be made beside the database, nothing is held: nothing can be put in its place there either. Nor is
    anything where there is no file at all.
    Raises ArchiveError where a copy is just being put in its place.
    """
    if str(path) == ":memory:":
        return Hold(None)
    try:
        descriptor = _opened(path)
    except OSError:
        return Hold(None)
    until = monotonic() + patience_s
    while not _locked(descriptor, fcntl.LOCK_SH):
        if monotonic() >= until:
            os.close(descriptor)
            raise ArchiveError(f"a backup is being put in place of {path} just now: try again when that is done")
        sleep(LOOKS_EVERY_S)
    return Hold(descriptor)


def hold_alone(path: Path) -> Hold:
    """Keep everybody else from opening the database. Raises ArchiveError where anybody has it open."""
    try:
        descriptor = _opened(path)
    except OSError as why:
        raise ArchiveError(f"nothing can be put in place of {path}: {why.strerror} in its folder") from why
    if not _locked(descriptor, fcntl.LOCK_EX):
        os.close(descriptor)
        raise ArchiveError(
            f"{path} is open in another process (warmline run, a desk, a poll): end it first. Nothing was changed"
        )
    return Hold(descriptor)


def _opened(path: Path | str) -> int:
    # By the file itself, whatever link leads to it.
    return os.open(os.path.realpath(path) + SUFFIX, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _locked(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
