"""The database's door: ours only, never a newer one, one form of time."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database, Migrations

from listener.archive.connect import ArchiveError, connect, moment, stamp, writing
from listener.archive.schema import migrations


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE photos (name TEXT)")
    theirs.close()
    with pytest.raises(ArchiveError, match="another program"):
        connect(path, [migrations])


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "warmline.db"
    connect(path, [migrations]).close()
    newer = connect(path)
    newer.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('listener', 'm999_later', '')"
    )
    newer.conn.commit()
    newer.close()
    with pytest.raises(ArchiveError, match="newer Warmline"):
        connect(path, [migrations])


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "warmline.db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(ArchiveError, match="cannot use"):
        connect(path, [migrations])


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="folder"):
        connect(tmp_path / "nowhere" / "warmline.db")


def test_a_failed_migration_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = Migrations("broken")

    @broken()
    def half(db: object) -> None:
        db.execute("CREATE TABLE half (x)")  # type: ignore[attr-defined]
        raise sqlite3.OperationalError("disk full")

    with pytest.raises(ArchiveError, match="disk full"):
        connect(tmp_path / "warmline.db", [broken])
    db = connect(tmp_path / "warmline.db")
    assert "half" not in db.table_names()
    db.close()


def test_writing_keeps_all_or_nothing(tmp_path: Path) -> None:
    db = connect(tmp_path / "warmline.db", [migrations])

    def half() -> None:
        with writing(db):
            db.execute("INSERT INTO cursors (platform, stream) VALUES ('a', 'b')")
            with writing(db):
                db.execute("INSERT INTO cursors (platform, stream) VALUES ('c', 'd')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert db.execute("SELECT count(*) FROM cursors").fetchone() == (0,)
    db.close()


def test_times_sort_as_text_and_come_back() -> None:
    east = datetime(2026, 11, 18, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert stamp(east) == "2026-11-17T19:45:00.123Z"
    assert moment(stamp(east)) == east.replace(microsecond=123000)


def test_of_two_that_start_after_an_upgrade_one_migrates_and_the_other_finds_it_done(tmp_path: Path) -> None:
    slow, path = Migrations("slow"), tmp_path / "warmline.db"
    connect(path).close()
    both, runs = threading.Barrier(2, timeout=5), list[int]()

    @slow()
    def m001_slow(db: Database) -> None:
        runs.append(1)
        db.execute("CREATE TABLE once (n INTEGER)")

    pending = slow.pending

    def seen_by_both(db: Database) -> list[Any]:
        found = pending(db)
        if not db.conn.in_transaction:
            both.wait()  # both have looked, and both see that it is to be done
        return found

    slow.pending = seen_by_both  # type: ignore[method-assign]
    with ThreadPoolExecutor(2) as pool:
        for opened in pool.map(lambda _: connect(path, [slow]), range(2)):
            opened.close()
    assert runs == [1]


def test_who_waits_is_met_between_two_long_pieces(tmp_path: Path) -> None:
    busy, other, told = connect(tmp_path / "w.db"), connect(tmp_path / "w.db"), threading.Event()
    busy.execute("CREATE TABLE told (n INTEGER)")

    def write_on() -> int:
        pieces = 0
        while not told.is_set() and pieces < 40:
            with writing(busy):
                told.wait(0.06)
            pieces += 1
        return pieces

    with ThreadPoolExecutor(1) as pool:
        pieces = pool.submit(write_on)
        with writing(other):
            other.execute("INSERT INTO told VALUES (1)")
        told.set()
    assert pieces.result() < 20
    for db in (busy, other):
        db.close()
