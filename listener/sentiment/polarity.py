"""VADER's arithmetic in one walk over the words: the vaderSentiment package's own scores, linear in length.

The package goes through the whole text again for every word it knows: 40,000 characters take it a second, 4,000 emoji
six. Lexicon, emoji, word lists and constants are the package's; what it does with them is followed here to the last
float, its oddities included, and `tests/listener/test_vader.py` holds the two beside each other.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from heapq import heappop, heappush
from itertools import compress
from string import punctuation
from typing import Any, NamedTuple


class Polarity(NamedTuple):
    """VADER's four figures, rounded as the package rounds them, and the words that made them so.

    `neg`, `neu` and `pos` are shares of the words, 0 to 1; `compound` runs from -1 to 1. `heard` are the words with a
    feeling in the order of the text, lower case, each with the valence it had after negation, boosters and “but”.
    """

    neg: float
    neu: float
    pos: float
    compound: float
    heard: tuple[tuple[str, float], ...] = ()


_NO_WORDS = Polarity(0.0, 0.0, 0.0, 0.0)
_NO_FEELING = Polarity(0.0, 1.0, 0.0, 0.0)


class Scorer:
    """The package's lexicon and rules; `lexicon` adds words, lower case, or changes what they weigh, -4 to 4."""

    def __init__(self, lexicon: Mapping[str, float] | None = None) -> None:
        rules, package = _package()
        self._lexicon: Mapping[str, float] = package.lexicon | (lexicon or {})
        self._emoji = _emoji()
        self._boosters: Mapping[str, float] = rules.BOOSTER_DICT
        self._negations = frozenset(rules.NEGATE)
        self._idioms: Mapping[str, float] = rules.SPECIAL_CASES
        # Of every phrase the package knows the second word, and beside it all that turns a valence: a word with none of
        # these near it keeps its own, and no phrase need be put together.
        seconds = {phrase.split()[1] for phrase in (*self._idioms, *self._boosters) if " " in phrase}
        self._turning = frozenset({*seconds, *self._boosters, *self._negations, "so", "this", "no", "least"})
        self._shout: float = rules.C_INCR
        self._turn: float = rules.N_SCALAR
        self._emphasis: Callable[[str], float] = package._punctuation_emphasis
        self._normalize: Callable[[float], float] = rules.normalize

    def polarity(self, text: str) -> Polarity:
        """What the package's `polarity_scores` gives for this text, and which words it heard."""
        if not text.isascii():  # each emoji becomes the words that describe it
            text = _BEYOND_ASCII.sub(lambda found: self._emoji.get(found[0], found[0]), text)
        words = [bare if len(bare := word.strip(punctuation)) > 2 else word for word in text.split()]
        if not words:
            return _NO_WORDS
        lowered = [word.lower() for word in words]
        known = [at for at, word in enumerate(lowered) if word in self._lexicon]
        if not known:
            return _NO_FEELING
        valences = self._valences(words, lowered, known)
        if "but" in lowered:
            _weigh(valences, lowered.index("but"))
        return self._sum(valences, lowered, self._emphasis(text))

    def _valences(self, words: Sequence[str], lowered: Sequence[str], known: Sequence[int]) -> list[float]:
        """The valence of each word, 0 for those that are not known, before any “but”."""
        valences = [0.0] * len(words)
        # Capitals are a shout only where not everything is in them.
        shouted = words if 0 < sum(map(str.isupper, words)) < len(words) else [""] * len(words)
        shortened = [word for word in lowered if "n't" in word]
        turning = self._turning.union(shortened) if shortened else self._turning
        for at in known:
            if not turning.isdisjoint(lowered[max(at - 3, 0) : at + 3]):
                valences[at] = self._valence(lowered, shouted, at)
            elif shouted[at].isupper():
                valences[at] = self._louder(self._lexicon[lowered[at]])
            else:
                valences[at] = self._lexicon[lowered[at]]
        return valences

    def _valence(self, words: Sequence[str], shouted: Sequence[str], at: int) -> float:
        if words[at] in self._boosters or words[at : at + 2] == ["kind", "of"]:
            return 0.0
        valence = self._own(words, at)
        if shouted[at].isupper():
            valence = self._louder(valence)
        for back in range(1, min(at, 3) + 1):
            word = words[at - back]
            if word in self._lexicon:
                continue
            if word in self._boosters:
                valence += self._boost(word, valence, shouted[at - back].isupper()) * _FADING[back]
            if word in self._negations or "n't" in word or back == 3:
                valence *= self._turned(words, at, back)
            if back == 3:
                valence = self._in_phrase(words, at, valence)
        if at and words[at - 1] == "least" and "least" not in self._lexicon:
            return valence if at > 1 and words[at - 2] in ("at", "very") else valence * self._turn
        return valence

    def _louder(self, valence: float) -> float:
        return valence + (self._shout if valence > 0 else -self._shout)

    def _own(self, words: Sequence[str], at: int) -> float:
        """The lexicon's valence; a “no” shortly before turns it, and gives its own away to a known word after it."""
        word = words[at]
        before = words[max(at - 3, 0) : at]
        if "no" in before[-2:] or (len(before) == 3 and before[0] == "no" and before[2] in ("or", "nor")):
            return self._lexicon[word] * self._turn
        if word == "no" and at + 1 < len(words) and words[at + 1] in self._lexicon:
            return 0.0
        return self._lexicon[word]

    def _boost(self, word: str, valence: float, shouted: bool) -> float:
        """What a word such as “very” or “barely” before another adds to its valence."""
        boost = self._boosters[word] if valence >= 0 else -self._boosters[word]
        if shouted:
            boost += self._shout if valence > 0 else -self._shout
        return boost

    def _turned(self, words: Sequence[str], at: int, back: int) -> float:
        """By how much the word so far back multiplies a valence: negations turn it, “never so” strengthens it."""
        word, between = words[at - back], words[at - back + 1 : at]
        if back == 2 and word == "never" and between[0] in ("so", "this"):
            return 1.25
        # “so” and “this” right before a word strengthen it whatever stands three words back: the package's brackets.
        if back == 3 and (between[1] in ("so", "this") or (word == "never" and between[0] in ("so", "this"))):
            return 1.25
        if word == "without" and "doubt" in between:
            return 1.0
        return self._turn if word in self._negations or "n't" in word else 1.0

    def _in_phrase(self, words: Sequence[str], at: int, valence: float) -> float:
        """The valence of an idiom that the word or those before it stand in, or theirs with “kind of” before it."""
        three, two, one, word = words[at - 3 : at + 1]
        behind = (f"{three} {two} {one}", f"{three} {two}", f"{two} {one}")
        for phrase in (f"{one} {word}", f"{two} {one} {word}", behind[2], behind[0], behind[1]):
            if phrase in self._idioms:
                valence = self._idioms[phrase]
                break
        for length in (2, 3):
            if at + length <= len(words):
                valence = self._idioms.get(" ".join(words[at : at + length]), valence)
        for phrase in behind:
            valence += self._boosters.get(phrase, 0.0)
        return valence

    def _sum(self, valences: Sequence[float], words: Sequence[str], emphasis: float) -> Polarity:
        felt = [valence for valence in valences if valence]
        total = float(sum(felt))
        positive, negative, neutral = 0.0, 0.0, len(valences) - len(felt)
        # One by one, as the package adds them: floats in another order are other floats.
        for valence in felt:
            if valence > 0:
                positive += valence + 1
            else:
                negative -= valence - 1
        total += emphasis if total > 0 else -emphasis if total < 0 else 0.0
        if positive > negative:
            positive += emphasis
        elif positive < negative:
            negative += emphasis
        whole = positive + negative + neutral
        return Polarity(
            neg=round(negative / whole, 3),
            neu=round(neutral / whole, 3),
            pos=round(positive / whole, 3),
            compound=round(self._normalize(total), 4),
            heard=tuple(zip(compress(words, valences), felt, strict=True)),
        )


@functools.cache
def _package() -> tuple[Any, Any]:
    """The package's module, and an analyzer of it with lexicon and emoji: 0.1 s that only what scores need spend."""
    from vaderSentiment import vaderSentiment

    return vaderSentiment, vaderSentiment.SentimentIntensityAnalyzer()


@functools.cache
def _emoji() -> Mapping[str, str]:
    """The words each emoji stands for, with a space before: the package looks single characters up, no sequences."""
    _, package = _package()
    return {emoji: f" {words}" for emoji, words in package.emojis.items() if len(emoji) == 1}


def why_never_heard(word: str) -> str:
    """Why VADER would never look this entry of a lexicon up, or lose more by it than it gains; "" where it would."""
    rules, _ = _package()
    described = _BEYOND_ASCII.sub(lambda found: _emoji().get(found[0], found[0]), word).strip()
    bare = word.strip(punctuation)
    if described != word:
        return f"VADER reads it as “{described}”: write the word of these that matters"
    if bare != word and len(bare) > 2:
        return f"VADER reads it as “{bare}”: write that"
    if word in rules.BOOSTER_DICT:
        return "it makes the word after it stronger or weaker, and has no feeling of its own"
    if word in rules.NEGATE or "n't" in word or word == "least":
        return "it turns the words after it round, and has no feeling of its own"
    return ""


_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
# How much of a booster reaches a word one, two and three places on.
_FADING = (0.0, 1.0, 0.95, 0.9)


def _weigh(valences: list[float], but: int) -> None:
    """Half of what is said before the first “but”, and half as much again of what is said after it, in place.

    The package looks each valence up by its value, and so changes the first that equals it, be it an earlier one that
    was changed before. Here the places of every value are at hand, smallest first, instead of being searched for.
    """
    places: dict[float, list[int]] = defaultdict(list)
    for at, valence in enumerate(valences):
        if not valence:
            continue
        heappush(places[valence], at)
        first = places[valence][0]
        if first == but:
            continue
        heappop(places[valence])
        valences[first] = valence * (0.5 if first < but else 1.5)
        heappush(places[valences[first]], first)
