"""`python -m bench.unhappy FILE.csv …`: fit VADER's curve of unhappy authors anew, to texts that people labelled.

Each file has columns `text` and `label`; label `negative` says that its author is unhappy, any other that they are not.
Every file counts alike, however long. What is printed goes into listener/sentiment/vader.py.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from listener.sentiment import Vader, mask

STEPS = 30
# compound, unhappy or not, and how much the text counts
Labelled = tuple[float, bool, float]


def fit(texts: Sequence[Labelled]) -> tuple[float, float]:
    """The logistic curve's value at compound 0 and its slope, by Newton's method."""
    zero = slope = 0.0
    for _ in range(STEPS):
        pulls = [0.0, 0.0]
        bend = [1e-9, 0.0, 1e-9]
        for compound, unhappy, weight in texts:
            likely = 1 / (1 + math.exp(-zero - slope * compound))
            off, bent = weight * (unhappy - likely), weight * likely * (1 - likely)
            pulls = [pulls[0] + off, pulls[1] + off * compound]
            bend = [bend[0] + bent, bend[1] + bent * compound, bend[2] + bent * compound**2]
        determinant = bend[0] * bend[2] - bend[1] ** 2
        zero += (bend[2] * pulls[0] - bend[1] * pulls[1]) / determinant
        slope += (bend[0] * pulls[1] - bend[1] * pulls[0]) / determinant
    return zero, slope


def main() -> None:
    """Print the three constants."""
    vader = Vader()
    heard: list[Labelled] = []
    unheard: list[float] = []
    for path in map(Path, sys.argv[1:]):
        with path.open(encoding="utf-8", newline="") as file:
            rows = [(vader.polarity(mask(row["text"], [])), row["label"] == "negative") for row in csv.DictReader(file)]
        heard += [(polarity.compound, unhappy, 1 / len(rows)) for polarity, unhappy in rows if polarity.heard]
        silent = [unhappy for polarity, unhappy in rows if not polarity.heard]
        unheard += [sum(silent) / len(silent)] if silent else []
    if not heard or not unheard:
        raise SystemExit("name CSV files with columns text and label")
    zero, slope = fit(heard)
    print(f"UNHAPPY_AT_ZERO = {zero:.2f}\nUNHAPPY_BY_COMPOUND = {slope:.2f}")
    print(f"UNHAPPY_UNHEARD = {sum(unheard) / len(unheard):.2f}")


if __name__ == "__main__":
    main()
