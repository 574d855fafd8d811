"""Which template fits this person and this message, and the reply it makes for a person to judge."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from listener.log import printable
from listener.mention import Mention
from listener.triage import (
    ADVERTISEMENT,
    LOSS,
    NEWS,
    OTHERS,
    PERSONAL,
    SARCASM,
    TO_OTHERS,
    UNREAD,
    UNSURE,
    Triage,
)
from responders.compose.detail import Detail, details_of, question_of
from responders.compose.history import SERIOUS, History, history_of
from responders.compose.known import Brand, person_values
from responders.compose.reading import after_the_but, already_said, dangers_of, evidence_of, traits_of
from responders.compose.templates import Replies, Reply, TemplateError
from responders.limits import Limit
from responders.people import Card

__all__ = ["Brand", "Composed", "compose"]

log = logging.getLogger(__name__)

A_FEW_WORDS = 8  # a message longer than this deserves more than a short reply, where there is more to say
SHORT = 120


@dataclass(frozen=True, slots=True)
class Composed:
    """A drafted reply, the template it came from, and the words of theirs (or of ours, before) that it takes up."""

    text: str
    template: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Matter:
    """All that choosing and rendering look at."""

    mention: Mention
    triage: Triage
    card: Card
    brand: Brand
    limit: Limit
    lane: str
    details: tuple[Detail, ...]
    question: str
    history: History
    has: frozenset[str]
    said: frozenset[str]
    dangers: frozenset[str]


def compose(
    mention: Mention,
    triage: Triage,
    card: Card,
    brand: Brand,
    limit: Limit,
    replies: Replies,
    *,
    now: datetime,
    used: Sequence[str] = (),
) -> Composed | None:
    """The reply to put before a person; None where nothing honest fits, so that they start with an empty box.

    `used` names the templates that this person or this thread had lately, the latest first: they come last. Which of
    those that fit equally well is taken hangs on the post, so that twenty people do not get one wording. Raises
    CannotRender where no template can be rendered, whichever.
    """
    if _left_to_a_person(mention, triage, brand):
        return None
    matter = _matter(mention, triage, card, brand, limit, now)
    fitting = [reply for reply in replies if _fits(reply, matter)]
    for reply in sorted(fitting, key=lambda reply: _order(reply, matter, used)):
        try:
            for composed in _written(reply, matter):
                return composed
        except TemplateError as why:
            # It spoils only itself: the next one is taken.
            _pass_over(str(why))
    return None


@lru_cache
def _pass_over(why: str) -> None:
    """Log it, once: the same template meets many mentions."""
    log.warning("a template was passed over: %s", printable(why))


def _left_to_a_person(mention: Mention, triage: Triage, brand: Brand) -> bool:
    """Whether no template may speak: to an advertisement or news, to a loss or abuse, in a talk not ours to join.

    Nor where triage could not read it, or is not sure that they are glad: a cheerful word would be worst there.
    """
    if any(map(triage.says, (ADVERTISEMENT, NEWS, LOSS, PERSONAL, UNREAD))) or triage.intent == "abuse":
        return True
    if triage.lane in ("praise", "chat") and triage.says(UNSURE):
        return True
    if triage.lane == "chat" and triage.says(TO_OTHERS) and not mention.to_us:
        return True
    named = brand.name.casefold() in mention.text.casefold()
    among_others = mention.in_reply_to is not None or triage.says(OTHERS)
    return triage.lane == "chat" and among_others and not mention.to_us and not named


def _matter(mention: Mention, triage: Triage, card: Card, brand: Brand, limit: Limit, now: datetime) -> _Matter:
    asked = question_of(mention.text)
    history = history_of(mention, card, brand.name, now)
    details = details_of(after_the_but(mention.text), (brand.name,)) or details_of(
        mention.text, (brand.name,), evidence=evidence_of(mention.text, triage)
    )
    traits = traits_of(mention.text, triage, history)
    own = {"detail": bool(details), "substance": any(one.substance for one in details[:1]), "question": bool(asked)}
    return _Matter(
        mention=mention,
        triage=triage,
        card=card,
        brand=brand,
        limit=limit,
        lane=_lane(triage, history, glad="glad" in traits),
        details=details,
        question=asked.text if asked else "",
        history=history,
        has=traits | {name for name, holds in own.items() if holds},
        said=already_said(mention.text),
        dangers=dangers_of(mention.text) if triage.priority == "urgent" else frozenset(),
    )


def _lane(triage: Triage, history: History, *, glad: bool) -> str:
    """Triage's lane, but never cheer for sarcasm, and never chat where they come back with the same trouble."""
    if triage.lane == "praise" and triage.says(SARCASM):
        return "complaint"
    back_with_it = history.same_again and history.lane in SERIOUS
    return "help" if triage.lane == "chat" and back_with_it and not glad else triage.lane


def _fits(reply: Reply, matter: _Matter) -> bool:
    when, urgent = reply.when, matter.triage.priority == "urgent"
    return (
        (reply.lane == matter.lane or (urgent and reply.lane == "help"))
        and when.urgent == urgent
        and (not when.danger or bool(when.danger & matter.dangers))
        and (not when.moods or matter.triage.sentiment in when.moods)
        and when.who in ("any", "first" if matter.card.first_time else "returning")
        and (not when.after or matter.history.lane in when.after)
        and (not when.kinds or any(detail.kind in when.kinds for detail in matter.details[:1]))
        and when.needs <= matter.has
        and when.asks.isdisjoint(matter.said)
    )


# What a template knows of them, by how much it should weigh; only the order matters.
_CLOSENESS = {"promise": 12, "unanswered": 8, "again": 4, "leaving": 3, "irony": 2, "waiting": 1, "question": 1}


def _order(reply: Reply, matter: _Matter, used: Sequence[str]) -> tuple[int, int, bool, bytes]:
    """First what was not used lately, then what says most about them, then what is not curt, then by the post."""
    when = reply.when
    lately = len(used) - used.index(reply.name) if reply.name in used else 0
    closeness = sum(worth for need, worth in _CLOSENESS.items() if need in when.needs)
    closeness += 16 * bool(when.danger) + 2 * bool(when.after)
    curt = when.most is not None and when.most <= SHORT and len(matter.mention.text.split()) > A_FEW_WORDS
    chance = f"{matter.mention.platform}/{matter.mention.post_id}/{reply.name}/{matter.mention.text}"
    return lately, -closeness, curt, hashlib.sha256(chance.encode("utf-8", "surrogatepass")).digest()


def _written(reply: Reply, matter: _Matter) -> Iterator[Composed]:
    """The reply with the best detail that leaves it short enough; with none where the template can do without."""
    shorter = sorted(matter.details[1:], key=lambda detail: len(detail.text), reverse=True)
    tries: list[Detail | None] = [*matter.details[:1], *shorter]
    if not matter.details:
        tries = [None]
    most = min(matter.limit.most, reply.when.most or matter.limit.most)
    for detail in tries:
        text = _rendered(reply, matter, detail)
        if text and matter.limit.length(text) <= most:
            yield Composed(text, reply.name, _evidence(text, matter, detail))


def _rendered(reply: Reply, matter: _Matter, detail: Detail | None) -> str:
    text = reply.render(
        {
            "person": person_values(matter.card, matter.brand, matter.history),
            "mention": {
                "detail": detail.text if detail else "",
                "kind": detail.kind if detail else "",
                "question": matter.question,
                "platform": matter.mention.platform,
                "lane": matter.lane,
                "mood": matter.triage.sentiment,
            },
            "brand": {"name": matter.brand.name, "help_url": matter.brand.help_url},
        }
    )
    return f"{text}\n{matter.brand.signature}" if text and matter.brand.signature else text


def _evidence(text: str, matter: _Matter, detail: Detail | None) -> tuple[str, ...]:
    drawn = (detail.text if detail else "", matter.question, matter.history.said, matter.history.we_said)
    return tuple(dict.fromkeys(words for words in drawn if words and words in text))
