"""Every release's database comes along to today, whole, also where the upgrade is killed half-way."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from listener.archive.connect import ArchiveError, connect, look_into
from listener.archive.schema import migrations as listener_migrations
from responders.schema import migrations as responders_migrations
from tests.builders import Clock, an_office
from tests.killing import at_statement, points
from tests.responders.desk.seeded import Visitor

RELEASED = sorted((Path(__file__).parents[1] / "fixtures/released").glob("*.sql"))
SETS = (listener_migrations, responders_migrations)
KEPT = ("authors", "mentions", "triage", "permissions", "drafts", "revisions", "decisions", "attempts", "receipts",
        "outcomes", "set_aside", "controls", "cursors", "do_not_contact", "quarantine")  # fmt: skip

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=RELEASED, ids=lambda path: path.stem)
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A release's database, as it was left."""
    path = tmp_path / "warmline.db"
    with closing(sqlite3.connect(path)) as conn:
        conn.executescript(request.param.read_text(encoding="utf-8"))
    return path


def rows(path: Path) -> Rows:
    """All that is kept, by table."""
    with closing(look_into(path)) as db:
        kept = [name for name in KEPT if name in db.table_names()]
        return {
            name: sorted(db.query(f"SELECT * FROM {name}"), key=lambda row: str(list(row.values())[:2]))
            for name in kept
        }


def as_before(now: Rows, before: Rows) -> Rows:
    """What is kept now, in the columns that there were before."""
    found = {name: [(old, new) for old, new in zip(was, now[name], strict=True)] for name, was in before.items()}
    return {name: [{key: new[key] for key in old if key in new} for old, new in both] for name, both in found.items()}


def is_behind(path: Path) -> bool:
    """Whether anything is to be migrated; the newest release may be of today."""
    with closing(look_into(path)) as db:
        return any(migrations.pending(db) for migrations in SETS)


def test_there_is_a_database_of_each_release() -> None:
    assert len(RELEASED) >= 3


def test_all_that_was_kept_is_kept_and_the_desk_opens(
    released: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    before, behind = rows(released), is_behind(released)
    assert {len(before[name]) for name in ("mentions", "drafts", "receipts", "set_aside")} == {8, 7, 1}
    caplog.set_level(logging.INFO, "listener.archive.connect")
    with an_office(released.parent, clock) as office:
        now = rows(released)
        assert as_before(now, before) == before
        assert not office.db.execute("PRAGMA foreign_key_check").fetchall()
        assert office.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert office.controls.paused() == "by Ana: press call"
        visitor = Visitor(office)
        page = visitor.read("/")
        waiting = [row["text"] for row in before["drafts"] if row["state"] == "held"]
        assert waiting
        assert all(text.split("’")[0].split("'")[0][:12] in page.replace("&#39;", "'") for text in waiting)
        assert "dimmer on my Wren" in visitor.read("/search?q=buzzes")
        assert "Two metres, Sam" in visitor.read("/mentions/3")
    if not behind:
        return
    (copy,) = released.parent.glob("warmline.db.before-*")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert rows(copy) == before
    assert [str(copy) in record.getMessage() for record in caplog.records].count(True) == 1


def test_only_the_newest_copy_from_before_an_upgrade_is_kept(released: Path, clock: Clock) -> None:
    older = released.with_name("warmline.db.before-m002_something")
    other = released.with_name("warmline.db.replaced-20261118-120000")
    for path in (older, other):
        path.touch()
    behind = is_behind(released)
    an_office(released.parent, clock).close()
    assert older.exists() != behind
    assert other.exists()
    an_office(released.parent, clock).close()  # nothing to do, and no copy more
    assert len(list(released.parent.glob("warmline.db.before-*"))) == 1


def test_a_fresh_database_has_nothing_to_be_copied(tmp_path: Path, clock: Clock) -> None:
    an_office(tmp_path, clock).close()
    assert not list(tmp_path.glob("*.before-*"))


def test_where_no_copy_can_be_made_nothing_is_migrated(
    released: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_behind(released):
        return
    before = rows(released)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("listener.archive.connect.copy_whole", full)
        with pytest.raises(ArchiveError, match=r"No space left on device.*Nothing was changed"):
            an_office(released.parent, clock)
    assert rows(released) == before
    an_office(released.parent, clock).close()
    assert as_before(rows(released), before) == before


@pytest.mark.parametrize("name", ["listener", "responders"])
def test_a_newer_schema_is_refused_by_every_door(tmp_path: Path, clock: Clock, name: str) -> None:
    an_office(tmp_path, clock).close()
    path = tmp_path / "warmline.db"
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, 'm999', '')", [name])
    for door in (lambda: an_office(tmp_path, clock), lambda: connect(path, SETS), lambda: look_into(path, SETS)):
        with pytest.raises(ArchiveError, match=r"newer Warmline \(m999\)"):
            door()


@pytest.mark.crash
def test_an_upgrade_that_is_killed_at_any_statement_leaves_the_old_or_the_new_one_whole(
    released: Path, tmp_path: Path
) -> None:
    before = rows(released)
    path = tmp_path / "killed" / "warmline.db"

    def dies(number: int) -> bool:
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir()
        shutil.copy(released, path)
        return at_statement(number, lambda: connect(path, SETS).close())

    died, made = 0, set[int]()
    for _ in points(dies):
        died += 1
        left = rows(path)
        made.add(len(_names(path)))
        assert as_before(left, before) == before
        connect(path, SETS).close()
        assert as_before(rows(path), before) == before
        with closing(look_into(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert not is_behind(path)
        left_over = {one.name for one in path.parent.iterdir()} - {"warmline.db", "warmline.db.in-use"}
        assert len([name for name in left_over if ".before-" in name]) <= 1
    assert died > (30 if is_behind(released) else 5)
    assert made <= {len(_names(released)), sum(len(migrations._migrations) for migrations in SETS)}


def _names(path: Path) -> list[str]:
    with closing(look_into(path)) as db:
        return [str(row["name"]) for row in db.query("SELECT name FROM _sqlite_migrations")]
