"""A text as it is compared: without case, width and coding; and the way back to where each letter stands in it."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import NamedTuple

import regex

# What joins the letter before it when a text is composed: marks, Hangul's vowels and finals, half-width voicing.
_JOINS = r"[\p{M}\u1160-\u11ff\uff9e\uff9f\uffa0-\uffdc]"
_JOINING = regex.compile(_JOINS)
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_CLUSTER = regex.compile(rf"[\x00-\x7f]{_JOINS}++|[^\x00-\x7f]{_JOINS}*+")
_UNSEEN = regex.compile(r"\p{Default_Ignorable_Code_Point}")
_SURROGATE = regex.compile(r"[\ud800-\udfff]")
_SPACE = regex.compile(r"\s")
_ONE_OF_MANY = {
    **dict.fromkeys(map(ord, "’‘ʼ＇‛"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒−"), "-"),
}  # apostrophes, hyphens
# They stand behind a name and are no part of it: composed they would be letters, and "Acme™" the word "acmetm".
_SIGNS = regex.compile(r"[™℠]")

# Scripts that put no space between words: a neighbour from one of them does not make a word longer.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_UNSPACED_LETTER = regex.compile(rf"[{_UNSPACED}]", regex.V1)
LETTER = rf"[\w--[{_UNSPACED}]]"
_LETTER = regex.compile(LETTER, regex.V1)
WORD = regex.compile(rf"[{_UNSPACED}]|[\w--[{_UNSPACED}]]+", regex.V1)

READ_MOST = 40_000  # characters; listener/clean.py reads no more of a text either, and keeps a quarter


class Folded(NamedTuple):
    """A folded text. `shifts` are where its length differs from the original's: (at, was at, length, was long)."""

    text: str
    shifts: tuple[tuple[int, int, int, int], ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where this piece of the folded text stands in the original, whole letters at both ends."""
        if not self.shifts:
            return start, end
        return self._start(start), self._end(end)

    def _start(self, at: int) -> int:
        before = bisect_right(self.shifts, at, key=_at) - 1
        if before < 0:
            return at
        here, was_at, length, was_long = self.shifts[before]
        return was_at if at < here + length else at - here - length + was_at + was_long

    def _end(self, at: int) -> int:
        before = bisect_left(self.shifts, at, key=_at) - 1
        if before < 0:
            return at
        here, was_at, length, was_long = self.shifts[before]
        return was_at + was_long if at <= here + length else at - here - length + was_at + was_long


def fold_start(text: str) -> Folded:
    """As much of a text folded as is ever looked at: so that a file's row of a megabyte takes no longer than a page."""
    return fold(text[:READ_MOST])


def _at(shift: tuple[int, int, int, int]) -> int:
    return shift[0]


def fold(text: str) -> Folded:
    """The text without case (ß is ss, the Turkish i any other), width, ligatures, codings and unseen characters.

    Accents stay: they tell words apart. Linear in the length of the text.
    """
    if text.isascii():
        return Folded(text.lower())
    shifts: list[tuple[int, int, int, int]] = []
    pieces: list[str] = []
    last = grown = 0
    for run in _FOREIGN.finditer(text):
        start = run.start()
        if start > last and _JOINING.match(text, start):
            start -= 1  # an accent on a letter of ASCII
        pieces.append(text[last:start])
        for letter in _CLUSTER.findall(text, start, run.end()):
            now = _fold_letter(letter)
            if len(now) != len(letter):
                shifts.append((start + grown, start, len(now), len(letter)))
                grown += len(now) - len(letter)
            pieces.append(now)
            start += len(letter)
        last = run.end()
    pieces.append(text[last:])
    return Folded("".join(pieces).lower(), tuple(shifts))


@lru_cache(maxsize=20_000)
def _fold_letter(letter: str) -> str:
    """One letter with its marks, folded (NFKC, casefold, NFKC: Unicode's own caseless comparison)."""
    if _SIGNS.match(letter) or unicodedata.decomposition(letter[0]).startswith("<super>"):
        return letter
    plain = _UNSEEN.sub("", _SURROGATE.sub("\ufffd", letter))
    bare = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold())
    bare = bare.replace("i\u0307", "i").replace("ı", "i").translate(_ONE_OF_MANY)
    # A sign that is composed of a space and a mark is still a sign: nothing becomes a space but spaces.
    return bare if _SPACE.match(letter) else bare.replace(" ", "")


@lru_cache(maxsize=4_096)
def lengthens(sign: str) -> bool:
    """Whether this character makes a word beside it longer: a letter, digit or mark of a script with spaces."""
    return _LETTER.match(sign) is not None


@lru_cache(maxsize=4_096)
def stands_alone(sign: str) -> bool:
    """Whether a word may begin or end at this character whatever stands beside it: a sign, or an unspaced script."""
    return not sign.isalnum() or _UNSPACED_LETTER.match(sign) is not None
