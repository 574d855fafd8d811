"""VADER as an engine: its scores for English, the words that made them so, and how probable an unhappy author is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from listener.language import UNDETERMINED, reads_english
from listener.sentiment.engine import UNSCORED, Score, Sentiment
from listener.sentiment.polarity import Polarity, Scorer

# VADER's README, "About the Scoring": compound >= 0.05 is positive, <= -0.05 negative, what lies between neutral.
THRESHOLD = 0.05
SHOWN_MOST = 6
# How probable it is that an author is unhappy: a logistic curve over compound, and one figure for texts in which VADER
# hears nothing. Fitted in November 2026 to 69,512 posts that people labelled (to airlines, on any subject, Reddit
# comments, VADER's own tweets, complaints), each of the five sets counted alike; `python -m bench.unhappy` refits it.
# Over all of them it is right within .07. Of one audience it can't know how many are unhappy there: of airlines, to
# whom two in three complain, it says too little.
UNHAPPY_AT_ZERO = -0.38
UNHAPPY_BY_COMPOUND = -2.54
UNHAPPY_UNHEARD = 0.23
# A person should look where VADER heard something and can't tell what it comes to. On those sets that is one post in
# seven, and its word on them is right in four cases of ten instead of six. Where it hears nothing it has no doubt to
# offer.
NEAR_THE_MIDDLE = 0.2
NEAR_THE_MIDDLE_IF_MIXED = 0.4
# Far beyond the 10,000 characters of the longest text that clean.py lets in.
CHARACTERS_MOST = 50_000


class Vader:
    """The vaderSentiment package's own scores, for English; `lexicon` says what words mean to this brand."""

    name = "vader"

    def __init__(self, lexicon: Mapping[str, float] | None = None) -> None:
        self._scorer = Scorer(lexicon)

    def polarity(self, text: str) -> Polarity:
        """VADER's four figures for this text, whatever its language, and the words that made them so."""
        return self._scorer.polarity(text)

    def score(self, text: str, language: str | None = None) -> Score:
        """The text's sentiment; `unscored` where it is not English."""
        if not reads_english(language or UNDETERMINED, text):
            return UNSCORED
        polarity = self._scorer.polarity(text[:CHARACTERS_MOST])
        return Score(
            sentiment=_sentiment(polarity.compound),
            compound=polarity.compound,
            words=_strongest(polarity.heard),
            negative=_unhappy(polarity),
            unsure=_unsure(polarity),
        )


def _sentiment(compound: float) -> Sentiment:
    if compound >= THRESHOLD:
        return "positive"
    return "negative" if compound <= -THRESHOLD else "neutral"


def _unhappy(polarity: Polarity) -> float:
    if not polarity.heard:
        return UNHAPPY_UNHEARD
    return round(1 / (1 + math.exp(-UNHAPPY_AT_ZERO - UNHAPPY_BY_COMPOUND * polarity.compound)), 3)


def _unsure(polarity: Polarity) -> bool:
    mixed = polarity.pos > 0 and polarity.neg > 0
    near = NEAR_THE_MIDDLE_IF_MIXED if mixed else NEAR_THE_MIDDLE
    return bool(polarity.heard) and abs(polarity.compound) < near


def _strongest(heard: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """The strongest words heard, each once, with the valence VADER gave them after negation, boosters and "but"."""
    strongest: dict[str, float] = {}
    for word, valence in heard:
        if abs(valence) > abs(strongest.get(word, 0.0)):
            strongest[word] = valence
    ranked = sorted(strongest.items(), key=lambda item: -abs(item[1]))
    return tuple((word, round(valence, 2)) for word, valence in ranked[:SHOWN_MOST])
