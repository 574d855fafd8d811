"""A power cut tears the log (the -wal file) anywhere: the file opens, and all that was committed before is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from listener.archive.connect import connect, writing
from listener.archive.schema import migrations

HEADER = 32  # bytes of the log, and 24 before each page in it (sqlite.org/fileformat2.html#the_write_ahead_log)
FRAME = 24 + 4096


@pytest.fixture
def torn(tmp_path: Path) -> tuple[bytes, bytes, list[tuple[int, int]]]:
    """A database, its log, and how many rows are committed once the log is so many bytes long."""
    path = tmp_path / "warmline.db"
    log = path.with_name("warmline.db-wal")
    connect(path, [migrations]).close()
    with closing(connect(path)) as db:
        committed = [(0, 0)]
        for number in range(1, 6):
            with writing(db):
                for row in range(number * 4):
                    values = [f"{number} {row}", "s" * 80]
                    db.execute("INSERT INTO cursors (platform, stream) VALUES (?, ?)", values)
            (rows,) = db.execute("SELECT count(*) FROM cursors").fetchone()
            committed.append((log.stat().st_size, rows))
        return path.read_bytes(), log.read_bytes(), committed


def cuts(length: int) -> Iterator[int]:
    """Every frame's end, and places within each: in its header, and in its page."""
    yield from (0, 5, HEADER - 1)
    for end in range(HEADER, length + 1, FRAME):
        yield from (cut for cut in (end, end + 1, end + 24, end + 2000, end + FRAME - 1) if cut <= length)


def test_wherever_the_log_is_torn_what_was_committed_before_is_there(
    torn: tuple[bytes, bytes, list[tuple[int, int]]], tmp_path: Path
) -> None:
    file, log, committed = torn
    copy = tmp_path / "torn.db"
    tried = 0
    for cut in cuts(len(log)):
        for lost in (b"", b"\0" * 5000, b"\xa5" * 5000):  # the rest is not there, or empty, or what lay there before
            copy.write_bytes(file)
            copy.with_name("torn.db-wal").write_bytes(log[:cut] + lost)
            expected = max(rows for length, rows in committed if length <= cut)
            with closing(connect(copy)) as db:
                assert (cut, db.execute("SELECT count(*) FROM cursors").fetchone()) == (cut, (expected,))
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            tried += 1
    assert tried > 100
    with closing(connect(copy, [migrations])) as db, writing(db):
        db.execute("INSERT INTO cursors (platform, stream) VALUES ('after', '')")
