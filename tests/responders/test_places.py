"""One post in several places is one card: one draft for all, and an answer in one place is known in the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from listener.archive.forget import Forgetting
from listener.archive.read import Heard
from listener.mention import Author
from listener.poll import Poller
from listener.sentiment import Vader
from listener.sift import Sifter
from listener.watch import Watch
from responders import decide
from responders.draft import Receipt, State
from responders.drafting import draft_new, follow_triage, write_draft
from responders.office import Office
from responders.overtaken import draw_back
from responders.queue import NotPossible, Seen
from tests.builders import Clock, a_mention, an_office, some_settings

LONG = (
    "Harbourlight has quietly stopped selling spare shades for the Wren, so a lamp that lasts forty years now goes "
    "to the tip for want of a part that costs three pounds"
)


@pytest.fixture
def live(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    with an_office(tmp_path, clock, some_settings(bots=["feeder"], publishers={"x": {}, "plaza": {}})) as opened:
        yield opened


@pytest.fixture
def hear(live: Office, vader: Vader) -> Callable[..., int]:
    """Hear one mention, draft what there is to draft, and return its number."""
    numbers = iter(range(1, 100))

    def heard(handle: str, text: str = LONG, platform: str = "plaza", *, bot: bool = False, **changes: object) -> int:
        author = Author(platform, f"id-{handle}", handle, handle.title(), bot=bot)
        mention = a_mention(next(numbers), platform=platform, author=author, text=text, **changes)
        sifter = Sifter([Watch("us", "brand", ("Harbourlight",), ("harbourlight",))], vader)
        (number,) = Poller(live.db, sifter, live.now).take_in("test", [mention])
        while draft_new(live):
            pass
        return number

    return heard


def aside(office: Office, number: int) -> str:
    row = office.db.execute("SELECT why FROM set_aside WHERE mention_id = ?", [number]).fetchone()
    return str(row[0]) if row else ""


def answer(office: Office, number: int, clock: Clock) -> None:
    draft = office.queue.draft_of(number)
    assert draft is not None
    seen = Seen(draft.revision, draft.text_sha256)
    decide.approve(office, draft.draft_id, seen, "We stopped too early. Write to us and we cut you a shade.", "Ana")
    row = office.queue.get(draft.draft_id)
    office.queue.carry_out(row, State.SENDING, "claim", "warmline", "", clock())
    office.queue.receive(row.draft_id, Receipt("r1", "https://plaza.example/r1"), "plaza", "warmline", clock())


def test_one_draft_for_all_places(live: Office, hear: Callable[..., int]) -> None:
    first, passed_on, other = hear("mira"), hear("jonas", f"RT @mira: {LONG}"), hear("ilse")
    assert live.queue.draft_of(first) is not None
    assert (aside(live, passed_on), aside(live, other)) == ("echo", "echo")
    assert [one.place.mention_id for one in live.places.of(first)] == [other, passed_on]
    assert live.places.of(other)[0].state == "held"
    assert live.places.counts([first, other]) == {first: {"plaza": 2}, other: {"plaza": 2}}


def test_a_repost_alone_is_drafted_for_by_nobody(live: Office, hear: Callable[..., int]) -> None:
    number = hear("jonas", "RT @mira: Harbourlight, my lamp is broken, please help me")
    assert (live.queue.draft_of(number), aside(live, number)) == (None, "echo")


def test_what_the_quoter_adds_is_judged_and_answered(live: Office, hear: Callable[..., int]) -> None:
    number = hear("jonas", "@harbourlight mine is broken too, please help me RT @mira: I love my Harbourlight lamp")
    assert live.queue.draft_of(number) is not None
    heard: Heard = live.archive.get(number)
    assert heard.triage is not None
    assert heard.triage.lane == "help"


def test_nothing_is_drawn_from_words_that_are_only_quoted_and_nobody_asks_us_to_stop_by_quoting(
    live: Office, hear: Callable[..., int]
) -> None:
    quoted = "RT @omar: the brass hinge of my Harbourlight snapped, stop messaging me @harbourlight"
    number = hear("jonas", f"@harbourlight the dimmer of mine buzzes, can you help? {quoted}")
    draft = live.queue.draft_of(number)
    assert draft is not None
    assert "hinge" not in draft.text
    assert not any("hinge" in piece for piece in draft.evidence)
    passed_on = live.archive.get(hear("otto", quoted))
    assert live.contact.listed(passed_on.mention.author) is None


def test_where_the_first_may_not_be_answered_the_next_one_is(live: Office, hear: Callable[..., int]) -> None:
    closed = hear("mira", bot=True, extra={})
    open_one = hear("ilse")
    assert live.queue.draft_of(closed) is None
    assert live.queue.draft_of(open_one) is not None


def test_an_answer_in_one_place_is_known_in_the_others(live: Office, hear: Callable[..., int], clock: Clock) -> None:
    first, other = hear("mira"), hear("ilse")
    assert live.inbox.outcome_of(other) is None
    clock.forward(minutes=5)
    answer(live, first, clock)
    outcome = live.inbox.outcome_of(other)
    assert outcome is not None
    assert (outcome.outcome, outcome.reason) == ("answered", "answered at https://plaza.example/r1")
    late = hear("omar")  # said before our answer, heard after it
    assert aside(live, late) == "echo"


def test_what_is_said_again_after_our_answer_waits_for_another(
    live: Office, hear: Callable[..., int], clock: Clock
) -> None:
    answer(live, hear("mira", "Harbourlight, still no news of my lamp"), clock)
    again = hear("mira", "Harbourlight, still no news of my lamp", posted_at=clock.forward(days=2))
    assert live.queue.draft_of(again) is not None


def test_a_person_may_answer_in_each_place(live: Office, hear: Callable[..., int]) -> None:
    hear("mira")
    other = hear("ilse")
    write_draft(live, other, "Ana")
    assert live.queue.draft_of(other) is not None
    assert aside(live, other) == ""


@pytest.mark.parametrize("how", ["deleted", "left alone", "edited"])
def test_when_the_first_is_no_more_the_next_one_waits(
    live: Office, hear: Callable[..., int], clock: Clock, vader: Vader, how: str
) -> None:
    first, other = hear("mira"), hear("ilse")
    clock.forward(minutes=1)
    if how == "deleted":
        Forgetting(live.db).forget_posts("plaza", ["p1"], clock())
    elif how == "edited":
        sifter = Sifter([Watch("us", "brand", ("Harbourlight",), ("harbourlight",))], vader)
        edited = a_mention(1, text="Harbourlight, never mind", author=live.archive.get(first).mention.author)
        Forgetting(live.db).revise(first, sifter.keep(edited), clock())
    else:
        decide.do_not_contact(live, first, "they asked us to stop", "Ana")
    draw_back(live)
    assert live.queue.draft_of(other) is not None


def test_bots_are_set_aside_unless_they_pass_on_a_persons_words(live: Office, hear: Callable[..., int]) -> None:
    assert aside(live, hear("feeder", "Harbourlight shop status: open until six")) == "spam"
    assert aside(live, hear("tally", "Harbourlight was named 14 times today", bot=True)) == "spam"
    quoted = '"@omar: my Harbourlight lamp caught fire last night, nobody answers me" (from another network)'
    assert aside(live, hear("bridge", quoted, bot=True)) == "older"


def test_an_advertisement_goes_into_the_lane_that_is_no_queue(live: Office, hear: Callable[..., int]) -> None:
    number = hear("deals", "Harbourlight lamps 50% OFF, use code LAMP50, buy now, link in bio", to_us=False)
    assert aside(live, number) == "spam"
    assert live.inbox.waiting()[0] == []


def test_what_turns_out_to_be_spam_is_taken_from_the_queue_unless_somebody_worked_on_it(
    live: Office, hear: Callable[..., int]
) -> None:
    untouched, edited = hear("mira"), hear("otto", "Harbourlight, is the shop open on Sunday?")
    draft = live.queue.draft_of(edited)
    assert draft is not None
    decide.edit(live, draft.draft_id, Seen(draft.revision, draft.text_sha256), "From ten to four.", "Ana")
    live.db.execute("UPDATE triage SET lane = 'spam'")
    follow_triage(live)
    assert (live.queue.draft_of(untouched), aside(live, untouched)) == (None, "spam")
    assert live.queue.draft_of(edited) is not None


def test_a_person_among_the_spam_is_brought_into_the_queue_and_it_is_kept_who_did(
    live: Office, hear: Callable[..., int]
) -> None:
    number = hear("deals", "Harbourlight lamps 50% OFF, use code LAMP50, buy now, link in bio", to_us=False)
    decide.not_spam(live, number, "Ana")
    heard = live.archive.get(number)
    assert heard.triage is not None
    assert heard.triage.lane == "chat"
    assert live.queue.draft_of(number) is not None
    assert [one.verb for one in live.inbox.decisions_of(number)] == ["not spam", "hold"]
    with pytest.raises(NotPossible):
        decide.not_spam(live, number, "Ana")


def test_spam_in_the_queue_is_set_aside_with_its_draft_and_all_who_say_the_same(
    live: Office, hear: Callable[..., int]
) -> None:
    first, other = hear("mira"), hear("ilse")
    decide.spam(live, first, "Ana")
    assert live.queue.draft_of(first) is None
    assert (aside(live, first), aside(live, other)) == ("spam", "spam")
    assert "spam" in [one.verb for one in live.inbox.decisions_of(first)]
    draw_back(live)
    assert live.queue.draft_of(other) is None


def test_what_is_urgent_is_no_copy_of_what_is_not(live: Office, hear: Callable[..., int]) -> None:
    hear("mira", LONG)
    urgent = hear("sol", f"{LONG} It caught fire and burned my hand!")
    assert live.archive.get(urgent).same_as is not None
    assert live.queue.draft_of(urgent) is not None
