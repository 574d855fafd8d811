"""The week: its calendar, its figures against a week made by hand, and which letter is due to whom."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from listener.archive.connect import connect
from listener.archive.schema import migrations as listener_migrations
from responders.digest.week import (
    Day,
    Hole,
    Letter,
    Outcome,
    Post,
    Totals,
    Waits,
    Week,
    WeekError,
    count_streams,
    due_week,
    read_deepened,
    read_figures,
    read_holes,
    read_silences,
    read_totals,
    read_voices,
    read_waits,
)
from responders.schema import migrations as responders_migrations
from tests.small_week import World, at

WEEK = Week(2026, 47)
LONG = "the bread was warm and somebody kept the last loaf of rye for my grandmother who could not come herself"


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


# The calendar


def test_a_week_runs_from_monday_to_monday_by_local_clocks() -> None:
    week = Week.parse(" 2026-w13 ", "Europe/Berlin")  # summer time begins on its Sunday
    assert week.starts.isoformat() == "2026-03-23T00:00:00+01:00"
    assert week.ends.isoformat() == "2026-03-30T00:00:00+02:00"
    assert week.ends.astimezone(UTC) - week.starts.astimezone(UTC) == timedelta(days=7, hours=-1)
    assert (week.name, week.label) == ("2026-W13", "23 to 29 March 2026")


def test_labels_name_the_month_and_year_where_they_change() -> None:
    assert Week(2026, 49).label == "30 November to 6 December 2026"
    assert Week(2026, 53).label == "28 December 2026 to 3 January 2027"


def test_weeks_follow_each_other_over_the_new_year() -> None:
    assert Week(2027, 1).previous == Week(2026, 53)
    assert Week(2025, 52).next == Week(2026, 1)
    assert Week.current(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "Europe/Berlin").name == "2026-W48"
    assert Week.current(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)).name == "2026-W47"


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("2026-47", "UTC", "like 2026-W47"),
        ("last week", "UTC", "like 2026-W47"),
        ("2026-W00", "UTC", "like 2026-W47"),
        ("0001-W01", "UTC", "like 2026-W47"),
        ("2025-W53", "UTC", "the last week of 2025 is 2025-W52"),
        ("2026-W47", "Europe/Berlinn", "name one like Europe/Berlin"),
        ("2026-W47", "Europe", "name one like Europe/Berlin"),
        ("2026-W47", "../etc/passwd", "name one like Europe/Berlin"),
    ],
)
def test_a_wrong_week_or_zone_says_what_to_type(text: str, zone: str, said: str) -> None:
    with pytest.raises(WeekError, match=said):
        Week.parse(text, zone)


# The figures


def test_the_plain_counts_of_a_week(world: World) -> None:
    world.says("ada", at(-5))
    world.says("ada", at(0, 0), mood="positive", lane="praise")
    world.says("ada", at(6, 23, 59), mood="negative", lane="complaint")
    world.says("bo", at(2), mood="unscored", compound=None, lane="chat")
    world.says("cy", at(3), mood=None, platform="hackernews")
    world.says("dee", at(7, 0))  # Monday after: next week's

    figures = read_figures(world.db, WEEK)
    assert (figures.mentions, figures.people, figures.first_time, figures.returning) == (4, 3, 2, 1)
    assert figures.by_sentiment == {"unscored": 2, "negative": 1, "positive": 1}
    assert figures.by_lane == {"chat": 1, "complaint": 1, "praise": 1, "untriaged": 1}
    assert list(figures.by_platform.items()) == [("bluesky", 3), ("hackernews", 1)]
    before = read_totals(world.db, WEEK.previous)
    assert (before.mentions, before.people, before.answered) == (1, 1, 0)


def test_those_who_say_the_same_are_one_voice_and_spam_is_none(world: World) -> None:
    first = world.says("ada", at(-5), LONG, mood="positive", compound=0.9, lane="praise")
    again = world.says("ada", at(1), LONG, mood="positive", compound=0.9, lane="praise", same_as=first)
    world.says("bo", at(2), LONG, mood="positive", compound=0.9, lane="praise", same_as=first, platform="x")
    world.says("cy", at(3), f"RT @ada: {LONG}", mood="positive", compound=0.9, lane="praise", same_as=first, repost=1)
    world.says("deals", at(4), "SALE SALE SALE", lane="spam")

    figures = read_figures(world.db, WEEK)
    assert (figures.mentions, figures.people, figures.echoes, figures.spam) == (1, 1, 2, 1)
    assert (figures.by_lane, figures.by_platform) == ({"praise": 1}, {"bluesky": 1})
    assert read_totals(world.db, WEEK) == Totals(1, 1, 0)
    (voice,) = read_voices(world.db, WEEK, "positive", 3)
    assert (voice.mention_id, voice.places) == (again, 4)


def test_a_repost_heard_before_what_it_passes_on_is_no_second_voice(world: World) -> None:
    repost = world.says("cy", at(3), f"RT @ada: {LONG}", repost=1)
    original = world.says("ada", at(2), LONG)
    world.db.execute("UPDATE mentions SET same_as = ? WHERE mention_id = ?", [original, repost])
    figures = read_figures(world.db, WEEK)
    assert (figures.mentions, figures.people, figures.echoes) == (1, 1, 1)


def test_who_waits_in_several_places_waits_once(world: World) -> None:
    first = world.says("ada", at(1), LONG, mood="negative", lane="help", priority="high")
    other = world.says("ilse", at(2), LONG, mood="negative", lane="help", priority="high", same_as=first)
    spam = world.says("deals", at(2), mood="negative", lane="help", priority="high")
    for number, why in ((other, "echo"), (spam, "spam")):
        world.db.execute("INSERT INTO set_aside (mention_id, why) VALUES (?, ?)", [number, why])
    waits = read_waits(world.db, WEEK, 8)
    assert (waits.people, waits.mentions) == (1, 1)


def test_the_week_is_cut_by_the_clocks_of_its_zone(world: World) -> None:
    world.says("ada", at(-1, 23, 30))  # Monday already in Berlin
    assert read_figures(world.db, WEEK).mentions == 0
    assert read_figures(world.db, Week(2026, 47, "Europe/Berlin")).mentions == 1


def test_our_acts_count_when_we_did_them_and_once(world: World) -> None:
    old = world.says("ada", at(-3, 12))
    world.answers(old, at(0, 12))
    world.answers(world.says("bo", at(1, 10)), at(1, 11))
    world.answers(world.says("cy", at(1, 10)), at(1, 10, 30))
    world.answers(world.says("dee", at(-6)), at(-5))
    world.ends(world.says("eli", at(2)), "answered", at(3))  # answered past us: no receipt
    world.ends(world.says("fay", at(2)), "declined", at(3), "too stiff")
    for who in ("gus", "hal"):
        world.ends(world.says(who, at(2)), "no_reply", at(3), "private talk")
    world.ends(world.says("ivy", at(2)), "no_reply", at(3), "a joke")

    figures = read_figures(world.db, WEEK)
    assert (figures.answered, figures.declined, figures.no_reply) == (4, 1, 3)
    assert figures.reasons == (("private talk", 2), ("a joke", 1))
    assert figures.time_to_answer == timedelta(hours=1)
    assert read_figures(world.db, WEEK.next).time_to_answer is None


def test_who_waits_is_told_by_the_longest_wait_and_once_a_person(world: World) -> None:
    def asks(who: str, when: datetime, lane: str = "help", priority: str = "normal") -> int:
        return world.says(who, when, lane=lane, priority=priority)

    first = asks("ada", at(-10), "question", "high")
    world.drafted(first, at(-9), state="escalated")
    asks("ada", at(2))
    asks("bo", at(3), "complaint", "urgent")
    asks("low", at(1), priority="low")
    asks("fan", at(1), lane="praise")
    asks("next week", at(7, 1))
    world.answers(asks("answered", at(1)), at(2))
    world.ends(asks("left", at(1)), "no_reply", at(2))
    world.ends(asks("declined", at(1)), "declined", at(2))
    listen = asks("not to be contacted", at(1))
    world.db.table("permissions").insert(
        {"mention_id": listen, "route": "do_not_contact", "rule": "asked us", "source": "", "dated": "2026-01-01"}
    )

    waits = read_waits(world.db, WEEK, 5)
    assert (waits.people, waits.mentions) == (2, 3)
    assert [(one.who.handle, one.since, one.draft, one.others) for one in waits.longest] == [
        ("ada", at(-10), "escalated", 1),
        ("bo", at(3), "", 0),
    ]
    assert (waits.longest[1].lane, waits.longest[1].priority) == ("complaint", "urgent")
    shortened = read_waits(world.db, WEEK, 1)
    assert (shortened.people, len(shortened.longest)) == (2, 1)


def test_an_old_mention_waits_only_where_somebody_put_it_on_the_desk(world: World) -> None:
    world.says("history", at(-60), lane="help")
    assert read_waits(world.db, WEEK, 5) == Waits()
    held = world.says("held", at(-60), lane="help")
    draft = world.drafted(held, at(-59))
    assert [one.who.handle for one in read_waits(world.db, WEEK, 5).longest] == ["held"]
    world.db.table("drafts").update(draft, {"state": "superseded"})
    assert read_waits(world.db, WEEK, 5) == Waits()


def test_the_best_say_something_and_come_one_a_person(world: World) -> None:
    def praises(who: str, text: str, compound: float) -> int:
        return world.says(who, at(1), text, mood="positive", compound=compound, lane="praise")

    praises("cheer", "LOVE LOVE LOVE #best https://a.example/love @you", 0.99)
    best = praises("ada", f"Thank you, {LONG}", 0.8)
    praises("ada", f"Again, {LONG}", 0.7)
    second = praises("bo", "The rye was lovely today, thank you", 0.9)
    praises("copy", f"thank you,   {LONG}", 0.75)
    sour = world.says("cy", at(2), f"Never again, {LONG}", mood="negative", compound=-0.7, lane="complaint")
    world.ends(sour, "no_reply", at(3), "asked to be left alone")

    assert [one.mention_id for one in read_voices(world.db, WEEK, "positive", 3)] == [best, second]
    assert [one.mention_id for one in read_voices(world.db, WEEK, "positive", 1, told=[best])] != [best]
    (hardest,) = read_voices(world.db, WEEK, "negative", 3)
    assert (hardest.who.handle, hardest.compound, hardest.outcome) == ("cy", -0.7, "no_reply")


def test_a_cry_for_help_is_no_kind_word_however_it_sounds(world: World) -> None:
    def says(who: str, mood: str, compound: float | None, lane: str, priority: str = "normal") -> int:
        text = f"{who.title()} says: {LONG}"
        return world.says(who, at(1), text, mood=mood, compound=compound, lane=lane, priority=priority)

    says("pleading", "positive", 0.95, "help", "high")
    says("polite", "positive", 0.95, "complaint")
    says("curious", "positive", 0.95, "question")
    says("pressing", "positive", 0.95, "praise", "urgent")
    says("pressing too", "positive", 0.95, "chat", "urgent")
    says("grumbling", "negative", -0.9, "chat")
    cheerful = says("cheerful", "positive", 0.99, "chat")
    dry = says("dry", "negative", -0.4, "praise")
    foreign = says("foreign", "unscored", None, "praise")
    glad = says("glad", "positive", 0.8, "praise")
    kind = read_voices(world.db, WEEK, "positive", 9)
    assert [one.mention_id for one in kind] == [glad, foreign, dry, cheerful]
    assert kind[1].compound is None

    lost = says("lost", "negative", -0.6, "help", "urgent")
    unread = says("unread", "unscored", None, "help", "urgent")
    sour = says("sour", "negative", -0.3, "complaint")
    hard = read_voices(world.db, WEEK, "negative", 9)
    assert [one.mention_id for one in hard] == [lost, unread, sour]


def test_what_is_said_of_others_is_counted_apart_and_nowhere_else(world: World) -> None:
    def of_others(who: str, when: datetime, **more: Any) -> int:
        return world.says(who, when, f"{who.title()} finds that {LONG}", about_us=0, **more)

    world.says("ada", at(1), f"Our baker: {LONG}", mood="positive", compound=0.5, lane="praise")
    of_others("ada", at(-30))  # she is new to us all the same
    of_others("bo", at(1), mood="positive", compound=0.9, lane="praise")
    of_others("cy", at(1), mood="negative", compound=-0.9, lane="complaint", priority="high", platform="hackernews")
    world.drafted(of_others("dee", at(1), lane="help"), at(1))
    world.answers(of_others("eli", at(1), thread_id="t1"), at(2), post_id="r1")
    of_others("eli", at(3), in_reply_to="r1", thread_id="t1")
    world.ends(of_others("fay", at(1)), "answered", at(2))
    world.ends(of_others("gus", at(1)), "declined", at(2))
    world.ends(of_others("hal", at(1)), "no_reply", at(2), "none of ours")

    figures = read_figures(world.db, WEEK)
    assert (figures.mentions, figures.people, figures.first_time, figures.others) == (1, 1, 1, 8)
    assert (figures.by_sentiment, figures.by_lane) == ({"positive": 1}, {"praise": 1})
    assert figures.by_platform == {"bluesky": 1}
    assert (figures.answered, figures.declined, figures.no_reply, figures.reasons) == (0, 0, 0, ())
    assert figures.time_to_answer is None
    assert read_totals(world.db, WEEK) == Totals(1, 1, 0)
    assert read_waits(world.db, WEEK, 5) == Waits()
    assert [one.who.handle for one in read_voices(world.db, WEEK, "positive", 3)] == ["ada"]
    assert read_voices(world.db, WEEK, "negative", 3) == ()
    assert read_deepened(world.db, WEEK) == ()


def test_what_only_bears_our_name_is_counted_apart_from_others(world: World) -> None:
    world.says("ada", at(1), about_us=0)
    named = world.says("bo", at(1), about_us=0)
    world.db.execute("INSERT INTO set_aside (mention_id, why) VALUES (?, 'not_about_us')", [named])
    figures = read_figures(world.db, WEEK)
    assert (figures.mentions, figures.others, figures.set_aside) == (0, 1, 1)


def test_those_deepened_who_answered_our_answer(world: World) -> None:
    asked = world.says("ada", at(-3), thread_id="t1")
    world.answers(asked, at(-2), "Try the other lid", "r1")
    first = world.says("ada", at(1), "That was it!", in_reply_to="r1", thread_id="t1")
    world.answers(first, at(2), "Glad to hear it", "r2")
    latest = world.says("ada", at(3), "So was my cat", in_reply_to="r2", thread_id="t1")
    world.says("bystander", at(3), "Hm", in_reply_to="r2", thread_id="t1")
    # In the same thread, but to somebody else; and before we had said anything.
    other = world.says("bo", at(0), thread_id="t2")
    world.answers(other, at(1), "Hello", "r3")
    world.says("bo", at(2), "@cy no, you", in_reply_to="cys", thread_id="t2")
    world.says("bo", at(0, 13), "Hello?", thread_id="t2")

    (ada,) = read_deepened(world.db, WEEK)
    assert (ada.mention_id, ada.ours, ada.theirs, ada.replies) == (latest, "Glad to hear it", "So was my cat", 2)
    # A platform that names no parent: a later post of theirs in the thread that we answered in.
    world.says("bo", at(4), "Thanks!", thread_id="t2")
    assert {one.who.handle for one in read_deepened(world.db, WEEK)} == {"ada", "bo"}


def test_what_we_post_ourselves_is_an_answer_and_no_mention(world: World) -> None:
    world.says("ada", at(1, 10), lane="help", post_id="asked")
    world.says("us", at(1, 12), "Try it warm", mood=None, ours=1, post_id="native", in_reply_to="asked")
    back = world.says("ada", at(2), "That was it", in_reply_to="native")
    # What we sent with a receipt is heard again: one answer, not two.
    other = world.says("bo", at(1, 10), lane="help", post_id="other")
    world.answers(other, at(1, 14), "Hello", post_id="sent")
    world.says("us", at(1, 14), "Hello", mood=None, ours=1, post_id="sent", in_reply_to="other")

    figures = read_figures(world.db, WEEK)
    assert (figures.mentions, figures.people, figures.answered) == (3, 2, 2)
    assert figures.time_to_answer == timedelta(hours=3)
    assert read_totals(world.db, WEEK) == Totals(3, 2, 2)
    assert read_waits(world.db, WEEK, 5) == Waits()
    (ada,) = read_deepened(world.db, WEEK)
    assert (ada.mention_id, ada.ours, ada.replies) == (back, "Try it warm", 1)


# What was not heard


def test_holes_are_what_lies_between_the_intervals_of_a_stream(world: World) -> None:
    world.heard(at(-2), at(1, 2, 10))
    world.heard(at(1, 5, 40), at(3))
    world.heard(at(3, 12, 3), at(6, 23))  # three minutes: polls do not meet to the second
    world.heard(at(2), at(9), "search:acme")  # first heard on Wednesday: no hole before
    assert read_holes(world.db, WEEK, at(8)) == (
        Hole("bluesky", "mentions", at(1, 2, 10), at(1, 5, 40), False),
        Hole("bluesky", "mentions", at(6, 23), at(7, 0), False),
    )
    assert count_streams(world.db, WEEK) == 2


def test_overlapping_intervals_hide_no_hole_and_make_none(world: World) -> None:
    world.heard(at(-1), at(4))
    world.heard(at(1), at(2))
    world.heard(at(3), at(8))
    assert read_holes(world.db, WEEK, at(8)) == ()


def test_a_stretch_that_the_platform_will_not_show_is_lost(world: World) -> None:
    world.heard(at(-1), at(1))
    world.heard(at(1), at(2), lost=1)
    world.heard(at(2), at(8))
    assert read_holes(world.db, WEEK, at(8)) == (Hole("bluesky", "mentions", at(1), at(2), True),)


def test_the_time_since_the_last_poll_is_a_hole_once_the_next_is_overdue(world: World) -> None:
    world.heard(at(-1), at(3, 12))
    world.stream("listening", at(3, 12), at(3, 14))
    assert read_holes(world.db, WEEK, at(3, 13)) == ()
    assert read_holes(world.db, WEEK, at(3, 15)) == (Hole("bluesky", "mentions", at(3, 12), at(3, 15), False),)


def test_a_week_in_which_nothing_was_heard_is_one_hole_until_the_stream_is_given_up(world: World) -> None:
    world.heard(at(-9), at(-3))
    (hole,) = read_holes(world.db, WEEK, at(8))
    assert (hole.starts, hole.ends) == (at(0, 0), at(7, 0))
    long_after = Week(2027, 2)
    assert read_holes(world.db, long_after, long_after.ends) == ()


def test_silent_streams_are_told_for_the_weeks_they_touch(world: World) -> None:
    world.stream("revoked", at(4), detail="token expired")
    (one,) = read_silences(world.db, WEEK)
    assert (one.platform, one.stream, one.state, one.detail, one.since) == (
        "bluesky", "mentions", "revoked", "token expired", at(4),
    )  # fmt: skip
    assert read_silences(world.db, WEEK.previous) == ()


# The post


def ticks(zone: str, start: datetime, years: int) -> Iterator[datetime]:
    """A tick every 17 hours, and every hour in the days around each change of the zone's clocks."""
    now, place = start, ZoneInfo(zone)
    while now < start + timedelta(days=365.25 * years):
        yield now
        before, after = now - timedelta(days=1), now + timedelta(days=1)
        changing = before.astimezone(place).utcoffset() != after.astimezone(place).utcoffset()
        now += timedelta(hours=1 if changing else 17)


@pytest.mark.parametrize(("day", "clock"), [("sunday", time(2, 30)), ("monday", time(0))])
@pytest.mark.parametrize(
    "zone",
    ["Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "America/New_York", "Pacific/Apia", "America/Havana"],
)
def test_ten_years_of_ticks_make_one_letter_a_week(zone: str, day: Day, clock: time) -> None:
    start = datetime(2010, 1, 1, tzinfo=UTC)
    sent: list[str] = []
    for now in ticks(zone, start, 10):
        if (due := due_week(now, day, clock, zone, start)) and due[0].name not in sent[-1:]:
            assert timedelta(0) <= now - due[1] <= timedelta(hours=17)
            sent.append(due[0].name)
    weeks = [Week.parse(name, zone) for name in sent]
    assert all(week.next == after for week, after in pairwise(weeks))
    assert len(weeks) in (521, 522)


def test_after_a_long_sleep_only_the_last_week_is_due() -> None:
    began = at(0, 9)
    assert due_week(at(6, 23), "monday", time(8), "UTC", began) is None
    assert due_week(at(7, 7, 59), "monday", time(8), "UTC", began) is None
    assert due_week(at(7, 8), "monday", time(8), "UTC", began) == (WEEK, at(7, 8))
    assert due_week(at(40), "monday", time(8), "UTC", began) == (Week(2026, 51), at(35, 8))


def claimed(post: Post, now: datetime) -> Letter:
    letter = post.claim(now)
    assert letter is not None
    return letter


def test_a_letter_is_claimed_once_and_settled(world: World) -> None:
    post = Post(world.db)
    for _ in range(2):
        post.plan(["anna@a.example"], WEEK, at(7, 8), "acme.example")
    assert post.claim(at(7, 7)) is None
    letter = claimed(post, at(7, 8))
    assert letter.message_id.startswith("<digest.2026-W47.")
    assert letter.message_id.endswith("@acme.example>")
    assert post.claim(at(9)) is None
    assert post.settle(letter, "sent", at(7, 8)).state == "sent"
    post.plan(["anna@a.example"], WEEK, at(7, 8), "acme.example")
    assert post.claim(at(9)) is None


def test_a_postponed_letter_waits_longer_each_time(world: World) -> None:
    post, now, waits = Post(world.db), at(7, 8), []
    post.plan(["anna@a.example"], WEEK, now, "acme.example")
    for _ in range(7):
        letter = claimed(post, now)
        outcome = post.settle(letter, "postponed", now, "not connected")
        assert outcome.next_at is not None
        assert post.claim(outcome.next_at - timedelta(seconds=1)) is None
        waits.append((outcome.next_at - now) / timedelta(minutes=1))
        now = outcome.next_at
    assert waits == [5, 15, 60, 180, 360, 360, 360]


def test_a_letter_nobody_settled_becomes_unknown_and_stays_so(world: World) -> None:
    post = Post(world.db)
    post.plan(["anna@a.example"], WEEK, at(7, 8), "acme.example")
    letter = claimed(post, at(7, 8))
    post.give_up_lost(at(7, 8, 59))
    assert post.standing("anna@a.example", "2026-W47").state == "sending"
    post.give_up_lost(at(7, 9, 1))
    assert post.standing("anna@a.example", "2026-W47").state == "unknown"
    assert post.claim(at(30)) is None
    # Its sender turns out to be alive after all, and knows.
    assert post.settle(letter, "sent", at(7, 9, 2)).state == "sent"
    post.give_up_lost(at(30))
    assert post.standing("anna@a.example", "2026-W47").state == "sent"


def test_only_a_person_sends_an_unknown_letter_again(world: World) -> None:
    post = Post(world.db)
    post.plan(["anna@a.example"], WEEK, at(7, 8), "acme.example")
    first = claimed(post, at(7, 8))
    assert not post.again("anna@a.example", WEEK, at(8))  # it is on its way
    post.settle(first, "unknown", at(7, 8), "fell silent")
    assert post.again("anna@a.example", WEEK, at(8))
    second = claimed(post, at(8))
    assert second.message_id == first.message_id
    # The first attempt is over: what it says now is not about this one.
    assert post.settle(first, "refused", at(8)).state == "sending"


def test_a_letter_not_out_in_time_is_overtaken_by_the_next(world: World) -> None:
    post = Post(world.db)
    post.plan(["anna@a.example"], WEEK, at(7, 8), "acme.example")
    post.settle(claimed(post, at(7, 8)), "postponed", at(7, 8))
    post.plan(["anna@a.example"], WEEK.next, at(14, 8), "acme.example")
    assert claimed(post, at(15)).week == "2026-W48"
    assert post.claim(at(15)) is None
    assert post.recent() == (
        Outcome("anna@a.example", "2026-W48", "sending"),
        Outcome("anna@a.example", "2026-W47", "refused", "not out in time: 2026-W48 came due"),
    )


def test_of_many_who_claim_at_once_one_gets_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "week.db"
    dbs = [connect(path, [listener_migrations, responders_migrations]) for _ in range(4)]
    for number in range(10):
        Post(dbs[0]).plan([f"p{number}@a.example"], WEEK, at(7, 8), "acme.example")
    got: list[Letter] = []
    barrier = threading.Barrier(len(dbs))

    def claims(post: Post) -> None:
        barrier.wait()
        while letter := post.claim(at(8)):
            got.append(letter)

    threads = [threading.Thread(target=claims, args=[Post(db)]) for db in dbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for db in dbs:
        db.close()
    assert sorted(letter.recipient for letter in got) == sorted(f"p{number}@a.example" for number in range(10))
    assert {letter.tries for letter in got} == {1}
