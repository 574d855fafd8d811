"""A thumb decides about its mention at once, and about others like it in a moment; what a person decided stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from listener.about_us import AboutUs, Judged
from listener.archive.forget import Forgetting
from listener.archive.taught import Taught
from listener.jobs import sifter_from, watches
from listener.mention import Mention
from listener.poll import Poller
from listener.relevance import RELEVANT_FROM
from responders.about import judge_anew, learned, opinions, thumb
from responders.decide import no_reply, reopen
from responders.draft import Draft, State
from responders.drafting import draft_new
from responders.office import Office
from responders.permission.rules import OF_ANOTHER_NAME, PLAZA
from responders.queue import NotPossible, Seen
from responders.settings import Settings
from tests.builders import Clock, a_mention, an_author, an_office, some_settings

CONTEXT = "Juniper makes routers and switches for networks."
ABOUT_LAMPS = [
    "my juniper lamp flickers, is the dimmer broken?",
    "the new juniper bulb is too bright for the bedroom",
    "juniper refused to replace the cracked lamp shade",
    "does juniper sell a switch for the wall light",
    "ordered two juniper lamps and the parcel is late",
    "the led in my juniper desk lamp died",
]
ABOUT_BUSHES = [
    "cut the juniper hedge before the birds nest",
    "juniper berries belong into sauerkraut",
    "gin without juniper is only vodka",
    "our juniper bush turned brown after the frost",
    "planted a juniper beside the garden path",
    "smoked trout over juniper wood at the lake",
]


@pytest.fixture
def office(tmp_path: Path, clock: Clock, request: pytest.FixtureRequest) -> Iterator[Office]:
    """An office that listens for Juniper, which is also a bush."""
    context = getattr(request, "param", "")
    watch = {"name": "Juniper", "terms": ["juniper"], "handles": ["juniper"], "context": context}
    known = some_settings().model_dump() | {"watches": [watch]}
    with an_office(tmp_path, clock, Settings.model_validate(known)) as opened:
        yield opened


@pytest.fixture
def say(office: Office, clock: Clock) -> Callable[..., int]:
    """Hear a mention, as a poll would, and draft for it."""
    poller = Poller(office.db, sifter_from(office.settings), clock)
    numbers = iter(range(1, 100))

    def heard(text: str, **changes: object) -> int:
        number = next(numbers)
        mention = a_mention(number, text=text, author=an_author(f"person{number}"), **({"to_us": False} | changes))
        (mention_id,) = poller.take_in("search", [mention])
        draft_new(office)
        return mention_id

    return heard


def waits(office: Office, mention_id: int) -> bool:
    draft = office.queue.draft_of(mention_id)
    return draft is not None and draft.state is State.HELD


def look_again(office: Office) -> None:
    judge_anew(office, AboutUs(watches(office.settings.watches)))


def teach(office: Office, say: Callable[..., int]) -> None:
    for texts, relevant in ((ABOUT_LAMPS, True), (ABOUT_BUSHES, False)):
        for text in texts[1:]:
            thumb(office, say(text), "Juniper", relevant, "Ana")


def test_a_thumb_down_sets_a_waiting_mention_aside_and_once_more_brings_it_back(
    office: Office, say: Callable[..., int]
) -> None:
    number = say(ABOUT_BUSHES[0])
    assert waits(office, number)
    assert thumb(office, number, "Juniper", False, "Ana") == "not_about"
    assert not waits(office, number)
    assert office.inbox.aside_of(number) == "not_about_us"
    kept = office.archive.get(number)
    assert (kept.about_us, kept.relevance["Juniper"].score) == (False, 0.0)
    assert kept.triage is not None
    assert kept.triage.reasons[-1] == "not about Juniper: Ana says so"
    assert thumb(office, number, "Juniper", False, "Ana") == "taken back"
    assert waits(office, number)
    kept = office.archive.get(number)
    assert (kept.about_us, dict(kept.relevance)) == (True, {})
    assert kept.triage is not None
    assert not any("about Juniper" in reason for reason in kept.triage.reasons)


def test_why_it_may_not_be_answered_is_said_and_ends_with_a_thumb_up(office: Office, say: Callable[..., int]) -> None:
    teach(office, say)
    number = say(ABOUT_BUSHES[0])
    assert office.inbox.permission_of(number) == OF_ANOTHER_NAME
    thumb(office, number, "Juniper", True, "Ana")
    assert office.inbox.permission_of(number) == PLAZA


def test_a_thumb_up_brings_back_what_was_set_aside(office: Office, say: Callable[..., int]) -> None:
    teach(office, say)
    number = say(ABOUT_BUSHES[0])
    assert office.inbox.aside_of(number) == "not_about_us"
    thumb(office, number, "Juniper", True, "Ana")
    assert waits(office, number)
    assert office.inbox.aside_of(number) is None


def test_who_gave_which_thumb_is_in_the_audit(office: Office, say: Callable[..., int]) -> None:
    number = say(ABOUT_LAMPS[0])
    thumb(office, number, "Juniper", True, "Ana")
    thumb(office, number, "Juniper", True, "Ben")
    said = [(one.verb, one.person, one.reason) for one in office.inbox.decisions_of(number) if one.verb != "hold"]
    assert said == [("about", "Ana", "Juniper"), ("about", "Ben", "Juniper, taken back")]


def test_what_was_taught_decides_about_those_who_wait_and_those_who_come(
    office: Office, say: Callable[..., int]
) -> None:
    lamp, bush = say(ABOUT_LAMPS[0]), say("the juniper in our garden has brown needles")
    teach(office, say)
    assert waits(office, bush)
    look_again(office)
    assert waits(office, lamp)
    assert not waits(office, bush)
    later = say("juniper hedge around the garden needs cutting")
    assert not waits(office, later)
    reasons = office.archive.get(later).triage.reasons  # type: ignore[union-attr]
    assert any(reason.startswith("probably not about Juniper: “") for reason in reasons)
    assert waits(office, say("my juniper lamp hums at night"))


def test_looking_again_is_done_once_for_each_lesson(office: Office, say: Callable[..., int]) -> None:
    teach(office, say)
    look_again(office)
    before = office.db.conn.total_changes
    look_again(office)
    assert office.db.conn.total_changes == before


def test_what_the_settings_say_anew_counts_for_those_who_wait(
    office: Office, say: Callable[..., int], tmp_path: Path, clock: Clock
) -> None:
    bush, router = say("the old juniper by the river, a robin sang in it at dawn"), say("my juniper router is offline")
    look_again(office)
    assert waits(office, bush)
    (watch,) = office.settings.watches
    said = office.settings.model_copy(update={"watches": (watch.model_copy(update={"context": CONTEXT}),)})
    with an_office(tmp_path, clock, said) as anew:
        look_again(anew)
    assert not waits(office, bush)
    assert waits(office, router)
    with an_office(tmp_path, clock, office.settings) as back:
        look_again(back)
    assert waits(office, bush)


def test_nothing_is_written_beside_words_that_were_deleted_meanwhile(
    office: Office, say: Callable[..., int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = say("the juniper in our garden has brown needles")
    teach(office, say)
    kept = [office.archive.get(number)]
    Forgetting(office.db).forget_posts("plaza", ["p1"], clock())
    monkeypatch.setattr(type(office.archive), "named_lately", lambda *_: kept)
    look_again(office)
    forgotten = office.archive.get(number)
    assert dict(forgotten.relevance) == {}
    assert forgotten.triage is not None
    assert forgotten.triage.reasons == ()


def edited(office: Office, draft: Draft) -> None:
    office.queue.edit(draft.draft_id, Seen(draft.revision, draft.text_sha256), "My own words.", "Ana", office.now())


def approved(office: Office, draft: Draft) -> None:
    seen = Seen(draft.revision, draft.text_sha256)
    office.queue.approve(
        draft.draft_id, seen, draft.text, "Ana", office.now(), to=State.APPROVED, key=None, send_after=office.now()
    )


@pytest.mark.parametrize("work", [edited, approved])
def test_what_a_person_worked_on_is_left_alone(
    office: Office, say: Callable[..., int], work: Callable[[Office, Draft], None]
) -> None:
    number = say("the juniper in our garden has brown needles")
    draft = office.queue.draft_of(number)
    assert draft is not None
    work(office, draft)
    stood = office.queue.draft_of(number)
    teach(office, say)
    look_again(office)
    assert office.queue.draft_of(number) == stood
    assert not office.archive.get(number).about_us


@pytest.mark.parametrize("office", [CONTEXT], indirect=True)
def test_a_context_alone_sets_aside_what_is_said_of_something_else(office: Office, say: Callable[..., int]) -> None:
    bush, lamp = say("the old juniper by the river, a robin sang in it at dawn"), say("my juniper router is offline")
    assert office.inbox.aside_of(bush) == "not_about_us"
    assert waits(office, lamp)


@pytest.mark.parametrize("office", [CONTEXT], indirect=True)
@pytest.mark.parametrize("changes", [{"to_us": True}, {"text": "@juniper a robin sang by the river at dawn"}])
def test_what_is_said_to_us_waits_whatever_its_words(
    office: Office, say: Callable[..., int], changes: dict[str, object]
) -> None:
    text = str(changes.pop("text", "the old juniper by the river, a robin sang in it at dawn"))
    assert waits(office, say(text, **changes))


@pytest.mark.parametrize("office", [CONTEXT], indirect=True)
def test_what_cannot_wait_is_never_set_aside(office: Office, say: Callable[..., int]) -> None:
    number = say("the old juniper by the river, a robin sang in it at dawn, then it caught fire and i am in hospital")
    kept = office.archive.get(number)
    assert kept.triage is not None
    assert kept.triage.priority == "urgent"
    assert kept.relevance["Juniper"].score < RELEVANT_FROM
    assert kept.about_us
    assert office.inbox.aside_of(number) != "not_about_us"


def test_what_was_deleted_is_unlearned(office: Office, say: Callable[..., int], clock: Clock) -> None:
    before = learned(office)
    thumb(office, say(ABOUT_BUSHES[0]), "Juniper", False, "Ana")
    lessons = Taught(office.db).lessons()
    assert learned(office) != before
    Forgetting(office.db).forget_posts("plaza", ["p1"], clock())
    assert (learned(office)[0].down, learned(office)[0].against) == (0, ())
    assert Taught(office.db).lessons() != lessons  # so that whoever sifts looks again


def test_no_thumb_on_what_is_gone_or_was_heard_for_something_else(
    office: Office, say: Callable[..., int], clock: Clock
) -> None:
    number = say(ABOUT_BUSHES[0])
    with pytest.raises(NotPossible, match="heard for Juniper"):
        thumb(office, number, "Rival", False, "Ana")
    Forgetting(office.db).forget_posts("plaza", ["p1"], clock())
    with pytest.raises(NotPossible, match="deleted"):
        thumb(office, number, "Juniper", False, "Ana")


def test_what_a_watch_has_learned_can_be_read(office: Office, say: Callable[..., int]) -> None:
    teach(office, say)
    say("juniper hedge around the garden needs cutting")
    (one,) = learned(office)
    assert (one.up, one.down) == (5, 5)
    assert {"lamp", "lamps", "bulb"} & set(one.for_it)
    assert {"berries", "garden", "bush"} & set(one.against)
    assert one.below(0) == 0 < one.below() <= one.below(1.01) == one.judged


def test_what_is_thought_of_a_mention(office: Office, say: Callable[..., int]) -> None:
    number = say(ABOUT_LAMPS[0])
    (before,) = opinions(office, office.archive.get(number))
    assert (before.relevance, before.said, before.doubted) == (None, None, False)
    thumb(office, number, "Juniper", False, "Ana")
    (after,) = opinions(office, office.archive.get(number))
    assert (after.said, after.doubted) == (False, True)


def test_what_a_person_asked_for_no_judging_takes_away(office: Office, say: Callable[..., int]) -> None:
    bush = say("the juniper in our garden has brown needles")
    no_reply(office, bush, "a plant", "Ana")
    reopen(office, bush, "Ben")
    teach(office, say)
    look_again(office)
    assert not office.archive.get(bush).about_us
    assert waits(office, bush)
    thumb(office, bush, "Juniper", False, "Ana")  # a person's word does
    assert not waits(office, bush)


def test_one_that_cannot_be_judged_holds_up_nobody(
    office: Office, say: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    bushes = [say("the juniper in our garden has brown needles"), say("juniper hedges along the garden wall")]
    teach(office, say)
    about_us = AboutUs(watches(office.settings.watches))
    judged = about_us.judged

    def broken(mention: Mention, *others: Any) -> Judged:
        if "brown" in mention.text:
            raise RuntimeError("odd")
        return judged(mention, *others)

    monkeypatch.setattr(about_us, "judged", broken)
    judge_anew(office, about_us)
    assert [waits(office, bush) for bush in bushes] == [True, False]
