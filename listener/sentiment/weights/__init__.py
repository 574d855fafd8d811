"""Weights that travel with the code: two gzipped text files a language, which `zcat` shows.

`en.txt.gz`, made by `python -m training`, begins with a line of JSON (`Weights` without its words). Each further line,
and each line of `en.felt.txt.gz`, made by `python -m training.teacher`, is a word or a pair of words, a tab, its weight
for negative and, after another tab, for positive: in hundredths the first, in tenths the second.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

HUNDREDTH = 100
TENTH = 10


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


def weights_path(language: str) -> Path:
    """Where a language's weights lie."""
    return Path(__file__).parent / f"{language}.txt.gz"


def felt_path(language: str) -> Path:
    """Where it lies how a language's words are felt."""
    return Path(__file__).parent / f"{language}.felt.txt.gz"


def read(language: str) -> Weights | None:
    """The weights of a language by its ISO 639-1 code, or None where none are shipped."""
    path = weights_path(language)
    return parse(path.read_bytes()) if path.exists() else None


def parse(packed: bytes) -> Weights:
    """The weights as `pack` wrote them."""
    first, *lines = gzip.decompress(packed).decode().split("\n")
    told = json.loads(first)
    return Weights(
        origin=told["origin"],
        bias=_pair(told["bias"]),
        figures=tuple(map(_pair, told["figures"])),
        offsets=_pair(told["offsets"]),
        calibrated=(_pair(told["calibrated"][0]), _pair(told["calibrated"][1])),
        margin=told["margin"],
        words=_words(lines),
    )


def pack(weights: Weights) -> bytes:
    """The weights as one file: the same bytes for the same weights."""
    told = asdict(weights)
    del told["words"]
    return gzip.compress("\n".join([json.dumps(told), *_lines(weights.words)]).encode(), mtime=0)


def read_felt(language: str) -> Mapping[str, tuple[int, int]]:
    """How single words and pairs are felt, by a language's ISO 639-1 code; empty where none are shipped."""
    path = felt_path(language)
    return _words(gzip.decompress(path.read_bytes()).decode().split("\n")) if path.exists() else {}


def pack_felt(felt: Mapping[str, tuple[int, int]]) -> bytes:
    """What `read_felt` reads: the same bytes for the same words."""
    return gzip.compress("\n".join(_lines(felt)).encode(), mtime=0)


def _words(lines: Iterable[str]) -> dict[str, tuple[int, int]]:
    return {word: (int(negative), int(positive)) for word, negative, positive in (line.split("\t") for line in lines)}


def _lines(words: Mapping[str, tuple[int, int]]) -> list[str]:
    return [f"{word}\t{negative}\t{positive}" for word, (negative, positive) in sorted(words.items())]


def _pair(numbers: Sequence[float]) -> tuple[float, float]:
    first, second = numbers
    return float(first), float(second)
