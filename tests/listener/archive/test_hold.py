"""Who has the database open, told by the system: many may, one alone may exchange it, and the dead hold nothing."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import closing
from pathlib import Path

import pytest

from listener.archive.backup import back_up
from listener.archive.connect import ArchiveError, connect
from listener.archive.hold import hold_alone, hold_open
from listener.archive.schema import migrations
from tests.builders import NOON
from tests.killing import at_statement


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "warmline.db"
    connect(path, [migrations]).close()
    return path


def test_many_have_it_open_and_nobody_exchanges_it_meanwhile(path: Path) -> None:
    with closing(connect(path)), closing(connect(path)), pytest.raises(ArchiveError, match="open in another process"):
        hold_alone(path)
    alone = hold_alone(path)
    with pytest.raises(ArchiveError, match="a backup is being put in place"):
        hold_open(path, 0.05)
    with pytest.raises(ArchiveError, match="open in another process"):
        hold_alone(path)
    alone.release()
    alone.release()
    hold_open(path, 0).release()


def test_a_link_leads_to_the_same_hold(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere.db"
    link.symlink_to(path)
    with closing(connect(link)), pytest.raises(ArchiveError):
        hold_alone(path)


def test_who_was_killed_or_has_closed_it_holds_nothing(path: Path) -> None:
    assert at_statement(3, lambda: connect(path))
    hold_alone(path).release()
    open_files = Path("/proc/self/fd")
    before = len(list(open_files.iterdir())) if open_files.is_dir() else 0
    for _ in range(20):
        connect(path).close()
    hold_alone(path).release()
    if before:
        assert len(list(open_files.iterdir())) == before


def test_a_database_that_cannot_be_opened_is_not_held(tmp_path: Path) -> None:
    path = tmp_path / "warmline.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(ArchiveError):
        connect(path)
    hold_alone(path).release()


def test_where_nothing_can_be_locked_it_opens_and_nothing_is_exchanged(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_locks(_descriptor: int, _how: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", without_locks)
    connect(path).close()
    with pytest.raises(ArchiveError, match="No locks available"):
        hold_alone(path)
    back_up(path, path.with_name("kept.db"), NOON)
    assert not list(path.parent.glob(".warmline-copy-*"))
