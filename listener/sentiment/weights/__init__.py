"""Weights that travel with the code, made by `python -m training`: one gzipped JSON file a language, see `zcat`.

Beside a few figures it holds the words and pairs of words, the most frequent first: what is read together lies together
in memory, which makes looking them up twice as fast. It holds for each in four more lists its weight towards
negative and positive, in hundredths, and how it is felt (negative, positive) in tenths; 0 and 0 where it has none.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HUNDREDTH = 100
TENTH = 10


# A word or a pair: its weights towards negative and positive, in hundredths, and whether it has any; how a teacher felt
# it, in tenths, and whether it did; and its name. A plain tuple: the collector of garbage leaves those in peace, and
# would walk over a hundred thousand of any other kind again and again.
Word = tuple[int, int, bool, int, int, bool, str]


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model of three classes: how far each word and figure moves a text from neutral.

    Pairs are (towards negative, towards positive). `calibrated` are factor and offset that make a probability of each
    of the two; below `margin` between the two largest probabilities a person should look.
    """

    origin: str
    bias: tuple[float, float]
    figures: tuple[tuple[float, ...], tuple[float, ...]]
    calibrated: tuple[tuple[float, float], tuple[float, float]]
    margin: float
    words: Mapping[str, Word]


def path_of(language: str) -> Path:
    """Where the weights of a language lie, by its ISO 639-1 code."""
    return Path(__file__).parent / f"{language}.json.gz"


@cache
def languages() -> frozenset[str]:
    """The languages that weights are shipped for."""
    return frozenset(path.name.partition(".")[0] for path in path_of("").parent.glob("*.json.gz"))


def read(language: str) -> Weights | None:
    """The weights of a language by its ISO 639-1 code, or None where none are shipped."""
    path = path_of(language)
    return parse(path.read_bytes()) if path.exists() else None


def parse(packed: bytes) -> Weights:
    """The weights as `pack` wrote them."""
    told = json.loads(gzip.decompress(packed))
    return Weights(
        origin=told["origin"],
        bias=_pair(told["bias"]),
        figures=(tuple(told["figures"][0]), tuple(told["figures"][1])),
        calibrated=(_pair(told["calibrated"][0]), _pair(told["calibrated"][1])),
        margin=told["margin"],
        words=words_of(told["words"], told["weights"], told["felt"]),
    )


def words_of(names: Sequence[str], weights: Sequence[Sequence[int]], felt: Sequence[Sequence[int]]) -> dict[str, Word]:
    """The words by name: of `weights` and `felt` the first holds what is towards negative, the second positive."""
    weighs, is_felt = (list(map(any, zip(*two, strict=True))) for two in (weights, felt))
    rows = zip(*weights, weighs, *felt, is_felt, names, strict=True)
    return dict(zip(names, rows, strict=True))


def pack(weights: Weights) -> bytes:
    """The weights as one file: the same bytes for the same weights."""
    words = list(weights.words.values())
    told = {
        "origin": weights.origin,
        "bias": weights.bias,
        "figures": weights.figures,
        "calibrated": weights.calibrated,
        "margin": weights.margin,
        "words": [word[6] for word in words],
        "weights": [[word[0] for word in words], [word[1] for word in words]],
        "felt": [[word[3] for word in words], [word[4] for word in words]],
    }
    return gzip.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)


def _pair(numbers: Sequence[float]) -> tuple[float, float]:
    first, second = numbers
    return float(first), float(second)
