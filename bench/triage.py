"""How fast triage is beside the package it stands on: python bench/triage.py [TEXTS].

Prints texts a second, and the ratio to raw vaderSentiment on the same texts in the same run: ratios travel from one
machine to the next, figures don't.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from listener.mention import Author, Mention
from listener.sentiment import Vader, mask
from listener.triage import Triager
from listener.watch import Matcher, Watch

SEED = 20_261_123
BRAND = Watch("acme", "brand", ("Acme",), ("acmehelp",))
PLAIN = """
the a my your their this that it we they i you he she was is are were be been had have has do did will would can
could not and or but so because when then after before with without for from to at in on of about again still just
really very too also now today yesterday week hour minutes phone order app train seat table bill card screen battery
shop store counter line email answer agent driver box parcel coffee shirt size colour update account password ticket
window kitchen street people friend family house water morning evening back over down up out new old two three first
last next same other more some any every got get went going came took made told asked said
"""
WRITTEN_AT = datetime(2026, 11, 23, tzinfo=UTC)


def texts(n: int, seed: int = SEED) -> list[str]:
    """`n` invented texts of 100 to 280 characters: plain words, one in eight from VADER's lexicon; the same each time.

    Half name Acme, half of those as @acmehelp; some end in questions, shouts and emoji, as posts do.
    """
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    draw = random.Random(seed)
    plain = PLAIN.split()
    moody = sorted(word for word in SentimentIntensityAnalyzer().lexicon if word.isalpha())
    return [_text(draw, moody, plain) for _ in range(n)]


def _text(draw: random.Random, moody: list[str], plain: list[str]) -> str:
    length = draw.randint(100, 280)
    words = [draw.choice(("", "", "Acme", "@acmehelp"))]
    size = 0
    while size < length - 12:
        word = draw.choice(moody if draw.random() < 0.125 else plain)
        word += draw.choice(("", "", "", "", "", "", "", ",", "."))
        words.append(word)
        size += len(word) + 1
    return (" ".join(words) + draw.choice((".", "!", "?", "!!!", " 😀", " 😡", ""))).strip()[:280]


def mention(text: str, number: int = 0) -> Mention:
    """A text as a mention of the bench's own platform."""
    author = Author("bench", f"person{number % 997}", f"person{number % 997}", followers=number % 20_000)
    return Mention("bench", str(number), author, text, WRITTEN_AT)


def per_second(work: Callable[[Any], object], items: Iterable[Any]) -> float:
    """Items a second of this process's own CPU time."""
    items = list(items)
    start = time.process_time()
    for item in items:
        work(item)
    return len(items) / (time.process_time() - start)


def main(n: int) -> None:
    """Print the table."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    raw, vader, matcher = SentimentIntensityAnalyzer(), Vader(), Matcher([BRAND])
    triager = Triager(vader, [BRAND])
    posts = texts(n)
    mentions = [mention(text, number) for number, text in enumerate(posts)]
    spans = {text: [span for match in matcher.match(text) for span in match.spans] for text in posts}
    rows = [
        ("vaderSentiment, raw", per_second(raw.polarity_scores, posts)),
        ("match one watch", per_second(matcher.match, posts)),
        ("Vader.score, masked and capped", per_second(lambda text: vader.score(mask(text, spans[text])), posts)),
        ("match and triage", per_second(lambda one: triager.triage(one, matcher.match(one.text)), mentions)),
    ]
    anchor = rows[0][1]
    print(f"{n:,} texts of 100 to 280 characters")
    for name, rate in rows:
        print(f"  {name:32} {rate:10,.0f} texts/s  {rate / anchor:6.2f} x raw")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
