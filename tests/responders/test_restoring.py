"""Going back to a backup: the one database or the other, paused, and nothing that may be out there sent again."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from listener.archive import copying, replace
from listener.archive.backup import back_up
from listener.archive.connect import ArchiveError, connect
from responders import decide, restoring
from responders.deliver import deliver_once
from responders.desk.session import new_link, session_of, sign_in
from responders.draft import Draft, State
from responders.office import Office
from responders.queue import Seen
from responders.reconcile import SETTLE, reconcile
from responders.restored import heed_copy
from responders.restoring import restore_from
from tests.builders import Clock, a_mention, an_author, an_office
from tests.fakes import FakePublisher, FakeSource
from tests.killing import at_line, at_statement, file_of, points

STEPS = (replace, copying, restoring)
SOURCES = {"plaza": FakeSource()}
Hold = Callable[..., Draft]


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "kept.db"


def keep(office: Office, backup: Path) -> None:
    backup.parent.mkdir(exist_ok=True)
    back_up(office_path(office), backup, office.now())


def office_path(office: Office) -> Path:
    return office.settings_path.parent / "warmline.db"


def restored(office: Office, backup: Path, clock: Clock) -> int:
    return restore_from(office.settings, office.settings_path, backup, clock).perhaps_sent


def approved(office: Office, draft: Draft) -> None:
    decide.approve(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), draft.text, "Ana")


def test_what_went_out_after_the_backup_is_found_and_not_sent_again(
    office: Office, hold: Hold, publisher: FakePublisher, clock: Clock, backup: Path, tmp_path: Path
) -> None:
    draft = hold()
    approved(office, draft)
    keep(office, backup)
    clock.forward(seconds=21)
    assert deliver_once(office, {"plaza": publisher}, SOURCES).state is State.SENT  # type: ignore[union-attr]
    office.close()
    assert restored(office, backup, clock) == 1
    with an_office(tmp_path, clock) as again:
        assert again.queue.get(draft.draft_id).state is State.UNKNOWN
        assert "restored from kept.db of 2026-11-18 12:00" in (again.controls.paused() or "")
        assert deliver_once(again, {"plaza": publisher}, SOURCES) is None
        with pytest.raises(decide.NotPossible, match="1 reply that may be out is still being looked for"):
            decide.resume(again, "Ana")
        decide.resume(again, "Ana", anyway=True)
        assert deliver_once(again, {"plaza": publisher}, SOURCES) is None
        clock.forward(seconds=SETTLE.total_seconds() + 1)
        (found,) = reconcile(again, {"plaza": publisher})
        assert found.state is State.SENT
        assert deliver_once(again, {"plaza": publisher}, SOURCES) is None
        assert publisher.attempts == 1


def test_what_stood_there_is_kept_whole_and_the_restored_one_is_as_it_was(
    office: Office, hold: Hold, clock: Clock, backup: Path, tmp_path: Path
) -> None:
    hold(1)
    keep(office, backup)
    hold(2, author=an_author("jo"))
    office.close()
    done = restore_from(office.settings, office.settings_path, backup, clock)
    assert done.replaced is not None
    assert done.replaced.name == "warmline.db.replaced-20261118-120000"
    with closing(connect(done.replaced)) as before, an_office(tmp_path, clock) as now:
        assert before.execute("SELECT count(*) FROM mentions").fetchone() == (2,)
        assert now.archive.get(1).mention.text == a_mention().text
        assert now.db.execute("SELECT count(*) FROM mentions").fetchone() == (1,)
    left = {path.name.removeprefix("warmline.db") for path in tmp_path.glob("warmline.db*")}
    assert left == {"", ".in-use", ".replaced-20261118-120000", ".replaced-20261118-120000.in-use"}


def test_every_row_is_as_it_was_but_what_a_restore_is_there_to_change(
    office: Office, hold: Hold, clock: Clock, backup: Path
) -> None:
    for number, who in enumerate(("mira", "jo", "li"), 1):
        hold(number, author=an_author(who))
    decide.decline(office, 2, "we know each other", "Ben")
    keep(office, backup)
    office.close()
    restored(office, backup, clock)
    with closing(sqlite3.connect(backup)) as was, closing(sqlite3.connect(office_path(office))) as now:
        names = [row[0] for row in was.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        changed = {
            name for name in names if name not in ("backup", "sqlite_sequence") and _rows(was, name) != _rows(now, name)
        }
    assert len(names) > 30
    assert changed == {"controls", "decisions"}  # that it is paused, and that it was restored


def _rows(conn: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    return sorted(conn.execute(f'SELECT * FROM "{table}"').fetchall(), key=repr)


def test_nobody_is_let_in_by_what_the_backup_knew(office: Office, clock: Clock, backup: Path, tmp_path: Path) -> None:
    session, link = (
        sign_in(office.db, new_link(office.db, "Ana", clock()), clock()),
        new_link(office.db, "Ben", clock()),
    )
    keep(office, backup)
    office.close()
    restored(office, backup, clock)
    with an_office(tmp_path, clock) as again:
        assert session_of(again.db, session or "", clock()) is None
        assert sign_in(again.db, link, clock()) is None


def test_who_asked_since_not_to_be_contacted_is_left_alone_all_the_same(
    office: Office, hold: Hold, publisher: FakePublisher, clock: Clock, backup: Path, tmp_path: Path
) -> None:
    draft = hold()
    keep(office, backup)
    decide.do_not_contact(office, draft.mention_id, "asked by mail", "Ben")
    office.close()
    assert restore_from(office.settings, office.settings_path, backup, clock).kept_on == 1
    with an_office(tmp_path, clock) as again:
        listed = again.contact.listed(a_mention().author)
        assert listed is not None
        assert (listed.reason, listed.person) == ("asked by mail", "Ben")
        assert again.queue.get(draft.draft_id).state is State.SUPERSEDED


def test_while_anybody_has_it_open_nothing_is_changed(office: Office, clock: Clock, backup: Path) -> None:
    keep(office, backup)
    path = office_path(office)
    was = path.stat().st_ino
    with pytest.raises(ArchiveError, match="open in another process"):
        restored(office, backup, clock)
    office.close()
    reading = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM mentions').fetchall()"
    other = subprocess.Popen(
        [sys.executable, "-c", reading + "; print(flush=True); input()", str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert other.stdout is not None
    other.stdout.readline()
    with pytest.raises(ArchiveError, match="open in another program"):
        restored(office, backup, clock)
    other.communicate(b"\n")
    assert path.stat().st_ino == was
    assert not list(path.parent.glob("*.re*"))
    restored(office, backup, clock)
    assert path.stat().st_ino != was


@pytest.mark.parametrize("damage", ["header", "middle", "gone", "gone but for its log"])
def test_a_database_that_is_lost_or_damaged_is_restored_over_and_kept_as_it_lay(
    office: Office, hold: Hold, clock: Clock, backup: Path, tmp_path: Path, damage: str
) -> None:
    hold()
    keep(office, backup)
    path = office_path(office)
    log = path.with_name("warmline.db-wal").read_bytes()
    office.close()
    if damage in ("header", "middle"):
        with path.open("r+b") as file:
            file.seek(0 if damage == "header" else 5000)
            file.write(b"\xff" * 5000)
    else:
        path.unlink()
        if "log" in damage:
            path.with_name("warmline.db-wal").write_bytes(log)
    restored(office, backup, clock)
    with an_office(tmp_path, clock) as again:
        assert again.archive.get(1).mention.text == a_mention().text
    kept = [one for one in tmp_path.glob("warmline.db.replaced-*") if not one.name.endswith(".in-use")]
    assert len(kept) == (damage != "gone")


def test_another_programs_database_is_never_replaced(tmp_path: Path, clock: Clock, backup: Path) -> None:
    with an_office(tmp_path, clock) as office:
        keep(office, backup)
    path = tmp_path / "warmline.db"
    path.unlink()
    with closing(sqlite3.connect(path)) as theirs, theirs:
        theirs.execute("CREATE TABLE photos (name TEXT)")
    with pytest.raises(ArchiveError, match="another program's database"):
        restored(office, backup, clock)
    with closing(sqlite3.connect(path)) as theirs:
        assert theirs.execute("SELECT count(*) FROM photos").fetchone() == (0,)


def test_a_copy_that_was_put_there_by_hand_starts_paused_too(
    office: Office, hold: Hold, clock: Clock, backup: Path, tmp_path: Path
) -> None:
    approved(office, hold())
    keep(office, backup)
    office.close()
    backup.replace(office_path(office))
    with an_office(tmp_path, clock) as again:
        assert heed_copy(again) == 1
        assert "of 2026-11-18 12:00" in (again.controls.paused() or "")
        assert heed_copy(again) is None  # once


def test_who_could_read_the_database_can_read_the_restored_one(office: Office, clock: Clock, backup: Path) -> None:
    keep(office, backup)
    office.close()
    path = office_path(office)
    path.chmod(0o640)
    restored(office, backup, clock)
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.crash
@pytest.mark.parametrize("by", ["line", "statement"])
def test_a_restore_that_is_killed_anywhere_leaves_one_of_both_whole_and_can_be_run_again(
    office: Office, hold: Hold, clock: Clock, backup: Path, tmp_path: Path, by: str
) -> None:
    approved(office, hold(1))
    keep(office, backup)
    hold(2, author=an_author("jo"))
    hold(3, author=an_author("li"))
    office.close()
    folder, files = tmp_path / "killed", frozenset(file_of(module) for module in STEPS)
    settings, settings_path = office.settings, folder / "settings.toml"

    def restore_there() -> None:
        restore_from(settings, settings_path, backup, clock)

    def dies(number: int) -> bool:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copy(tmp_path / "warmline.db", folder)
        return at_line(number, files, restore_there) if by == "line" else at_statement(number, restore_there)

    sides = set[int]()
    for _ in points(dies):
        with an_office(folder, clock) as again:  # a plain start
            (heard,) = again.db.execute("SELECT count(*) FROM mentions").fetchone()
            assert again.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert (heard, bool(again.controls.paused())) in ((3, False), (1, True))
            sides.add(heard)
        restore_there()
        kept = [one for one in folder.glob("warmline.db.replaced-*") if one.suffix != ".in-use"]
        with an_office(folder, clock) as again:
            assert again.db.execute("SELECT count(*) FROM mentions").fetchone() == (1,)
            assert again.queue.get(1).state is State.UNKNOWN
        assert 3 in {_mentions(one) for one in kept}
        assert not list(folder.glob("*.restoring*"))
        assert not list(folder.glob(".warmline-copy*"))
    assert sides == ({1, 3} if by == "line" else {3})  # behind the rename no statement is left


def _mentions(path: Path) -> int:
    with closing(sqlite3.connect(path)) as conn:
        return int(conn.execute("SELECT count(*) FROM mentions").fetchone()[0])
