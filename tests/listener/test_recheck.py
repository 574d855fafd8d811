"""Kept mentions are read again in time; what was deleted or edited is obeyed, and a deaf hour is not taken for a no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from listener.mention import Batch, Mention
from listener.poll import Poller
from listener.recheck import BATCH, Rereader
from listener.settings import SourceSettings
from listener.source import RateLimited, Revoked, Source, Unavailable
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
    clock.forward(minutes=61)
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


def gone_now(office: Office) -> list[int]:
    return [one.mention_id for one in office.archive.after(0, 2_000) if one.gone_at]


def read_all(rereader: Rereader, source: Source) -> None:
    while rereader.reread_due(source, DAILY):
        pass


def test_a_bad_minute_in_which_all_seems_gone_forgets_nothing(
    office: Office, poller: Poller, rereader: Rereader, clock: Clock
) -> None:
    source = heard(poller, *range(1, BATCH + 5))
    source.now = {f"p{n}": None for n in range(1, BATCH + 5)}
    for minutes in (25 * 60, 5, 5):  # the last few of them, alone in their batch, are doubted as well
        clock.forward(minutes=minutes)
        read_all(rereader, source)
    assert gone_now(office) == []
    source.now = {"p3": None}
    clock.forward(minutes=61)
    read_all(rereader, source)
    assert gone_now(office) == [3]
    assert office.archive.get(4).missing_at is None


def test_what_is_gone_at_the_second_look_too_is_forgotten_by_whichever_run_comes_next(
    office: Office, poller: Poller, rereader: Rereader, clock: Clock
) -> None:
    source = heard(poller, *range(1, 21))
    source.now = {f"p{n}": None for n in range(1, 16)}
    clock.forward(hours=25)
    read_all(rereader, source)
    assert gone_now(office) == []
    clock.forward(minutes=61)
    read_all(Rereader(office.db, poller._sifter, clock), source)
    assert gone_now(office) == list(range(1, 16))


class Spoilt(FakeSource):
    """Can't tell some posts, alone or together with others; `asked` says which it was asked for."""

    spoilt: frozenset[str] = frozenset()
    why: Exception = Unavailable("down")

    def __init__(self, **streams: Sequence[Batch | Exception]) -> None:
        super().__init__(**streams)
        self.asked: list[list[str]] = []

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        self.asked.append([one.post_id for one in mentions])
        if any(one.post_id in self.spoilt for one in mentions):
            raise self.why
        return super().reread(mentions)


@pytest.mark.parametrize("why", [Revoked("not yours to see"), Unavailable("500"), KeyError("api_path")])
def test_one_post_that_cannot_be_read_does_not_keep_the_others_from_their_turn(
    office: Office, poller: Poller, rereader: Rereader, clock: Clock, why: Exception
) -> None:
    source = Spoilt(mentions=[Batch(tuple(a_mention(number) for number in range(1, 51)), "here")])
    poller.poll(source)
    source.spoilt, source.why = frozenset({"p50"}), why  # the first in turn
    source.now = {f"p{n}": None for n in (2, 3)}
    clock.forward(hours=25)
    read_all(rereader, source)
    assert gone_now(office) == [2, 3]
    assert [one for one in source.asked if one == ["p50"]] == [["p50"]]


def test_a_platform_that_is_down_is_left_in_peace_and_its_first_posts_wait(
    poller: Poller, rereader: Rereader, clock: Clock
) -> None:
    source = Spoilt(mentions=[Batch(tuple(a_mention(number) for number in range(1, 51)), "here")])
    poller.poll(source)
    source.spoilt = frozenset(f"p{n}" for n in range(1, 51))
    clock.forward(hours=25)
    read_all(rereader, source)
    assert [len(one) for one in source.asked] == [50, 1, 1, 1]
    read_all(rereader, source)
    assert len(source.asked[4]) == 47  # those three are not what it begins with


def test_what_a_cap_lets_us_read_no_more_is_forgotten_where_the_platform_obliges_us(
    office: Office, poller: Poller, rereader: Rereader, clock: Clock
) -> None:
    source = Spoilt(mentions=[Batch((a_mention(1),), "here")])
    poller.poll(source)
    source.spoilt = frozenset({"p1"})
    clock.forward(hours=25)
    for why in (Unavailable("down"), RateLimited("soon", clock() + timedelta(minutes=15)), RateLimited("who knows")):
        source.why = why
        clock.forward(hours=2)
        rereader.reread_due(source, replace_settings(forget_unread_h=24))
    source.why = RateLimited("the month's cap is used up", clock() + timedelta(days=9))
    rereader.reread_due(source, DAILY)
    assert gone_now(office) == []
    rereader.reread_due(source, replace_settings(forget_unread_h=24))
    assert gone_now(office) == [1]


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
