"""What people teach is kept, counts from then on, and goes when the words it was about go."""

from __future__ import annotations

import pytest

from listener.archive.forget import Forgetting
from listener.archive.record import Recorder
from listener.archive.taught import Taught
from listener.triaged import Triaged
from responders.office import Office
from tests.builders import Clock, a_mention
from tests.responders.desk.seeded import a_triage, hear


@pytest.fixture
def taught(office: Office) -> Taught:
    return Taught(office.db)


def sentiment(office: Office, number: int) -> str:
    triage = office.archive.get(number).triage
    assert triage is not None
    return triage.sentiment


def test_a_correction_counts_at_once_and_remembers_what_was_said(office: Office, taught: Taught, clock: Clock) -> None:
    number = hear(office, a_mention(), sentiment="negative", unsure=True)
    taught.correct(number, "sentiment", "positive", "Ana", clock())
    kept = office.archive.get(number).triage
    assert kept is not None
    assert (kept.sentiment, kept.unsure) == ("positive", False)
    taught.correct(number, "sentiment", "neutral", "Ben", clock())
    one = taught.corrections_of(number)["sentiment"]
    assert (one.said, one.meant, one.person, one.engine) == ("negative", "neutral", "Ben", "vader")


def test_a_correction_outlives_sorting_anew(office: Office, taught: Taught, clock: Clock) -> None:
    number, other = hear(office, a_mention(1)), hear(office, a_mention(2))
    taught.correct(number, "sentiment", "positive", "Ana", clock())
    taught.correct(number, "lane", "praise", "Ana", clock())
    anew = Triaged(a_mention(), ("us",), True, a_triage(sentiment="negative", lane="complaint"))
    Recorder(office.db).sort_anew([(number, anew), (other, anew)])
    kept = office.archive.get(number).triage
    assert kept is not None
    assert (kept.sentiment, kept.lane) == ("positive", "praise")
    assert sentiment(office, other) == "negative"


def test_what_its_author_edits_is_judged_afresh(office: Office, taught: Taught, clock: Clock) -> None:
    number = hear(office, a_mention())
    taught.correct(number, "sentiment", "positive", "Ana", clock())
    taught.thumb(number, "us", False, "Ana", clock())
    edited = Triaged(a_mention(text="It broke."), ("us",), True, a_triage(sentiment="negative"))
    Forgetting(office.db).revise(number, edited, clock())
    assert sentiment(office, number) == "negative"
    assert taught.thumbs_on(number) == {}


def test_what_was_never_triaged_cannot_be_corrected(taught: Taught, clock: Clock) -> None:
    with pytest.raises(KeyError):
        taught.correct(7, "sentiment", "positive", "Ana", clock())


def test_lessons_change_with_whatever_is_taught(office: Office, taught: Taught, clock: Clock) -> None:
    number = hear(office, a_mention())
    seen = [taught.lessons()]
    for teach in (
        lambda: taught.thumb(number, "us", True, "Ana", clock()),
        lambda: taught.thumb(number, "us", False, "Ana", clock()),
        lambda: taught.withdraw_thumb(number, "us"),
        lambda: taught.correct(number, "sentiment", "neutral", "Ana", clock()),
    ):
        teach()
        seen.append(taught.lessons())
    assert len(set(seen)) == len(seen)


def test_nothing_is_learned_from_what_was_deleted(office: Office, taught: Taught, clock: Clock) -> None:
    number = hear(office, a_mention())
    taught.thumb(number, "us", False, "Ana", clock())
    taught.correct(number, "sentiment", "positive", "Ana", clock())
    Forgetting(office.db).forget_posts("plaza", ["p1"], clock())
    assert list(taught.thumbs()) == []
    assert list(taught.corrections("sentiment")) == []
