"""Words that the brand's lexicon should know, proposed from texts whose sound people corrected.

A word is proposed where it stands in at least three texts by at least two people that were corrected towards the same
side, and clearly more often there than in all other texts: by the log-odds ratio with the counts of both sides as its
uncertainty (B. Monroe et al., "Fightin' Words", Political Analysis 2008, section 3.3, with half a text added to each
count as its prior).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from listener.judgement import Lesson
from listener.sentiment.mask import mask
from listener.sentiment.polarity import why_never_heard

Side = Literal["positive", "neutral", "negative"]

TEXTS_LEAST = 3
PEOPLE_LEAST = 2
# How many standard errors above none the difference must lie: by chance once in twenty.
CLEARLY = 1.645
# VADER's own words run from -4 to 4; what a few texts suggest is put forward modestly.
VALENCE_LEAST, VALENCE_MOST = 0.5, 2.0
PROPOSED_MOST = 20
CHARACTERS_MOST = 5_000
_RANK: Mapping[str, int] = {"negative": -1, "neutral": 0, "positive": 1}
_NO_WORDS = re.compile(r"https?://\S+|www\.\S+|[@#]\w+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_WORD_LEAST = 2  # letters
# Small words have no mood of their own; those that strengthen or turn the mood of others are the engine's own affair.
_SMALL_ONES = (
    "a about after again all also am an and any are aren't as at be because been before being both but by can can't "
    "cannot could couldn't did didn't do does doesn't doing don't down each even ever every few for from get got had "
    "hadn't has hasn't have haven't he her here hers him his how i i'd i'll i'm i've if in into is isn't it it's its "
    "just least less like made make many me more most much my neither never no nobody none nor not nothing now of off "
    "on once one only or other our out over own quite rather really s same she should shouldn't so some still such t "
    "than that that's the their them then there these they they're this those through to too totally under until up "
    "us utterly very was wasn't we we're were weren't what when where which while who why will with without won't "
    "would wouldn't yet you you're your yours"
)
_SMALL = frozenset(_SMALL_ONES.split())


@dataclass(frozen=True, slots=True)
class Proposal:
    """A word for the lexicon with its valence (-4 to 4), and the mentions that speak for it.

    `texts` of `people` were corrected towards `side`; `heard` is the valence that the engine gave it, None where it is
    no word of its own; `against` counts the other judged texts that hold it.
    """

    word: str
    valence: float
    side: Side
    texts: int
    people: int
    against: int
    mentions: tuple[int, ...]
    heard: float | None = None

    @property
    def line(self) -> str:
        """The lexicon's line for it."""
        return f"{self.word}\t{self.valence:g}"


@dataclass(slots=True)
class _Stands:
    """Where a word stands among the texts corrected towards one side."""

    mentions: list[int] = field(default_factory=list)
    people: set[int] = field(default_factory=set)
    valences: list[float] = field(default_factory=list)


def propose(
    lessons: Sequence[Lesson], others: Iterable[str] = (), without: Collection[str] = ()
) -> tuple[Proposal, ...]:
    """The words to propose, those with the most texts first. `others` are texts that nobody judged.

    `without` are words that are not to be proposed, in lower case: our own names, what stands in the lexicon, what was
    dismissed.
    """
    words_in = [words(lesson.text) for lesson in lessons]
    anywhere = Counter(word for found in words_in for word in found)
    judged = Counter(anywhere)
    texts = len(lessons)
    for text in others:
        anywhere.update(words(text))
        texts += 1
    found = []
    for side in ("positive", "neutral", "negative"):
        towards = [(lesson, has) for lesson, has in zip(lessons, words_in, strict=True) if _towards(lesson, side)]
        stands = _stands(towards)
        for word, where in stands.items():
            clear = _log_odds(len(where.mentions), len(towards), anywhere[word], texts)
            proposal = _proposal(word, side, where, clear, judged[word])
            if proposal is not None and word not in without:
                found.append(proposal)
    return tuple(one for one in _best(found) if _can_be_heard(one.word))[:PROPOSED_MOST]


def words(text: str) -> frozenset[str]:
    """The words of a text in lower case, each once; no links, handles or tags."""
    plain = _NO_WORDS.sub(" ", text[:CHARACTERS_MOST]).lower().replace("’", "'")
    return frozenset(word for word in _WORD.findall(plain) if len(word) >= _WORD_LEAST and word not in _SMALL)


def _towards(lesson: Lesson, side: str) -> bool:
    """Whether it was corrected to this side; what was not scored was corrected from nothing."""
    return lesson.meant == side != lesson.said and lesson.said in _RANK


def _stands(towards: Iterable[tuple[Lesson, frozenset[str]]]) -> Mapping[str, _Stands]:
    stands: defaultdict[str, _Stands] = defaultdict(_Stands)
    for lesson, has in towards:
        heard = {word.lower(): valence for word, valence in lesson.heard.items()}
        for word in has:
            where = stands[word]
            where.mentions.append(lesson.mention_id)
            where.people.add(lesson.person_id)
            if word in heard:
                where.valences.append(heard[word])
    return stands


def _log_odds(here: int, of: int, anywhere: int, texts: int) -> tuple[float, float]:
    """How much likelier the word is here than elsewhere, as a logarithm, and its standard error."""
    elsewhere, of_others = anywhere - here, texts - of
    cells = (here + 0.5, of - here + 0.5, elsewhere + 0.5, of_others - elsewhere + 0.5)
    odds = math.log(cells[0] / cells[1]) - math.log(cells[2] / cells[3])
    return odds, math.sqrt(sum(1 / cell for cell in cells))


def _proposal(word: str, side: Side, where: _Stands, clear: tuple[float, float], judged: int) -> Proposal | None:
    texts = len(where.mentions)
    if texts < TEXTS_LEAST or len(where.people) < PEOPLE_LEAST or 2 * texts <= judged:
        return None  # too few; or most of those who were asked did not mean that
    odds, error = clear
    if odds / error < CLEARLY:
        return None
    heard = round(sum(where.valences) / len(where.valences), 1) if where.valences else None
    if not _would_change(side, heard):
        return None
    modest = round(min(VALENCE_MOST, max(VALENCE_LEAST, odds / 2)), 1)
    return Proposal(
        word=word,
        valence=_RANK[side] * modest,
        side=side,
        texts=texts,
        people=len(where.people),
        against=judged - texts,
        mentions=tuple(sorted(where.mentions, reverse=True)),
        heard=heard,
    )


def _would_change(side: Side, heard: float | None) -> bool:
    """Whether the word can have led us astray: one that counts for nothing made no text other than neutral."""
    if side == "neutral":
        return bool(heard)
    return heard is None or heard * _RANK[side] <= 0


def _best(found: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """Each word once, for the side that most texts speak for."""
    best: dict[str, Proposal] = {}
    for one in sorted(found, key=lambda one: (-one.texts, one.against, one.word)):
        best.setdefault(one.word, one)
    return tuple(best.values())


def _can_be_heard(word: str) -> bool:
    """Whether a lexicon may hold it: the engine would look it up, as it stands, in a text as it is scored."""
    return mask(word, []) == word and not why_never_heard(word)
