"""The desk while nothing can be written: it reads on, and a button says that nothing was changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from listener.archive.connect import be_patient
from responders.desk.app import PATIENCE_S
from responders.draft import State
from responders.office import Office
from tests.builders import Clock
from tests.faults import full_disk, held_by_another, read_only
from tests.responders.desk.seeded import Visitor, someone

Fault = Callable[[Office, Path], AbstractContextManager[None]]
FAULTS: dict[str, tuple[Fault, str]] = {
    "full": (lambda office, folder: full_disk(), "the disk failed to read or write, or is full"),
    "read-only": (lambda office, folder: read_only(office.db), "may only be read"),
    "held": (lambda office, folder: held_by_another(folder / "warmline.db"), "another process holds the database"),
}
PAGES = ("/", "/mentions/1", "/answered", "/aside", "/listening", "/watches", "/search?q=lamp", "/rules", "/judgement",
         "/pulse", "/keys", "/link")  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_every_page_is_read_and_a_button_changes_nothing_and_says_so(
    visitor: Visitor, clock: Clock, tmp_path: Path, fault: str
) -> None:
    office = visitor.office
    draft = someone(office, 1)
    # So late that a visit moves the session's end on: a page must not fail for that.
    clock.now += timedelta(minutes=30)
    form = visitor.form(visitor.read("/mentions/1"), "/mentions/1/approve")
    clock.now += timedelta(minutes=30)
    be_patient(office.db, 0.05)
    broken, said = FAULTS[fault]
    with broken(office, tmp_path):
        for page in PAGES:
            assert visitor.web.get(page).status_code == 200, page
        answer = visitor.web.post("/mentions/1/approve", data=form)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "Nothing was changed" in answer.text
        assert said in answer.text
        assert "sqlite" not in answer.text.lower()
        assert "Traceback" not in answer.text
        assert office.queue.get(draft.draft_id).state is State.HELD
    assert visitor.web.post("/mentions/1/approve", data=form).status_code == 303
    assert office.queue.get(draft.draft_id).state is State.APPROVED


def test_who_reads_waits_no_longer_than_a_button_may_take(visitor: Visitor) -> None:
    (waits,) = visitor.office.db.execute("PRAGMA busy_timeout").fetchone()
    assert waits == PATIENCE_S * 1000 <= 5000
