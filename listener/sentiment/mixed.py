"""A small model over VADER: it hears the words that VADER's lexicon lacks, and says how sure it is.

Its weights are in `weights/`, their origin and figures in training/README.md. It runs on the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import exp, log, sqrt

from listener.language import UNDETERMINED, reads_english
from listener.sentiment.engine import UNSCORED, Score, Sentiment
from listener.sentiment.features import NEGATED, Seen, plain, seen
from listener.sentiment.polarity import Polarity, Scorer
from listener.sentiment.weights import HUNDREDTH, Weights, read

ENGLISH = "en"
SHOWN_MOST = 6
# What moves a text by less is not worth a manager's look.
SHOWN_LEAST = 0.1
# Words count by the square root of how many there are: twice as long is not twice as angry. These many count in full.
COUNTED_IN_FULL = 4
COUNTED_AS = 8
# The first eight figures are VADER's, see `FIGURES`.
_VADERS = 8
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
        saw = seen(text, polarity)
        return _judge(_english(), known(_english(), saw, self._ours), saw, polarity)


@cache
def _english() -> Weights:
    """Read when the first text is scored, once for all engines."""
    weights = read(ENGLISH)
    if weights is None:  # pragma: no cover - a broken install
        raise FileNotFoundError("listener/sentiment/weights/en.txt.gz is missing: `python -m training` makes it")
    return weights


def known(weights: Weights, saw: Seen, ours: frozenset[str] = frozenset()) -> Known:
    """The words and pairs seen that have a weight, each once; without those that are `ours` to say."""
    get = weights.words.get
    found = [(name, weight) for name in dict.fromkeys(saw.names) if (weight := get(name))]
    if not ours:
        return found
    return [(name, weight) for name, weight in found if ours.isdisjoint(name.removeprefix(NEGATED).split(" "))]


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
        words=_telling(found, polarity.heard, _of_vader(weights, saw.figures)),
        negative=round(unhappy, 4),
        unsure=first - second < weights.margin,
    )


def _each(known: int) -> float:
    return 1 / sqrt(max(known, COUNTED_IN_FULL) / COUNTED_AS) / HUNDREDTH


def _calibrated(share: float, factor: float, offset: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return 1 / (1 + exp(-(factor * log(share / (1 - share)) + offset)))


def _of_vader(weights: Weights, figures: Sequence[float]) -> float:
    pairs = zip(figures[:_VADERS], weights.figures, strict=False)
    return sum([figure * (positive - negative) for figure, (negative, positive) in pairs])


def _telling(found: Known, heard: Sequence[tuple[str, float]], by_vader: float) -> tuple[tuple[str, float], ...]:
    """What moved it most, strongest first: above 0 towards positive. A word is shown once, alone or in a pair.

    VADER's part is shared out among the words it heard, by their valence.
    """
    each = _each(len(found))
    moved = {name: each * (positive - negative) for name, (negative, positive) in found}
    if heard:
        share = abs(by_vader) / sum([abs(valence) for _, valence in heard])
        for word, valence in heard:
            moved[word] = moved.get(word, 0.0) + share * valence
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
