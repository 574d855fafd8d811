"""How well we judge: what was said against what people meant, with the doubt that a small number leaves. Pure.

People correct what looks wrong to them, so corrections alone make us look worse than we are. Only what was drawn at
random tells how often we are right.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

# Below this many a share is no more than an anecdote.
ENOUGH = 20
# Of the normal distribution, for an interval that holds the true share 95 times of 100.
Z = 1.959964
BANDS = (0.0, 0.2, 0.4, 0.6, 0.8)
BAND = 0.2


@dataclass(frozen=True, slots=True)
class Judged:
    """What triage said of a mention and what a person says it is, with what triage knew then.

    `sampled`: it was drawn at random; `negative` and `unsure` are triage's own.
    """

    mention_id: int
    said: str
    meant: str
    engine: str
    platform: str
    sampled: bool
    unsure: bool
    negative: float | None
    person: str
    at: datetime
    text: str = ""

    @property
    def right(self) -> bool:
        """Whether triage had said what the person means."""
        return self.said == self.meant


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text that a person judged, by whom it was written, and the words that the engine heard in it, with valence."""

    mention_id: int
    person_id: int
    text: str
    said: str
    meant: str
    heard: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Draw:
    """Which mentions are asked about: `size` of the last ones up to number `through`, in the order of `seed`."""

    seed: int
    through: int
    size: int = 10


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the 95 % interval that Wilson gives (E. B. Wilson, JASA 1927); `n` is never 0."""

    right: int
    n: int

    @property
    def enough(self) -> bool:
        """Whether there are enough of them to say anything."""
        return self.n >= ENOUGH

    @property
    def share(self) -> float:
        """The share itself, 0 to 1."""
        return self.right / self.n

    @property
    def low(self) -> float:
        """The lower end of the interval, 0 to 1."""
        return self._middle() - self._reach()

    @property
    def high(self) -> float:
        """The upper end of the interval, 0 to 1."""
        return self._middle() + self._reach()

    def _middle(self) -> float:
        return (self.share + Z * Z / (2 * self.n)) / (1 + Z * Z / self.n)

    def _reach(self) -> float:
        variance = self.share * (1 - self.share) / self.n + Z * Z / (4 * self.n * self.n)
        return Z * math.sqrt(variance) / (1 + Z * Z / self.n)


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each thing was said where each was meant. `said` and `meant` are those that occur, in their order."""

    said: tuple[str, ...]
    meant: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]

    @property
    def n(self) -> int:
        """How many were judged."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Band:
    """Of those called unhappy with a probability about `around`, how many were."""

    around: float
    share: Share


def right_of(judged: Iterable[Judged]) -> Share | None:
    """How many of those that were scored were right; None where there are none."""
    scored = [one.right for one in judged if one.said != "unscored"]
    return Share(sum(scored), len(scored)) if scored else None


def confusion(judged: Iterable[Judged], order: Sequence[str]) -> Confusion:
    """What was said against what was meant, the values in this order."""
    counts = Counter((one.said, one.meant) for one in judged)
    said = tuple(what for what in order if any(pair[0] == what for pair in counts))
    meant = tuple(what for what in order if any(what in pair for pair in counts) and what != "unscored")
    return Confusion(said, meant, dict(counts))


def by(judged: Iterable[Judged], what: str) -> dict[str, Share]:
    """How many were right by `engine`, `platform` or `unsure`, the kind with the most of them first."""
    kinds = sorted((str(getattr(one, what)), one.said == one.meant) for one in judged if one.said != "unscored")
    shares = {}
    for kind, rows in groupby(kinds, key=lambda row: row[0]):
        marks = [right for _, right in rows]
        shares[kind] = Share(sum(marks), len(marks))
    return dict(sorted(shares.items(), key=lambda item: -item[1].n))


def calibration(judged: Iterable[Judged]) -> list[Band]:
    """How many were unhappy of those called so with about 10, 30, 50, 70 and 90 %; only the bands that have any."""
    known = [(one.negative, one.meant == "negative") for one in judged if one.negative is not None]
    bands = []
    for low in BANDS:
        unhappy = [
            is_so for likely, is_so in known if low <= likely < low + BAND or (likely == 1.0 and low == BANDS[-1])
        ]
        if unhappy:
            bands.append(Band(low + BAND / 2, Share(sum(unhappy), len(unhappy))))
    return bands
