"""The brand's own lexicon: a text file that says what words mean to it, where VADER's says otherwise or nothing.

    # word  valence: -4 for the worst, 4 for the best
    sick      2.5
    queue    -1.2

One word a line, as VADER looks words up one by one; its idioms (“to die for”) are in its own code.
"""

from __future__ import annotations

import re
from pathlib import Path

from listener.sentiment.mask import mask
from listener.sentiment.polarity import why_never_heard

MOST = 4.0
# More than any brand's words: VADER's own lexicon has 7,506.
WORDS_MOST = 20_000


class LexiconError(Exception):
    """A line of a lexicon that a person must mend; the message names file and line and says what to write instead."""


def read_lexicon(path: Path) -> dict[str, float]:
    """The words of the file, lower case, with their valence. Raises LexiconError, with all mistakes at once."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as why:
        raise LexiconError(f"cannot read {path}: {why.strerror}") from why
    except UnicodeDecodeError as why:
        raise LexiconError(f"{path} is not UTF-8: save it as UTF-8 text") from why
    lexicon: dict[str, float] = {}
    wrong: list[str] = []
    for number, line in enumerate(lines, start=1):
        try:
            _add(lexicon, line)
        except ValueError as why:
            wrong.append(f"{path}:{number}: {why}")
    if len(lexicon) > WORDS_MOST:
        wrong.append(f"{path}: {len(lexicon):,} words; {WORDS_MOST:,} at most")
    if wrong:
        raise LexiconError("\n".join(wrong))
    return lexicon


def _add(lexicon: dict[str, float], line: str) -> None:
    """Take a line's word into the lexicon. Raises ValueError that says what to write instead."""
    fields = _COMMENT.sub("", line).split()
    if not fields:
        return
    word, valence = fields[0].lower(), _valence(fields[-1]) if len(fields) > 1 else None
    if len(fields) > 2:
        raise ValueError(
            f"“{' '.join(fields[:-1])}” is several words, and VADER looks up one at a time: a line for each"
        )
    if valence is None:
        raise ValueError(
            f"a word and a valence from -{MOST:g} to {MOST:g}, as in: {word if len(fields) > 1 else 'sick'} 2.5"
        )
    if mask(word, []) != word:
        raise ValueError(f"“{word}” is hidden before anything is scored, as names and order numbers are: leave it out")
    if why := why_never_heard(word):
        raise ValueError(f"“{word}” would not be heard: {why}")
    if lexicon.setdefault(word, valence) != valence:
        raise ValueError(f"“{word}” stands here twice, as {lexicon[word]:g} and as {valence:g}: keep one")


_COMMENT = re.compile(r"(?:^|\s)#.*")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.][0-9]+)?")


def _valence(field: str) -> float | None:
    """The figure, None where it is none from -4 to 4."""
    figure = _NUMBER.fullmatch(field)
    return float(field) if figure and abs(float(field)) <= MOST else None
