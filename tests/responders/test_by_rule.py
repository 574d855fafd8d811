"""What a rule asks for is done once for each mention, and a person's word goes before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from listener.archive.record import Recorder
from listener.archive.taught import Taught
from listener.jobs import sifter_from
from listener.poll import Poller
from listener.rules import Rule
from responders import decide, inbox, marks
from responders.correcting import correct
from responders.draft import State
from responders.drafting import consider, draft_new, write_draft
from responders.office import Office
from responders.queue import NotPossible
from responders.resorted import sort_anew
from tests.builders import NOON, Clock, a_mention, an_author

REFUNDS = Rule("Refunds", "refund", lane="complaint", assign="Ana", tags=("refund", "money"), alert=True)
BOTS = Rule("Giveaways", "giveaway", no_reply="a game of others")


@pytest.fixture
def live(office: Office, clock: Clock) -> Office:
    for rule in (REFUNDS, BOTS):
        office.rules.set_state(office.rules.add(rule, "Ana", clock()).rule_id, "live", "Ana", clock())
    return office


def hear(office: Office, poller: Poller, text: str, number: int = 1, **changes: Any) -> int:
    (mention_id,) = poller.take_in("test", [a_mention(number, text=f"@harbourlight {text}", **changes)])
    while draft_new(office):
        pass
    return mention_id


def test_it_assigns_tags_and_rings(live: Office, poller: Poller) -> None:
    number = hear(live, poller, "I want a refund for my broken lamp")
    (card,) = live.inbox.waiting(lane="complaint")[0]
    assert (card.mention_id, card.assigned, card.tags) == (number, "Ana", ("money", "refund"))
    assert [(alert.mention_id, alert.rule) for alert in live.alerts.unseen()] == [(number, "Refunds")]
    told = [(one.verb, one.person, one.reason) for one in live.inbox.decisions_of(number)]
    assert told[:2] == [
        ("assign", "warmline", "Ana, by your rule “Refunds”"),
        ("tag", "warmline", "refund, by your rule “Refunds”"),
    ]


def test_considered_twice_it_does_everything_once(live: Office, poller: Poller) -> None:
    number = hear(live, poller, "I want a refund")
    before = live.inbox.decisions_of(number)
    live.marks.assign(number, "Ben", "Ben", live.now())
    consider(live, live.archive.get(number))
    assert live.marks.on(number).assigned == "Ben"  # a person's word
    assert len(live.inbox.decisions_of(number)) == len(before) + 1
    assert len(live.alerts.unseen()) == 1


def test_a_lane_that_a_person_gave_stands_when_all_is_sorted_anew(live: Office, poller: Poller) -> None:
    number = hear(live, poller, "I want a refund")
    assert lane_of(live, number) == "complaint"  # the rule's
    correct(live, number, {"lane": "question"}, "Ana")
    sifter = sifter_from(live.settings, live.settings_path)
    sifter.learn(Taught(live.db))
    sorted_again = sifter.keep(live.archive.get(number).mention)
    assert sorted_again.triage.lane == "complaint"
    Recorder(live.db).sort_anew([(number, sorted_again)])
    sort_anew(live.db, live.settings.triage.priority)
    assert lane_of(live, number) == "question"
    assert [card.mention_id for card in live.inbox.waiting(lane="question")[0]] == [number]


def lane_of(office: Office, number: int) -> str:
    triage = office.archive.get(number).triage
    assert triage is not None
    return triage.lane


def test_no_reply_sets_aside_and_one_click_brings_it_back(live: Office, poller: Poller) -> None:
    number = hear(live, poller, "I entered your giveaway!")
    assert live.queue.draft_of(number) is None
    assert live.inbox.outcome_of(number) is None  # nobody has decided anything
    (card,) = live.inbox.older()[0]
    assert card.by_rule == "by your rule “Giveaways”: no reply: a game of others"
    why = live.db.execute("SELECT why FROM set_aside WHERE mention_id = ?", [number]).fetchone()
    assert why == ("rule",)
    assert write_draft(live, number, "Ana").state is State.HELD
    assert live.inbox.older()[0] == []


def test_what_is_urgent_waits_for_a_person_whatever_the_rule_says(live: Office, poller: Poller) -> None:
    number = hear(live, poller, "the lamp from your giveaway caught fire, the plug is black")
    draft = live.queue.draft_of(number)
    assert draft is not None
    assert draft.state is State.HELD
    assert "urgent, so your rule" in "; ".join(live.inbox.waiting()[0][0].reasons)


def test_who_asks_to_be_left_alone_is_told_to_whom_the_rule_says(live: Office, poller: Poller) -> None:
    alone = live.rules.add(Rule("Alone", "“contact me”", assign="Ana", alert=True), "Ana", live.now())
    live.rules.set_state(alone.rule_id, "live", "Ana", live.now())
    number = hear(live, poller, "do not contact me again.")
    assert live.queue.draft_of(number) is None
    assert live.contact.listed(live.archive.get(number).mention.author) is not None
    assert live.marks.on(number).assigned == "Ana"
    assert [alert.mention_id for alert in live.alerts.unseen()] == [number]


def test_what_is_old_rings_nobody(live: Office, poller: Poller) -> None:
    number = hear(live, poller, "I want a refund", posted_at=NOON - timedelta(days=60))
    assert live.alerts.unseen() == []
    assert live.marks.on(number).assigned == "Ana"


def test_a_rule_that_was_taken_out_since_does_nothing(live: Office, poller: Poller, clock: Clock) -> None:
    poller.take_in("test", [a_mention(1, text="@harbourlight I want a refund")])
    live.rules.set_state(live.rules.named("Refunds").rule_id, "off", "Ana", clock())
    while draft_new(live):
        pass
    assert live.marks.on(1).tags == ()


def test_a_rule_in_draft_changes_nothing(office: Office, poller: Poller, clock: Clock) -> None:
    plain = hear(office, poller, "I want a refund", 1)
    before = office.archive.get(plain).triage
    office.rules.add(replace(REFUNDS, no_reply="no"), "Ana", clock())
    drafted = hear(office, poller, "I want a refund", 2, author=an_author("ilse"))
    assert office.archive.get(drafted).triage == before
    assert office.marks.on(drafted).tags == ()
    assert office.queue.draft_of(drafted) is not None


def test_the_queue_is_narrowed_down_by_person_and_tag(live: Office, poller: Poller) -> None:
    first = hear(live, poller, "I want a refund", 1)
    second = hear(live, poller, "are you open on Sunday?", 2)
    live.marks.tag(second, "#Hours", "Ana", live.now())

    def found(**by: Any) -> list[int]:
        return [card.mention_id for card in live.inbox.waiting(**by)[0]]

    assert found(assigned="ana") == [first]
    assert found(tag="hours") == [second]
    assert found(assigned="Ana", tag="hours") == []
    assert found(lane="complaint", assigned="Ana", tag="refund") == [first]
    offered = live.marks.offered()
    assert offered.people == {"Ana": 1}
    assert offered.tags == {"hours": 1, "money": 1, "refund": 1}


def test_marks_are_taken_off_again_and_told(live: Office, poller: Poller) -> None:
    number = hear(live, poller, "I want a refund")
    live.marks.untag(number, "money", "Ben", live.now())
    live.marks.untag(number, "money", "Ben", live.now())
    live.marks.assign(number, "", "Ben", live.now())
    live.marks.assign(number, "", "Ben", live.now())
    assert live.marks.on(number).tags == ("refund",)
    assert [(one.verb, one.person, one.reason) for one in live.inbox.decisions_of(number)[-2:]] == [
        ("untag", "Ben", "money"),
        ("unassign", "Ben", ""),
    ]
    with pytest.raises(NotPossible, match="is no tag"):
        live.marks.tag(number, "two words", "Ben", live.now())
    with pytest.raises(NotPossible, match="write a tag"):
        live.marks.tag(number, " # ", "Ben", live.now())


def test_the_marks_are_counted_as_counting_would(live: Office, poller: Poller, clock: Clock) -> None:
    for number in range(1, 9):
        said = "I want a refund" if number % 2 else "are you open on Sunday?"
        hear(live, poller, said, number, author=an_author(f"person{number}"))
    live.marks.tag(2, "hours", "Ana", clock())
    live.marks.assign(2, "ana", "Ben", clock())
    live.marks.assign(3, "Ben", "Ben", clock())
    live.marks.untag(3, "money", "Ben", clock())
    decide.no_reply(live, 5, "done", "Ana")
    decide.no_reply(live, 7, "done", "Ana")
    decide.reopen(live, 7, "Ana")
    live.db.execute("DELETE FROM drafts WHERE mention_id = 1")
    live.db.execute("DELETE FROM mentions WHERE mention_id = 2")
    for kind, table in (("person", "assignments"), ("tag", "tags")):
        counted = live.db.execute(
            f"SELECT {kind}, count(*) FROM {table} JOIN drafts USING (mention_id) WHERE state = 'held' "
            f"GROUP BY {kind} ORDER BY {kind}"
        ).fetchall()
        offered = live.marks.offered()
        assert list((offered.people if kind == "person" else offered.tags).items()) == counted
    assert live.marks.offered().people == {"Ana": 1, "Ben": 1}


def test_a_rare_mark_is_looked_up_and_not_searched_for(office: Office) -> None:
    sql = marks.narrowed(inbox._WAITING, {"tag": 3})
    asked = {"tag": "x", "after": "", "limit": 50}
    plan = [row["detail"] for row in office.db.query(f"EXPLAIN QUERY PLAN {sql}", asked)]
    assert plan[0].startswith("SEARCH x USING")
    assert "SEARCH d USING INDEX drafts_by_mention (mention_id=?)" in plan
    assert not any("SCAN" in step for step in plan)


@pytest.mark.parametrize("few", [0, 2_000])
def test_few_or_many_the_narrowed_queue_is_the_same(
    live: Office, poller: Poller, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(marks, "FEW", few)
    for number in range(1, 12):
        said = "I want a refund" if number % 2 else "are you open on Sunday?"
        hear(live, poller, said, number, author=an_author(f"person{number}"))
    whole = [card.mention_id for card in live.inbox.waiting()[0] if "refund" in card.tags]
    first, token = live.inbox.waiting(tag="refund", assigned="ANA", limit=4)
    second, _ = live.inbox.waiting(tag="refund", assigned="ANA", limit=4, after=token)
    assert [card.mention_id for card in first + second] == whole
    assert len(whole) == 6
