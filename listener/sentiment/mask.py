"""What has to be hidden from an engine before it scores: brands and people, whose names its lexicon may know."""

from __future__ import annotations

from collections.abc import Sequence

import regex

# Stands for a brand or a person: no engine's lexicon may know it.
SOMEONE = "someone"
# A Bluesky handle is a host name; elsewhere a full stop ends the handle.
_HANDLE = regex.compile(r"(?<![\w@])@\w+(?:(?:[.-][a-z0-9]+)+(?!\w))?")


def mask(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with the spans and all @handles replaced by a word that no lexicon knows; sentences keep their shape.

    VADER's lexicon holds brand words: "united" counts 1.8 whatever is said of them.
    """
    for start, end in reversed(spans):
        text = text[:start] + _stand_in(text[start:end]) + text[end:]
    return _HANDLE.sub(SOMEONE, text) if "@" in text else text


def _stand_in(name: str) -> str:
    # A name in capitals stays so: that some words are in capitals and others not is itself read as emphasis.
    return ("@" if name.startswith("@") else "") + (SOMEONE.upper() if name.isupper() else SOMEONE)
