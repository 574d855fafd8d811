"""Whether somebody only sells, or fishes: what makes a text an advertisement, told apart from a customer's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from listener.triage.cues import URGENT
from listener.triage.phrases import Found, Words

# People tag their pictures with eight or nine.
HASHTAGS_MANY = 12
LINKS_MANY = 4
QUOTES_MOST = 3
# “80% OFF”, “$LUMI”, “>>>”: what sellers write.
_CRY = re.compile(r"\b\d{1,2} ?% ?(?:off|discount|bonus|cashback)\b|\$[A-Z]{3,6}\b|>>+", re.IGNORECASE)
_HASHTAG = re.compile(r"(?<!\w)#[^\W\d]")
_FIRST_PERSON = frozenset({"i", "im", "ive", "id", "ill", "my", "me", "our"})
# Whoever comes to us with one of these is no seller, and what cannot wait is never put aside as advertising.
_NEEDS = ("asks", "failure", "waiting", "harsh", "leaving", *URGENT)

Cues = Mapping[str, Sequence[Found]]


def why_an_advert(text: str, words: Words, cues: Cues, *, to_us: bool) -> str:
    """Why this looks like an advertisement, as it stands in the text; "" where it doesn't.

    To lose a customer among the advertisements is worse than to show an advertisement: in doubt it is none.
    """
    cries = _CRY.findall(text) if any(mark in text for mark in "%$>") else []
    if cues.keys().isdisjoint(("call", "offer")):
        cries = [cry for cry in cries if cry[0] != "$"]  # whoever writes of shares names them so
    if cries or "call" in cues or "offer" in cues:
        needs = {group for group in _NEEDS for cue in cues.get(group, ()) if not _sold(cue, cues)}
        if needs and (to_us or "call" not in cues or not needs.isdisjoint(URGENT)):
            return ""
        calls, offers = (words.quotes(cues.get(group, ())) for group in ("call", "offer"))
        signs = [*dict.fromkeys(cries), *calls, *offers]
        customer = "?" in words.list or _speaks_for_themselves(words, cues)
        if len(signs) + bool(calls and "://" in text and not to_us) > 1 + customer and (
            calls or not (customer or to_us)
        ):
            return listed(signs)
    return "" if to_us or needs_us(cues) or _speaks_for_themselves(words, cues) else _crowded(text)


def needs_us(cues: Cues) -> bool:
    """Whether something asks, complains or warns outside what sellers say."""
    return any(not _sold(cue, cues) for group in _NEEDS for cue in cues.get(group, ()))


def listed(quotes: Iterable[str]) -> str:
    """The first few of what they wrote, as reasons quote it."""
    return ", ".join(f"“{quote}”" for quote in islice(quotes, QUOTES_MOST))


def _sold(cue: Found, cues: Cues) -> bool:
    """Whether a phrase is part of what sellers say: “DM me” in “DM me for prices”."""
    return any(sold.first <= cue.first < sold.end for sold in _selling(cues))


def _selling(cues: Cues) -> Iterator[Found]:
    yield from cues.get("call", ())
    yield from cues.get("offer", ())


def _speaks_for_themselves(words: Words, cues: Cues) -> bool:
    """Whether somebody says “I” or “my” outside what sellers say: “use my code”, “I follow back”."""
    sold = {at for cue in _selling(cues) for at in range(cue.first, cue.end)}
    return any(word in _FIRST_PERSON and at not in sold for at, word in enumerate(words.list))


def _crowded(text: str) -> str:
    hashtags = len(_HASHTAG.findall(text)) if "#" in text else 0
    if hashtags >= HASHTAGS_MANY:
        return f"{hashtags} hashtags"
    links = text.count("://")
    return f"{links} links" if links >= LINKS_MANY else ""
