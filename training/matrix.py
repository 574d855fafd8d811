"""Texts as the engine sees them, in rows of a sparse matrix."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from listener.sentiment.features import FIGURES, NEGATED, names, pairs, parts, seen, words
from listener.sentiment.mixed import COUNTED_AS, COUNTED_IN_FULL
from listener.sentiment.polarity import Scorer
from listener.sentiment.weights import Word
from training.corpora import Labelled
from training.felt import Felt, read_felt
from training.proper import handle_names, proper_names

# No word or pair rarer than this ships: it would tell more about a person than about a language.
RAREST = 3
# Figures are few and mean the same everywhere; the penalty on weights should hold them back less than it does words.
FIGURE_SCALE = 2.0
_NO_NAME = re.compile(r"@|://|www\.|\d\D*\d\D*\d")


class Shown(NamedTuple):
    """All words and pairs of a text, each once, and its figures."""

    names: list[str]
    figures: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """What each text shows, and VADER's compound beside it."""

    shown: Sequence[Shown]
    compound: np.ndarray
    labels: np.ndarray
    domains: np.ndarray
    proper: frozenset[str]

    def __len__(self) -> int:
        return len(self.shown)


def look(rows: Sequence[Labelled], by_letters: bool = False) -> Texts:
    """Each text as the engine sees it; `by_letters` as it sees other languages than English, which no teacher felt."""
    polarity, known = Scorer().polarity, {} if by_letters else only_felt(read_felt())
    polarities = [polarity(row.text) for row in rows]
    shown = [
        Shown(all_names(row.text, by_letters), seen(row.text, heard, known).figures)
        for row, heard in zip(rows, polarities, strict=True)
    ]
    return Texts(
        shown,
        np.array([heard.compound for heard in polarities]),
        np.array([row.label for row in rows]),
        np.array([row.domain for row in rows]),
        names_in(rows, by_letters),
    )


def names_in(rows: Sequence[Labelled], by_letters: bool = False) -> frozenset[str]:
    """What names people and brands in these texts; of other languages than English handles only.

    In German each noun has a capital.
    """
    if by_letters:
        return handle_names(rows)
    return handle_names(rows) | proper_names([row.text for row in rows], [row.domain for row in rows])


def all_names(text: str, by_letters: bool = False) -> list[str]:
    """The words and pairs of a text made `plain`, each once; and parts of words."""
    found = words(text)
    return list(dict.fromkeys([*names(found), *pairs(found), *(parts(found) if by_letters else ())]))


def only_felt(felt: Felt) -> dict[str, Word]:
    """The teacher's words as the engine knows words, without weights."""
    return {name: (0, 0, False, *pair, True, name) for name, pair in felt.items()}


def vocabulary(texts: Texts, chosen: np.ndarray) -> dict[str, int]:
    """Words and pairs that stand in three texts or more of those chosen, by their column, the most frequent first."""
    counted: Counter[str] = Counter()
    for index in np.flatnonzero(chosen):
        counted.update(texts.shown[index].names)
    often = [
        name
        for name, times in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        if times >= RAREST and may_ship(name, texts.proper)
    ]
    return {name: column for column, name in enumerate(often)}


def may_ship(name: str, proper: frozenset[str]) -> bool:
    """Whether a word or pair may stand in weights that others read: no handle, link, name or number of anybody's."""
    if _NO_NAME.search(name) or not name.isprintable() or name == NEGATED:
        return False
    return proper.isdisjoint(name.removeprefix(NEGATED).split(" "))


def matrix(texts: Texts, columns: dict[str, int]) -> sparse.csr_matrix:
    """A row a text: its words, each once, by the square root of how many are known; then the figures."""
    indices: list[int] = []
    ends = [0]
    for saw in texts.shown:
        indices += sorted(columns[name] for name in saw.names if name in columns)
        ends.append(len(indices))
    known = np.diff(ends)
    each = 1 / np.sqrt(np.maximum(known, COUNTED_IN_FULL) / COUNTED_AS)
    words = sparse.csr_matrix((np.repeat(each, known), indices, ends), shape=(len(texts), len(columns)))
    figures = np.array([saw.figures for saw in texts.shown]).reshape(len(texts), len(FIGURES))
    return sparse.hstack([words, sparse.csr_matrix(figures * FIGURE_SCALE)]).tocsr()
