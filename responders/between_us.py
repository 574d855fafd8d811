"""What lies between a person and us that presses: they came back, we gave our word, we never answered."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import regex

from listener.mention import Mention
from listener.settings import PriorityPart
from responders.compose.history import NOT_AS_HISTORY_BEFORE, history_of, promise_of
from responders.people import Act, Card

NEEDS_US = ("help", "complaint", "question")
# After that a promise is no matter of the queue any more.
PROMISES_COUNT_FOR = timedelta(days=60)
# Our word without a day in it (“we'll look into it”) is due when they may fairly ask.
FAIR_DAYS = 3


@dataclass(frozen=True, slots=True)
class Between:
    """The points that it adds, and what it is, in words."""

    points: int = 0
    reasons: tuple[str, ...] = ()


NOTHING = Between()


def between_us(
    mention: Mention, lane: str, card: Card, name: str, weights: PriorityPart, now: datetime, *, ended: Collection[int]
) -> Between:
    """What the card adds to a mention of this lane. `name` is the brand's; `ended` are mentions closed on purpose."""
    found = list(_found(mention, lane, card, name, weights, now, ended))
    return Between(sum(points for points, _ in found), tuple(words for points, words in found if points))


def _found(
    mention: Mention, lane: str, card: Card, name: str, weights: PriorityPart, now: datetime, ended: Collection[int]
) -> Iterator[tuple[int, str]]:
    answered = {act.mention_id for act in card.ours}
    since = mention.posted_at - timedelta(days=weights.returning_days)
    before = [
        act
        for act in card.theirs
        if since <= act.at < mention.posted_at - NOT_AS_HISTORY_BEFORE
        and (act.lane in (*NEEDS_US, "praise") or act.mention_id in answered)
    ]
    if not before:
        return
    yield weights.returning, f"wrote to us before, {_on(before[-1].at, now)}"
    if lane not in NEEDS_US:
        return
    if history_of(mention, card, name, now).same_again:
        yield weights.same_again, "it is the same matter again"
    if (promise := _word_given(mention, card, now)) is not None:
        yield weights.promised, f"we gave our word {_on(promise.at, now)}"
    if (left := _left_waiting(before, card, ended)) is not None:
        yield weights.unanswered, f"has had no answer since {_on(left.at, now).removeprefix('on ')}"


def _word_given(mention: Mention, card: Card, now: datetime) -> Act | None:
    """Our latest answer that gives our word for something whose day has come."""
    for act in reversed(card.ours):
        promise = promise_of(act.text, mention.text) if now - PROMISES_COUNT_FOR < act.at < now else ""
        if promise and due_day(promise, act.at.date()) <= now.date():
            return act
    return None


def _left_waiting(before: list[Act], card: Card, ended: Collection[int]) -> Act | None:
    """The last thing they needed us for, where nothing went to them since, and nobody left it so on purpose."""
    last = next((act for act in reversed(before) if act.lane in NEEDS_US), None)
    if last is None or last.mention_id in ended or any(act.at >= last.at for act in card.ours):
        return None
    return last


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WITHIN = regex.compile(r"\b(?:within|in) (?:the next )?(\w+) (hour|day|week)s?\b")
_HOURS = {"hour": 1, "day": 24, "week": 168}


def due_day(promise: str, given: date) -> date:
    """The day by which we gave our word, in English: “by Friday”, “tomorrow”, “within two weeks”."""
    said = promise.casefold()
    if (within := _WITHIN.search(said)) and (count := _number(within[1])) is not None:
        return given + timedelta(days=-(-count * _HOURS[within[2]] // 24))
    if (weekday := next((at for at, day in enumerate(_WEEKDAYS) if day in said), None)) is not None:
        return given + timedelta(days=(weekday - given.weekday() - 1) % 7 + 1)
    for words, days in (("today", 0), ("tonight", 0), ("tomorrow", 1), ("next week", 11), ("this week", 6)):
        if words in said:
            return given + timedelta(days=days)
    return given + timedelta(days=FAIR_DAYS)


def _number(word: str) -> int | None:
    if word in ("a", "an"):
        return 1
    if word.isascii() and word.isdecimal() and len(word) < 4:
        return int(word)
    return _NUMBERS.index(word) if word in _NUMBERS else None


def _on(at: datetime, now: datetime) -> str:
    return f"on {at:%-d %b}" if at.year == now.year else f"on {at:%-d %b %Y}"
