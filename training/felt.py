"""How a teacher felt single words and pairs: a gzipped text file, `en.felt.txt.gz`, that `zcat` shows.

A line is a word or a pair of words, a tab, how far it lies from the middle towards negative and, after another tab,
towards positive, in tenths of the words' deviation. `python -m training.teacher` makes it.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

FELT = Path(__file__).parent / "en.felt.txt.gz"
Felt = Mapping[str, tuple[int, int]]


def read_felt(path: Path = FELT) -> Felt:
    """All words that the teacher feels anything about."""
    lines = gzip.decompress(path.read_bytes()).decode().split("\n")
    return {word: (int(negative), int(positive)) for word, negative, positive in (line.split("\t") for line in lines)}


def write_felt(felt: Felt, path: Path = FELT) -> None:
    """The same bytes for the same words; what lies in the middle is left out."""
    lines = [
        f"{word}\t{negative}\t{positive}" for word, (negative, positive) in sorted(felt.items()) if negative or positive
    ]
    path.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
