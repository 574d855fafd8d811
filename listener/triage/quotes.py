"""Whose words are whose: what an author quotes of others, and what a reason quotes of theirs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from listener.sentiment import SOMEONE
from listener.watch import Match

_QUOTED = re.compile("“([^”]*)”")
_MASKED = re.compile(rf"@?\b{SOMEONE}\b", re.IGNORECASE)
_HANDLE = r"@\w[\w.-]*"


# What others said, quoted line by line, and what stands beside a post: captions of pictures, titles of cards.
_NOT_THEIRS = re.compile(r"^(?:>(?: .*)?|\[(?:image|video|audio|link): .*\])$", re.MULTILINE)


def own_words(text: str) -> str:
    """The text with what its author did not say themselves blanked out, every character where it was."""
    if ">" not in text and "[" not in text:
        return text
    return _NOT_THEIRS.sub(lambda found: " " * len(found[0]), text)


def in_their_words(reasons: Sequence[str], text: str, matches: Sequence[Match]) -> tuple[str, ...]:
    """The reasons, what they quote as its author wrote it: with the names for which the mask stood in."""
    if not any(SOMEONE in reason.lower() for reason in reasons):
        return tuple(reasons)
    names = {text[start:end] for start, end in all_spans(matches)}
    hidden = "(?:" + "|".join([*map(re.escape, sorted(names, key=len, reverse=True)), _HANDLE, SOMEONE]) + ")"
    return tuple(_QUOTED.sub(lambda quoted: f"“{_as_written(quoted[1], text, hidden)}”", why) for why in reasons)


def _as_written(quote: str, text: str, hidden: str) -> str:
    if not _MASKED.search(quote):
        return quote
    pieces = (r"\s+".join(map(re.escape, piece.split(" "))) for piece in _MASKED.split(quote))
    written = re.search(f"@?{hidden}".join(pieces), text, re.IGNORECASE)
    return " ".join(written[0].split()) if written else _MASKED.sub("…", quote)


def all_spans(matches: Sequence[Match]) -> list[tuple[int, int]]:
    """The spans of all matches in order, those that overlap as one."""
    if len(matches) == 1:
        return list(matches[0].spans)
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for match in matches for span in match.spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
