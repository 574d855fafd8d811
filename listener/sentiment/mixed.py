"""A small model over VADER: it hears the words that VADER's lexicon lacks, and says how sure it is.

Its weights are in `weights/`, their origin and figures in training/README.md. It runs on the standard library.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
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
SHOWN_LEAST = 0.05
# Words count by the square root of how many there are: twice as long is not twice as angry. These many count in full.
COUNTED_IN_FULL = 4
COUNTED_AS = 8
_SENTIMENTS: tuple[Sentiment, Sentiment, Sentiment] = ("negative", "neutral", "positive")


class Mixed:
    """VADER's figures and learnt words together, for English; what it can't read is not scored.

    `compound` is the probability of positive less that of negative; `negative` is calibrated across domains; `unsure`
    where the two likeliest sentiments are too near to tell apart.
    """

    name = "mixed"

    def __init__(self) -> None:
        self._scorer = Scorer()

    def score(self, text: str, language: str | None = None) -> Score:
        """The text's sentiment; `unscored` where it is not English."""
        if not reads_english(language or UNDETERMINED, text):
            return UNSCORED
        text = plain(text)
        return _judge(_english(), text, self._scorer.polarity(text))


@cache
def _english() -> Weights:
    """Read when the first text is scored, once for all engines."""
    weights = read(ENGLISH)
    if weights is None:  # pragma: no cover - a broken install
        raise FileNotFoundError("listener/sentiment/weights/en.txt.gz is missing: `python -m training` makes it")
    return weights


def _judge(weights: Weights, text: str, polarity: Polarity) -> Score:
    saw = seen(text, polarity)
    negative, positive = logits(weights, saw)
    shares = softmax(negative + weights.offsets[0], positive + weights.offsets[1])
    low, middle, high = sorted(shares)
    unhappy, happy = (_calibrated(share, *how) for share, how in zip(shares[::2], weights.calibrated, strict=True))
    return Score(
        _SENTIMENTS[shares.index(high)],
        compound=round(max(-1.0, min(1.0, happy - unhappy)), 4),
        words=_telling(weights, saw, polarity),
        negative=round(unhappy, 4),
        unsure=high - middle < weights.margin,
    )


def logits(weights: Weights, saw: Seen) -> tuple[float, float]:
    """How far what was seen lies from neutral: towards negative, towards positive."""
    get = weights.words.get
    known = [weight for name in dict.fromkeys(saw.names) if (weight := get(name))]
    each = _each(len(known)) / HUNDREDTH
    negative = weights.bias[0] + each * sum([weight[0] for weight in known])
    positive = weights.bias[1] + each * sum([weight[1] for weight in known])
    for figure, (towards_negative, towards_positive) in zip(saw.figures, weights.figures, strict=True):
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


def _each(known: int) -> float:
    return 1 / sqrt(max(known, COUNTED_IN_FULL) / COUNTED_AS)


def _calibrated(share: float, factor: float, offset: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return 1 / (1 + exp(-(factor * log(share / (1 - share)) + offset)))


def _telling(weights: Weights, saw: Seen, polarity: Polarity) -> tuple[tuple[str, float], ...]:
    """The words that moved it most, strongest first: above 0 towards positive. A pair gives half to each of its words.

    VADER's part is shared out among the words it heard, by their valence.
    """
    moved: dict[str, float] = defaultdict(float)
    known = [(name, weight) for name in dict.fromkeys(saw.names) if (weight := weights.words.get(name))]
    each = _each(len(known)) / HUNDREDTH
    for name, (negative, positive) in known:
        parts = name.split(" ")
        for part in parts:
            moved[part.removeprefix(NEGATED)] += each * (positive - negative) / len(parts)
    _share_out(moved, polarity.heard, _of_vader(weights, saw.figures))
    ranked = sorted(
        ((word, round(by, 2)) for word, by in moved.items() if abs(by) >= SHOWN_LEAST and word[:1] not in "<"),
        key=lambda pair: -abs(pair[1]),
    )
    return tuple(ranked[:SHOWN_MOST])


# The first eight figures are VADER's, see `FIGURES`.
_VADERS = 8


def _of_vader(weights: Weights, figures: Sequence[float]) -> float:
    pairs = zip(figures[:_VADERS], weights.figures, strict=False)
    return sum(figure * (positive - negative) for figure, (negative, positive) in pairs)


def _share_out(moved: dict[str, float], heard: Sequence[tuple[str, float]], whole: float) -> None:
    total = sum(abs(valence) for _, valence in heard)
    for word, valence in heard:
        moved[word] += abs(whole) * valence / total
