"""`python -m bench.equal FILE.csv …`: whether our VADER gives the package's figures for each `text` in the files."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from bench.clock import cpu_s
from listener.sentiment import Vader

FIGURES = ("neg", "neu", "pos", "compound")


def main() -> None:
    """Print how many texts were compared and how many differ, and exit 1 where any does."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    package, vader = SentimentIntensityAnalyzer(), Vader()
    texts = [text for path in map(Path, sys.argv[1:]) for text in _texts(path)]
    wanted: list[tuple[float, ...]] = []
    scored: list[tuple[float, ...]] = []
    slow = cpu_s(lambda: wanted.extend(tuple(map(package.polarity_scores(text).get, FIGURES)) for text in texts))
    fast = cpu_s(lambda: scored.extend(vader.polarity(text)[:4] for text in texts))
    differ = [text for text, want, got in zip(texts, wanted, scored, strict=True) if want != got]
    print(f"{len(texts):,} texts, {len(differ):,} differ; {slow / fast:.1f} times the package's speed")
    for text in differ[:10]:
        print(f"  {text!r}")
    raise SystemExit(bool(differ))


def _texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


if __name__ == "__main__":
    main()
