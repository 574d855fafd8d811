"""What the `mixed` engine sees in a text: its words, pairs of words, and a few figures. Training sees the same.

Nothing here knows a brand or a person: handles are masked, links are one mark, and what follows a negation is another
word than what does not ("~good" is the good of "not good").
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import sqrt
from typing import NamedTuple

from listener.sentiment.length import head_and_tail
from listener.sentiment.mask import SOMEONE, mask
from listener.sentiment.polarity import Polarity
from listener.sentiment.weights import TENTH, Word

LINK, START = "<link>", "<start>"
# How many words a negation reaches: enough for "not a very good", and a clause ends it earlier.
REACH = 4
NEGATED, PART = "~", "+"
# Of a word; longer ones are no words.
LETTERS_MOST = 40
_FACE = r"[<>]?[:;=][o'^*-]?[)(\][dp/\\|*@3$]+(?!\w)|[)(\]]+[o'^*-]?[:;=](?!\w)|<3"
# Words with their apostrophes, runs of question and exclamation marks, dots that trail off, and single emoji.
_WORD = rf"{_FACE}|\w+(?:'\w+)*|[!?]+|\.\.+|[^\w\s\x00-\u200f\u2010-\u203f]"
_TOKEN = re.compile(_WORD)
# Dear to look for, and few texts hold one.
_TOKEN_OR_LINK = re.compile(
    rf"(?:https?://|www\.|pic\.twitter\.)\S+|\b[a-z0-9-]+\.(?:com|ly|co|me|net|org|gl|tv|be)/\S*|{_WORD}"
)
_STRETCHED = re.compile(r"(.)\1{2,}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
# Curly quotes are straight ones here; an emoji's variation and skin are no words of their own.
_STRAIGHT = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "\ufe0f": None} | {chr(tone): None for tone in range(0x1F3FB, 0x1F400)}
)
_NEGATIONS = frozenset(
    {"not", "no", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "without", "hardly", "barely"}
    | {"cannot", "cant", "dont", "doesnt", "didnt", "wont", "wouldnt", "isnt", "arent", "wasnt", "werent", "havent"}
    | {"hasnt", "hadnt", "couldnt", "shouldnt", "aint", "can't", "don't", "doesn't", "didn't", "won't", "wouldn't"}
    | {"isn't", "aren't", "wasn't", "weren't", "haven't", "hasn't", "hadn't", "couldn't", "shouldn't", "ain't"}
    | {"mustn't", "needn't", "shan't", "mightn't", "daren't"}
)
_ENDS_NEGATION = frozenset({"!", "?", "?!", "..", "but"})
_ALONE_SAYS_NOTHING = frozenset({SOMEONE, LINK})


# The first eight are VADER's, the last ten the teacher's: of single words, and of pairs.
FIGURES = (
    "compound", "share positive", "share negative", "strongest positive", "strongest negative", "all positive",
    "all negative", "last", "exclamations", "questions", "capitals", "link", "hashtag", "length", "number",
    "mean negative", "mean positive", "sum negative", "sum positive", "most negative", "most positive",
    "pairs' sum negative", "pairs' sum positive", "pairs' most negative", "pairs' most positive",
)  # fmt: skip


class Seen(NamedTuple):
    """The words and the pairs that are known, each once, and the figures in the order of `FIGURES`."""

    alone: list[Word]
    paired: list[Word]
    figures: tuple[float, ...]


def plain(text: str) -> str:
    """The text as both VADER and the weights read it: capped, masked, entities and escapes such as \\u2019 undone."""
    text = head_and_tail(text)
    if "&" in text:
        text = html.unescape(text)
    if "\\u" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_STRAIGHT)
    return mask(text, ())


def words(text: str) -> list[str]:
    """The words, faces, emoji and marks of a text made `plain`, in order, each in its one form."""
    pattern = _TOKEN_OR_LINK if "/" in text or "www." in text else _TOKEN
    return list(map(_form, pattern.findall(text.lower())))


def seen(
    text: str,
    polarity: Polarity,
    known: Mapping[str, Word],
    by_letters: bool = False,
    ours: frozenset[str] = frozenset(),
) -> Seen:
    """What a text made `plain` shows, given what VADER makes of it and the words that are known.

    `by_letters` looks for parts of words too, among the pairs: of a language with few texts to learn from and many
    endings, whole words are not enough. On words that are `ours` what is known keeps silent, in pairs too.
    """
    found, get = words(text), known.get
    alone = [word for name in dict.fromkeys(names(found)) if (word := get(name))]
    others = pairs(found) + parts(found) if by_letters else pairs(found)
    paired = [word for name in dict.fromkeys(others) if (word := get(name))]
    if ours:
        alone, paired = _without(ours, alone), _without(ours, paired)
    return Seen(alone, paired, (*_figures(text, polarity), *_feelings(alone, paired)))


def _without(ours: frozenset[str], known: Sequence[Word]) -> list[Word]:
    return [word for word in known if ours.isdisjoint(word[6].removeprefix(NEGATED).split(" "))]


def names(words: Sequence[str]) -> list[str]:
    """The words by the names that their weights go by: another one after a negation. Masks and links have none."""
    found = [word for word in words if word not in _ALONE_SAYS_NOTHING]
    return found if _NEGATIONS.isdisjoint(found) else _negated(found)


def pairs(words: Sequence[str]) -> list[str]:
    """Each word with the one before it."""
    beside = zip((START, *words), words, strict=False)
    return [f"{before} {word}" for before, word in beside if word not in _ALONE_SAYS_NOTHING]


def parts(words: Sequence[str]) -> list[str]:
    """Three to five letters in a row of each word, its ends marked: "+_ung_"."""
    found: list[str] = []
    for word in dict.fromkeys(words):
        if len(word) > 2 and word[0].isalpha() and word not in _ALONE_SAYS_NOTHING:
            whole = f"_{word[:LETTERS_MOST]}_"
            found += [f"{PART}{whole[at : at + many]}" for many in (3, 4, 5) for at in range(len(whole) - many + 1)]
    return found


def _negated(words: Sequence[str]) -> list[str]:
    found: list[str] = []
    reach = 0
    for word in words:
        if reach:
            found.append(NEGATED + word)
            reach = 0 if word in _ENDS_NEGATION else reach - 1
        else:
            found.append(word)
        if word in _NEGATIONS:
            reach = REACH
    return found


# Few words are used often: these are nearly all that is asked for, and stay within a megabyte or two.
@lru_cache(maxsize=8_192)
def _form(token: str) -> str:
    first = token[0]
    if first.isdigit() or first.isalpha():
        if "/" in token or token.startswith(("http:", "https:", "www.", "pic.twitter.")):
            return LINK
        if first.isdigit():
            return "0"
        return _STRETCHED.sub(r"\1\1", token) if len(token) > 3 else token
    if first in "!?":
        return "?!" if "?" in token and "!" in token else first
    return ".." if token.startswith("..") else token


def _figures(text: str, polarity: Polarity) -> tuple[float, ...]:
    """A dozen figures, each about -1 to 1."""
    valences = [valence for _, valence in polarity.heard]
    above = sum(valence for valence in valences if valence > 0)
    words = text.split()
    shouted = sum(map(str.isupper, words)) if not text.islower() else 0
    return (
        polarity.compound,
        polarity.pos,
        polarity.neg,
        max(valences, default=0.0) / 4 if above else 0.0,
        min(0.0, min(valences, default=0.0)) / 4,
        min(above / 8, 2.0),
        max((sum(valences) - above) / 8, -2.0),
        valences[-1] / 4 if valences else 0.0,
        min(text.count("!"), 3) / 3,
        min(text.count("?"), 3) / 3,
        shouted / (len(words) + 1),
        float("http" in text),
        float("#" in text),
        min(len(words), 60) / 30,
        float(not text.isalpha() and any(map(text.__contains__, "0123456789"))),
    )


def _feelings(alone: Sequence[Word], paired: Sequence[Word]) -> tuple[float, ...]:
    """How words and pairs are felt: words on average, and of both their sum and their extremes, each about -1 to 3."""
    felt = [(word[3], word[4]) for word in alone if word[5]]
    negative, positive, *most = _summed(felt)
    by = 3 / sqrt(len(felt) or 1)
    together = _summed([(pair[3], pair[4]) for pair in paired if pair[5]])
    return negative * by, positive * by, negative, positive, *most, *together


def _summed(feelings: Sequence[tuple[int, int]]) -> tuple[float, float, float, float]:
    if not feelings:
        return 0.0, 0.0, 0.0, 0.0
    negative, positive = zip(*feelings, strict=True)
    by = 3 * TENTH * sqrt(len(feelings))
    return sum(negative) / by, sum(positive) / by, max(negative) / (3 * TENTH), max(positive) / (3 * TENTH)
