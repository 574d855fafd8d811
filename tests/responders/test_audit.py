"""The audit: a row for whatever becomes of a draft, and no way to change one that is not seen."""

from __future__ import annotations

import pytest

from listener.archive.connect import StorageError
from responders import audit, decide
from responders.audit import head, verify
from responders.audit_words import in_words
from responders.deliver import deliver_once
from responders.draft import VERBS, Draft
from responders.office import Office
from responders.queue import Seen
from tests.builders import Clock
from tests.fakes import FakePublisher, FakeSource


@pytest.fixture
def sent(office: Office, draft: Draft, clock: Clock) -> Draft:
    """A draft that was edited, approved and sent: six rows."""
    edited = decide.edit(office, draft.draft_id, seen(draft), "The buzz is the dimmer. Which bulb is in it?", "Ben")
    decide.approve(office, draft.draft_id, seen(edited), edited.text, "Ana")
    clock.forward(minutes=1)
    deliver_once(office, {"plaza": FakePublisher()}, {"plaza": FakeSource()})
    decide.pause(office, "Ana", "enough for today")
    return office.queue.get(draft.draft_id)


def seen(draft: Draft) -> Seen:
    return Seen(draft.revision, draft.text_sha256)


def tamper(office: Office, *statements: str) -> None:
    """As somebody does who has the file: past whatever the database refuses."""
    for trigger in ("decisions_no_update", "decisions_no_delete"):
        office.db.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    for statement in statements:
        office.db.execute(statement)
    office.db.conn.commit()


def test_every_step_has_its_row_with_who_and_what(office: Office, sent: Draft) -> None:
    told = [(row["verb"], row["person"], row["state"]) for row in audit.rows(office.db, 50)]
    assert told == [
        ("hold", "warmline", "held"),
        ("edit", "Ben", "held"),
        ("approve", "Ana", "approved"),
        ("claim", "warmline", "sending"),
        ("sent", "warmline", "sent"),
        ("paused", "Ana", None),
    ]
    assert {row["text_sha256"] for row in audit.rows(office.db, 50)[1:5]} == {sent.text_sha256}
    verdict = verify(office.db)
    assert (verdict.rows, verdict.head, verdict.wrong) == (6, head(office.db), "")


def test_every_way_of_a_draft_has_words() -> None:
    assert [verb for verb in VERBS if in_words(verb) == verb] == []


@pytest.mark.parametrize("what", ["UPDATE decisions SET person = 'Ben'", "DELETE FROM decisions"])
def test_the_database_refuses_to_change_a_row(office: Office, sent: Draft, what: str) -> None:
    with pytest.raises(StorageError, match="only ever added to"):
        office.db.execute(what)


@pytest.mark.parametrize("column", [name for name in audit.SEALED if name != "decision_id"])
def test_a_field_that_was_changed_is_named_by_its_row(office: Office, sent: Draft, column: str) -> None:
    tamper(office, f"UPDATE decisions SET {column} = coalesce({column}, '') || '1' WHERE decision_id = 3")
    assert verify(office.db).wrong.startswith("row 3 is not as it was written")


@pytest.mark.parametrize("number", range(1, 7))
def test_a_row_that_is_gone_is_named_wherever_it_stood(office: Office, sent: Draft, number: int) -> None:
    tamper(office, f"DELETE FROM decisions WHERE decision_id = {number}")
    assert verify(office.db).wrong.startswith(f"row {number} is missing")


def test_rows_that_changed_places_are_named(office: Office, sent: Draft) -> None:
    tamper(
        office,
        "UPDATE decisions SET decision_id = 99 WHERE decision_id = 2",
        "UPDATE decisions SET decision_id = 2 WHERE decision_id = 3",
        "UPDATE decisions SET decision_id = 3 WHERE decision_id = 99",
    )
    assert verify(office.db).wrong.startswith("row 2 is not as it was written")


def test_a_chain_that_was_forged_whole_is_told_by_the_head_in_a_letter(office: Office, sent: Draft) -> None:
    known = str(head(office.db))
    before = audit.START
    rows = list(office.db.query("SELECT * FROM decisions ORDER BY decision_id"))
    tamper(office, "DELETE FROM decisions")
    for row in rows:
        row["person"] = "nobody"
        row["seal"] = before = audit.seal_of(row, before)
        office.db.table("decisions").insert(row)
    assert verify(office.db).wrong == ""
    assert "not the one that the letter named" in verify(office.db, known).wrong


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("UPDATE drafts SET state = 'approved'", "draft 1 was changed behind the audit: it is approved"),
        ("UPDATE drafts SET revision = 7", "draft 1 was changed behind the audit"),
        ("UPDATE drafts SET text = 'Buy now!'", "its text is not the one"),
        ("INSERT INTO receipts VALUES (1, 'plaza', 'r9', '', '', 'api', '')", ""),
    ],
)
def test_a_draft_that_was_changed_beside_the_audit_is_named(office: Office, sent: Draft, what: str, said: str) -> None:
    office.db.execute("DELETE FROM receipts")
    office.db.execute(what)
    assert said in verify(office.db).wrong


def test_the_head_as_a_letter_writes_it(office: Office, sent: Draft) -> None:
    known = str(head(office.db))
    assert audit.is_head(known)
    assert verify(office.db, known).wrong == ""
    assert not audit.is_head("the head")
    assert "missing" in verify(office.db, f"900:{known.partition(':')[2]}").wrong
