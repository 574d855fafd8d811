"""What can be recalled of what was said between us: the act that matters most now, and what we said to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import regex

from listener.mention import Mention
from responders.compose.detail import Detail, detail_of, details_of, question_of
from responders.compose.fragments import fold, sentences, unsafe
from responders.compose.wording import FEELINGS, VAGUE, content_words
from responders.people import Act, Card

NOT_AS_HISTORY_BEFORE = timedelta(hours=12)  # nearer than that it is the same conversation
TOO_LONG_AGO = timedelta(days=400)  # after that, being reminded of it would surprise more than please
ONE_CONVERSATION = timedelta(days=7)
SERIOUS = ("help", "complaint")
LONGEST_PROMISE = 110  # characters


@dataclass(frozen=True, slots=True)
class History:
    """What they told us that matters most now, in words of theirs, and what we said to it; empty where nothing does.

    `same_again`: it was about what this message is about. `lane` is that of the earlier message. `promised`: what we
    said then gave our word for something.
    """

    said: str = ""
    when: str = ""
    lane: str = ""
    same_again: bool = False
    answered: bool = False
    we_said: str = ""
    we_said_when: str = ""
    promised: bool = False


@dataclass(frozen=True, slots=True)
class _Told:
    """One thing they told us before, with what of it would be recalled, and how many words it shares with now."""

    act: Act
    detail: Detail
    shared: int
    same: bool


def history_of(mention: Mention, card: Card, name: str, now: datetime) -> History:
    """What can be recalled from the card, so that it would not surprise the person. `name` is the brand's.

    Of several the same matter counts most, then what they needed us for, then how much it shares with this message;
    the latest of equals.
    """
    recallable = (act for act in card.theirs if _recallable(act, mention, card, name, now))
    told = [found for act in recallable if (found := _told(act, mention, name))]
    best = max(told, key=_relevance, default=None)
    if best is None:
        return History()
    ours, we_said, promised = _our_word(best, told, card, mention, name)
    return History(
        said=best.detail.text,
        when=in_words(best.act.at, now),
        lane=best.act.lane,
        same_again=best.same,
        answered=ours is not None,
        we_said=we_said,
        we_said_when=on_the_day(ours.at, now) if ours else "",
        promised=promised,
    )


def _relevance(told: _Told) -> tuple[bool, bool, int, datetime]:
    return told.same, told.act.lane in SERIOUS, told.shared if told.same else 0, told.act.at


def _recallable(act: Act, mention: Mention, card: Card, name: str, now: datetime) -> bool:
    """Whether it is neither of today nor long ago, and was said to us: what they said among others isn't ours."""
    in_time = act.at < mention.posted_at - NOT_AS_HISTORY_BEFORE and act.at > now - TOO_LONG_AGO
    to_us = act.lane != "chat" or name.casefold() in act.text.casefold() or _answer_to(act, card) is not None
    return in_time and to_us


def _told(act: Act, mention: Mention, name: str) -> _Told | None:
    """What would be recalled of an act: the question they asked, or the phrase that has most to do with now."""
    now, before = telling_words(mention.text, name), telling_words(act.text, name)
    asked = question_of(act.text) if act.lane == "question" else None
    details = [detail for detail in details_of(act.text, (name,)) if detail.substance]
    # A number in common says that it is the same matter, but not what the matter is.
    worded = [detail for detail in details if detail.kind != "number"] or details
    detail = asked or max(worded, key=lambda one: len(telling_words(one.text, name) & now), default=None)
    return _Told(act, detail, len(now & before), _same_matter(mention.text, now & before)) if detail else None


_REPEATED = regex.compile(r"\b(?:again|still|another|same|yet again|once more)\b")


def _same_matter(text: str, shared: Collection[str]) -> bool:
    """Whether both tell of one thing: a number or code in common, or two telling words (one with “again”, “still”)."""
    if any(_is_code(word) and len(word) > 3 for word in shared):
        return True
    return len(shared) >= (1 if _REPEATED.search(text.casefold()) else 2)


def telling_words(text: str, name: str) -> frozenset[str]:
    """The words of a text by which one could tell its matter from another, by their stems; codes whole."""
    ordinary = VAGUE | FEELINGS | content_words(name).keys()
    return frozenset(_stem(word) for word in content_words(text).keys() - ordinary)


def _stem(word: str) -> str:
    if _is_code(word):
        return word
    for ending in ("ing", "ed"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            word = word.removesuffix(ending)
            break
    return word[:6]


def _is_code(word: str) -> bool:
    return any(mark.isdigit() for mark in word)


# What we said.


def _answer_to(act: Act, card: Card) -> Act | None:
    return next((ours for ours in reversed(card.ours) if ours.mention_id == act.mention_id), None)


def _our_word(
    best: _Told, told: Sequence[_Told], card: Card, mention: Mention, name: str
) -> tuple[Act | None, str, bool]:
    """What we said in that conversation: the last promise given in it, else a phrase of our answer to that message."""
    same_talk = [one.act for one in told if one is best or _one_conversation(one, best)]
    answers = [ours for act in same_talk if (ours := _answer_to(act, card))]
    for ours in sorted(answers, key=lambda one: one.at, reverse=True):
        if promise := promise_of(ours.text, mention.text):
            return ours, promise, True
    answer = _answer_to(best.act, card)
    detail = detail_of(answer.text, (name,)) if answer else None
    return answer, detail.text if detail else "", False


def _one_conversation(one: _Told, other: _Told) -> bool:
    return one.same and other.same and abs(one.act.at - other.act.at) <= ONE_CONVERSATION


_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|tonight|today|(?:next|this) (?:week|month)|the weekend"
_GIVES_WORD = regex.compile(
    rf"\b(?:will|we'll|i'll|it'll|you'll|they'll|promise|on (?:its|the) way|in the post|shortly|within (?:\w+ ){{1,2}}"
    rf"(?:hours?|days?|weeks?)|(?:leaves?|ships?|goes out|comes?|arrives?|is due|sent out|by|before|until) "
    rf"(?:\w+ ){{0,3}}(?:{_DAY}))\b"
)
_TAKES_IT_BACK = regex.compile(r"\b(?:if|unless|may|might|would|should|not|won't|can't|cannot|never|sorry|hope)\b")
_CLAUSES = regex.compile(r"(?:, (?:and|but|so|or)|,| and then|;|:) ")


def promise_of(text: str, their_text: str = "") -> str:
    """The clause of ours that gives our word for something, letter for letter; empty where none does.

    A code in it is said again only where they give it in public themselves (`their_text`).
    """
    folded = fold(text)
    for sentence in sentences(folded):
        if not sentence or sentence[-1][0] == "?" or any(token.lastgroup in ("link", "tag") for token in sentence):
            continue
        known = [token for token in sentence if not (token.lastgroup == "secret" and token[0] in their_text)]
        if unsafe(known):
            continue
        whole = folded[sentence[0].start() : sentence[-1].end()].rstrip(".!…; ")
        for clause in _CLAUSES.split(whole):
            said = clause.casefold().replace("’", "'")
            if len(clause) <= LONGEST_PROMISE and _GIVES_WORD.search(said) and not _TAKES_IT_BACK.search(said):
                return str(clause).strip()
    return ""


# When.

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COUNTED = ("a week", "eight days", "nine days", "ten days", "eleven days", "twelve days", "thirteen days", "two weeks")


def in_words(then: datetime, now: datetime) -> str:
    """When that was, as one would say it, in English: “on Tuesday”, “nine days ago”, “in March”."""
    days = (now.date() - then.date()).days
    if days <= 1:
        return "yesterday" if days == 1 else "earlier today"
    if days < 7:
        return f"on {_DAYS[then.weekday()]}"
    if days <= 14:
        return f"{_COUNTED[days - 7]} ago"
    if (then.year, then.month) == (now.year, now.month):
        return "earlier this month"
    month = _MONTHS[then.month - 1]
    return f"in {month}" if days < 330 else f"in {month} {then.year}"


def on_the_day(then: datetime, now: datetime) -> str:
    """The same by its date, for what we said ourselves: “on Tuesday”, “on 7 November”."""
    days = (now.date() - then.date()).days
    if days < 7:
        return in_words(then, now)
    year = f" {then.year}" if days >= 330 else ""
    return f"on {then.day} {_MONTHS[then.month - 1]}{year}"
