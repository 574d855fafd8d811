"""The queue's order: urgent first, then by when somebody should be answered, whatever came first."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from listener.archive.record import Recorder
from listener.mention import Batch
from listener.settings import PatiencePart, PriorityPart
from listener.triage import Priority
from listener.triaged import Triaged
from responders.draft import Draft
from responders.office import Office
from responders.queue import Held
from responders.resorted import sort_anew
from responders.turns import due_at, is_place, lifted, place_of
from tests.builders import NOON, Clock, a_mention, an_office
from tests.responders.desk.seeded import a_triage

PATIENCE = PatiencePart()


def hours(priority: Priority, lane: str = "help") -> float:
    return (due_at(priority, lane, NOON, PATIENCE) - NOON) / timedelta(hours=1)


def test_each_priority_has_its_patience_and_praise_its_own() -> None:
    assert [hours(one) for one in ("urgent", "high", "normal", "low")] == [0, 4, 24, 72]
    assert hours("low", "praise") == 24
    assert hours("high", "praise") == 4


def test_who_waits_long_overtakes_who_is_more_pressing_but_never_who_is_in_danger() -> None:
    early = NOON - timedelta(days=2)
    waiting = place_of("normal", "question", early, "x", "1", PATIENCE)
    soon = place_of("high", "help", NOON, "x", "2", PATIENCE)
    danger = place_of("urgent", "help", NOON, "x", "3", PATIENCE)
    assert danger < waiting < soon


def test_a_place_names_nobody() -> None:
    place = place_of("high", "help", NOON, "bluesky", "at://did:plc:mira/post/1\ud800", PATIENCE)
    assert is_place(place)
    assert "mira" not in place
    assert not is_place("1~x")


def test_what_lies_between_us_lifts_to_high_at_the_most() -> None:
    weights = PriorityPart()
    assert lifted("normal", 35, 40, weights) == "high"
    assert lifted("high", 60, 1000, weights) == "high"
    assert lifted("urgent", 100, 0, weights) == "urgent"
    assert lifted("high", 0, 0, weights) == "high"  # sorted before there were points


@pytest.fixture
def crowd() -> list[tuple[int, Priority, str]]:
    """Who waits: many with the very same time and priority."""
    lanes = ("help", "praise", "question", "chat")
    priorities: tuple[Priority, ...] = ("urgent", "high", "normal", "low")
    return [(number, priorities[number % 4], lanes[number % 3]) for number in range(1, 25)]


def order(office: Office, crowd: list[tuple[int, Priority, str]]) -> list[str]:
    for number, priority, lane in crowd:
        posted_at = NOON - timedelta(hours=number // 6)
        one = Triaged(a_mention(number, posted_at=posted_at), ("us",), True, a_triage(lane=lane, priority=priority))
        (mention_id,) = Recorder(office.db).record("plaza", "s", [one], Batch(), office.now())
        office.queue.hold(Held(mention_id, "Hello", "api", lane, priority, posted_at, "", ()), "warmline", office.now())
    return [office.archive.get(card.mention_id).mention.post_id for card in office.inbox.waiting()[0]]


def test_the_order_does_not_depend_on_who_was_heard_first(
    tmp_path: Path, clock: Clock, crowd: list[tuple[int, Priority, str]]
) -> None:
    orders = []
    for seed in range(4):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with an_office(folder, clock) as office:
            orders.append(order(office, random.Random(seed).sample(crowd, len(crowd))))
    assert len(orders[0]) == 24
    assert all(one == orders[0] for one in orders)


def test_sorting_anew_takes_lane_and_priority_and_keeps_what_lies_between_us(
    office: Office, hold: Callable[..., Draft]
) -> None:
    first, second = hold(1, rank=2), hold(2, rank=2)
    office.db.execute("UPDATE triage SET priority = 'low', points = 0, lane = 'chat', because = 'No hurry: x.'")
    known = "UPDATE drafts SET points = 25, also = '[\"we gave our word\"]' WHERE draft_id = ?"
    office.db.execute(known, [second.draft_id])
    sort_anew(office.db, office.settings.triage.priority)
    cards, _ = office.inbox.waiting(lane="chat")
    assert [card.draft_id for card in cards] == [second.draft_id, first.draft_id]
    assert [(card.priority, card.because) for card in cards] == [
        ("normal", "In turn: x; we gave our word."),
        ("low", "No hurry: x."),
    ]
    assert office.inbox.turn_of(cards[0].mention_id).because == cards[0].because
