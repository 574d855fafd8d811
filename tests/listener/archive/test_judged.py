"""What people said is read back whole; a draw is always the same, whatever is heard or said meanwhile."""

from __future__ import annotations

from datetime import timedelta

from listener.archive.forget import Forgetting
from listener.archive.judged import Judgements
from listener.judgement import Draw
from listener.poll import Poller
from responders.office import Office
from tests.builders import NOON, a_mention, an_author


def heard(poller: Poller, count: int, first: int = 1) -> list[int]:
    said = [
        a_mention(n, author=an_author(f"p{n}"), text=f"The Wren lamp {n} is lovely")
        for n in range(first, first + count)
    ]
    return list(poller.take_in("test", said))


def test_a_correction_keeps_what_triage_knew(office: Office, poller: Poller) -> None:
    (number, *_) = heard(poller, 2)
    office.db.execute("UPDATE triage SET negative = 0.3, unsure = 1")
    office.taught.correct(number, "sentiment", "negative", "Ana", NOON, sampled=True)
    office.db.execute("UPDATE triage SET negative = 0.9")
    (one,) = Judgements(office.db).of("sentiment")
    assert (one.said, one.meant, one.negative, one.unsure, one.sampled) == ("positive", "negative", 0.3, True, True)
    assert (one.platform, one.person, one.right) == ("plaza", "Ana", False)
    assert Judgements(office.db).of("lane") == []


def test_a_later_word_beside_the_draw_leaves_it_drawn(office: Office, poller: Poller) -> None:
    (number,) = heard(poller, 1)
    office.taught.correct(number, "sentiment", "negative", "Ana", NOON, sampled=True)
    office.taught.correct(number, "sentiment", "neutral", "Bo", NOON + timedelta(hours=1))
    (one,) = Judgements(office.db).of("sentiment")
    assert (one.sampled, one.said, one.meant) == (True, "positive", "neutral")


def test_taking_back_takes_back_what_was_said_last(office: Office, poller: Poller) -> None:
    (number,) = heard(poller, 1)
    office.taught.correct(number, "lane", "help", "Ana", NOON)
    later = NOON + timedelta(minutes=1)
    for about, what in (("sentiment", "negative"), ("intent", "complaint")):
        office.taught.correct(number, about, what, "Ana", later)  # type: ignore[arg-type]
    assert set(office.taught.take_back(number)) == {"sentiment", "intent"}
    assert set(office.taught.corrections_of(number)) == {"lane"}
    triage = office.archive.get(number).triage
    assert triage is not None
    assert (triage.sentiment, triage.lane) == ("positive", "help")
    assert office.taught.take_back(number) == ("lane",)
    assert office.taught.take_back(number) == ()


def test_a_draw_is_always_the_same(office: Office, poller: Poller) -> None:
    judgements = Judgements(office.db)
    numbers = heard(poller, 40)
    draw = Draw(7, judgements.last_scored())
    first = judgements.drawn(draw)
    assert len(set(first)) == 10
    assert set(first) <= set(numbers)
    heard(poller, 5, first=100)
    for number in first[:4]:
        office.taught.correct(number, "sentiment", "negative", "Ana", NOON, sampled=True)
    Forgetting(office.db).forget_posts("plaza", ["p1", "p2"], NOON)
    assert judgements.drawn(draw) == first
    assert judgements.drawn(Draw(8, draw.through)) != first


def test_a_draw_takes_only_what_was_scored(office: Office, poller: Poller) -> None:
    heard(poller, 3)
    office.db.execute("UPDATE triage SET sentiment = 'unscored' WHERE mention_id > 1")
    judgements = Judgements(office.db)
    assert judgements.drawn(Draw(1, judgements.last_scored())) == (1,)
    assert judgements.drawn(Draw(1, 0)) == ()


def test_lessons_hold_the_words_and_forget_with_the_mention(office: Office, poller: Poller) -> None:
    for number in heard(poller, 2):
        office.taught.correct(number, "sentiment", "negative", "Ana", NOON)
    Forgetting(office.db).forget_posts("plaza", ["p1"], NOON)
    (lesson,) = Judgements(office.db).lessons()
    assert (lesson.text, lesson.said, lesson.meant) == ("The Wren lamp 2 is lovely", "positive", "negative")
    assert lesson.heard["lovely"] > 0


def test_a_dismissal_is_kept_once_and_can_be_taken_back(office: Office) -> None:
    judgements = Judgements(office.db)
    judgements.dismiss("sick", "Ana", NOON)
    judgements.dismiss("sick", "Bo", NOON)
    assert judgements.dismissed() == {"sick"}
    judgements.propose_again("sick")
    assert judgements.dismissed() == frozenset()
