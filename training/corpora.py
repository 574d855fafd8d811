"""Labelled texts from CSV files: columns `text` and `label`; a file is a domain of its own."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from listener.sentiment.features import plain
from listener.sentiment.mask import SOMEONE

NEGATIVE, NEUTRAL, POSITIVE = range(3)
# Of a set that tells complaints from the rest: which of the other two it is, the model itself guesses before it learns.
NO_COMPLAINT = 3
# GoEmotions groups its emotions as 1 negative, 2 neutral, 3 positive; several at once, or 0 (ambiguous), are left out.
_LABELS = {
    "negative": NEGATIVE, "neutral": NEUTRAL, "positive": POSITIVE,
    "1": NEGATIVE, "2": NEUTRAL, "3": POSITIVE,
}  # fmt: skip
# A mean of raters from -4 to 4 (column `mean`) is a feeling from here on.
FELT = 0.5
_HANDLE = re.compile(r"(?<![\w@])@(\w+)")
# One row in ten, by its id.
KEPT_FROM, KEPT_ONE_IN = frozenset({"goemotions_reddit_8k"}), 10
# GoEmotions hides people so.
_HIDDEN = re.compile(r"\[(?:NAME|RELIGION)\]")
# And the XLM-T sets their links so.
_HIDDEN_LINK = re.compile(r"\bhttp\b(?![s:])")
ENGLISH = ("airline_A", "complaints_A", "goemotions_reddit_8k", "hutto_tweets", "semeval_train")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text made `plain`, what it is labelled, the domain it must be left out with, and whom it spoke to.

    What is `kept` neither the shipped weights nor their teacher have seen: tests measure on it.
    """

    text: str
    label: int
    domain: str
    kept: bool = False
    handles: tuple[str, ...] = ()


def english(folder: Path) -> list[Path]:
    """The English sets of the folder that the shipped weights were made of."""
    return [path for name in ENGLISH if (path := folder / f"{name}.csv").exists()]


def load(files: Sequence[Path]) -> list[Labelled]:
    """All labelled rows of the files but those kept to measure with, each text once however its handles differ."""
    found: dict[str, Labelled] = {}
    for path in files:
        for row in rows(path):
            if not row.kept:
                found.setdefault(_core(row.text), row)
    found.pop("", None)
    return list(found.values())


def rows(path: Path) -> Iterator[Labelled]:
    """The rows of one file that have one of the three labels."""
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            label = _label(row)
            if label is not None:
                kept = path.stem in KEPT_FROM and crc32((row.get("id") or "").encode()) % KEPT_ONE_IN == 0
                text = _HIDDEN_LINK.sub("http://hidden", _HIDDEN.sub(SOMEONE, row["text"]))
                handles = tuple(map(str.lower, _HANDLE.findall(row["text"])))
                yield Labelled(plain(text), label, path.stem, kept, handles)


def _label(row: dict[str, str]) -> int | None:
    if row.get("mean"):
        return _of_mean(float(row["mean"]))
    if row.get("complaint"):
        return NEGATIVE if row["complaint"] == "1" else NO_COMPLAINT
    return _LABELS.get((row.get("label") or "").strip())


def _of_mean(mean: float) -> int:
    if abs(mean) < FELT:
        return NEUTRAL
    return POSITIVE if mean > 0 else NEGATIVE


def _core(text: str) -> str:
    return re.sub(r"https?://\S+|[\W_]+", " ", text.lower()).strip()
