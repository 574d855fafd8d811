"""Storage under stress: what can't be kept is said once and clearly, reading goes on, and it is over by itself."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from functools import partial
from pathlib import Path

import pytest
from sqlite_utils import Database

from listener.archive import connect as door
from listener.archive.backup import back_up
from listener.archive.connect import ArchiveError, be_patient, connect, look_into, writing
from listener.archive.hold import hold_alone
from listener.archive.schema import migrations
from listener.archive.trouble import StorageError, in_words, is_trouble
from listener.mention import Batch
from listener.poll import Poller
from listener.sentiment import Vader
from listener.sift import Sifter
from listener.watch import Watch
from tests.builders import NOON, Clock, a_mention
from tests.fakes import FakeSource
from tests.faults import (
    Breaking,
    as_a_stranger,
    breakable,
    breaking_at,
    full_disk,
    held_by_another,
    no_page_more,
    read_only,
)

__all__ = ["breakable"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "warmline.db"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    with closing(connect(path, [migrations])) as opened:
        note(opened, "before")
        yield opened


def note(db: Database, name: str) -> None:
    """Enough for the file to have to grow."""
    with writing(db):
        for number in range(200):
            db.execute("INSERT INTO cursors (platform, stream) VALUES (?, ?)", [f"{name} {number}", "s" * 100])


def noted(db: Database) -> int:
    return int(db.execute("SELECT count(*) FROM cursors").fetchone()[0])


Fault = Callable[[Database, Path], AbstractContextManager[None]]
FAULTS: dict[str, tuple[Fault, str]] = {
    "full": (lambda db, path: no_page_more(db), "the disk is full"),
    "no byte more": (lambda db, path: full_disk(), "the disk failed to read or write, or is full"),
    "read-only": (lambda db, path: read_only(db), "may only be read"),
    "held": (lambda db, path: held_by_another(path), "another process holds the database"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_kept_is_said_in_words_and_nothing_of_it_is_kept(db: Database, path: Path, name: str) -> None:
    fault, said = FAULTS[name]
    be_patient(db, 0.05)
    with fault(db, path):
        for _ in range(2):
            with pytest.raises((ArchiveError, StorageError)) as failed:
                note(db, "during")
            assert said in in_words(failed.value)
            assert is_trouble(failed.value)
            assert noted(db) == 200  # reading goes on
            assert not db.conn.in_transaction  # nothing is left open that would swallow what comes later
    note(db, "after")
    assert noted(db) == 400
    with closing(connect(path)) as other:
        assert noted(other) == 400


def test_a_row_that_breaks_a_rule_is_no_trouble_of_the_disks(db: Database) -> None:
    for statement in "INSERT INTO cursors VALUES (1)", "SELEKT", "INSERT INTO streams SELECT * FROM streams, streams":
        with pytest.raises(StorageError) as failed:
            db.execute(statement)
        assert not is_trouble(failed.value)
    assert not is_trouble(KeyError("x"))


def test_work_that_sqlite_took_back_by_itself_is_not_kept_by_half(db: Database) -> None:
    def half() -> None:
        with writing(db):
            db.execute("INSERT INTO cursors (platform, stream) VALUES ('half', '1')")
            db.conn.rollback()  # as SQLite may do where the disk is full
            db.conn.execute("SELECT 1")

    with pytest.raises(ArchiveError, match="nothing was changed"):
        half()
    assert noted(db) == 200


def test_who_is_held_up_for_a_while_waits_and_loses_nothing(db: Database, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.3, lambda: other.execute("COMMIT")).start()
        note(db, "waited")
    assert noted(db) == 400


@pytest.mark.crash
def test_ten_seconds_of_a_locked_database_are_waited_out(db: Database, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(10, lambda: other.execute("COMMIT")).start()
        with closing(look_into(path)) as reader:
            assert noted(reader) == 200
        note(db, "waited")
    assert noted(db) == 400


def test_every_door_keeps_the_promises_of_a_power_cut(path: Path) -> None:
    with closing(connect(path, [migrations])) as db:
        asked = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        assert [db.execute(f"PRAGMA {one}").fetchone()[0] for one in asked] == ["wal", 2, 1, 1]
    with closing(look_into(path)) as db:
        for statement in "INSERT INTO cursors (platform, stream) VALUES ('a', 'b')", "CREATE TABLE t (n)":
            with pytest.raises(StorageError, match="readonly"):
                db.execute(statement)


def test_a_poll_that_breaks_at_any_statement_loses_and_doubles_nothing(
    tmp_path: Path, breakable: None, vader: Vader, clock: Clock
) -> None:
    heard = Batch(tuple(a_mention(number) for number in range(1, 4)), cursor="after 3")
    sifter = Sifter([Watch("us", "brand", ("Harbourlight",), ("harbourlight",), ())], vader)
    connect(tmp_path / "empty.db", [migrations]).close()
    for number in range(1, 1000):
        path = Path(shutil.copy(tmp_path / "empty.db", tmp_path / f"{number}.db"))
        with closing(connect(path, [migrations])) as db:
            poller, source = Poller(db, sifter, clock), FakeSource(search=[heard])
            with breaking_at(number):
                broke = _broke(partial(poller.poll, source))
                through = Breaking.seen < number
            assert not db.conn.in_transaction
            (cursor,) = db.execute("SELECT count(*) FROM cursors WHERE cursor = 'after 3'").fetchone()
            (kept,) = db.execute("SELECT count(*) FROM mentions").fetchone()
            assert kept == 3 * cursor, f"statement {number}: the cursor and the mentions went apart"
            assert broke or kept == 3, f"statement {number} broke, and nobody was told"
            poller.poll(source, asked=True)
            assert db.execute("SELECT post_id FROM mentions ORDER BY 1").fetchall() == [("p1",), ("p2",), ("p3",)]
        path.unlink()
        if through:
            assert number > 20
            return
    raise AssertionError("the poll never came to its end")


def _broke(work: Callable[[], object]) -> bool:
    try:
        work()
    except (StorageError, ArchiveError):
        return True
    return False


def test_the_patience_of_a_connection_is_the_same_after_it_waited(db: Database) -> None:
    note(db, "again")
    assert db.execute("PRAGMA busy_timeout").fetchone() == (int(door.BUSY_TIMEOUT_S * 1000),)


def test_who_may_only_read_the_folder_is_told_what_to_do_and_changes_nothing() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "warmline.db"
        with closing(connect(path, [migrations])) as db:
            note(db, "before")
        before = path.read_bytes()
        with as_a_stranger(folder):
            for door in (lambda: connect(path, [migrations]), lambda: back_up(path, folder / "kept.db", NOON)):
                with pytest.raises(ArchiveError, match=r"who may read and write|right to write|Permission denied"):
                    door()
            with pytest.raises(ArchiveError, match=r"nothing can be put in place of .*Permission denied"):
                hold_alone(path)
        assert path.read_bytes() == before
        assert {one.name for one in folder.iterdir()} == {"warmline.db", "warmline.db.in-use"}
        with closing(connect(path, [migrations])) as db:
            assert noted(db) == 200
