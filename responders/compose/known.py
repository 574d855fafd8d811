"""What a reply template may know: the person, this message and the brand, as plain values and nothing else.

Everything here was said to us in public, or is in settings.toml. docs/templates.md explains each name to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import regex

from listener.mention import Author, Mention
from responders.compose.detail import Detail, detail_of, question_of
from responders.compose.wording import FEELINGS, NOT_NAMES, VAGUE, content_words
from responders.people import Act, Card

# The names a template may use; replies.py refuses any other when it loads one.
NAMES: Mapping[str, tuple[str, ...]] = {
    "person": (
        "first_name", "first_time", "returning", "said_before", "said_when", "same_again", "answered_before", "we_said",
        "we_said_when",
    ),
    "mention": ("detail", "kind", "question", "platform", "lane", "mood"),
    "brand": ("name", "help_url"),
}  # fmt: skip
NOT_AS_HISTORY_BEFORE = timedelta(hours=12)  # nearer than that it is the same conversation
TOO_LONG_AGO = timedelta(days=400)  # after that, being reminded of it would surprise more than please


@dataclass(frozen=True, slots=True)
class Brand:
    """Who speaks: the name, how replies are signed, and where a person can be reached; empty where there is none."""

    name: str
    signature: str = ""
    help_url: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The last thing they told us, in words of theirs, and what we said to it; empty where there is nothing to recall.

    `same_again`: it was about what this message is about. `lane` is that of the earlier message.
    """

    said: str = ""
    when: str = ""
    lane: str = ""
    same_again: bool = False
    answered: bool = False
    we_said: str = ""
    we_said_when: str = ""


def history_of(mention: Mention, card: Card, brand: Brand, now: datetime) -> History:
    """What can be recalled from the card, so that it would not surprise the person."""
    recallable = [act for act in card.theirs if _recallable(act, mention, now)]
    for act in reversed(recallable):
        if detail := _recalled(act, brand):
            ours = next((ours for ours in reversed(card.ours) if ours.mention_id == act.mention_id), None)
            ours_detail = detail_of(ours.text, (brand.name,)) if ours else None
            return History(
                said=detail.text,
                when=in_words(act.at, now),
                lane=act.lane,
                same_again=_same_matter(mention.text, act.text, brand),
                answered=ours is not None,
                we_said=ours_detail.text if ours_detail else "",
                we_said_when=in_words(ours.at, now) if ours else "",
            )
    return History()


def _recalled(act: Act, brand: Brand) -> Detail | None:
    asked = question_of(act.text) if act.lane == "question" else None
    return asked or detail_of(act.text, (brand.name,))


def _recallable(act: Act, mention: Mention, now: datetime) -> bool:
    return act.at < mention.posted_at - NOT_AS_HISTORY_BEFORE and act.at > now - TOO_LONG_AGO


def _same_matter(text: str, before: str, brand: Brand) -> bool:
    """Whether both tell of one thing: two telling words in common, or one where they say “again” or “still”."""
    ordinary = VAGUE | FEELINGS | content_words(brand.name).keys()
    shared = {_stem(word) for word in content_words(text).keys() - ordinary}
    shared &= {_stem(word) for word in content_words(before).keys() - ordinary}
    repeated = regex.search(r"\b(?:again|still|another|same|yet again|once more)\b", text.casefold())
    return len(shared) >= (1 if repeated else 2)


def _stem(word: str) -> str:
    for ending in ("ing", "ed"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            word = word.removesuffix(ending)
            break
    return word[:6]


def person_values(card: Card, brand: Brand, history: History) -> dict[str, str | bool]:
    """What a template may know of the person, under exactly the names in `NAMES`."""
    return {
        "first_name": first_name(card.author, brand),
        "first_time": card.first_time,
        "returning": not card.first_time,
        "said_before": history.said,
        "said_when": history.when,
        "same_again": history.same_again,
        "answered_before": history.answered,
        "we_said": history.we_said,
        "we_said_when": history.we_said_when,
    }


_ONE_NAME = regex.compile(r"\p{Lu}\p{Ll}+(?:['’-]\p{Lu}\p{Ll}+|\p{Lu}\p{Ll}+)?")
_ASIDE = regex.compile(r"\(.*?\)|\[.*?\]|[|/@•·–—,:].*$|\p{Emoji_Presentation}|\uFE0F|\u200D")


def first_name(author: Author, brand: Brand) -> str:
    """The name one would call this person by, as they write it; empty where the display name may not be a person's.

    In doubt none: to be called nothing is better than to be called wrongly.
    """
    shown = _ASIDE.sub(" ", author.name).split()
    if not 1 <= len(shown) <= 4 or author.name == author.handle:
        return ""
    said = {word.casefold().strip(".'’") for word in shown}
    if said & NOT_NAMES or said & set(brand.name.casefold().split()):
        return ""
    plausible = _ONE_NAME.fullmatch(shown[0]) and len(shown[0]) <= 20
    rest = all(regex.fullmatch(r"[\p{L}\p{M}.'’-]+", word) for word in shown[1:])
    return shown[0] if plausible and rest else ""


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def in_words(then: datetime, now: datetime) -> str:
    """When that was, as one would say it, in English: “on Tuesday”, “earlier this month”, “in March”."""
    days = (now.date() - then.date()).days
    if days <= 1:
        return "yesterday" if days == 1 else "earlier today"
    if days < 7:
        return f"on {_DAYS[then.weekday()]}"
    if days < 12:
        return "about a week ago"
    if (then.year, then.month) == (now.year, now.month):
        return "earlier this month"
    month = _MONTHS[then.month - 1]
    return f"in {month}" if days < 330 else f"in {month} {then.year}"
