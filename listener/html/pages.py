"""The words of a piece of HTML as plain text, and its links: what a feed or a mail says, without how it looks.

Posts, whose paragraphs are meant, are read by html/posts.py.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from listener.html.tokens import attributes, tokens

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "figure", "footer",
        "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
        "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
_SPACES = re.compile(r"[^\S\n]+")
_LINE_END = re.compile(r"[\r\n]+")
_LINES = re.compile(r" ?\n[ \n]*")
_ADDRESS_LIKE = re.compile(r"(?:https?://|www\.)\S*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that stand together, and the address that they link to."""

    words: str
    link: str = ""


def read_page(markup: str) -> tuple[Piece, ...]:
    """The pieces of a page in their order. Never raises; linear in the length of what is read."""
    pieces: list[Piece] = []
    words: list[str] = []
    link, as_set = "", False

    def finish() -> None:
        said = tidy("".join(words)) if link else "".join(words)
        words.clear()
        if said or link:
            pieces.append(Piece(said, link))

    for text, tag, name in tokens(markup):
        # A line's end in the source is a space to the reader, but in text that was set by hand.
        words.append(html.unescape(text if as_set else _LINE_END.sub(" ", text)))
        if name == "pre":
            as_set = not tag.startswith("</")
        if name == "a":
            finish()
            link = attributes(tag).get("href", "") if not tag.startswith("</") else ""
        elif name in _BLOCKS:
            words.append("\n")
    finish()
    return tuple(pieces)


def plain_text(pieces: tuple[Piece, ...]) -> str:
    """The words alone, a block a paragraph; where they are but a shortened address, the whole one."""
    return tidy("".join(piece.link if _ADDRESS_LIKE.match(piece.words) else piece.words for piece in pieces))


def links_in(pieces: tuple[Piece, ...]) -> tuple[str, ...]:
    """The web addresses that the page links to, each once."""
    return tuple(dict.fromkeys(piece.link for piece in pieces if piece.link.startswith(("http://", "https://"))))


def tidy(text: str) -> str:
    """Text with its white space tidied: single spaces, single line ends."""
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()
