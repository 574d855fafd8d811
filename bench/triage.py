"""How fast triage is beside the package it stands on.

Raw vaderSentiment on the same texts in the same run is the anchor: ratios travel from one machine to the next, figures
don't.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bench.clock import Step, beside_the_first, cpu_s
from bench.table import Row, tell
from bench.texts import mentions, texts
from listener.language import language_of
from listener.sentiment import Vader, mask
from listener.sift import Sifter
from listener.watch import Matcher, Watch

TEXTS = 10_000
BRAND = Watch("acme", "brand", ("Acme",), ("acmehelp",))


def rows() -> Iterator[Row]:
    """Raw VADER, matching, scoring, and all that happens to a mention before it is kept."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    tell(f"triage of {TEXTS:,} texts")
    raw, vader, matcher = SentimentIntensityAnalyzer(), Vader(), Matcher([BRAND])
    posts = texts(TEXTS)
    heard = list(mentions(posts))
    masked = [mask(text, [span for match in matcher.match(text) for span in match.spans]) for text in posts]
    sifter = Sifter([BRAND], vader)
    steps: dict[str, Step] = {
        "vaderSentiment, raw": each(raw.polarity_scores, posts),
        "match one watch": each(matcher.match, posts),
        "Vader.polarity (the same figures)": each(vader.polarity, posts),
        "which language": each(language_of, posts),
        "Vader.score (language, words, how likely)": each(vader.score, masked),
        "match and triage (Sifter.keep)": each(sifter.keep, heard),
    }
    yield from beside_the_first(steps, TEXTS)


def each(work: Callable[[Any], object], items: Iterable[Any]) -> Step:
    """The step that does this work on each item."""

    def all_of_them() -> None:
        for item in items:
            work(item)

    return lambda: cpu_s(all_of_them)
