"""Whether a post on a platform says what was approved, by way of what platforms make of a text."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

# An address with http before it, or a name with a dot and letters behind it, which platforms make a link of; with the
# query, the fragment, and the marks that close the sentence around it.
_PART = r"[^\s?#<>\"“”„«»()\[\]]*"
_LINK = re.compile(
    r"(?<![\w@.-])(?P<address>(?:https?://[\w.-]+|(?:[\w-]+\.)+[^\W\d_]{2,24}(?![\w-]))(?::\d+)?"
    rf"(?:/{_PART})?)(?:[?#]{_PART})*[^\w\s]*",
    re.IGNORECASE,
)
_SHORTENED = "t.co/"  # what X puts in a link's place, where it does not say what is behind it


def same_words(shown: str, approved: str) -> bool:
    """Whether they say the same: the same words and marks between spaces, and the same links.

    Links count by host and path alone: platforms put https:// and a slash to them, show them shortened, and take off
    what follows the question mark where they know it for tracking (Lemmy 0.19 by the rules of ClearURLs).
    """
    (words, links), (meant, addresses) = _read(shown), _read(approved)
    return words == meant and len(links) == len(addresses) and all(map(_alike, links, addresses))


def _read(text: str) -> tuple[str, list[str]]:
    """The words with a mark in each link's place, and the links' addresses."""
    links: list[str] = []

    def keep(found: re.Match[str]) -> str:
        links.append(_bare_address(found["address"]))
        return "\N{LINK SYMBOL}"

    words = _LINK.sub(keep, unicodedata.normalize("NFC", text))
    return " ".join(words.split()), links


def _bare_address(address: str) -> str:
    bare = re.sub(r"^https?://", "", address, flags=re.IGNORECASE)
    return re.sub(r"\W+\Z", "", unquote(bare)).casefold().removeprefix("www.")


def _alike(one: str, other: str) -> bool:
    return one == other or one.startswith(_SHORTENED) or other.startswith(_SHORTENED)
