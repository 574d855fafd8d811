"""Lays out a letter's lines: width, indent, and where a link leads. Pure, and light enough for the rendering child."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

# The characters that RFC 3986 gives an address. A backslash, say, sends a browser elsewhere than urlsplit thinks.
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+", re.IGNORECASE)


def web_link(url: str) -> str:
    """The address if it is a plain http or https one that every reader takes for the same, else ""."""
    if len(url) > 2_000 or not _PLAIN_ADDRESS.fullmatch(url):
        return ""
    try:
        parts = urlsplit(url)
        return url if parts.hostname and "@" not in parts.netloc and "%" not in parts.netloc else ""
    except ValueError:  # an address that begins like IPv6 and isn't
        return ""


def host(url: str) -> str:
    """Where a link leads: the host's name, without www."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def wrapped(text: str, indent: int = 0, width: int = 72) -> str:
    """The text in lines of at most `width` columns, each indented. Wide characters count as two."""
    return "\n".join(" " * indent + line for line in _lines(text, width - indent))


def _lines(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in _pieces(text.split(), width):
        if line and columns(line) + 1 + columns(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}".lstrip()
    yield line


def _pieces(words: Iterable[str], width: int) -> Iterator[str]:
    """The words, those wider than a line broken; a link stays whole, so that it can be followed."""
    for word in words:
        rest = word
        while columns(rest) > width and not web_link(rest):
            end = next(n for n in range(len(rest), 0, -1) if columns(rest[:n]) <= width)
            yield rest[:end]
            rest = rest[end:]
        yield rest


def columns(text: str) -> int:
    """How many columns a text takes in a terminal."""
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
