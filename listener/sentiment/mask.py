"""What has to be hidden from an engine before it scores: brands and people, whose names its lexicon may know."""

from __future__ import annotations

from collections.abc import Sequence
from string import punctuation

import regex

# Stands for a brand, a person or an order number: no engine's lexicon may know it.
SOMEONE = "someone"
# A Bluesky handle is a host name; elsewhere a full stop ends the handle.
_HANDLE = regex.compile(r"(?<![\w@])@\w+(?:(?:[.-][a-z0-9]+)+(?!\w))?")
# Digits that VADER's lexicon takes for slang or a face: 143 is “I love you” (3.2), 187 is murder (-3.1), “8)” a smile.
# In a mention they are an order, a flight, a gate, a seat or somebody's age. Its other words and faces with a digit in
# them (gr8, w00t, <3) are left as they are.
_LONG_CODES = (
    "143 1432 1337 182 187 10q 14aa41 2g2b4g 2g2bt 2qt 4col 5fs aug-00 j4f j4g k4y 0-8 o-8 0:03"  # the lexicon's, 3.3.2
)
# VADER looks these up only where nothing touches them.
_SHORT_CODES = "86 4q 8d d8 g1 h8 m8 n1 8) (8"
_MARKS = f"[{regex.escape(punctuation)}]*+"
_END = r"(?![!-~])"
_CODE = regex.compile(
    rf"(?<!\S)(?:(?P<marks>{_MARKS})(?P<code>\L<long>)(?={_MARKS}{_END})|(?P<code>\L<short>){_END})",
    regex.IGNORECASE,
    long=_LONG_CODES.split(),
    short=_SHORT_CODES.split(),
)
_DIGIT = regex.compile("[0-9]")


def mask(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with the spans, all @handles and numbers taken for words replaced by a word that no lexicon knows.

    Sentences keep their shape. VADER's lexicon holds brand words: "united" counts 1.8 whatever is said of them.
    `spans` are in order and do not overlap.
    """
    if spans:
        text = _without(text, spans)
    if "@" in text:
        text = _HANDLE.sub(SOMEONE, text)
    if _DIGIT.search(text):
        text = _CODE.sub(lambda found: (found["marks"] or "") + _stand_in(found["code"]), text)
    return text


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += (text[at:start], _stand_in(text[start:end]))
        at = end
    return "".join([*pieces, text[at:]])


def _stand_in(name: str) -> str:
    # A name in capitals stays so: that some words are in capitals and others not is itself read as emphasis.
    return ("@" if name.startswith("@") else "") + (SOMEONE.upper() if name.isupper() else SOMEONE)
