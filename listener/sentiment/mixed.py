"""A small model over VADER: it hears the words that VADER's lexicon lacks, and says how sure it is.

Its weights are in `weights/`, their origin and figures in training/README.md. It runs on the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from math import exp, log, sqrt

from listener.language import UNDETERMINED, reads_english
from listener.sentiment.engine import UNSCORED, Score, Sentiment
from listener.sentiment.features import NEGATED, Felt, Seen, plain, seen
from listener.sentiment.polarity import Polarity, Scorer
from listener.sentiment.weights import HUNDREDTH, Weights, read, read_felt

ENGLISH = "en"
SHOWN_MOST = 6
# What moves a text by less is not worth a manager's look.
SHOWN_LEAST = 0.1
# Words count by the square root of how many there are: twice as long is not twice as angry. These many count in full.
COUNTED_IN_FULL = 4
COUNTED_AS = 8
# Of `FIGURES` the first are VADER's, the last the teacher's.
_VADERS = 8
_FELT_FROM = 15
_SENTIMENTS: tuple[Sentiment, Sentiment, Sentiment] = ("negative", "neutral", "positive")

# A word or a pair of words with its weights towards negative and positive.
Known = list[tuple[str, tuple[int, int]]]


class Mixed:
    """VADER's figures and learnt words together, for English; what it can't read is not scored.

    `lexicon` says what words mean to this brand: VADER's part hears them so, and the learnt weights keep silent on
    them. `compound` is the probability of positive less that of negative; `negative` is calibrated across domains;
    `unsure` is where the two likeliest sentiments are too near to tell apart.
    """

    name = "mixed"

    def __init__(self, lexicon: Mapping[str, float] | None = None) -> None:
        self._scorer = Scorer(lexicon)
        self._ours = frozenset(lexicon or ())

    def score(self, text: str, language: str | None = None) -> Score:
        """The text's sentiment; `unscored` where it is not English."""
        if not reads_english(language or UNDETERMINED, text):
            return UNSCORED
        text = plain(text)
        polarity = self._scorer.polarity(text)
        weights, felt = _english(self._ours)
        saw = seen(text, polarity, felt)
        return _judge(weights, known(weights, saw), saw, polarity)


@cache
def _english(ours: frozenset[str]) -> tuple[Weights, Felt]:
    """Read when the first text is scored, once for all engines; less the words that are `ours` to say."""
    weights, felt = read(ENGLISH), read_felt(ENGLISH)
    if weights is None:  # pragma: no cover - a broken install
        raise FileNotFoundError("listener/sentiment/weights/en.txt.gz is missing: `python -m training` makes it")
    if not ours:
        return weights, felt
    return replace(weights, words=_without(weights.words, ours)), _without(felt, ours)


def _without(words: Felt, ours: frozenset[str]) -> Felt:
    return {name: pair for name, pair in words.items() if ours.isdisjoint(name.removeprefix(NEGATED).split(" "))}


def known(weights: Weights, saw: Seen) -> Known:
    """The words and pairs seen that have a weight, each once."""
    get = weights.words.get
    return [(name, weight) for name in dict.fromkeys(saw.names) if (weight := get(name))]


def logits(weights: Weights, found: Known, figures: Sequence[float]) -> tuple[float, float]:
    """How far what was seen lies from neutral: towards negative, towards positive."""
    each = _each(len(found))
    negative = weights.bias[0] + each * sum([weight[0] for _, weight in found])
    positive = weights.bias[1] + each * sum([weight[1] for _, weight in found])
    for figure, (towards_negative, towards_positive) in zip(figures, weights.figures, strict=True):
        if figure:
            negative += figure * towards_negative
            positive += figure * towards_positive
    return negative, positive


def softmax(negative: float, positive: float) -> tuple[float, float, float]:
    """Three shares that sum to one, of negative, neutral (at 0) and positive."""
    most = max(negative, positive, 0.0)
    parts = exp(negative - most), exp(-most), exp(positive - most)
    whole = sum(parts)
    return parts[0] / whole, parts[1] / whole, parts[2] / whole


def _judge(weights: Weights, found: Known, saw: Seen, polarity: Polarity) -> Score:
    negative, positive = logits(weights, found, saw.figures)
    shares = softmax(negative + weights.offsets[0], positive + weights.offsets[1])
    _, second, first = sorted(shares)
    unhappy = _calibrated(shares[0], *weights.calibrated[0])
    happy = _calibrated(shares[2], *weights.calibrated[1])
    return Score(
        _SENTIMENTS[shares.index(first)],
        compound=round(happy - unhappy, 4),
        words=_telling(weights, found, saw, polarity),
        negative=round(unhappy, 4),
        unsure=first - second < weights.margin,
    )


def _each(known: int) -> float:
    return 1 / sqrt(max(known, COUNTED_IN_FULL) / COUNTED_AS) / HUNDREDTH


def _calibrated(share: float, factor: float, offset: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return 1 / (1 + exp(-(factor * log(share / (1 - share)) + offset)))


def _telling(weights: Weights, found: Known, saw: Seen, polarity: Polarity) -> tuple[tuple[str, float], ...]:
    """What moved it most, strongest first: above 0 towards positive. A word is shown once, alone or in a pair."""
    each = _each(len(found))
    moved = {name: each * (positive - negative) for name, (negative, positive) in found}
    parts = [
        figure * (positive - negative)
        for figure, (negative, positive) in zip(saw.figures, weights.figures, strict=True)
    ]
    _share_out(moved, polarity.heard, sum(parts[:_VADERS]))
    _share_out(moved, [(name, positive - negative) for name, (negative, positive) in saw.felt], sum(parts[_FELT_FROM:]))
    return _strongest(moved)


def _share_out(moved: dict[str, float], parts: Sequence[tuple[str, float]], whole: float) -> None:
    """What all these words did together, shared among them by their own strength, each in its own direction."""
    strength = sum([abs(by) for _, by in parts])
    if strength:
        share = abs(whole) / strength
        for name, by in parts:
            moved[name] = moved.get(name, 0.0) + share * by


def _strongest(moved: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    shown: list[tuple[str, float]] = []
    taken: set[str] = set()
    for name in sorted(moved, key=lambda name: -abs(moved[name])):
        if len(shown) == SHOWN_MOST or abs(moved[name]) < SHOWN_LEAST:
            break
        words = name.removeprefix(NEGATED).split(" ")
        if taken.isdisjoint(words) and not name.startswith("<"):
            taken.update(words)
            shown.append((name.replace(NEGATED, "not ", 1), round(moved[name], 2)))
    return tuple(shown)
