"""A small model over VADER: it hears the words that VADER's lexicon lacks, and says how sure it is.

Its weights are in `weights/`, their origin and figures in training/README.md. It runs on the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import copysign, exp, log, sqrt
from operator import itemgetter, mul, sub

from listener.language import UNDETERMINED, language_of, reads_english
from listener.sentiment.engine import UNSCORED, Score, Sentiment
from listener.sentiment.features import LINK, NEGATED, PART, START, Seen, plain, seen
from listener.sentiment.mask import SOMEONE
from listener.sentiment.polarity import Polarity, Scorer
from listener.sentiment.sayings import sayings
from listener.sentiment.weights import HUNDREDTH, Weights, Word, languages, read

ENGLISH = "en"
SHOWN_MOST = 6
# What moves a text by less is not worth a manager's look.
SHOWN_LEAST = 0.1
# The same of how a word is felt, in tenths of the words' deviation.
FELT_LEAST = 8
# What a point of valence in the brand's own lexicon adds to the log-odds: a person's word outweighs most learnt ones.
OUR_POINT = 0.6
# However many sayings a text holds.
MOST_SAID = 5.0
# So far from neutral, in log-odds, a saying puts a text.
SAID_CLEARLY = 1.0
# Words count by the square root of how many there are: twice as long is not twice as angry. These many count in full.
COUNTED_IN_FULL = 4
COUNTED_AS = 8
# Of `FIGURES` the first are VADER's, the last the teacher's.
_VADERS = 8
_FELT_FROM = 15
# Marks that are no words of the text's own: a number, a link, somebody, the start.
_TELL_NOTHING = frozenset({"0", LINK, SOMEONE, START})
_FIRST = itemgetter(0)
_SENTIMENTS: tuple[Sentiment, Sentiment, Sentiment] = ("negative", "neutral", "positive")


class Mixed:
    """VADER's figures and learnt words together, in each language that weights were made for; others are not scored.

    `lexicon` says what words mean to this brand: VADER's part hears them so, the learnt weights keep silent on them,
    and each adds its valence to the log-odds besides (`OUR_POINT`). `compound` is the probability of positive less that
    of negative; `negative` is calibrated across domains; `unsure` is where the two likeliest sentiments are too near to
    tell apart.
    """

    name = "mixed"

    def __init__(self, lexicon: Mapping[str, float] | None = None) -> None:
        self._scorer = Scorer(lexicon)
        self._ours = frozenset(lexicon or ())

    def score(self, text: str, language: str | None = None) -> Score:
        """The text's sentiment; `unscored` where it is in no language that is known here."""
        read_as = _read_as(text, language)
        weights = _weights(read_as)
        if weights is None:
            return UNSCORED
        text = plain(text)
        polarity = self._scorer.polarity(text)
        saw = seen(text, polarity, weights.words, by_letters=read_as != ENGLISH, ours=self._ours)
        said = sayings(text) if read_as == ENGLISH else []
        return _judge(weights, saw, polarity, self._said_by_us(polarity), said)

    def _said_by_us(self, polarity: Polarity) -> float:
        """What the brand's own words add to the log-odds, above 0 towards positive."""
        if not self._ours:
            return 0.0
        return OUR_POINT * sum(valence for word, valence in polarity.heard if word in self._ours)


def _read_as(text: str, said: str | None) -> str:
    return ENGLISH if reads_english(said or UNDETERMINED, text) else language_of(text, said)


@cache
def _weights(language: str) -> Weights | None:
    """Read when the first text of a language is scored, once for all engines and lexicons: English takes 29 MB."""
    return read(language) if language in languages() else None


def logits(weights: Weights, known: Sequence[Word], figures: Sequence[float]) -> tuple[float, float]:
    """How far what was seen lies from neutral: towards negative, towards positive. `known` are words that weigh."""
    each = _each(len(known))
    towards_negative, towards_positive = weights.figures
    return (
        weights.bias[0] + each * sum([word[0] for word in known]) + sum(map(mul, figures, towards_negative)),
        weights.bias[1] + each * sum([word[1] for word in known]) + sum(map(mul, figures, towards_positive)),
    )


def softmax(negative: float, positive: float) -> tuple[float, float, float]:
    """Three shares that sum to one, of negative, neutral (at 0) and positive."""
    most = max(negative, positive, 0.0)
    parts = exp(negative - most), exp(-most), exp(positive - most)
    whole = sum(parts)
    return parts[0] / whole, parts[1] / whole, parts[2] / whole


def _judge(weights: Weights, saw: Seen, polarity: Polarity, by_us: float, said: Sequence[tuple[str, float]]) -> Score:
    known = [word for word in (*saw.alone, *saw.paired) if word[2]]
    negative, positive = logits(weights, known, saw.figures)
    lean = _lean(said, negative, positive)
    leaning = by_us + lean
    shares = softmax(negative - leaning, positive + leaning)
    _, second, first = sorted(shares)
    unhappy = _calibrated(shares[0], *weights.calibrated[0])
    happy = _calibrated(shares[2], *weights.calibrated[1])
    return Score(
        _SENTIMENTS[shares.index(first)],
        compound=round(happy - unhappy, 4),
        words=_strongest(_with_sayings(_moved(weights, known, saw, polarity), said[:1] if lean else (), lean)),
        negative=round(unhappy, 4),
        unsure=first - second < weights.margin,
    )


def _lean(said: Sequence[tuple[str, float]], negative: float, positive: float) -> float:
    """How far sayings move a text that sounds otherwise to their side; where it is heard so already, not at all."""
    by = sum([by for _, by in said])
    towards, from_it = (positive, negative) if by > 0 else (negative, positive)
    needed = max(SAID_CLEARLY - towards, (2 * SAID_CLEARLY - towards + from_it) / 2, 0.0)
    return copysign(min(abs(by), MOST_SAID, needed), by) if by else 0.0


def _with_sayings(moved: dict[str, float], said: Sequence[tuple[str, float]], lean: float) -> dict[str, float]:
    """What moved the text, a saying in place of the words that it is made of."""
    for saying, _ in said:
        its = saying.split()
        moved = {name: by for name, by in moved.items() if name.removeprefix(NEGATED).split(" ")[0] not in its}
        moved[saying] = lean
    return moved


def _moved(weights: Weights, known: Sequence[Word], saw: Seen, polarity: Polarity) -> dict[str, float]:
    """How far each word moved the text, above 0 towards positive; figures are shared among the words that made them."""
    each = _each(len(known))
    least = SHOWN_LEAST / each
    moved = {word[6]: each * by for word in known if not -least < (by := word[1] - word[0]) < least}
    by_figure = list(map(mul, saw.figures, map(sub, *reversed(weights.figures))))
    _share_out(moved, polarity.heard, sum(by_figure[:_VADERS]))
    feelings = [(word[6], by) for word in saw.alone if not -FELT_LEAST < (by := word[4] - word[3]) < FELT_LEAST]
    _share_out(moved, feelings, sum(by_figure[_FELT_FROM:]))
    return moved


def _each(known: int) -> float:
    return 1 / sqrt(max(known, COUNTED_IN_FULL) / COUNTED_AS) / HUNDREDTH


def _calibrated(share: float, factor: float, offset: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return 1 / (1 + exp(-(factor * log(share / (1 - share)) + offset)))


def _share_out(moved: dict[str, float], parts: Sequence[tuple[str, float]], whole: float) -> None:
    """What all these words did together, shared among them by their own strength, each in its own direction."""
    strength = sum([abs(by) for _, by in parts])
    if strength:
        share = abs(whole) / strength
        for name, by in parts:
            moved[name] = moved.get(name, 0.0) + share * by


def _strongest(moved: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """What moved it most, strongest first: above 0 towards positive. A word is shown once, alone or in a pair."""
    shown: list[tuple[str, float]] = []
    taken: set[str] = set()
    telling = [(-abs(by), name, by) for name, by in moved.items() if not -SHOWN_LEAST < by < SHOWN_LEAST]
    for _, name, by in sorted(telling, key=_FIRST):
        if len(shown) == SHOWN_MOST:
            break
        words = name.removeprefix(NEGATED).split(" ")
        if taken.isdisjoint(words) and _TELL_NOTHING.isdisjoint(words) and name[0] != PART:
            taken.update(words)
            shown.append((name.replace(NEGATED, "not ", 1), round(by, 2)))
    return tuple(shown)
