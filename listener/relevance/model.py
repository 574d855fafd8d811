"""What one watch has learned: from its context sentence, and from the mentions that people gave a thumb.

Every thumb is one text: its place among the words of `words.py`, and a count for each word and mark in it. The model is
nothing but those sums, in whole numbers, so that no order of thumbs matters and one that is taken back leaves no trace.
From them follows one number a word, the evidence that a mention with this word is about the watch (in log-odds), which
is added up over a text. Two kinds of it:

- by kind of word: how much nearer the word lies to what is about the watch than to what is not. This is what lets a
  sentence of context, or a handful of thumbs, speak for words that were in none of them ("pie" for "cinnamon").
- by the word itself, and by marks: how much more often it stood in the one than in the other, as naive Bayes counts
  with a few imagined texts on both sides (Manning, Raghavan, Schütze 2008, chapter 13; shrinkage after Laplace).

The constants were fitted by logistic regression on the invented texts of tests/listener/relevance_cases, rounded, and
then moved so that hardly anybody who speaks of the brand is set aside; docs/triage.md has the figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import exp, fsum, log, sqrt, tanh
from operator import mul

from listener.relevance.signs import Signs
from listener.vocabulary import Point, Words

# A context sentence counts as so many thumbs up, and the name's other meaning beside it as so many down; everyday
# English as so many texts on either side.
CONTEXT_WORTH = 3
NAME_WORTH = 1
EVERYDAY_WORTH = 3
# How a context is read: beside its own words, what people say to any company ("refund", "app").
COMPANY_WORTH = 0.6
COMPANY = (
    *("company", "customer", "service", "store", "app", "account", "refund", "price", "order", "employee", "delivery"),
    *("bill", "pay", "charged", "support", "staff", "website", "brand", "product", "stock", "ceo", "online"),
)
# The step of a text's place, kept in whole numbers.
STEPS = 127
# Log-odds where nothing in a text says anything: that nothing in it is akin to us says a little too.
TO_BEGIN_WITH = -0.2
BY_KIND, BY_MIDDLE, BY_CONTEXT = 12.0, 6.0, 1.4
BY_WORD, BY_UNKNOWN_WORD, BY_MARK = 0.3, 0.6, 0.4
# Naive Bayes's imagined texts, and how often any word stands in them.
IMAGINED, OFTEN = 4.0, 0.05
# Where less than this share of a text's words is known, it is in another language, or in none.
KNOWN_LEAST, KNOWN_WELL = 0.55, 0.85
# What words say is kept for so many of them, about 5 MB a watch: more than a busy day has in use.
KEPT_MOST = 20_000
# Words that weigh less than this say nothing worth showing.
SHOWN_FROM = 0.12


@dataclass(slots=True)
class Side:
    """The texts on one side: how many, the sum of their places, and in how many of them each word or mark stood."""

    texts: int = 0
    place: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, signs: Signs, place: Iterable[int], times: int) -> None:
        """Take in a text, or take it out again (-1)."""
        self.texts += times
        self.place = [have + times * more for have, more in zip(self.place, place, strict=True)]
        for name in (*signs.words, *signs.marks):
            self.counts[name] += times
            if not self.counts[name]:
                del self.counts[name]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one word says for the watch (or, below 0, against it), in log-odds; `known`: to those of English."""

    of_its_kind: float
    of_itself: float
    known: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """The probability that a mention is about the watch, and what spoke for and against, strongest first."""

    score: float
    weighed: tuple[tuple[str, float], ...]


class Model:
    """One watch's own."""

    def __init__(
        self,
        words: Words,
        context: Iterable[str] = (),
        *,
        unlike: Iterable[str] = (),
        name: Iterable[str] = (),
        company: bool = True,
    ) -> None:
        self._words = words
        self._size = len(words.everyday)
        self._company = company
        self._context, self._unlike = tuple(context), tuple(unlike)
        self._name = tuple(name)
        self.about, self.other = (Side(place=[0] * self._size) for _ in range(2))
        self._stale = True

    @property
    def thumbs(self) -> tuple[int, int]:
        """How many texts it learned from: about the watch, and not."""
        return self.about.texts, self.other.texts

    @property
    def judges(self) -> bool:
        """Whether there is anything to judge by."""
        return bool(self._context or self._unlike or self.about.texts or self.other.texts)

    def learn(self, signs: Signs, relevant: bool) -> None:
        """Take in one thumb."""
        self._take(signs, relevant, 1)

    def unlearn(self, signs: Signs, relevant: bool) -> None:
        """Take one thumb back, with exactly the signs it was given to."""
        self._take(signs, relevant, -1)

    def _take(self, signs: Signs, relevant: bool, times: int) -> None:
        side = self.about if relevant else self.other
        side.add(signs, (round(STEPS * x) for x in self._place(signs.words)), times)
        self._stale = True

    def judge(self, signs: Signs) -> Verdict:
        """How likely a mention with these signs is about the watch."""
        if self._stale:
            self._settle()
        found = [self._evidence.get(word) or self._weigh(word) for word in signs.words]
        trust = _trust(found)
        weighed = [
            (trust * one.of_its_kind + one.of_itself, word) for one, word in zip(found, signs.words, strict=True)
        ]
        weighed += [(BY_MARK * self._counted(mark), mark) for mark in signs.marks if mark in self._marks]
        telling = sorted((pair for pair in weighed if abs(pair[0]) >= SHOWN_FROM), key=_strength)
        score = _probability(TO_BEGIN_WITH + fsum(weight for weight, _ in weighed), self._most)
        return Verdict(score, tuple((word, weight) for weight, word in telling))

    def strongest(self, most: int = 8) -> tuple[list[str], list[str]]:
        """The words and marks, of those people gave thumbs to, that speak most for the watch, and most against it."""
        if self._stale:
            self._settle()
        seen = self.about.counts.keys() | self.other.counts.keys() | {*self._context, *self._unlike}
        known = {name: self._of(name) for name in seen if " " not in name or name in self._marks}
        ordered = sorted(known, key=lambda name: (-known[name], name))
        for_it = [name for name in ordered if known[name] >= SHOWN_FROM]
        against = [name for name in reversed(ordered) if known[name] <= -SHOWN_FROM]
        return for_it[:most], against[:most]

    def _of(self, name: str) -> float:
        if name in self._marks:
            return BY_MARK * self._counted(name)
        found = self._evidence.get(name) or self._weigh(name)
        return found.of_its_kind + found.of_itself

    # What follows from the sums, worked out when it is first asked for after a change

    def _settle(self) -> None:
        given = CONTEXT_WORTH if self._context or self._unlike else 0
        denied = CONTEXT_WORTH if self._unlike else 0
        everyday = (EVERYDAY_WORTH, self._words.everyday)
        ours = _mean(self.about, everyday, (given, self._meant() if given else ()))
        bare = (NAME_WORTH if given else 0, self._meant_by_others() if given else ())
        others = _mean(self.other, everyday, bare, (denied, self._place(self._unlike) if denied else ()))
        self._toward = tuple(BY_KIND * (one - two) for one, two in zip(ours, others, strict=True))
        middle = sum((one + two) / 2 * (one - two) for one, two in zip(ours, others, strict=True))
        share = given / (self.about.texts + given + EVERYDAY_WORTH)
        share -= denied / (self.other.texts + denied + bare[0] + EVERYDAY_WORTH)
        self._off = BY_MIDDLE * middle - BY_CONTEXT * share
        # The little that few thumbs say can't make anybody certain: one alone never hides a mention.
        self._most = 1.2 * log(1 + given + denied + self.about.texts + self.other.texts)
        self._said = _unknown(self._words, self._context, given)
        self._denied = _unknown(self._words, self._unlike, denied)
        seen = self.about.counts.keys() | self.other.counts.keys()
        self._marks = {name for name in seen if " " in name or name[0] == "#"}
        self._evidence: dict[str, Evidence] = {}
        self._stale = False

    def _meant(self) -> Point:
        """Where the context lies, with something of what is said to any company, and without the bare name.

        What it shares with the name, it shares with all that bear it: "iPhone" lies near orchards too.
        """
        context = self._place(self._context)
        if self._company:
            company = self._place(COMPANY, weighed=False)
            context = _unit([one + COMPANY_WORTH * two for one, two in zip(context, company, strict=True)])
        return _without(context, self._place(self._name))

    def _meant_by_others(self) -> Point:
        """Where the bare name lies, without the context: what it means to those who don't know us."""
        return _without(self._place(self._name), self._place(self._context))

    def _place(self, words: Iterable[str], *, weighed: bool = True) -> Point:
        total = [0.0] * self._size
        for row in filter(None, map(self._words.find, words)):
            weight = self._words.weight(row) if weighed else 1.0
            if weight:
                total = [have + weight * x for have, x in zip(total, self._words.point(row), strict=True)]
        return _unit(total)

    def _weigh(self, word: str) -> Evidence:
        """What a word says, kept for the next text that has it."""
        row = self._words.find(word)
        weight, counted = self._words.weight(row), self._counted(word)
        if row is None:
            found = Evidence(0.0, BY_UNKNOWN_WORD * weight * counted, known=word.isdecimal())
        else:
            kind = sum(map(mul, self._words.point(row), self._toward)) - self._off
            found = Evidence(weight * kind, BY_WORD * weight * counted)
        if len(self._evidence) >= KEPT_MOST:
            self._evidence.clear()
        self._evidence[word] = found
        return found

    def _counted(self, name: str) -> float:
        given, denied = self._said.get(name, 0), self._denied.get(name, 0)
        ours, others = self.about.counts[name] + given, self.other.counts[name] + denied
        if not ours and not others:
            return 0.0
        about, other = self.about.texts + given + IMAGINED, self.other.texts + denied + IMAGINED
        return log((ours + IMAGINED * OFTEN) / about) - log((others + IMAGINED * OFTEN) / other)


def _trust(found: Sequence[Evidence]) -> float:
    """How far what is known of English words speaks for a text: not at all where few of its words are English."""
    known = sum(one.known for one in found) / len(found) if found else 0.0
    return min(1.0, max(0.0, (known - KNOWN_LEAST) / (KNOWN_WELL - KNOWN_LEAST)))


def _strength(pair: tuple[float, str]) -> float:
    return -abs(pair[0])


def _mean(side: Side, *beside: tuple[int, Point]) -> list[float]:
    """Where a side's texts lie together with other places, each of which counts as so many texts."""
    places = [(1 / STEPS, side.place), *((worth, place) for worth, place in beside if worth)]
    texts = side.texts + sum(worth for worth, _ in beside)
    scaled = [[factor * x for x in place] for factor, place in places]
    return [sum(column) / texts for column in zip(*scaled, strict=True)]


def _unknown(words: Words, some: Iterable[str], worth: int) -> dict[str, int]:
    """Those of the words that have no place of their own: they count for themselves, as so many texts."""
    return {word: worth for word in some if words.find(word) is None}


def _without(point: Point, other: Point) -> Point:
    """A point turned away from another, as far as it takes for them to have nothing in common."""
    shared = sum(map(mul, point, other))
    return _unit([one - shared * two for one, two in zip(point, other, strict=True)])


def _unit(point: list[float]) -> Point:
    length = sqrt(sum(x * x for x in point))
    return tuple(x / length for x in point) if length else tuple(point)


def _probability(evidence: float, most: float) -> float:
    """Log-odds as a probability, never beyond what so few thumbs can say."""
    return 1 / (1 + exp(-most * tanh(evidence / most))) if most else 0.5
