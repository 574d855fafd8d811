"""Kept mentions are read again in time; what was deleted or edited is obeyed, and a deaf hour is not taken for a no."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.mention import Batch
from listener.poll import Poller
from listener.recheck import BATCH, Rereader
from listener.settings import SourceSettings
from listener.source import Source, Unavailable
from responders.office import Office
from tests.builders import NOON, Clock, a_mention
from tests.fakes import FakeSource

DAILY = SourceSettings(base_url="http://127.0.0.1:1", recheck_h=24, recheck_days=30)


@pytest.fixture
def rereader(office: Office, poller: Poller, clock: Clock) -> Rereader:
    return Rereader(office.db, poller._sifter, clock)


def heard(poller: Poller, *numbers: int) -> FakeSource:
    source = FakeSource(mentions=[Batch(tuple(a_mention(number) for number in numbers), "here")])
    poller.poll(source)
    return source


def test_after_a_day_the_deleted_is_forgotten_and_the_edited_sorted_anew(
    office: Office, poller: Poller, rereader: Rereader, clock: Clock
) -> None:
    source = heard(poller, 1, 2, 3)
    source.now = {"p1": None, "p2": a_mention(2, text="@harbourlight never mind, it is lovely now, thank you!")}
    clock.forward(hours=23)
    assert rereader.reread_due(source, DAILY) is False
    assert office.archive.get(1).gone_at is None
    clock.forward(hours=2)
    rereader.reread_due(source, DAILY)
    deleted, edited, same = (office.archive.get(number) for number in (1, 2, 3))
    assert (deleted.mention.text, deleted.gone_at) == ("", clock())
    assert edited.mention.text.startswith("@harbourlight never mind")
    assert edited.triage is not None
    assert edited.triage.lane == "praise"
    assert edited.changed_at == clock()
    assert office.archive.search("never mind lovely")
    assert same.mention == a_mention(3)


def test_what_cannot_be_read_is_neither_gone_nor_read(
    office: Office, poller: Poller, rereader: Rereader, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = heard(poller, 1)

    def down(_: object) -> None:
        raise Unavailable("down")

    clock.forward(hours=25)
    monkeypatch.setattr(source, "reread", down)
    assert rereader.reread_due(source, DAILY) is False
    monkeypatch.undo()
    source.now = {"p1": None}
    rereader.reread_due(source, DAILY)
    assert office.archive.get(1).gone_at is not None


def test_many_are_read_a_batch_at_a_time(poller: Poller, rereader: Rereader, clock: Clock) -> None:
    source = heard(poller, *range(1, BATCH + 6))
    clock.forward(hours=25)
    assert [rereader.reread_due(source, DAILY) for _ in range(3)] == [True, False, False]


def test_zero_hours_means_never_and_keep_days_forgets(
    office: Office, poller: Poller, rereader: Rereader, clock: Clock
) -> None:
    source = heard(poller, 1)
    source.now = {"p1": None}
    clock.forward(days=9)
    rereader.reread_due(source, replace_settings(recheck_h=0))
    assert office.archive.get(1).gone_at is None
    rereader.reread_due(source, replace_settings(recheck_h=0, keep_days=7))
    assert office.archive.get(1).mention.text == ""


def replace_settings(**changes: float) -> SourceSettings:
    return DAILY.model_copy(update=changes)


def test_old_posts_are_left_in_peace(office: Office, poller: Poller, rereader: Rereader, clock: Clock) -> None:
    old = replace(a_mention(1), posted_at=NOON - timedelta(days=31))
    source: FakeSource = FakeSource(mentions=[Batch((old,), "here")])
    poller.poll(source)
    source.now = {"p1": None}
    clock.forward(hours=25)
    reader: Source = source
    rereader.reread_due(reader, DAILY)
    assert office.archive.get(1).gone_at is None


def test_when_everything_seems_gone_at_once_it_is_asked_twice(
    office: Office, poller: Poller, rereader: Rereader, clock: Clock
) -> None:
    source = heard(poller, *range(1, 21))
    answers = [{f"p{n}": None for n in range(1, 21)}, {f"p{n}": None if n == 3 else a_mention(n) for n in range(1, 21)}]
    source.reread = lambda _: answers.pop(0)  # type: ignore[assignment, method-assign]
    clock.forward(hours=25)
    rereader.reread_due(source, DAILY)
    assert [one.mention_id for one in office.archive.after(0, 50) if one.gone_at] == [3]


def test_what_cannot_be_told_comes_again_in_an_hour_and_holds_up_nobody(
    office: Office, poller: Poller, rereader: Rereader, clock: Clock
) -> None:
    source = heard(poller, 1, 2)
    source.reread = lambda mentions: {one.post_id: one for one in mentions if one.post_id != "p1"}  # type: ignore[method-assign]
    clock.forward(hours=25)
    rereader.reread_due(source, DAILY)
    asked: list[str] = []
    source.reread = lambda mentions: asked.extend(one.post_id for one in mentions) or {}  # type: ignore[method-assign, func-returns-value]
    rereader.reread_due(source, DAILY)
    assert asked == []
    clock.forward(minutes=61)
    rereader.reread_due(source, DAILY)
    assert asked == ["p1"]
