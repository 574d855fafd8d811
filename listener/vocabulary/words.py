"""Fifteen thousand English words as points: those that are akin lie near one another. Made by training/vectors.py."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from math import sqrt

Point = tuple[float, ...]
# A word that isn't among them is rare, and says much where it is known from elsewhere.
WEIGHT_UNKNOWN = 0.8
# Endings that a word may have lost in the list, and what stands in their place.
_ENDINGS = (("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"))
_SHORTEST = 4
# Two steps of a point stand in a byte, each from -8 to 7.
_STEPS = tuple((pair // 16 - 8, pair % 16 - 8) for pair in range(256))


class Words:
    """The words, each with its point (of length 1) and its weight, from 0 for "the" to 1 for a rare one.

    `everyday` is where English text as such lies.
    """

    def __init__(self, packed: bytes) -> None:
        raw = zlib.decompress(packed)
        count, self._dimensions, spelled = struct.unpack_from("<III", raw)
        at = struct.calcsize("<III")
        self._rows = {word: row for row, word in enumerate(raw[at : at + spelled].decode().split("\n"))}
        self._weights = raw[at + spelled : at + spelled + count]
        centre = at + spelled + count
        self.everyday: Point = tuple(n / 127 for n in struct.unpack_from(f"<{self._dimensions}b", raw, centre))
        self._steps = raw[centre + self._dimensions :]

    def find(self, word: str) -> int | None:
        """The word's row, or that of its plain form ("refunded": "refund"); None where it isn't known."""
        if (row := self._rows.get(word)) is not None or len(word) <= _SHORTEST:
            return row
        return next((row for form in _plain(word) if (row := self._rows.get(form)) is not None), None)

    def point(self, row: int) -> Point:
        """Where a word lies."""
        half = self._dimensions // 2
        packed = self._steps[row * half : row * half + half]
        steps = [step for pair in packed for step in _STEPS[pair]]
        length = sqrt(sum(step * step for step in steps)) or 1.0
        return tuple(step / length for step in steps)

    def weight(self, row: int | None) -> float:
        """How much a word says."""
        return WEIGHT_UNKNOWN if row is None else self._weights[row] / 255


def _plain(word: str) -> Iterator[str]:
    return (word[: -len(ending)] + instead for ending, instead in _ENDINGS if word.endswith(ending))


@cache
def shipped() -> Words:
    """The words that come with Warmline, read once and only where some watch needs them."""
    return Words(files("listener.vocabulary").joinpath("words.bin").read_bytes())
