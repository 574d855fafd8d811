"""Doubt is shown as doubt, and what a person says of it holds."""

from __future__ import annotations

import pytest

from responders.desk import saying
from responders.draft import State
from responders.queue import NotPossible
from tests.builders import a_mention
from tests.responders.desk.seeded import Visitor, a_triage, approved, hear, hold, rows, someone


@pytest.mark.parametrize(
    ("triage", "words"),
    [
        ({"negative": 0.82}, "Sounds unhappy (82 %)"),
        ({"negative": 0.9999}, "Sounds unhappy (99 %)"),
        ({"negative": None}, "Sounds unhappy"),
        ({"sentiment": "positive", "negative": 0.04}, "Sounds glad (unhappy: 4 %)"),
        ({"negative": 0.54, "unsure": True}, "Not sure how it sounds: perhaps unhappy (54 %). A person can tell."),
        ({"sentiment": "unscored", "language": "de"}, "Not scored: written in German, which we can’t judge"),
        ({"sentiment": "unscored", "language": "pt-BR"}, "Not scored: written in Portuguese, which we can’t judge"),
        ({"sentiment": "unscored", "language": "qq"}, "written in another language (qq), which we can’t judge"),
        ({"sentiment": "unscored", "language": "und"}, "Not scored: no words in a language that we can judge"),
    ],
)  # fmt: skip
def test_how_it_sounds_is_said_with_its_doubt(visitor: Visitor, triage: dict[str, object], words: str) -> None:
    assert saying.sounds(a_triage(**triage)).endswith(words)
    assert words in visitor.read(f"/mentions/{someone(visitor.office, 1, **triage).mention_id}")


def test_a_correction_holds_and_the_draft_changes_lanes(visitor: Visitor) -> None:
    office = visitor.office
    draft = someone(office, 1, unsure=True)
    answer = visitor.decide(
        draft.mention_id, "correct", meant_sentiment="positive", meant_intent="chat", meant_lane="praise"
    )
    assert answer.headers["location"] == f"/mentions/{draft.mention_id}?done=corrected&of={draft.mention_id}"
    triage = office.archive.get(draft.mention_id).triage
    assert triage is not None
    assert (triage.sentiment, triage.unsure, triage.lane) == ("positive", False, "praise")
    assert set(office.taught.corrections_of(draft.mention_id)) == {"sentiment", "lane"}, (
        "what was left alone was not said"
    )
    assert [card.mention_id for card in office.inbox.waiting(lane="praise")[0]] == [draft.mention_id]
    assert office.inbox.counts()["held:praise"] == 1
    page = visitor.read(answer.headers["location"])
    assert "Sounds glad, says \u2068Ana\u2069. We had said: unhappy" in page
    assert "Where it belongs: praise, says \u2068Ana\u2069. We had said: needs help" in page
    assert "corrected how it was sorted: <bdi>glad, praise" in page


def test_undo_lets_triage_say_what_it_had_said(visitor: Visitor) -> None:
    office = visitor.office
    draft = someone(office, 1, unsure=True)
    before = office.archive.get(draft.mention_id).triage
    answer = visitor.decide(draft.mention_id, "correct", meant_sentiment="positive", meant_lane="praise")
    page = visitor.read(answer.headers["location"])
    assert visitor.send(f"/mentions/{draft.mention_id}/uncorrect", page).status_code == 303
    assert office.archive.get(draft.mention_id).triage == before
    assert office.taught.corrections_of(draft.mention_id) == {}
    assert [card.mention_id for card in office.inbox.waiting(lane="help")[0]] == [draft.mention_id]
    assert visitor.send(f"/mentions/{draft.mention_id}/uncorrect", page).status_code == 409, "nothing is left to undo"


def test_thats_right_is_kept_for_all_that_was_said(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1, negative=0.8)
    answer = visitor.decide(draft.mention_id, "confirm")
    assert "was sorted right" in visitor.read(answer.headers["location"])
    said = visitor.office.taught.corrections_of(draft.mention_id)
    assert {about: (one.said, one.meant) for about, one in said.items()} == {
        "sentiment": ("negative", "negative"), "intent": ("chat", "chat"), "lane": ("help", "help"),
    }  # fmt: skip
    assert "Sounds unhappy (80 %); \u2068Ana\u2069 agrees" in visitor.read(f"/mentions/{draft.mention_id}")


def test_what_was_not_scored_cannot_be_confirmed_only_said(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1, sentiment="unscored", compound=None, language="de")
    visitor.decide(draft.mention_id, "confirm")
    assert set(visitor.office.taught.corrections_of(draft.mention_id)) == {"intent", "lane"}
    visitor.decide(draft.mention_id, "correct", meant_sentiment="negative")
    assert visitor.office.taught.corrections_of(draft.mention_id)["sentiment"].said == "unscored"


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("correct", {}),
        ("correct", {"meant_sentiment": "unscored"}),
        ("correct", {"meant_lane": "nowhere"}),
        ("correct", {"meant_intent": "'; DROP TABLE drafts"}),
        ("correct", {"meant_sentiment": "positive", "shown": "neutral chat chat"}),
        ("confirm", {"meant_sentiment": "positive"}),
        ("confirm", {"shown": ""}),
    ],
)
def test_what_was_not_meant_changes_nothing(visitor: Visitor, verb: str, fields: dict[str, str]) -> None:
    draft = someone(visitor.office, 1)
    page = visitor.read(f"/mentions/{draft.mention_id}")
    form = visitor.form(page, f"/mentions/{draft.mention_id}/correct")
    before = rows(visitor.office)
    answer = visitor.web.post(f"/mentions/{draft.mention_id}/{verb}", data=form | fields)
    assert answer.status_code == 409
    assert rows(visitor.office) == before


def test_spam_waits_for_nobody_and_who_is_none_waits_again(visitor: Visitor) -> None:
    office = visitor.office
    draft = someone(office, 1)
    visitor.decide(draft.mention_id, "correct", meant_lane="spam")
    assert office.queue.get(draft.draft_id).state is State.SUPERSEDED
    assert office.inbox.counts()["held"] == 0
    page = visitor.read(f"/mentions/{draft.mention_id}?done=corrected&of={draft.mention_id}")
    visitor.send(f"/mentions/{draft.mention_id}/uncorrect", page)
    undone = office.queue.draft_of(draft.mention_id)
    assert undone is not None, "an undo takes them out of the spam again"
    visitor.decide(draft.mention_id, "correct", meant_lane="spam")
    visitor.decide(draft.mention_id, "correct", meant_lane="help")
    again = office.queue.draft_of(draft.mention_id)
    assert again is not None
    assert again.state is State.HELD


def test_a_reply_on_its_way_stays_there_whatever_the_mention_is_called(visitor: Visitor) -> None:
    office = visitor.office
    draft = approved(office, someone(office, 1))
    visitor.decide(draft.mention_id, "correct", meant_lane="praise")
    assert office.queue.get(draft.draft_id).state is State.APPROVED


def test_our_own_words_are_never_sorted(visitor: Visitor) -> None:
    office = visitor.office
    ours = hear(office, a_mention(1, ours=True))
    assert "Is this right?" not in visitor.read(f"/mentions/{ours}")
    from responders import correcting

    with pytest.raises(NotPossible):
        correcting.confirm(office, ours, "Ana")


def test_tags_are_few_and_doubt_stands_in_the_place_of_what_is_doubtful() -> None:
    words = ["urgent", "a complaint", "sounds unhappy", "speaks to us", "by hand"]
    assert saying.tags(words, "leaving", unsure=True) == [
        "urgent", "a complaint", "leaving us", "not sure how it sounds", "by hand",
    ]  # fmt: skip
    assert saying.tags(words[1:4], "complaint", unsure=False) == words[1:4]


def test_a_waiting_draft_is_not_sure_as_long_as_its_mention_is(visitor: Visitor) -> None:
    office = visitor.office
    hold(office, hear(office, a_mention(1), unsure=True))
    assert office.db.execute("SELECT unsure FROM drafts").fetchone() == (1,)
    visitor.decide(1, "correct", meant_sentiment="neutral")
    assert office.db.execute("SELECT unsure FROM drafts").fetchone() == (0,)


def test_what_happened_is_told_in_the_desks_words() -> None:
    assert saying.sorted_as("correct", "sentiment: positive, lane: spam") == "glad, spam or a bot"
    assert saying.sorted_as("no_reply", "lane: spam") == "lane: spam"
