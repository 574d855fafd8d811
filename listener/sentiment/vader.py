"""VADER: the vaderSentiment package's scores, and which words made them so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import regex

from listener.language import is_english
from listener.sentiment.engine import UNSCORED, Score, Sentiment
from listener.sentiment.length import head_and_tail

# VADER's README, "About the Scoring": compound >= 0.05 is positive, <= -0.05 negative, what lies between neutral.
THRESHOLD = 0.05
# VADER is quadratic in words and turns one emoji into up to seven: these keep the worst text under 0.05 s, and no
# ordinary post comes near them.
EMOJI_MOST = 24
SHOWN_MOST = 6
# Digits that VADER's lexicon takes for slang or a face: 143 is “I love you” (3.2), 187 is murder (-3.1), “8)” a smile.
# In a mention they are an order, a flight, a gate, a seat or somebody's age. Of letters with digits only these stay
# words; faces such as “:3” and “<3” have no letter and more than digits, and stay too.
_CODE = regex.compile(r"[a-z]*\d[a-z\d]*|\d+[:-]\d+|\d\)|\(\d|[a-z]+-\d+")
_WRITTEN_WITH_DIGITS = frozenset({"gr8", "gn8", "n00b", "w00t", "hi5", "ily2", "ly4e"})


class Vader:
    """The vaderSentiment package's own scores, for English; digits that are no words have none."""

    name = "vader"

    def __init__(self) -> None:
        self._analyzer = _analyzer()
        self._emoji = frozenset(emoji for emoji in self._analyzer.emojis if len(emoji) == 1)

    def score(self, text: str, language: str | None = None) -> Score:
        """The text's sentiment; `unscored` where it is clearly not English."""
        if not is_english(text, language):
            return UNSCORED
        scores = self._analyzer.polarity_scores(self._cap(text))
        compound = float(scores["compound"])
        return Score(_sentiment(compound), compound, _strongest(scores["heard"]))

    def _cap(self, text: str) -> str:
        text = head_and_tail(text)
        return text if text.isascii() else self._cap_emoji(text)

    def _cap_emoji(self, text: str) -> str:
        emoji = self._emoji
        at = [index for index, mark in enumerate(text) if mark > "\u2000" and mark in emoji]
        if len(at) <= EMOJI_MOST:
            return text
        first = at[EMOJI_MOST]
        return text[:first] + "".join(mark for mark in text[first:] if mark not in emoji)


def _sentiment(compound: float) -> Sentiment:
    if compound >= THRESHOLD:
        return "positive"
    return "negative" if compound <= -THRESHOLD else "neutral"


def _strongest(heard: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """The strongest words heard, each once, with the valence VADER gave them after negation, boosters and "but"."""
    strongest: dict[str, float] = {}
    for word, valence in heard:
        if valence and abs(valence) > abs(strongest.get(word, 0.0)):
            strongest[word] = round(valence, 2)
    ranked = sorted(strongest.items(), key=lambda item: -abs(item[1]))
    return tuple(ranked[:SHOWN_MOST])


def _analyzer() -> Any:
    """VADER, made to say which words it heard: the same scores, with `heard` beside them.

    The package looks three words back and two ahead, but makes the whole text lower case for each look; it is given
    those words alone. It is imported here, and its lexicon read: about 0.1 s that a command which scores nothing need
    not spend.
    """
    from vaderSentiment.vaderSentiment import NEGATE, SentimentIntensityAnalyzer

    turning = frozenset(NEGATE) | {"so", "this"}

    class Valences(list[float]):
        words: Sequence[str] = ()

    class Analyzer(SentimentIntensityAnalyzer):  # type: ignore[misc]  # the package is untyped
        def _negation_check(self, valence: float, words: list[str], back: int, at: int) -> float:
            near = words[max(at - 3, 0) : at + 1]
            if not any(word in turning or "n't" in word for word in map(str.lower, near[:-1])):
                return valence
            return float(SentimentIntensityAnalyzer._negation_check(valence, near, back, len(near) - 1))

        def _special_idioms_check(self, valence: float, words: list[str], at: int) -> float:
            # Asked from the fourth word on.
            return float(SentimentIntensityAnalyzer._special_idioms_check(valence, words[at - 3 : at + 3], 3))

        # Called once a text, with all words and all valences; what it returns goes on to score_valence.
        def _but_check(self, words_and_emoticons: list[str], sentiments: list[float]) -> Valences:
            valences = Valences(SentimentIntensityAnalyzer._but_check(words_and_emoticons, sentiments))
            valences.words = words_and_emoticons
            return valences

        def score_valence(self, sentiments: Valences, text: str) -> dict[str, Any]:
            scores: dict[str, Any] = super().score_valence(sentiments, text)
            pairs = zip(sentiments.words, sentiments, strict=True)
            return scores | {"heard": [(word.lower(), float(valence)) for word, valence in pairs if valence]}

    analyzer = Analyzer()
    for code in [entry for entry in analyzer.lexicon if _is_code(entry)]:
        del analyzer.lexicon[code]
    return analyzer


def _is_code(entry: str) -> bool:
    return entry not in _WRITTEN_WITH_DIGITS and _CODE.fullmatch(entry) is not None
