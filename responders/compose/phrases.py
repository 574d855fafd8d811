"""Phrases that could be cut from a message, and how much each tells of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from responders.compose.fragments import Run, Word
from responders.compose.wording import (
    BE_AND_HAVE,
    CHATSPEAK,
    CONJUNCTIONS,
    DETERMINERS,
    FEELINGS,
    FILLERS,
    HARSH,
    JOINING,
    NEGATORS,
    NUMBER_WORDS,
    OBJECTS,
    PARTICLES,
    PLACES,
    POSSESSIVES,
    PREPOSITIONS,
    REPORTING,
    SUBJECTS,
    TIMES,
    TROUBLE,
    VAGUE,
    YOURS,
)

MOST_WORDS, MOST_LETTERS = 9, 72


@dataclass(frozen=True, slots=True)
class Span:
    """Words `first` up to `end` of a run."""

    run: Run
    first: int
    end: int

    @property
    def words(self) -> Sequence[Word]:
        return self.run.words[self.first : self.end]


# Where a phrase may begin and end, so that it reads as a phrase and keeps its sense.

_HELPING = frozenset(
    {"am", "is", "are", "was", "were", "be", "do", "does", "did", "will", "would", "can", "could", "shall", "should"}
    | {"may", "might", "must"}
)
_LEADING = CONJUNCTIONS | FILLERS - {"still", "almost", "kind"}
_NO_START = _LEADING | OBJECTS | _HELPING | {"of", "that", "to", "it", "&"}
_LATE = frozenset(["here", "there", "again", "already", "soon", "later", "now", "more"])
_NO_END = (DETERMINERS | POSSESSIVES | YOURS | CONJUNCTIONS | PREPOSITIONS | BE_AND_HAVE | SUBJECTS | NEGATORS) | (
    FILLERS - _LATE
)
_THANKS, _THANKING = frozenset({"thank", "thanks", "thx", "kudos", "props"}), frozenset({"you", "for", "to"})
_OBJECTLIKE = frozenset({"it", "all", "you"})
_NEXT = (
    CONJUNCTIONS | PREPOSITIONS | SUBJECTS | _HELPING | FILLERS - {"same", "kind", "sort", "more", "most", "right"}
) - _OBJECTLIKE
_POINTING = frozenset({"this", "last", "next", "every"})
_SPLIT_OFF = frozenset(["of", "to", "up", "off", "down", "out", "back", "away", "over"])
_OPENING = (DETERMINERS | POSSESSIVES | YOURS) - {"that", "any", "all", "some"}


def spans(run: Run) -> Iterator[Span]:
    """The phrases that could be cut from a run, each beginning and ending where English lets a phrase begin and end."""
    for first in range(len(run.words)):
        if not _may_start(run, first):
            continue
        for end in range(first + 2, min(first + MOST_WORDS, len(run.words)) + 1):
            if run.words[end - 1].end - run.words[first].start > MOST_LETTERS:
                break
            if _may_end(run, end):
                yield Span(run, first, end)


def _may_start(run: Run, at: int) -> bool:
    words, word = run.words, run.words[at].plain
    led_by = _LEADING | _THANKING if words[0].plain in _THANKS else _LEADING
    at_clause = run.opens and all(before.plain in led_by for before in words[:at])
    if word in _THANKING and words[0].plain in _THANKS:
        return False
    if word in _NO_START:
        return at_clause and word in _HELPING and at + 1 < len(words) and _negates(words[at + 1].plain)
    last = words[at - 1].plain if at else ""
    if last in ("who", "which") and word not in _OPENING:  # “who | put the switch there”: a verb without its subject
        return False
    if at_clause:
        return True
    opens = word in _OPENING or (is_number(word) and not is_number(last) and last not in DETERMINERS | POSSESSIVES)
    if opens or any(_negates(before.plain) for before in words[max(0, at - 3) : at]):
        return opens and last not in _OPENING
    return last in CONJUNCTIONS or (at > 0 and _starts_inside(words, at))


def _starts_inside(words: Sequence[Word], at: int) -> bool:
    """Whether a phrase may begin in mid-clause: at a place or time, a clause after “after”, a state, a proper name."""
    word, last = words[at], words[at - 1]
    if word.plain in PREPOSITIONS:
        return any(w.plain in TIMES | PLACES or is_number(w.plain) for w in words[at + 1 : at + 4])
    if word.plain in SUBJECTS:
        return last.plain in PREPOSITIONS
    if last.plain in BE_AND_HAVE - {"can", "could", "will", "would", "should", "do", "did", "does"}:
        return True
    return word.said[0].isupper() and not last.said[0].isupper() and word.plain not in TIMES


def _may_end(run: Run, end: int) -> bool:
    last = run.words[end - 1].plain
    if end == len(run.words):
        particle = run.closes and last in PARTICLES and run.words[end - 2].plain not in JOINING
        return particle or last in _OBJECTLIKE or not (_dangles(last) or (last in REPORTING and not run.closes))
    following = run.words[end].plain
    if _dangles(last) or last in REPORTING or following in _SPLIT_OFF or (last in TIMES and following == "from"):
        return False
    if following in _POINTING:
        return end + 1 < len(run.words) and run.words[end + 1].plain in TIMES
    return (following in _NEXT or _is_contracted(following)) and not (is_number(last) and following in TIMES)


def _dangles(word: str) -> bool:
    return word in _NO_END or _negates(word) or _is_contracted(word)


def _is_contracted(word: str) -> bool:
    """Whether it is a subject with its verb: “she's”, “they'd”, “that's”."""
    stem, mark, _ = word.partition("'")
    return bool(mark) and stem in SUBJECTS | CONJUNCTIONS | {"there", "here", "let", "that", "this"}


def _negates(word: str) -> bool:
    return word in NEGATORS or word.endswith("n't")


def is_number(word: str) -> bool:
    """Whether a small-letter word is a figure, a price or a number in words."""
    return word[:1].isdigit() or word.startswith(("$", "£", "€")) or word in NUMBER_WORDS


# What makes a phrase worth taking up. The figures were tuned by reading; only their order matters.


def weight(span: Span, hidden: Collection[str]) -> float:
    """How well a phrase tells what this message is about; 0 where it tells nothing. `hidden` words don't count."""
    words = span.words
    worth = [_worth(word, words, hidden) for word in words]
    carrying = telling(span, hidden)
    total = min(5.0, sum(gain for gain in worth if gain > 0)) + sum(gain for gain in worth if gain < 0)
    if not carrying or any(word.plain in HARSH for word in words):
        return 0.0
    return total + _owned(words, hidden) + _borders(span) + 0.8 * carrying / len(words) - _length_cost(len(words))


def telling(span: Span, hidden: Collection[str]) -> int:
    """How many words of a phrase tell something by themselves."""
    return sum(_worth(word, span.words, hidden) >= 0.8 for word in span.words)


def _worth(word: Word, words: Sequence[Word], hidden: Collection[str]) -> float:
    name = word.plain
    if name in hidden or name.removesuffix("'s") in hidden:
        return 0.0
    for listed, worth in _WORTH:
        if name in listed:
            return worth
    if len(name) >= 5 and word.said.isupper() and name.isalpha():
        return -1.0
    if regex.search(r"(\p{L})\1\1", name):
        return -0.8
    proper = word.said[0].isupper() and word is not words[0]
    return 1.4 if proper or name[0].isdigit() else 0.9


_WORTH: tuple[tuple[Collection[str], float], ...] = (
    (CHATSPEAK, -0.7),
    ({"you", "you're", "y'all", "yall"}, -0.8),
    ({"it", "they", "he", "she", "this", "that", "these", "those", "it's", "that's", "them", "him", "her"}, -0.3),
    ({"i", "i'm", "i've", "im", "ive"}, -0.1),
    (TROUBLE, 1.1),
    (TIMES, 0.9),
    (NUMBER_WORDS, 0.8),
    (PLACES, 1.1),
    (FEELINGS, 0.1),
    (JOINING, 0.0),
    (VAGUE, 0.3),
)


def _owned(words: Sequence[Word], hidden: Collection[str]) -> float:
    """More where something is theirs: “my daughter”, “our kitchen”."""
    ordinary = JOINING | VAGUE | FEELINGS | HARSH
    mine = any(
        a.plain in ("my", "our") and b.plain not in ordinary and b.plain not in hidden for a, b in pairwise(words)
    )
    return 1.0 if mine else 0.0


def _borders(span: Span) -> float:
    """More where a phrase is whole, beginning and ending where a clause of theirs does; less where it is cut out."""
    run, words = span.run, span.words
    last = run.words[span.first - 1].plain if span.first else ""
    following = run.words[span.end].plain if span.end < len(run.words) else ""
    before = run.words[span.first - 2].plain if span.first > 1 else ""
    starts = run.opens if span.first == 0 else last in _LEADING and before not in _HELPING
    ends = run.closes if not following else following in CONJUNCTIONS and following not in _AND
    joints = [word.plain for word in words[1:] if word.plain in CONJUNCTIONS]
    gain = 0.5 * starts + 0.6 * ends + 0.5 * (starts and ends) + 0.6 * run.quoted
    cost = sum(0.6 if joint in _AND else 0.7 for joint in joints) + 0.3 * run.asks
    cost += 1.2 * (words[0].plain in PREPOSITIONS) + 0.5 * (not following and not run.closes)
    # “the glass shade broke and the box | was fine”, “in | the evening makes it warm”, “does | the bracket fit it”
    cost += 0.8 * (bool(joints) and following in _HELPING) + 0.8 * (last in PREPOSITIONS) * (2 if len(words) > 4 else 1)
    cost += 0.6 * (bool(last) and last not in JOINING and len(words) > 3)  # “makes | our kitchen feel like home”
    return gain - cost - 1.5 * (run.asks and last in _HELPING)


_AND = ("and", "or", "&")


def _length_cost(count: int) -> float:
    return 0.5 if count == 2 else 0.35 * max(0, count - 7)
