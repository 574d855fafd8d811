"""The words of a piece of HTML as plain text, and its links: what a feed or a mail says, without how it looks.

Read in one pass whatever stands there. The standard library's HTMLParser takes 242 s for 150 kB of "<a " (measured on
Python 3.11.7, November 2026; CVE-2025-6069 is of the same kind), and what is read here comes from strangers.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

TAG_MOST = 8_000  # characters: an address may be long, a tag beyond this is no tag
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]*)")
_HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_UNSHOWN = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in ("script", "style", "title", "template")}
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

    for text, tag, name in _tokens(markup):
        # A line's end in the source is a space to the reader, but in text that was set by hand.
        words.append(html.unescape(text if as_set else _LINE_END.sub(" ", text)))
        if name == "pre":
            as_set = not tag.startswith("</")
        if name == "a":
            finish()
            link = _href(tag) if not tag.startswith("</") else ""
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


def _tokens(markup: str) -> Iterator[tuple[str, str, str]]:
    """The page as steps of a text and the tag after it, with the tag's name in lower case."""
    at = 0
    while (begin := markup.find("<", at)) >= 0:
        text = markup[at:begin]
        if markup.startswith("<!--", begin):
            end = markup.find("-->", begin + 4)
            yield text, "", ""
            at = len(markup) if end < 0 else end + 3
            continue
        end = _end_of_tag(markup, begin)
        tag = markup[begin : max(begin, end)]
        if end < 0 or not (named := _NAME.match(tag)):
            # "1 < 2", or "<!doctype html>": a lone sign is text, a declaration is nothing.
            declared = end > 0 and tag.startswith(("<!", "<?"))
            yield text + ("" if declared else "<"), "", ""
            at = end if declared else begin + 1
            continue
        name = named[1].lower()
        yield text, tag, name
        at = _past_unshown(markup, end, name) if not tag.startswith("</") else end
    yield markup[at:], "", ""


def _end_of_tag(markup: str, begin: int) -> int:
    """Where the tag that begins here ends; -1 where it does not, or not soon. A > in quotes does not end it."""
    stop = begin + TAG_MOST
    end = markup.find(">", begin, stop)
    for _ in range(8):
        if end < 0 or not _open_quote(markup[begin:end]):
            break
        further = markup.find(">", end + 1, stop)
        if further < 0:
            break
        end = further
    return end + 1 if end >= 0 else -1


def _open_quote(tag: str) -> bool:
    return tag.count('"') % 2 == 1 and "=" in tag


def _past_unshown(markup: str, at: int, name: str) -> int:
    """Past what no reader sees: a script, a style, the title of a whole page."""
    if name not in _UNSHOWN:
        return at
    end = _UNSHOWN[name].search(markup, at)
    return end.start() if end else len(markup)


def _href(tag: str) -> str:
    found = _HREF.search(tag)
    return html.unescape(next((value for value in found.groups() if value), "")).strip() if found else ""
