"""How fast triage is, with each engine, beside the package it stands on.

Raw vaderSentiment on the same texts in the same run is the anchor: ratios travel from one machine to the next, figures
don't.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from bench.clock import Step, beside_the_first, cpu_s
from bench.table import Row, tell
from bench.texts import mentions, texts
from listener.about_us import AboutUs
from listener.language import language_of
from listener.mention import Mention
from listener.sentiment import Engine, Mixed, Vader, mask
from listener.sift import Sifter
from listener.watch import Matcher, Watch

TEXTS = 10_000
BRAND = Watch("acme", "brand", ("Acme",), ("acmehelp",))
IN_CONTEXT = replace(BRAND, context="Acme makes anvils and portable holes; not the cartoon, nor the word for a summit")
# Of a public stream one text in so many names us: the others are only matched.
ONE_IN = 100


def rows() -> Iterator[Row]:
    """Raw VADER, matching, scoring, and all that happens to a mention before it is kept."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    tell(f"triage of {TEXTS:,} texts")
    posts = texts(TEXTS)
    heard, matcher = list(mentions(posts)), Matcher([BRAND])
    yield from beside_the_first(
        {
            "vaderSentiment, raw": each(SentimentIntensityAnalyzer().polarity_scores, posts),
            "match one watch": each(matcher.match, heard),
            f"a stream of which 1 in {ONE_IN} names us, mixed": each(Sifter([BRAND], Mixed()).sift, stream(posts)),
            "which language": each(language_of, posts),
            "Vader.polarity (the package's own figures)": each(Vader().polarity, posts),
            **steps("vader", Vader(), matcher, heard),
            **steps("mixed", Mixed(), matcher, heard),
            "relevance, where a watch has a context": relevance(heard),
            "match, triage and relevance, mixed": each(Sifter([IN_CONTEXT], Mixed()).keep, heard),
        },
        TEXTS,
    )


def steps(name: str, engine: Engine, matcher: Matcher, heard: list[Mention]) -> dict[str, Step]:
    """An engine alone, on texts as triage gives them to it; then the whole of triage with it."""
    masked = [mask(one.text, [span for match in matcher.match(one) for span in match.spans]) for one in heard]
    return {
        f"score, {name} (language, words, how likely)": each(engine.score, masked),
        f"match and triage, {name}": each(Sifter([BRAND], engine).keep, heard),
    }


def stream(posts: list[str]) -> list[Mention]:
    """The texts as a public stream brings them: few speak of us."""
    others = [text.replace("@acmehelp", "them").replace("Acme", "them") for text in posts]
    return list(mentions([f"Acme {text}" if at % ONE_IN == 0 else text for at, text in enumerate(others)]))


def relevance(heard: list[Mention]) -> Step:
    """How likely each is about the watch that it names."""
    about_us = AboutUs([IN_CONTEXT])
    matched = [(one, about_us.matches(one)) for one in heard]
    return each(lambda pair: about_us.judged(*pair, None), matched)


def each(work: Callable[[Any], object], items: Iterable[Any]) -> Step:
    """The step that does this work on each item."""

    def all_of_them() -> None:
        for item in items:
            work(item)

    return lambda: cpu_s(all_of_them)
