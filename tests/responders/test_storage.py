"""Storage that fails while a reply is approved and sent: nothing goes out whose intent is not kept, nothing twice."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from listener.archive.connect import ArchiveError, StorageError, be_patient, look_into
from listener.daemon import Daemon
from listener.poll import Poller
from responders import decide
from responders.deliver import deliver_once
from responders.draft import Draft, State
from responders.drafting import draft_new
from responders.jobs import answering_jobs
from responders.office import Office
from responders.queue import Seen
from responders.reconcile import reconcile
from tests.builders import Clock, a_mention, an_office
from tests.fakes import FakePublisher, FakeSource
from tests.faults import Breaking, breakable, breaking_at, full_disk, held_by_another, read_only
from tests.running import until

__all__ = ["breakable"]

SOURCES = {"plaza": FakeSource()}
FAILS = (ArchiveError, StorageError)


def approve(office: Office, draft: Draft) -> None:
    decide.approve(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), draft.text, "Ana")


def beats(office: Office, publisher: FakePublisher, clock: Clock) -> None:
    """What a daemon does in the hours that follow."""
    for _ in range(8):
        deliver_once(office, {"plaza": publisher}, SOURCES)
        reconcile(office, {"plaza": publisher})
        clock.forward(minutes=4)


def intent_is_kept(folder: Path) -> None:
    """Fails where what goes out just now isn't in the file itself, for whoever else looks."""
    with closing(look_into(folder / "warmline.db")) as db:
        assert db.execute("SELECT state FROM drafts").fetchall() == [("sending",)]
        assert db.execute("SELECT count(*) FROM attempts WHERE ended_at IS NULL").fetchone() == (1,)


@pytest.mark.parametrize("fault", ["full", "read-only", "held"])
def test_nothing_is_sent_that_cannot_be_recorded_and_all_goes_on_by_itself(
    office: Office, draft: Draft, publisher: FakePublisher, clock: Clock, tmp_path: Path, fault: str
) -> None:
    approve(office, draft)
    clock.forward(seconds=21)
    be_patient(office.db, 0.05)
    faults = {"full": full_disk(), "read-only": read_only(office.db), "held": held_by_another(tmp_path / "warmline.db")}
    with faults[fault]:
        for _ in range(3):
            with pytest.raises(FAILS):
                deliver_once(office, {"plaza": publisher}, SOURCES)
        assert publisher.attempts == 0
        assert office.queue.get(draft.draft_id).state is State.APPROVED
    beats(office, publisher, clock)
    assert (publisher.attempts, office.queue.get(draft.draft_id).state) == (1, State.SENT)


@pytest.mark.parametrize("stays_full", [True, False])
def test_a_receipt_that_cannot_be_written_is_found_by_reading(
    office: Office, draft: Draft, publisher: FakePublisher, clock: Clock, stays_full: bool
) -> None:
    """The disk is full from the moment the reply is out; it is never sent again."""
    approve(office, draft)
    clock.forward(seconds=21)
    full = full_disk()
    publisher.before = full.__enter__
    try:
        with pytest.raises(FAILS):
            deliver_once(office, {"plaza": publisher}, SOURCES)
        if stays_full:
            publisher.before = lambda: None
            clock.forward(minutes=10)
            assert deliver_once(office, {"plaza": publisher}, SOURCES) is None
            with pytest.raises(FAILS):
                reconcile(office, {"plaza": publisher})
    finally:
        full.__exit__(None, None, None)
    publisher.before = lambda: None
    beats(office, publisher, clock)
    assert (publisher.attempts, office.queue.get(draft.draft_id).state) == (1, State.SENT)


@pytest.mark.crash
def test_a_reply_that_meets_a_broken_statement_anywhere_goes_out_once(
    office: Office, poller: Poller, tmp_path: Path, breakable: None
) -> None:
    """From the approval to the receipt, each statement in turn, until all of it passes with none broken."""
    poller.take_in("test", [a_mention()])
    draft_new(office)
    (draft,) = office.queue.in_state(State.HELD)
    office.close()
    for number in range(1, 2000):
        folder = tmp_path / str(number)
        folder.mkdir()
        shutil.copy(tmp_path / "warmline.db", folder)
        clock, publisher = Clock(), FakePublisher()
        publisher.before = partial(intent_is_kept, folder)
        with an_office(folder, clock) as again:
            with breaking_at(number):
                _try(lambda again=again: approve(again, draft))  # type: ignore[misc]
                clock.forward(seconds=21)
                _try(lambda again=again, to=publisher: deliver_once(again, {"plaza": to}, SOURCES))  # type: ignore[misc]
                _try(lambda again=again, to=publisher: reconcile(again, {"plaza": to}))  # type: ignore[misc]
                through = Breaking.seen < number
            assert not again.db.conn.in_transaction
            if again.queue.get(draft.draft_id).state is State.HELD:
                assert publisher.attempts == 0
                approve(again, draft)
                clock.forward(seconds=21)
            beats(again, publisher, clock)
            receipts = again.db.execute("SELECT post_id FROM receipts").fetchall()
            state = again.queue.get(draft.draft_id).state
        if publisher.attempts:
            assert (number, publisher.attempts, state, receipts) == (number, 1, State.SENT, [("r1",)])
        else:  # it broke between the claim and the wire: nobody can know that, so a person is asked
            assert (number, state in (State.HELD, State.UNKNOWN), receipts) == (number, True, [])
        if through:
            assert number > 40
            return
    raise AssertionError("it never came to its end")


def _try(work: Callable[[], object]) -> None:
    """As the daemon does: what fails now comes again on the next beat."""
    with suppress(*FAILS):
        work()


def test_a_mention_that_meets_a_broken_statement_is_drafted_for_on_the_next_beat(
    office: Office, poller: Poller, clock: Clock, tmp_path: Path, breakable: None
) -> None:
    """It is not set aside for that, as one that drafting itself could not bear is."""
    poller.take_in("test", [a_mention()])
    office.close()
    for number in range(1, 1000):
        shutil.copy(tmp_path / "warmline.db", folder := Path(tempfile.mkdtemp(dir=tmp_path)))
        with an_office(folder, clock) as again:
            with breaking_at(number):
                _try(partial(draft_new, again))
                through = Breaking.seen < number
            draft_new(again)
            assert (number, len(again.queue.in_state(State.HELD))) == (number, 1)
            assert (number, again.inbox.aside_of(1)) == (number, None)
        if through:
            assert number > 20
            return
    raise AssertionError("it never came to its end")


def test_a_daemon_on_a_full_disk_says_one_line_and_goes_on_when_there_is_room(
    office: Office,
    draft: Draft,
    publisher: FakePublisher,
    clock: Clock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    approve(office, draft)
    clock.forward(seconds=21)
    caplog.set_level(logging.INFO, "listener.daemon")
    offices: list[Office] = []

    def opened() -> Office:
        offices.append(an_office(tmp_path, clock))
        return offices[-1]

    jobs = [replace(job, every_s=0.03) for job in answering_jobs(opened, {"plaza": publisher}, SOURCES)]
    daemon = Daemon(jobs)
    with full_disk():
        daemon.start()
        until(lambda: _said(caplog), "a word about the disk")
        beats_more = len(jobs) * 3
        until(lambda: next(_beat) > beats_more, "some beats more")
        assert publisher.attempts == 0
        (said,) = _said(caplog)
        assert "or is full" in said
    until(lambda: office.queue.get(draft.draft_id).state is State.SENT, "the reply to go out")
    until(lambda: any("can be used again" in one.getMessage() for one in caplog.records), "the end of it")
    daemon.stop()
    assert publisher.attempts == 1
    assert len(_said(caplog)) == 1
    assert not [one for one in caplog.records if one.exc_info]
    for one in offices:
        one.close()


_beat = count()


def _said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name.startswith("listener") and one.levelname == "ERROR"]
