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

# “my words RT @x: theirs”, as it was done by hand; and “"@x: theirs" my words”. Without the colon or a quotation mark
# it may be a plea: “please RT @acme I am still waiting”.
_RT = re.compile(r"(?<!\w)(?:RT|Rt|MT)[\s:]*(?:@(\w[\w.-]*)(?:\s*:|\s+[\"“])|[\"“”]\s*@(\w[\w.-]*))[:\s]*")
_IN_QUOTES = re.compile(r"[\"“]@\w[\w.-]*:[^\"“”]+[\"”]")
# What follows one of these after a repost is said by who reposts.
_SAYS_MORE = re.compile(r"\s(?:>+|<<+|<-+|-+>|(?:&gt;)+|&lt;-+|←|→|⬅|\|\||//)\s*(?=\S+\s+\S)")
_SAYS_SOMETHING = re.compile(r"(?<![@\w])[^\W\d_]{2,}")


def own_words(text: str) -> str:
    """The text with what its author did not say themselves blanked out, every character where it was.

    A repost keeps its words: there are no others in it.
    """
    if ">" in text or "[" in text:
        text = _NOT_THEIRS.sub(_blank, text)
    if "@" not in text:
        return text
    if "RT" in text or "MT" in text or "Rt" in text:
        passed = _RT.search(text)
        if passed is not None and _SAYS_SOMETHING.search(text, 0, passed.start()):
            return text[: passed.start()] + " " * (len(text) - passed.start())
        more = _SAYS_MORE.search(text, passed.end()) if passed is not None else None
        if more is not None:
            return " " * more.end() + text[more.end() :]
    elif "@" in text and _IN_QUOTES.search(text):
        left = _IN_QUOTES.sub(_blank, text)
        return left if _SAYS_SOMETHING.search(left) else text
    return text


def passed_on(text: str) -> tuple[str, str] | None:
    """Whose words a repost (“RT @x: …”) passes on, and the words; None where its author says something as well.

    “@acme RT @x: …” is none: somebody calls us in.
    """
    if "@" not in text or not ("RT" in text or "Rt" in text or "MT" in text):
        return None
    found = _RT.search(text)
    if found is None or any(map(str.isalnum, text[: found.start()])) or _SAYS_MORE.search(text, found.end()):
        return None
    return found[1] or found[2], text[found.end() :]


def speaks_for_another(text: str) -> bool:
    """Whether a post is there for another's words: it passes them on, or quotes them at the head of its own."""
    return passed_on(text) is not None or text.lstrip().startswith(">") or _IN_QUOTES.match(text.lstrip()) is not None


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


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
