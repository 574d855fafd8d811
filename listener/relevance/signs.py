"""What in a mention may tell whether it is about a watch: the words around the name, and what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from listener.mention import Mention
from listener.query.hosts import host_of

Span = tuple[int, int]

# How far around the name we look, in characters, and at how many places: about 25 words each way.
AROUND = 160
PLACES_MOST = 3
WORDS_MOST = 80
_WORD = re.compile(r"[#@]?\w\w+")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
# Scripts without spaces between words: two letters at a time stand for a word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Signs:
    """The words around the name, each once, and the marks beside them: pairs of words, hashtags, hosts, places, people.

    Marks read as a person would say them: "#pie", "a link to acme.com", "in r/baking", "by @mira".
    """

    words: tuple[str, ...]
    marks: tuple[str, ...]


def signs_of(mention: Mention, spans: Sequence[Span]) -> Signs:
    """What a mention shows beside the name itself, which stands at `spans`."""
    words = list(_words(mention.text, spans))
    tags = dict.fromkeys(word for word in words if word[0] == "#")
    plain = [word for word in words if word[0] != "#"]
    pairs = (f"{one} {two}" for one, two in pairwise(plain))
    marks = dict.fromkeys((*pairs, *tags, *_beside(mention)))
    return Signs(tuple(dict.fromkeys((*plain, *(tag[1:] for tag in tags)))), tuple(marks))


def words_in(text: str) -> tuple[str, ...]:
    """The words of a sentence, each once."""
    return tuple(dict.fromkeys(_words(text, ())))


# What a context says it is not: “the company, not the fruit”. A comma ends it where a new clause begins.
_NOT = re.compile(
    r"\b(?:not(?!-|\s+(?:only|just))|nor|unlike|rather than|instead of|other than|nothing to do with)\b"
    r"(?:(?!\bbut\b)[^,.;:!?()]|,(?!\s*(?:we|it|they|i|our|but|which|who|that)\b))*",
    re.IGNORECASE,
)


def both_sides(context: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a context: what the watch is about, and what the sentence says it is not about."""
    unlike = " ".join(_NOT.findall(context))
    denied = tuple(word for word in words_in(unlike) if word not in _NOT_WORDS)
    return words_in(_NOT.sub(" ", context)), denied


_NOT_WORDS = frozenset({"not", "nor", "unlike", "rather", "than", "instead", "other", "nothing"})


def _words(text: str, spans: Sequence[Span]) -> Iterator[str]:
    found = 0
    for piece in _pieces(text, spans):
        spoken = _LINK.sub(" ", piece) if "://" in piece or "www." in piece else piece
        plain = spoken.lower().replace("'", "").replace("’", "")
        words = [word for word in _WORD.findall(plain) if word[0] != "@"]
        if not plain.isascii():
            words = [part for word in words for part in _parted(word)]
        yield from words[: WORDS_MOST - found]
        found += len(words)
        if found >= WORDS_MOST:
            return


def _parted(word: str) -> Sequence[str]:
    if not _UNSPACED.search(word):
        return (word,)
    return [one + two for one, two in pairwise(word)]


def _pieces(text: str, spans: Sequence[Span]) -> Iterator[str]:
    """What stands around the names, without them; the beginning where only a link names it."""
    if not spans:
        yield text[: AROUND * 2]
        return
    read = 0
    for start, end in spans[:PLACES_MOST]:
        since = max(read, start - AROUND)
        if since < start:
            yield text[_whole(text, since, read) : start]
        read = max(read, end)
    until = min(len(text), read + AROUND)
    if len(spans) > PLACES_MOST:
        until = min(until, spans[PLACES_MOST][0])
    yield text[read:until]


def _whole(text: str, at: int, least: int) -> int:
    """The same place, moved on to the start of a word where it stands inside one."""
    if at <= least or text[at - 1].isspace():
        return at
    space = text.find(" ", at, at + 40)
    return space + 1 if space >= 0 else at


def _beside(mention: Mention) -> Iterator[str]:
    for link in mention.links[:PLACES_MOST]:
        if host := host_of(link):
            yield f"a link to {host}"
    if community := mention.extra.get("community"):
        yield f"in {community} on {mention.platform}"
    if mention.author.handle:
        yield f"by @{mention.author.handle}"
