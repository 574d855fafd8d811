"""What somebody changed in what they said: the words that went and the words that came, in their places. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

# difflib takes time by the product of the two lengths: 400 words each are 30 ms at worst, 4,000 would be 3 s.
MOST_WORDS = 400


class Piece(NamedTuple):
    """Some words in a row: kept, gone, or new."""

    kind: Literal["same", "gone", "new"]
    words: str


def reworded(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts in one, in order; of longer ones the whole of both."""
    was, now = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    if max(len(was), len(now)) > MOST_WORDS:
        return Piece("gone", before), Piece("new", after)
    return tuple(_pieces(was, now))


def _pieces(was: list[str], now: list[str]) -> Iterator[Piece]:
    before, after = ([word.strip() for word in some] for some in (was, now))
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            # The last word of one text has no space behind it.
            yield Piece("same", "".join(max(pair, key=len) for pair in zip(was[a:b], now[c:d], strict=True)))
            continue
        if b > a:
            yield Piece("gone", "".join(was[a:b]) if d == c else "".join(was[a:b]).rstrip() + " ")
        if d > c:
            yield Piece("new", "".join(now[c:d]))
