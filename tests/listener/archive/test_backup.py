"""A backup: whole, of one moment, ours alone to read, and never in another file's place unasked."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from listener.archive.backup import back_up, examine
from listener.archive.connect import ArchiveError, connect, writing
from listener.archive.schema import migrations
from tests.builders import NOON


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Path]:
    """A database that is open, with rows that are in its log only."""
    path = tmp_path / "warmline.db"
    with closing(connect(path, [migrations])) as db:
        note(db, 1)
        yield path


def note(db: Database, number: int) -> None:
    """Two rows that stand or fall together."""
    with writing(db):
        for side in ("a", "b"):
            db.execute("INSERT INTO cursors (platform, stream) VALUES (?, ?)", [str(number), side])


def sides(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as conn:
        return dict(conn.execute("SELECT stream, count(*) FROM cursors GROUP BY stream"))


def test_a_backup_holds_what_is_committed_and_only_we_may_read_it(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "kept.db"
    back_up(database, target, NOON)
    assert sides(target) == {"a": 1, "b": 1}
    assert target.stat().st_mode & 0o777 == 0o600
    found = examine(target, [migrations], ["cursors", "drafts"])
    assert (found.made_at, found.rows) == (NOON, {"cursors": 2})


def test_a_backup_is_of_one_moment_while_others_write(database: Path, tmp_path: Path) -> None:
    enough, stop = threading.Event(), threading.Event()

    def write_on() -> None:
        with closing(connect(database)) as db:
            for number in range(2, 100_000):
                note(db, number)
                if number > 20:
                    enough.set()
                if stop.is_set():
                    return

    writer = threading.Thread(target=write_on)
    writer.start()
    assert enough.wait(10)
    for number in range(8):
        back_up(database, tmp_path / f"{number}.db", NOON)
    stop.set()
    writer.join()
    seen = [sides(tmp_path / f"{number}.db") for number in range(8)]
    assert all(one["a"] == one["b"] for one in seen)
    assert seen[-1]["a"] > seen[0]["a"] > 20  # the writer went on meanwhile


def test_nothing_is_written_over_unless_told(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "kept.db"
    target.write_text("letters of my grandmother")
    with pytest.raises(ArchiveError, match="there already"):
        back_up(database, target, NOON)
    assert target.read_text() == "letters of my grandmother"
    back_up(database, target, NOON, over=True)
    assert sides(target) == {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("name", "said"),
    [("warmline.db", "the database itself"), ("nowhere/kept.db", "cannot write"), (".", "is a folder")],
)
def test_where_no_backup_can_be_is_said(database: Path, tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(ArchiveError, match=said):
        back_up(database, tmp_path / name, NOON)
    assert sides(database) == {"a": 1, "b": 1}


def test_what_others_died_over_is_cleared_away_and_what_they_work_on_is_not(database: Path, tmp_path: Path) -> None:
    left = tmp_path / ".warmline-copy-1.part"
    left.write_text("half")
    back_up(database, tmp_path / "kept.db", NOON)
    assert not left.exists()
    assert not list(tmp_path.glob(".warmline-copy-*"))


def test_a_damaged_database_gives_no_backup_that_looks_whole(tmp_path: Path) -> None:
    path = tmp_path / "warmline.db"
    with closing(connect(path, [migrations])) as db:
        for number in range(3000):
            db.execute("INSERT INTO cursors (platform, stream) VALUES (?, ?)", [str(number), "x" * 50])
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 40_000)
    with pytest.raises(ArchiveError, match="no backup was made"):
        back_up(path, tmp_path / "kept.db", NOON)
    assert not (tmp_path / "kept.db").exists()


def torn(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def scratched(whole: bytes) -> bytes:
    return whole[:8192] + b"\xff" * 3000 + whole[11192:]


@pytest.mark.parametrize("spoil", [torn, scratched, lambda _: b"", lambda _: b"platform,text\n" * 400])
def test_a_file_that_is_not_whole_is_no_backup(database: Path, tmp_path: Path, spoil: object) -> None:
    target = tmp_path / "kept.db"
    back_up(database, target, NOON)
    target.write_bytes(spoil(target.read_bytes()))  # type: ignore[operator]
    with pytest.raises(ArchiveError, match=r"damaged|another program"):
        examine(target, [migrations])


def test_a_row_that_refers_to_nothing_is_damage(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "kept.db"
    back_up(database, target, NOON)
    with closing(sqlite3.connect(target)) as conn, conn:
        conn.execute(
            "INSERT INTO mentions (mention_id, platform, post_id, person_id, text, url, posted_at, heard_at, to_us, "
            "links, extra, stream) VALUES (1, 'x', '1', 77, 'hello', '', '', '', 1, '[]', '{}', 's')"
        )
    with pytest.raises(ArchiveError, match="a row of mentions refers to a row of authors"):
        examine(target, [migrations])


def test_a_backup_of_a_newer_warmline_is_refused(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "kept.db"
    back_up(database, target, NOON)
    with closing(sqlite3.connect(target)) as conn, conn:
        conn.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('listener', 'm999', '')")
    with pytest.raises(ArchiveError, match="newer Warmline"):
        examine(target, [migrations])
