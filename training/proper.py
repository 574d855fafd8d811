"""Words that are mostly somebody's or something's name: they told of 2015's news, and of brands, not of a feeling."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from listener.sentiment.features import words
from listener.sentiment.mask import SOMEONE
from training.corpora import Labelled

# In the middle of a sentence, so often with a capital, and at least so often at all.
CAPITAL_AT_LEAST = 0.6
SEEN_AT_LEAST = 2
# So often without, and twice as often as with one, and a domain knows it for no name.
PLAIN_AT_LEAST = 5
# So often a handle, and fewer than so many times as often a word.
HANDLE_AT_LEAST, WORD_AT_LEAST = 2, 10
_WORD_OR_END = re.compile(r"[#@]?[A-Za-z']+|[.!?:]")


def handle_names(rows: Iterable[Labelled]) -> frozenset[str]:
    """The words that are handles too, unless they are far more often a word: "people" is somebody's handle."""
    handles: Counter[str] = Counter()
    plainly: Counter[str] = Counter()
    for row in rows:
        handles.update(set(row.handles))
        plainly.update(set(words(row.text)))
    return frozenset(
        name
        for name, times in handles.items()
        if times >= HANDLE_AT_LEAST and plainly[name] <= times * WORD_AT_LEAST and name != SOMEONE
    )


def proper_names(texts: Iterable[str], domains: Iterable[str]) -> frozenset[str]:
    """The words, in lower case, that stand with a capital after a word that has none more often than not.

    Unless one domain plainly says otherwise: the airline set was once search-and-replaced to “Cancelled”.
    """
    with_capital: dict[str, Counter[str]] = defaultdict(Counter)
    without: dict[str, Counter[str]] = defaultdict(Counter)
    for text, domain in zip(texts, domains, strict=True):
        before = ""
        for word in _WORD_OR_END.findall(text):
            if before.islower():
                (with_capital if _is_capital(word) else without)[domain][word.lower()] += 1
            before = word
    everywhere, elsewhere = sum(with_capital.values(), Counter()), sum(without.values(), Counter())
    no_names = {
        word
        for domain, words in without.items()
        for word, times in words.items()
        if times >= PLAIN_AT_LEAST and times > 2 * with_capital[domain][word]
    }
    return frozenset(
        word
        for word, times in everywhere.items()
        if times >= SEEN_AT_LEAST and times > CAPITAL_AT_LEAST * (times + elsewhere[word])
        if word not in no_names and not _is_i(word)
    )


def _is_capital(word: str) -> bool:
    # "SO" and "WORST" are shouted, not names.
    return word[0].isupper() and (len(word) < 4 or not word.isupper())


def _is_i(word: str) -> bool:
    return word.partition("'")[0] == "i"
