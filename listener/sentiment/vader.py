"""VADER as an engine: its scores for English, the words that made them so, and how probable an unhappy author is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from listener.language import is_english
from listener.sentiment.engine import UNSCORED, Score, Sentiment
from listener.sentiment.polarity import Polarity, Scorer

# VADER's README, "About the Scoring": compound >= 0.05 is positive, <= -0.05 negative, what lies between neutral.
THRESHOLD = 0.05
SHOWN_MOST = 6


class Vader:
    """The vaderSentiment package's own scores, for English; `lexicon` says what words mean to this brand."""

    name = "vader"

    def __init__(self, lexicon: Mapping[str, float] | None = None) -> None:
        self._scorer = Scorer(lexicon)

    def polarity(self, text: str) -> Polarity:
        """VADER's four figures for this text, whatever its language, and the words that made them so."""
        return self._scorer.polarity(text)

    def score(self, text: str, language: str | None = None) -> Score:
        """The text's sentiment; `unscored` where it is clearly not English."""
        if not is_english(text, language):
            return UNSCORED
        polarity = self._scorer.polarity(text)
        return Score(_sentiment(polarity.compound), polarity.compound, _strongest(polarity.heard))


def _sentiment(compound: float) -> Sentiment:
    if compound >= THRESHOLD:
        return "positive"
    return "negative" if compound <= -THRESHOLD else "neutral"


def _strongest(heard: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """The strongest words heard, each once, with the valence VADER gave them after negation, boosters and "but"."""
    strongest: dict[str, float] = {}
    for word, valence in heard:
        if abs(valence) > abs(strongest.get(word, 0.0)):
            strongest[word] = round(valence, 2)
    ranked = sorted(strongest.items(), key=lambda item: -abs(item[1]))
    return tuple(ranked[:SHOWN_MOST])
