"""Weights that travel with the code: one gzipped text file a language, made by `python -m training`.

The first line is JSON (`Weights` without its words); each further line is a word or a pair of words, a tab, its weight
for negative and, after another tab, for positive, both in hundredths. `zcat` shows all of it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

HUNDREDTH = 100


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model of three classes: how far each word and figure moves a text from neutral.

    A pair is (towards negative, towards positive). `calibrated` are factor and offset that make a probability of each
    of the two; `offsets` are added before the largest of the three is taken; below `margin` between the two largest
    probabilities a person should look.
    """

    origin: str
    bias: tuple[float, float]
    figures: tuple[tuple[float, float], ...]
    offsets: tuple[float, float]
    calibrated: tuple[tuple[float, float], tuple[float, float]]
    margin: float
    words: Mapping[str, tuple[int, int]]


def read(language: str) -> Weights | None:
    """The weights of a language by its ISO 639-1 code, or None where none are shipped."""
    path = Path(__file__).parent / f"{language}.txt.gz"
    return parse(path.read_bytes()) if path.exists() else None


def parse(packed: bytes) -> Weights:
    """The weights as `pack` wrote them."""
    first, *lines = gzip.decompress(packed).decode().split("\n")
    words = {word: (int(negative), int(positive)) for word, negative, positive in (line.split("\t") for line in lines)}
    told = json.loads(first)
    return Weights(
        origin=told["origin"],
        bias=_pair(told["bias"]),
        figures=tuple(map(_pair, told["figures"])),
        offsets=_pair(told["offsets"]),
        calibrated=(_pair(told["calibrated"][0]), _pair(told["calibrated"][1])),
        margin=told["margin"],
        words=words,
    )


def pack(weights: Weights) -> bytes:
    """The weights as one file: the same bytes for the same weights."""
    told = asdict(weights)
    del told["words"]
    lines = [f"{word}\t{negative}\t{positive}" for word, (negative, positive) in sorted(weights.words.items())]
    return gzip.compress("\n".join([json.dumps(told), *lines]).encode(), mtime=0)


def _pair(numbers: Sequence[float]) -> tuple[float, float]:
    first, second = numbers
    return float(first), float(second)
