"""How soon somebody should look, and why: points from named reasons, each with its weight in the settings.

Urgent comes from danger alone and never from adding up small things. `prioritise` knows one mention and nothing else:
the same mention has the same answer, whatever came before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from listener.settings import PriorityPart
from listener.triage.shape import LOSS, PERSONAL, Lane, Priority

# From here on a post travels: a step of points for each factor of ten from there, but no more than two.
LARGE_REACH = 10_000
# Likes, reposts and replies: the same.
MUCH_NOTICED = 100
MOST_STEPS = 2
WORDS_OF_SUBSTANCE = 8
LEADS: dict[Priority, str] = {"urgent": "At once", "high": "Soon", "normal": "In turn", "low": "No hurry"}


@dataclass(frozen=True, slots=True)
class Pressing:
    """All that the priority is judged by.

    What was heard is quoted as it was written, “” where nothing was: `danger`, the `personal` part of it, `loss` (with
    `mourning`, where somebody merely grieves) and `long_waiting`. `noticed` counts likes, reposts and replies.
    """

    lane: Lane
    about_us: bool = True
    to_us: bool = False
    to_others: bool = False
    asks: bool = False
    danger: str = ""
    personal: str = ""
    loss: str = ""
    mourning: str = ""
    long_waiting: str = ""
    leaving: bool = False
    damage: bool = False
    buying: bool = False
    words: int = 0
    followers: int | None = None
    noticed: int = 0
    scored: bool = True
    read: bool = True

    @property
    def unheard(self) -> bool:
        """Whether somebody speaks to us in a language that is not read here: what they want nobody has heard yet."""
        return not self.read and self.to_us and self.lane != "spam"

    @property
    def in_danger(self) -> bool:
        """Whether it can't wait: danger was heard, about us, from somebody who needs us or is unhappy."""
        return bool(self.danger) and self.about_us and self.lane in ("help", "complaint")


@dataclass(frozen=True, slots=True)
class Judged:
    """How soon somebody should look; the points; the sentence that says why; the reasons that no lane has given."""

    priority: Priority
    points: int
    because: str
    reasons: tuple[str, ...] = field(default=())


class Point(NamedTuple):
    """One reason with its points. What is `said` stands first in the sentence, then what surrounds it."""

    points: int
    words: str
    said: bool = True


def prioritise(seen: Pressing, weights: PriorityPart | None = None) -> Judged:
    """How soon somebody should look, and why, by these weights."""
    weights = weights or PriorityPart()
    counted = [Point(weights.spam, "nobody waits behind it")] if seen.lane == "spam" else list(_points(seen, weights))
    points = sum(point.points for point in counted)
    priority: Priority = "urgent" if seen.in_danger else priority_at(points, weights)
    if seen.unheard and priority == "low":
        priority, counted = "normal", [Point(1, "is in a language that is not read here"), *counted]
    because = sentence(priority, _in_words(counted))
    return Judged(priority, points, because, () if seen.lane == "spam" else tuple(_reasons(seen)))


def priority_at(points: int, weights: PriorityPart) -> Priority:
    """What so many points come to: high at the most, since only danger is urgent."""
    return "high" if points >= weights.high_from else "normal" if points >= weights.normal_from else "low"


def sentence(priority: Priority, why: str) -> str:
    """“Soon: asks for help; addressed to us.”"""
    return f"{LEADS[priority]}: {why or 'nothing in it asks for us'}."


def joined(because: str, priority: Priority, more: Iterable[str]) -> str:
    """The sentence with more reasons behind it, and led by the priority that they all come to."""
    _, _, why = because.rstrip(".").partition(": ")
    return sentence(priority, "; ".join([*([why] if why else []), *more]))


def _points(seen: Pressing, weights: PriorityPart) -> Iterator[Point]:
    yield from _what_is_said(seen, weights)
    if seen.to_us:
        yield Point(weights.to_us, "addressed to us", said=False)
    elif seen.to_others:
        yield Point(weights.to_others, "talks to someone else", said=False)
    if steps := _steps(seen.followers or 0, LARGE_REACH):
        yield Point(steps * weights.reach, f"{seen.followers:,} followers", said=False)
    if steps := _steps(seen.noticed, MUCH_NOTICED):
        yield Point(steps * weights.noticed, f"{seen.noticed:,} likes, reposts and replies already", said=False)


def _what_is_said(seen: Pressing, weights: PriorityPart) -> Iterator[Point]:
    if seen.in_danger:
        yield Point(weights.danger, "speaks of danger")
    if need := _need(seen, weights):
        yield need
    if seen.lane in ("help", "complaint"):
        if seen.leaving:
            yield Point(weights.leaving, "is leaving us")
        if seen.long_waiting:
            yield Point(weights.long_waiting, "has been waiting long")
        if seen.damage:
            yield Point(weights.damage, "something was damaged or lost for good")
    if seen.buying:
        yield Point(weights.buying, "thinks of buying")


def _need(seen: Pressing, weights: PriorityPart) -> Point | None:
    """What they want of us: of several, the strongest once."""
    if seen.lane == "help":
        return Point(weights.asks, "asks for help") if seen.asks else Point(weights.failure, "needs help")
    if seen.lane == "complaint":
        return Point(weights.complaint, "is unhappy")
    if seen.loss and seen.about_us:
        return Point(weights.loss, "speaks of a loss")
    if seen.lane == "question":
        return Point(weights.question, "asks a question")
    if seen.lane == "praise":
        of_substance = seen.words >= WORDS_OF_SUBSTANCE
        weight = weights.praise_of_substance if of_substance else weights.praise
        return Point(weight, "praises us in words of their own" if of_substance else "praises us")
    return None


def _steps(count: int, first: int) -> int:
    """The steps that a count has come to, one at `first`; told by digits, so that no rounding sways them."""
    return min(len(str(count)) - len(str(first)) + 1, MOST_STEPS) if count >= first else 0


def _in_words(counted: Iterable[Point]) -> str:
    points = [point for point in counted if point.points]
    said = " and ".join(point.words for point in points if point.said)
    return "; ".join([*([said] if said else []), *(point.words for point in points if not point.said)])


def _reasons(seen: Pressing) -> Iterator[str]:
    if seen.in_danger:
        yield f"cannot wait: {seen.danger}"
        if seen.personal:
            yield f"{PERSONAL}: {seen.personal}"
    if seen.mourning:
        yield f"{LOSS}: {seen.mourning}"
    if seen.long_waiting:
        yield f"waiting long: {seen.long_waiting}"
    if seen.to_us:
        yield "addressed to us"
    elif seen.to_others:
        yield "talks to someone else"
    if seen.followers is not None and seen.followers >= LARGE_REACH:
        yield f"{seen.followers:,} followers"
    if not seen.scored:
        yield "sentiment not scored: no engine here reads its language"
