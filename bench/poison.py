"""How long one text can hold up the river: the worst that anyone could post, each cleaned, matched and triaged."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.table import Row, tell
from listener.clean import clean_mention
from listener.sentiment import Vader
from listener.sift import Sifter
from tests.poison import WATCHES, poisoned, texts

GOAL_S = 0.25
ROUNDS = 3


def rows() -> Iterator[Row]:
    """A row for each text, the slowest first, and one for how many take longer than they may."""
    tell("poison")
    sifter = Sifter(WATCHES, Vader())
    keep(sifter, "acme")  # whatever is read only once
    took = {name: min(keep(sifter, text) for _ in range(ROUNDS)) for name, text in texts().items()}
    for name, seconds in sorted(took.items(), key=lambda item: -item[1]):
        yield Row(name, f"{seconds * 1000:,.1f} ms", "" if seconds < GOAL_S else f"goal: {GOAL_S * 1000:.0f} ms")


def keep(sifter: Sifter, text: str) -> float:
    """The CPU seconds that this text takes from a source's hands to the archive's door."""
    said = poisoned(text)
    began = time.process_time()
    sifter.keep(clean_mention(said))
    return time.process_time() - began
